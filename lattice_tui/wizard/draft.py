"""`Draft`: the writing end of one draft. Each call has reached the disk when it returns.

Lives on one thread, never on an event loop: a disk may take its time.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from lattice_tui.append_only import append_line, open_for_appending
from lattice_tui.paths import private_folder, sync_folder, write_atomically
from lattice_tui.wizard.drafts_file import IsSecret, KeptState, SavedFile, head_line, state_line
from lattice_tui.wizard.drafts_trouble import DraftNotKeptError
from lattice_tui.wizard.state import WizardState

COMPACT_BYTES = 1024 * 1024
"""After so many bytes of changes the file is written anew: a draft that is typed in all day stays small."""


def utc_now() -> datetime:
    """The wall clock, in UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a draft needs of the world. A test hands in its own clock and disk."""

    clock: Callable[[], datetime]
    sync: Callable[[int], None]
    """Returns once the file of this descriptor has reached the disk; raises OSError."""
    here: str
    """The working folder; empty when it has gone."""
    is_secret: IsSecret


class Draft:
    """Holds the draft's lock until it is closed."""

    def __init__(self, path: Path, lock_path: Path, lock: int, kept: KeptState, around: Surroundings) -> None:
        """`kept` is what stands in the file already; for a new draft, what `write()` will put there first."""
        self.path = path
        self._lock_path = lock_path
        self._lock = lock
        self._kept = kept
        self._around = around
        self._file = -1
        self._appended = 0
        self._needs_line_end = False

    @property
    def id(self) -> str:
        return self.path.stem

    @property
    def state(self) -> WizardState:
        """The newest state that has reached the disk."""
        return self._kept.state

    @property
    def saved(self) -> SavedFile | None:
        """The cluster.yaml that holds these very answers; None once one has changed."""
        return self._kept.saved

    @property
    def spoilt_lines(self) -> int:
        """Newer lines that could not be read when it was opened."""
        return self._kept.spoilt_lines

    def save(self, state: WizardState) -> None:
        """Keep `state`. Raises DraftNotKeptError; what was kept before stays kept."""
        same = state.answers == self.state.answers and state.opened == self.state.opened
        self._put(state, self.saved if same else None)

    def mark_saved(self, path: str, data: bytes) -> None:
        """Keep that the answers have been written to a cluster.yaml. Raises DraftNotKeptError."""
        import hashlib  # only when a file was saved

        whole = os.path.join(self._around.here, path)
        self._put(self.state, SavedFile(whole, hashlib.sha256(data).hexdigest()))

    def write(self) -> None:
        """Write the whole file anew, as short as it can be. Raises DraftNotKeptError."""
        try:
            self._rewrite(self._kept)
        except OSError as error:
            raise DraftNotKeptError(self.path, error) from error

    def finish(self) -> None:
        """Remove the draft: its answers live on in a run, or there were none. Closes it. Raises OSError."""
        try:
            with suppress(FileNotFoundError):
                os.unlink(self.path)
                sync_folder(self.path.parent)
            with suppress(FileNotFoundError):
                os.unlink(self._lock_path)
        finally:
            self.close()

    def close(self) -> None:
        """Let the lock go."""
        for descriptor in (self._file, self._lock):
            if descriptor >= 0:
                os.close(descriptor)
        self._file = self._lock = -1

    def _put(self, state: WizardState, saved: SavedFile | None) -> None:
        kept = KeptState(state, self._around.clock(), self._around.here, saved)
        try:
            if state.opened != self.state.opened or self._appended > COMPACT_BYTES or not self._is_in_place():
                self._rewrite(kept)
            else:
                self._append(kept)
        except OSError as error:
            # Nobody knows how much of it stands: the next line begins a line of its own.
            self._needs_line_end = True
            raise DraftNotKeptError(self.path, error) from error
        self._kept = replace(kept, spoilt_lines=self._kept.spoilt_lines)

    def _is_in_place(self) -> bool:
        """Whether the file is open, and still the one that the folder names."""
        if self._file < 0 and self.path.exists():
            self._file = open_for_appending(self.path)
        return self._file >= 0 and os.fstat(self._file).st_nlink > 0

    def _append(self, kept: KeptState) -> None:
        line = state_line(kept, self._around.is_secret)
        append_line(self._file, b"\n" + line if self._needs_line_end else line, self.path)
        self._around.sync(self._file)
        self._appended += len(line)
        self._needs_line_end = False

    def _rewrite(self, kept: KeptState) -> None:
        data = head_line(kept.state.opened) + state_line(kept, self._around.is_secret)
        self._make_folder()
        write_atomically(self.path, data)
        if self._file >= 0:
            os.close(self._file)
            self._file = -1
        self._file = open_for_appending(self.path)
        self._appended = 0
        self._needs_line_end = False

    def _make_folder(self) -> None:
        """Somebody may have cleared the state folder away under an open wizard."""
        if not self.path.parent.is_dir():
            private_folder(self.path.parent)
