"""Writing a person's cluster.yaml so that nothing is ever lost.

The new content lies complete beside the file before anything is touched; then the version before is kept as `.bak`,
then one rename. Killed at any moment, the file is the old one or the new one, whole. A `.bak` with other content than
the version before moves on to `.bak.1`, `.bak.2` ... first: it may be the only copy of something older.

SaveError (a LatticeError, exit code 74)   nothing was written; what stood there is untouched
+-- ChangedError                           the file is not the one that was shown
"""

from __future__ import annotations

import errno
import os
import stat
from dataclasses import dataclass
from pathlib import Path

from lattice_tui.document.decoding import MAX_BYTES
from lattice_tui.document.save_problems import (
    changed_problem,
    refusal,
    shared_folder_problem,
    too_large_problem,
    unsafe_problem,
)
from lattice_tui.errors import ExitCode, LatticeError
from lattice_tui.paths import PRIVATE_FILE, refuse_unsafe_target, remove_litter, staged
from schemas.problem import Problem

BACKUP = ".bak"


class SaveError(LatticeError):
    """The file could not be written. What stood there is untouched."""

    exit_code = ExitCode.OUTPUT


class ChangedError(SaveError):
    """The file on disk is not the one that was shown: somebody else wrote it, made it or removed it meanwhile."""


@dataclass(frozen=True, slots=True)
class Saved:
    """What a save has done."""

    path: Path
    backup: Path | None = None
    """Where the version before is kept; None when there was none, or it was the same."""
    warnings: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class _Found:
    """A file as it stands."""

    data: bytes
    status: os.stat_result

    @property
    def mode(self) -> int:
        return stat.S_IMODE(self.status.st_mode) & 0o777

    def is_still_at(self, path: Path) -> bool:
        try:
            now = path.lstat()
        except FileNotFoundError:
            return False
        return _identity(now) == _identity(self.status)


def standing(path: Path) -> bytes | None:
    """What a save would replace: the bytes that are there, None when there is nothing.

    Raises SaveError when the path is not a place for a cluster.yaml. Waits for no pipe and follows no link.
    """
    found = _look(path)
    return None if found is None else found.data


def save(path: Path, data: bytes, *, expected: bytes | None) -> Saved:
    """Write `data`; `expected` is what the person was shown to stand there (`standing()`), None for nothing.

    Keeps the file's mode, and its owner where the system allows; a new file is 0600. The same bytes are not written
    again. Raises ChangedError when something else stands there by now, SaveError when it cannot be written.
    """
    found = _look(path)
    warnings = _warnings(path)
    if found is not None and found.data == data:
        return Saved(path, warnings=warnings)
    if (found.data if found is not None else None) != expected:
        raise ChangedError(changed_problem(path, is_there=found is not None))
    try:
        # First: it may be what fills the disk.
        remove_litter(path)
        if found is None:
            _create(path, data)
            return Saved(path, warnings=warnings)
        return Saved(path, _replace(path, data, found), warnings)
    except (OSError, ValueError) as error:
        raise SaveError(refusal(path, error)) from error


def _create(path: Path, data: bytes) -> None:
    with staged(path, data, PRIVATE_FILE) as file:
        try:
            file.appear()
        except FileExistsError as error:
            raise ChangedError(changed_problem(path, is_there=True)) from error


def _replace(path: Path, data: bytes, found: _Found) -> Path:
    owner = (found.status.st_uid, found.status.st_gid)
    backup = path.with_name(f"{path.name}{BACKUP}")
    with staged(path, data, found.mode, owner=owner) as file:
        _keep(backup, found.data, data, found.mode, owner)
        if not found.is_still_at(path):
            raise ChangedError(changed_problem(path, is_there=path.exists()))
        file.replace()
    return backup


def _keep(backup: Path, before: bytes, new: bytes, mode: int, owner: tuple[int, int]) -> None:
    """Make `backup` the version before. What is there moves on, unless it is kept elsewhere or is the new version."""
    older = _look(backup)
    if older is not None and older.data == before:
        return
    with staged(backup, before, mode, owner=owner) as file:
        if older is not None and older.data != new and not _is_kept(backup, older.data):
            _move_on(backup, older)
        file.replace()


def _is_kept(backup: Path, data: bytes) -> bool:
    """True when one of the numbered backups holds `data`."""
    number = 1
    while (older := _numbered(backup, number)).exists():
        if older.is_file() and older.stat().st_size == len(data) and older.read_bytes() == data:
            return True
        number += 1
    return False


def _move_on(backup: Path, older: _Found) -> None:
    """Keep what `backup` holds under the first free number, too: its own name is the newer version's in a moment."""
    number = 1
    owner = (older.status.st_uid, older.status.st_gid)
    while True:
        with staged(_numbered(backup, number), older.data, older.mode, owner=owner) as file:
            try:
                file.appear()
            except FileExistsError:
                number += 1
            else:
                return


def _numbered(backup: Path, number: int) -> Path:
    return backup.with_name(f"{backup.name}.{number}")


def _look(path: Path) -> _Found | None:
    try:
        refuse_unsafe_target(path)
        # Without O_NONBLOCK, opening a pipe that took the name meanwhile would wait for ever.
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        if not path.parent.is_dir():
            raise SaveError(refusal(path, NotADirectoryError(errno.ENOTDIR, "", str(path)))) from None
        return None
    except (OSError, ValueError) as error:
        raise SaveError(refusal(path, error)) from error
    try:
        with os.fdopen(descriptor, "rb") as stream:
            status = os.fstat(stream.fileno())
            if not stat.S_ISREG(status.st_mode):
                raise SaveError(unsafe_problem(path, status.st_mode))
            data = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise SaveError(refusal(path, error)) from error
    if len(data) > MAX_BYTES:
        raise SaveError(too_large_problem(path))
    return _Found(data, status)


def _identity(status: os.stat_result) -> tuple[int, ...]:
    return (status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns)


def _warnings(path: Path) -> tuple[Problem, ...]:
    """Who else may put another file in this one's place: said, not refused; a cluster.yaml holds no secret."""
    try:
        status = os.stat(path.parent)
    except OSError:
        return ()  # the write itself says it
    is_open = bool(status.st_mode & stat.S_IWOTH) and not status.st_mode & stat.S_ISVTX
    is_foreign = status.st_uid not in (0, os.geteuid())
    return (shared_folder_problem(path, status.st_uid, is_open=is_open),) if is_open or is_foreign else ()
