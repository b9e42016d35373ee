"""The drafts that are kept: listing them, opening one, beginning one, putting one away.

One file a draft, in the folder `drafts` of the state folder, beside it a lock. A discarded draft waits in the folder
`discarded`, from where it can be brought back until the program ends. Every call may take as long as the disk does.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from lattice_tui.locks import LOCK_PATIENCE_S, Holder, LockHeldError, lock_holder, take_lock
from lattice_tui.paths import private_folder, remove_litter, sync_folder
from lattice_tui.wizard.draft import Draft as Draft
from lattice_tui.wizard.draft import Surroundings, utc_now
from lattice_tui.wizard.drafts_file import (
    IsSecret,
    KeptState,
    NewerDraftError,
    UnreadableDraftError,
    read_bounded,
    read_kept,
)
from lattice_tui.wizard.drafts_folder import FOLDER as FOLDER
from lattice_tui.wizard.drafts_secret import is_secret_path
from lattice_tui.wizard.drafts_trouble import (
    DraftError,
    DraftGoneError,
    DraftHeldError,
    DraftNotKeptError,
    DraftUnusableError,
    folder_error,
    stays_error,
)
from lattice_tui.wizard.drafts_words import CLOCK_SLACK_S
from lattice_tui.wizard.drafts_words import left_at as left_at
from lattice_tui.wizard.state import OpenedFile, WizardState
from lattice_tui.wizard.steps import StepId

DISCARDED = "discarded"
SUFFIX = ".jsonl"
LOCK_SUFFIX = ".lock"
LEFTOVER_S = 86_400.0
"""What a killed program left behind is swept away after a day: until then, another one may still be at work on it."""
_UNKNOWN_TIME = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class DraftInfo:
    """One draft as a list shows it. Names and paths are as written: not safe to print yet."""

    id: str
    name: str
    provider: str
    step: StepId
    changed_at: datetime
    """By the clock of then; aware, UTC. Of a broken draft, when its file was written."""
    file: str = ""
    """The cluster.yaml it was opened from, absolute; empty for none."""
    rehearsal: bool = False
    saved_to: str = ""
    """The cluster.yaml that holds these very answers, absolute; empty for none."""
    is_broken: bool = False
    """It cannot be opened: `is_newer` says whether a newer version can."""
    is_newer: bool = False
    holder: Holder | None = None
    """The other process that has it open."""


class DraftStore:
    """The drafts of one state folder."""

    def __init__(
        self,
        state: Path,
        *,
        clock: Callable[[], datetime] = utc_now,
        sync: Callable[[int], None] = os.fsync,
        is_secret: IsSecret = is_secret_path,
    ) -> None:
        """Touches nothing. `state` is the state folder; `sync` and `clock` are the disk's and the wall's."""
        self.folder = state / FOLDER
        self._around = Surroundings(clock, sync, _working_folder(), is_secret)
        self._discarded: list[str] = []

    def list(self) -> tuple[DraftInfo, ...]:
        """Every draft, the newest first; one that cannot be read is listed as such. Raises DraftError."""
        now = self._around.clock()
        try:
            infos = [self._info(path) for path in _draft_files(self.folder)]
        except OSError as error:
            raise folder_error(self.folder, error) from error
        # A time that is still to come tells nothing: whether the clock was ahead then or is behind now, what was
        # written by this very clock comes first.
        latest = now + timedelta(seconds=CLOCK_SLACK_S)
        infos.sort(key=lambda info: (info.changed_at <= latest, info.changed_at, info.id), reverse=True)
        return tuple(infos)

    def of_file(self, file: str) -> tuple[DraftInfo, ...]:
        """The drafts that were opened from this file, the newest first. Raises DraftError."""
        wanted = os.path.realpath(file)
        return tuple(info for info in self.list() if info.file and os.path.realpath(info.file) == wanted)

    def open(self, draft_id: str) -> WizardState:
        """What a draft holds, without taking it: nothing is written. Raises DraftGoneError, DraftUnusableError."""
        return self._read(self._path(draft_id)).state

    def resume(self, draft_id: str) -> Draft:
        """Go on with a draft: it is locked, and its file made short.

        Raises DraftHeldError, DraftGoneError, DraftUnusableError, or DraftNotKeptError when it can only be read.
        """
        path = self._path(draft_id)
        self._read(path)
        lock = self._lock(path)
        try:
            draft = Draft(path, _lock_of(path), lock, self._read(path), self._around)
            remove_litter(path)
            if draft.spoilt_lines:
                self._set_aside(path)
            with suppress(DraftNotKeptError):
                # It is only longer than need be. Whether it can be written at all, the first answer shows.
                draft.write()
        except BaseException:
            os.close(lock)
            raise
        return draft

    def create(self, state: WizardState) -> Draft:
        """A new draft of this state; it has reached the disk on return. Raises DraftNotKeptError."""
        now = self._around.clock()
        path = self.folder / f"{now:%Y%m%d-%H%M%S}-{secrets.token_hex(3)}{SUFFIX}"
        try:
            private_folder(private_folder(self.folder.parent) / FOLDER)
            for parent in (self.folder.parent.parent, self.folder.parent):
                sync_folder(parent)
            lock = take_lock(_lock_of(path))
        except OSError as error:
            raise DraftNotKeptError(path, error) from error
        draft = Draft(path, _lock_of(path), lock, KeptState(state, now, self._around.here), self._around)
        try:
            draft.write()
        except BaseException:
            with suppress(OSError):
                draft.finish()
            raise
        return draft

    def copy(self, draft_id: str) -> str:
        """A second draft with the same answers; returns its id. Another process may have the first one open."""
        draft = self.create(self.open(draft_id))
        draft.close()
        return draft.id

    def discard(self, draft_id: str) -> None:
        """Put a draft away, whatever its file is. Raises DraftHeldError, DraftGoneError, or DraftError."""
        path = self._path(draft_id)
        if not os.path.lexists(path):
            raise DraftGoneError(path)
        try:
            lock = self._lock(path)
            try:
                # From now on counts how long it can be brought back.
                os.utime(path, follow_symlinks=False)
                os.rename(path, private_folder(self.folder / DISCARDED) / path.name)
                sync_folder(self.folder)
                os.unlink(_lock_of(path))
            finally:
                os.close(lock)
        except OSError as error:
            raise stays_error(path, error) from error
        self._discarded.append(draft_id)

    @property
    def can_restore(self) -> bool:
        """Whether a draft that was discarded here can be brought back."""
        return bool(self._discarded)

    def restore(self) -> str:
        """Bring back what was discarded last by this program; returns its id, empty when there is nothing.

        Raises DraftError.
        """
        if not self._discarded:
            return ""
        draft_id = self._discarded[-1]
        try:
            os.rename(self.folder / DISCARDED / f"{draft_id}{SUFFIX}", self._path(draft_id))
            sync_folder(self.folder)
        except OSError as error:
            raise stays_error(self._path(draft_id), error) from error
        self._discarded.pop()
        return draft_id

    def tidy(self, *, is_over: bool = False) -> None:
        """Remove what killed programs left behind; when the program `is_over`, what it discarded too.

        What cannot be removed stays for the next time.
        """
        mine = {f"{draft_id}{SUFFIX}" for draft_id in self._discarded} if is_over else set()
        oldest = self._around.clock().timestamp() - LEFTOVER_S
        for path in _leftovers(self.folder):
            with suppress(OSError):
                if path.name in mine or path.lstat().st_mtime < oldest:
                    path.unlink()

    def _path(self, draft_id: str) -> Path:
        return self.folder / f"{os.path.basename(draft_id)}{SUFFIX}"

    def _lock(self, path: Path) -> int:
        try:
            return take_lock(_lock_of(path), patience_s=LOCK_PATIENCE_S)
        except LockHeldError as held:
            raise DraftHeldError(held.who) from None
        except OSError as error:
            raise DraftNotKeptError(path, error) from error

    def _read(self, path: Path) -> KeptState:
        try:
            kept = read_kept(read_bounded(path))
        except FileNotFoundError:
            raise DraftGoneError(path) from None
        except OSError as error:
            raise DraftUnusableError(path, error.strerror or str(error)) from error
        except UnreadableDraftError as error:
            raise DraftUnusableError(path, str(error), is_newer=isinstance(error, NewerDraftError)) from error
        return self._at_home(kept)

    def _set_aside(self, path: Path) -> None:
        """Keep a file with spoilt lines for a day beside the discarded ones: a person may still make sense of them."""
        with suppress(OSError):
            os.utime(path)
            os.link(path, private_folder(self.folder / DISCARDED) / f"{path.stem}-spoilt{SUFFIX}")

    def _at_home(self, kept: KeptState) -> KeptState:
        """Relative paths begin in the folder where the answers were given: elsewhere they are written out."""
        if kept.folder == self._around.here:
            return kept
        state = kept.state
        opened = state.opened
        if opened is not None:
            opened = OpenedFile(os.path.join(kept.folder, opened.file), opened.data, opened.answers)
        save_to = os.path.join(kept.folder, state.save_to) if state.save_to else ""
        return replace(kept, state=replace(state, opened=opened, save_to=save_to))

    def _info(self, path: Path) -> DraftInfo:
        draft_id = path.name.removesuffix(SUFFIX)
        holder = _holder(path)
        try:
            kept = self._read(path)
        except DraftError as error:
            is_newer = isinstance(error, DraftUnusableError) and error.is_newer
            written = _written_at(path)
            return DraftInfo(draft_id, "", "", "where", written, is_broken=True, is_newer=is_newer, holder=holder)
        state = kept.state
        return DraftInfo(
            id=draft_id,
            name=state.name,
            provider=state.provider,
            step=state.step,
            changed_at=kept.at,
            file=os.path.join(kept.folder, state.opened.file) if state.opened else "",
            rehearsal=state.rehearsal,
            saved_to=kept.saved.path if kept.saved else "",
            holder=holder,
        )


def _working_folder() -> str:
    try:
        return os.getcwd()
    except OSError:
        return ""


def _lock_of(path: Path) -> Path:
    return path.with_name(f"{path.name.removesuffix(SUFFIX)}{LOCK_SUFFIX}")


def _draft_files(folder: Path) -> Iterator[Path]:
    """What is named like a draft, whatever it is. A folder that is not there holds none. Raises OSError."""
    try:
        names = os.listdir(folder)
    except FileNotFoundError:
        return
    for name in names:
        # A name with a dot in front is half written.
        if name.endswith(SUFFIX) and not name.startswith("."):
            yield folder / name


def _leftovers(folder: Path) -> Iterator[Path]:
    """Half-written files, locks of drafts that have gone, and discarded drafts."""
    with suppress(OSError):
        for name in os.listdir(folder):
            is_half_written = name.startswith(".") and SUFFIX in name
            is_lonely_lock = name.endswith(LOCK_SUFFIX) and not (folder / name).with_suffix(SUFFIX).exists()
            if is_half_written or is_lonely_lock:
                yield folder / name
    with suppress(OSError):
        for name in os.listdir(folder / DISCARDED):
            yield folder / DISCARDED / name


def _holder(path: Path) -> Holder | None:
    with suppress(OSError):
        return lock_holder(_lock_of(path))
    return None


def _written_at(path: Path) -> datetime:
    try:
        return datetime.fromtimestamp(path.lstat().st_mtime, UTC)
    except (OSError, OverflowError, ValueError):
        return _UNKNOWN_TIME
