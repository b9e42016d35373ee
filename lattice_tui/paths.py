"""Where state lives, and how files are written: private, atomic, never through a symlink."""

from __future__ import annotations

import errno
import os
import stat
import tempfile
from pathlib import Path

PRIVATE_FILE = 0o600
PRIVATE_FOLDER = 0o700


class UnsafePathError(OSError):
    """A path that we refuse to write: a symlink, a device, a folder."""


def state_folder(override: str | os.PathLike[str] | None = None) -> Path:
    """Where runs are kept.

    `--state-dir`, else `$LATTICE_STATE_DIR`, else `$XDG_STATE_HOME/lattice-tui`, else `~/.local/state/lattice-tui`.
    """
    if override:
        return Path(override).absolute()
    if from_environment := os.environ.get("LATTICE_STATE_DIR"):
        return Path(from_environment).absolute()
    base = os.environ.get("XDG_STATE_HOME") or os.path.join(os.path.expanduser("~"), ".local", "state")
    return Path(base, "lattice-tui").absolute()


def run_folder(state: Path, name: str, *, rehearsal: bool) -> Path:
    """The folder of one cluster. Rehearsals live apart, so that none shadows a real cluster of the same name."""
    return state / ("rehearsals" if rehearsal else "clusters") / name


def private_folder(path: Path) -> Path:
    """Make `path` with mode 0700 whatever the umask, and its parents; an existing one is tightened to 0700."""
    path.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        path.chmod(PRIVATE_FOLDER)
    return path


def write_atomically(path: Path, data: bytes, mode: int = PRIVATE_FILE) -> None:
    """Write `data` so that a reader, or a crash, sees the old file or the new one.

    Raises UnsafePathError when `path` is a symlink or not a regular file, OSError when the disk refuses.
    """
    refuse_unsafe_target(path)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fchmod(stream.fileno(), mode)
            os.fsync(stream.fileno())
        os.replace(temporary, path)
    except BaseException:
        _unlink_if_there(temporary)
        raise
    sync_folder(path.parent)


def refuse_unsafe_target(path: Path) -> None:
    """Raise UnsafePathError unless `path` is absent or a regular file."""
    try:
        mode = path.lstat().st_mode
    except FileNotFoundError:
        return
    if stat.S_ISLNK(mode):
        raise UnsafePathError(errno.ELOOP, "is a symbolic link; write to the file it names instead", str(path))
    if not stat.S_ISREG(mode):
        kind = "a folder" if stat.S_ISDIR(mode) else "not a regular file"
        raise UnsafePathError(errno.EISDIR, f"is {kind}", str(path))


def sync_folder(folder: Path) -> None:
    """Make a rename in `folder` survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _unlink_if_there(path: str) -> None:
    try:
        os.unlink(path)
    except FileNotFoundError:
        # The rename had already happened: there is nothing to take back.
        return
