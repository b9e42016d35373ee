"""What stands in a draft's file: a head, then one line a change, each with every answer as it was then.

    {"draft": 1, "opened": null}
    {"at": "2026-11-23T14:20:01+00:00", "step": "size", "answers": {"metadata.name": "lab"}, ...}

The newest whole line is the draft. A line torn by a crash was never acknowledged and is passed over, as is one that a
failing disk has spoilt: the lines before and after it stand on their own. `FORMAT` grows when an older program could
no longer read what is written here.
"""

from __future__ import annotations

import base64
import binascii
import errno
import json
import os
import stat
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from lattice_tui.wizard.state import OpenedFile, WizardState
from lattice_tui.wizard.steps import ORDER

FORMAT = 1
MAX_BYTES = 64 * 1024 * 1024
"""A draft grows by under 1 KiB a keystroke and is compacted long before this: a larger file is none of ours."""

IsSecret = Callable[[str], bool]
"""Whether the answer at this path is one that is never written down."""


class UnreadableDraftError(ValueError):
    """The bytes make no draft. The message says why, in a few words."""


class NewerDraftError(UnreadableDraftError):
    """A later version of this program wrote it."""


@dataclass(frozen=True, slots=True)
class SavedFile:
    """The cluster.yaml that these very answers were saved to."""

    path: str
    """Absolute."""
    sha256: str


@dataclass(frozen=True, slots=True)
class KeptState:
    """One state of a wizard with what belongs to it."""

    state: WizardState
    at: datetime
    """When it was written, by the clock of then. Aware, UTC."""
    folder: str
    """Where relative paths in it begin; empty when that is not known."""
    saved: SavedFile | None = None
    spoilt_lines: int = 0
    """Whole lines after this one that could not be read."""


def head_line(opened: OpenedFile | None) -> bytes:
    """The first line."""
    head = {"draft": FORMAT, "opened": None if opened is None else _opened_facts(opened)}
    return _line(head)


def state_line(kept: KeptState, is_secret: IsSecret) -> bytes:
    """One change: all answers but the secret ones."""
    state = kept.state
    return _line(
        {
            "at": kept.at.astimezone(UTC).isoformat(timespec="milliseconds"),
            "step": state.step,
            "visited": [step for step in ORDER if step in state.visited],
            "rehearsal": state.rehearsal,
            "save_to": state.save_to,
            "folder": kept.folder,
            "saved": None if kept.saved is None else {"path": kept.saved.path, "sha256": kept.saved.sha256},
            "answers": _public(state.answers, is_secret),
        }
    )


def read_kept(data: bytes) -> KeptState:
    """The newest state in a draft's bytes. Raises UnreadableDraftError, or NewerDraftError."""
    head, *lines = data.split(b"\n")
    opened = _opened_of(_head_of(head))
    # What follows the last line end was torn in the middle of a write.
    whole = [line for line in lines[:-1] if line]
    for spoilt, line in enumerate(reversed(whole)):
        try:
            return replace(_state_of(_record(line), opened), spoilt_lines=spoilt)
        except UnreadableDraftError:
            continue
    raise UnreadableDraftError("no answer in it can be read")


def read_bounded(path: Path) -> bytes:
    """The bytes of a regular file of at most `MAX_BYTES`. Never waits on a pipe, never follows a link.

    Raises OSError.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    with os.fdopen(descriptor, "rb") as stream:
        facts = os.fstat(stream.fileno())
        if not stat.S_ISREG(facts.st_mode):
            raise OSError(errno.EINVAL, "is not a regular file", str(path))
        if facts.st_size > MAX_BYTES:
            raise OSError(errno.EFBIG, "is larger than any draft", str(path))
        return stream.read(MAX_BYTES)


def _line(facts: Mapping[str, Any]) -> bytes:
    # ASCII alone: no byte of an answer can end a line, and a lone surrogate survives.
    return json.dumps(facts, ensure_ascii=True, separators=(",", ":")).encode("ascii") + b"\n"


def _public(answers: Mapping[str, object], is_secret: IsSecret) -> dict[str, str]:
    """The answers that may be written down. A `Secret` is no text, whatever its path: it is left out."""
    return {path: text for path, text in answers.items() if isinstance(text, str) and not is_secret(path)}


def _opened_facts(opened: OpenedFile) -> dict[str, Any]:
    data = base64.b64encode(opened.data).decode("ascii")
    return {"file": opened.file, "data": data, "answers": dict(opened.answers)}


def _record(line: bytes) -> dict[str, Any]:
    try:
        record = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise UnreadableDraftError("a line is not JSON") from error
    if not isinstance(record, dict):
        raise UnreadableDraftError("a line is not a record")
    return record


def _head_of(line: bytes) -> dict[str, Any]:
    head = _record(line)
    number = head.get("draft")
    if not isinstance(number, int) or isinstance(number, bool) or number < 1:
        raise UnreadableDraftError("its first line is not that of a draft")
    if number > FORMAT:
        raise NewerDraftError(f"it has form {number}, this version reads up to {FORMAT}")
    return head


def _opened_of(head: Mapping[str, Any]) -> OpenedFile | None:
    facts = head.get("opened")
    if facts is None:
        return None
    try:
        data = base64.b64decode(facts["data"], validate=True)
        return OpenedFile(file=_text(facts["file"]), data=data, answers=_texts(facts["answers"]))
    except (KeyError, TypeError, binascii.Error, ValueError) as error:
        raise UnreadableDraftError("the file that was opened cannot be read from it") from error


def _state_of(record: Mapping[str, Any], opened: OpenedFile | None) -> KeptState:
    try:
        saved = record["saved"]
        state = WizardState(
            answers=_texts(record["answers"]),
            step=_one_of(record["step"], ORDER),
            visited=frozenset(_one_of(step, ORDER) for step in record["visited"]),
            rehearsal=record["rehearsal"] is True,
            opened=opened,
            save_to=_text(record["save_to"]),
        )
        return KeptState(
            state,
            at=_moment(record["at"]),
            folder=_text(record["folder"]),
            saved=None if saved is None else SavedFile(_text(saved["path"]), _text(saved["sha256"])),
        )
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise UnreadableDraftError("a line does not hold what it should") from error


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("not a text")
    return value


def _texts(value: object) -> dict[str, str]:
    if not isinstance(value, dict):
        raise TypeError("not a mapping")
    return {_text(path): _text(text) for path, text in value.items()}


def _one_of(value: object, known: Collection[Any]) -> Any:
    if value not in known:
        raise ValueError("not one of the known ones")
    return value


def _moment(value: object) -> datetime:
    moment = datetime.fromisoformat(_text(value))
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
