"""The helper process that makes what is missing at a provider, or undoes it, and the seam that starts it.

`python -m lattice_tui.providers.preparing` reads one `PrepareRequest` from standard input and prints JSON
lines. Listing changes nothing; making and undoing happen only when a request names them.
"""

from __future__ import annotations

import json
import sys
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from dataclasses import asdict, dataclass, field
from types import MappingProxyType
from typing import Any, Literal

from lattice_tui.checks.lines import parsed
from lattice_tui.checks.process import HelperEndedError, said_in_process
from lattice_tui.errors import LatticeError
from lattice_tui.providers.checking import helper_environment
from lattice_tui.providers.helper_main import be_helper
from lattice_tui.providers.made import MadeThing
from lattice_tui.providers.registry import load
from lattice_tui.secrets import Secret
from lattice_tui.text import safe_text
from lattice_tui.tools.output import Redactor
from schemas.problem import Problem

LIMIT_S = 3600.0
"""For everything that one request makes: an image is downloaded and converted over there."""
TEXT_LIMIT = 400
Work = Literal["list", "make", "undo"]
_NO_PARAMS: Mapping[str, str] = MappingProxyType({})
_NO_SECRETS: Mapping[str, Secret] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class PrepareRequest:
    """What to do. Its repr shows no secret."""

    provider: str
    work: Work
    params: Mapping[str, str] = field(default_factory=lambda: _NO_PARAMS)
    secrets: Mapping[str, Secret] = field(default_factory=lambda: _NO_SECRETS)
    ids: tuple[str, ...] = ()
    """Of the makings to do."""
    thing: MadeThing | None = None
    """What to undo."""

    def to_bytes(self) -> bytes:
        """One line of JSON with the secrets in it: for a pipe, never for a file."""
        said = {
            "provider": self.provider,
            "work": self.work,
            "params": dict(self.params),
            "secrets": {name: secret.reveal() for name, secret in self.secrets.items()},
            "ids": self.ids,
            "thing": None if self.thing is None else asdict(self.thing),
        }
        return json.dumps(said, ensure_ascii=True).encode() + b"\n"

    @classmethod
    def from_bytes(cls, data: bytes) -> PrepareRequest:
        """Raises ValueError when the line is not what `to_bytes` makes; the error holds nothing of the line."""
        try:
            said = parsed(data)
            secrets = {str(name): Secret(value) for name, value in said["secrets"].items()}
            params = {str(name): str(value) for name, value in said["params"].items()}
            thing = None if said["thing"] is None else thing_of(said["thing"])
            ids = tuple(map(str, said["ids"]))
            return cls(str(said["provider"]), said["work"], params, secrets, ids, thing)
        except (ValueError, TypeError, KeyError, AttributeError):
            raise ValueError("not a request to prepare") from None


@dataclass(frozen=True, slots=True)
class CanMake:
    """One thing that can be made, as a door shows it."""

    id: str
    title: str
    will: tuple[str, ...]
    changes: str
    undo_words: str
    field: str
    missing: str
    """Why it is needed; empty: it is there, or is not needed."""


@dataclass(frozen=True, slots=True)
class News:
    """A line of progress, with what exists from now on, or `gone`."""

    text: str
    thing: MadeThing | None = None
    is_gone: bool = False


@dataclass(frozen=True, slots=True)
class Failed:
    """It could not be done; what was made before was told."""

    problem: Problem


Said = CanMake | News | Failed


def thing_of(said: Any) -> MadeThing:
    """A thing from its fields. Raises TypeError or ValueError."""
    return MadeThing(**{**said, "extra": tuple((str(key), str(value)) for key, value in said["extra"])})


async def prepare_live(request: PrepareRequest) -> AsyncGenerator[Said, None]:
    """Do it in a helper process. Closing the iterator ends the helper. A helper that broke is a `Failed`."""
    argv = (sys.executable, "-P", "-m", "lattice_tui.providers.preparing")
    said = said_in_process(
        argv,
        _from_line,
        lambda: False,
        request=request.to_bytes(),
        env=helper_environment(request.secrets.values()),
        limit_s=LIMIT_S,
    )
    try:
        async with aclosing(said) as lines:
            async for one in lines:
                yield one
    except HelperEndedError as error:
        yield Failed(
            Problem(
                code="LT-MAKE-001",
                title="The work over there ended early",
                detail=safe_text(str(error), TEXT_LIMIT),
                fix="Look at what was made: lattice make --list, then try once more",
            )
        )


async def prepared(request: PrepareRequest) -> AsyncGenerator[Said, None]:
    """Do it here, in this process. Raises KeyError for a provider that there is none of."""
    provider = load(request.provider)
    try:
        if request.work == "undo":
            assert request.thing is not None, "whoever undoes says what"
            async for news in provider.undo(request.thing, request.params, request.secrets):
                yield News(news.text)
            yield News(f"{request.thing.kind} {request.thing.name} is gone", request.thing, is_gone=True)
            return
        for making in await provider.makings(request.params, request.secrets):
            if request.work == "list":
                yield CanMake(
                    making.id,
                    making.title,
                    making.will,
                    making.changes,
                    making.undo_words,
                    making.field,
                    making.missing,
                )
            elif making.id in request.ids:
                async for news in making.make():
                    yield News(news.text, news.thing, news.is_gone)
    except LatticeError as error:
        yield Failed(error.problem)


async def _lines(request: PrepareRequest) -> AsyncGenerator[str, None]:
    redact = Redactor(tuple(request.secrets.values()))
    async with aclosing(prepared(request)) as said:
        async for one in said:
            kind = type(one).__name__
            yield redact(json.dumps({"kind": kind, "said": asdict(one)}, ensure_ascii=True))


def _from_line(line: bytes) -> Said:
    said = parsed(line)
    try:
        fields = said["said"]
        if said["kind"] == "CanMake":
            texts = {name: safe_text(value, TEXT_LIMIT) for name, value in fields.items() if name != "will"}
            return CanMake(**texts, will=tuple(safe_text(each, TEXT_LIMIT) for each in fields["will"]))
        if said["kind"] == "News":
            thing = None if fields["thing"] is None else thing_of(fields["thing"])
            return News(safe_text(fields["text"], TEXT_LIMIT), thing, fields["is_gone"] is True)
        return Failed(_problem_of(fields["problem"]))
    except (TypeError, KeyError, ValueError) as error:
        raise ValueError("not news of preparing") from error


def _problem_of(said: Any) -> Problem:
    code, title, fix, detail, check, path = (
        safe_text(said[name], TEXT_LIMIT) for name in ("code", "title", "fix", "detail", "check", "path")
    )
    return Problem(code=code, title=title, fix=fix, detail=detail, check=check, path=path)


if __name__ == "__main__":
    be_helper(PrepareRequest.from_bytes, _lines)
