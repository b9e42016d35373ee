"""The helper process that fetches a provider's live pick-lists, and the seam that starts it.

`python -m lattice_tui.providers.choosing` reads one `ChoicesRequest` from standard input and prints one list a line, as
they come. As with the checks, SDKs and secrets live in there only.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from contextlib import aclosing
from dataclasses import asdict, dataclass, field, replace
from types import MappingProxyType
from typing import Any

from lattice_tui.checks.lines import parsed
from lattice_tui.checks.process import HelperEndedError, said_in_process
from lattice_tui.errors import LatticeError
from lattice_tui.providers.checking import helper_environment
from lattice_tui.providers.helper_main import be_helper
from lattice_tui.providers.registry import load
from lattice_tui.secrets import Secret
from lattice_tui.text import safe_text
from lattice_tui.tools.output import Redactor
from schemas.choices import LiveChoice, LiveChoices

LIST_TIMEOUT_S = 30.0
"""For one list: the largest of a public cloud has some thousand entries in pages."""
START_GRACE_S = 15.0
MAX_CHOICES = 400
"""Of one list that are handed on: more is found by typing the value, not by scrolling."""
_NO_PARAMS: Mapping[str, str] = MappingProxyType({})
_NO_SECRETS: Mapping[str, Secret] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class ChoicesRequest:
    """Which lists to fetch, with what. Its repr shows no secret."""

    provider: str
    fields: tuple[str, ...]
    """Paths of the fields; one that has no list is answered with an `unknown` list."""
    params: Mapping[str, str] = field(default_factory=lambda: _NO_PARAMS)
    secrets: Mapping[str, Secret] = field(default_factory=lambda: _NO_SECRETS)

    def to_bytes(self) -> bytes:
        """One line of JSON with the secrets in it: for a pipe, never for a file."""
        secrets = {name: secret.reveal() for name, secret in self.secrets.items()}
        said = {
            "provider": self.provider,
            "fields": self.fields,
            "params": dict(self.params),
            "secrets": secrets,
        }
        return json.dumps(said, ensure_ascii=True).encode() + b"\n"

    @classmethod
    def from_bytes(cls, data: bytes) -> ChoicesRequest:
        """Raises ValueError when the line is not what `to_bytes` makes; the error holds nothing of the line."""
        try:
            said = parsed(data)
            secrets = {str(name): Secret(value) for name, value in said["secrets"].items()}
            params = {str(name): str(value) for name, value in said["params"].items()}
            return cls(str(said["provider"]), tuple(map(str, said["fields"])), params, secrets)
        except (ValueError, TypeError, KeyError, AttributeError):
            raise ValueError("not a request for pick-lists") from None


async def choose_live(request: ChoicesRequest) -> AsyncGenerator[LiveChoices, None]:
    """Fetch the lists in a helper process and yield them as they come, one a field. Closing the iterator ends it.

    A list that could not be fetched is `unknown` with the reason; the helper's own end is no exception either.
    """
    argv = (sys.executable, "-P", "-m", "lattice_tui.providers.choosing")
    missing = dict.fromkeys(request.fields)
    said = said_in_process(
        argv,
        _from_line,
        lambda: bool(missing),
        request=request.to_bytes(),
        env=helper_environment(request.secrets.values()),
        limit_s=LIST_TIMEOUT_S + START_GRACE_S,
    )
    try:
        async with aclosing(said) as lists:
            async for one in lists:
                missing.pop(one.field, None)
                yield one
    except HelperEndedError as error:
        for path in missing:
            yield LiveChoices(path, "unknown", reason=f"could not be fetched; {error}")


async def lists_of(request: ChoicesRequest) -> AsyncGenerator[LiveChoices, None]:
    """Fetch the lists here, in this process, side by side. Raises KeyError for a provider that there is none of."""
    known = load(request.provider).choices(request.params, request.secrets)
    redact = Redactor(tuple(request.secrets.values()))
    simulated = bool(request.params.get("simulated"))
    tasks = [asyncio.create_task(_fetched(path, known.get(path))) for path in request.fields]
    try:
        for done in asyncio.as_completed(tasks):
            yield _redacted(replace(await done, simulated=simulated), redact)
    finally:
        for task in tasks:
            task.cancel()


async def _fetched(path: str, fetch: Callable[[], Awaitable[LiveChoices]] | None) -> LiveChoices:
    if fetch is None:
        return LiveChoices(path, "unknown", reason="there is no list for this: type the value")
    try:
        async with asyncio.timeout(LIST_TIMEOUT_S):
            found = await fetch()
    except TimeoutError:
        return LiveChoices(path, "unknown", reason=f"no answer within {LIST_TIMEOUT_S:g} s")
    except LatticeError as error:
        reason = ". ".join(filter(None, (error.problem.title, error.problem.fix)))
        return LiveChoices(path, "unknown", reason=reason)
    except Exception as error:
        # One list that breaks must not take the others along; the value can be typed all the same.
        return LiveChoices(path, "unknown", reason=safe_text(f"{type(error).__name__}: {error}".rstrip(": "), 160))
    return replace(found, choices=found.choices[:MAX_CHOICES], total=found.total or len(found.choices))


def _redacted(found: LiveChoices, redact: Redactor) -> LiveChoices:
    return replace(found, reason=redact(found.reason))


def _to_line(found: LiveChoices) -> str:
    return json.dumps(asdict(found), ensure_ascii=True)


def _from_line(line: bytes) -> LiveChoices:
    said: Any = parsed(line)
    try:
        choices = tuple(LiveChoice(**{**one, "facts": tuple(one["facts"])}) for one in said["choices"])
        return LiveChoices(**{**said, "choices": choices})
    except (TypeError, KeyError) as error:
        raise ValueError("not a pick-list") from error


async def _lines(request: ChoicesRequest) -> AsyncGenerator[str, None]:
    async with aclosing(lists_of(request)) as lists:
        async for found in lists:
            yield _to_line(found)


if __name__ == "__main__":
    be_helper(ChoicesRequest.from_bytes, _lines)
