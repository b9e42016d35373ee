"""Where state lives, and how files are written: private, atomic, never through a symlink."""

from __future__ import annotations

import errno
import fcntl
import os
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

PRIVATE_FILE = 0o600
PRIVATE_FOLDER = 0o700
_TEMPORARY = ".lattice-tmp"
_NAME_BYTES = 200
"""Of a file's name within its temporary one: most file systems allow 255 bytes in all."""

_NO_LINKS = frozenset({errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS, errno.EACCES})
"""What file systems without hard links (FAT, some shared folders) answer."""


class UnsafePathError(OSError):
    """A path that we refuse to write: a symlink, a device, a folder."""


class NoHomeError(OSError):
    """There is no home folder to keep state in."""


def state_folder(override: str | os.PathLike[str] | None = None) -> Path:
    """Where runs are kept.

    `--state-dir`, else `$LATTICE_STATE_DIR`, else `$XDG_STATE_HOME/lattice-tui`, else `~/.local/state/lattice-tui`.
    Raises NoHomeError when none of them says where.
    """
    if override:
        return Path(override).absolute()
    if from_environment := os.environ.get("LATTICE_STATE_DIR"):
        return Path(from_environment).absolute()
    base = os.environ.get("XDG_STATE_HOME", "")
    # A relative one is to be ignored. Source: XDG Base Directory Specification.
    if not os.path.isabs(base):
        base = os.path.join(_home(), ".local", "state")
    return Path(base, "lattice-tui").absolute()


def _home() -> str:
    """`$HOME`; without it, the home folder of the system's own records."""
    if os.environ.get("HOME"):
        return os.environ["HOME"]
    import pwd  # only where the environment says nothing

    try:
        return pwd.getpwuid(os.getuid()).pw_dir
    except KeyError as error:
        raise NoHomeError(errno.ENOTDIR, "there is no home folder: set HOME or LATTICE_STATE_DIR", "~") from error


def run_folder(state: Path, name: str, *, rehearsal: bool) -> Path:
    """The folder of one cluster. Rehearsals live apart, so that none shadows a real cluster of the same name."""
    return state / ("rehearsals" if rehearsal else "clusters") / name


def private_folder(path: Path) -> Path:
    """Make `path` and what is missing above it, each 0700 whatever the umask; an existing `path` is tightened to it.

    Raises OSError, with the path that could not be made.
    """
    missing = []
    above = path
    while not above.exists() and above != above.parent:
        missing.append(above)
        above = above.parent
    for folder in reversed(missing):
        with suppress(FileExistsError):
            folder.mkdir(mode=PRIVATE_FOLDER)
            folder.chmod(PRIVATE_FOLDER)
    status = path.stat()
    if not stat.S_ISDIR(status.st_mode):
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(path))
    if stat.S_IMODE(status.st_mode) & 0o077:
        path.chmod(PRIVATE_FOLDER)
    return path


def write_atomically(path: Path, data: bytes, mode: int = PRIVATE_FILE) -> None:
    """Write `data` so that a reader, or a crash, sees the old file or the new one.

    Raises UnsafePathError when `path` is a symlink or not a regular file, OSError when the disk refuses.
    """
    with staged(path, data, mode) as file:
        file.replace()


class Staged:
    """New content that lies beside its place, complete and on the disk. It appears there at one stroke, or never."""

    def __init__(self, temporary: str, path: Path) -> None:
        self._temporary = temporary
        self._path = path

    def replace(self) -> None:
        """Put it in the place of what is there. Raises OSError."""
        with _naming(self._path):
            os.replace(self._temporary, self._path)
            sync_folder(self._path.parent)

    def appear(self) -> None:
        """Put it where nothing is. Raises FileExistsError when something is there by now, OSError otherwise."""
        with _naming(self._path):
            try:
                os.link(self._temporary, self._path)
            except OSError as error:
                if error.errno not in _NO_LINKS:
                    raise
                # There, a moment is left in which the name could be taken.
                if os.path.lexists(self._path):
                    raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST)) from error
                os.replace(self._temporary, self._path)
            sync_folder(self._path.parent)


@contextmanager
def staged(
    path: Path, data: bytes, mode: int = PRIVATE_FILE, *, owner: tuple[int, int] | None = None
) -> Iterator[Staged]:
    """Write `data` beside `path`, durable; what was not put in its place is removed at the end.

    `owner` is the user and group of the file that is replaced: kept by root; others keep the group where they may,
    and where they may not, the group's rights are not handed to another one.
    Raises UnsafePathError when `path` is a symlink or not a regular file, OSError when the disk refuses.
    """
    refuse_unsafe_target(path)
    temporary, handle = _temporary(path)
    try:
        with os.fdopen(handle, "wb") as stream:
            with _naming(path):
                stream.write(data)
                stream.flush()
                os.fchmod(stream.fileno(), mode if owner is None else _owned(stream.fileno(), mode, owner))
                os.fsync(stream.fileno())
            yield Staged(temporary, path)
    finally:
        with suppress(OSError):  # it is in its place already, or there is a worse error to tell
            os.unlink(temporary)


def remove_litter(path: Path) -> None:
    """Remove what killed writers of `path` and of its backups have left beside it. What a living one writes stays."""
    head = f".{_short(path.name)}."
    try:
        names = os.listdir(path.parent)
        litter = [path.parent / name for name in names if name.startswith(head) and name.endswith(_TEMPORARY)]
    except OSError:
        return  # a folder that cannot be listed is told of when the file is written
    for name in litter:
        with suppress(OSError):
            descriptor = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                os.unlink(name)
            finally:
                os.close(descriptor)


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
    """Make a rename in `folder` survive a power cut, where the folder lets itself be opened and synced."""
    try:
        descriptor = os.open(folder, os.O_RDONLY)
    except PermissionError:
        return
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno != errno.EINVAL:  # a file system that cannot sync folders
            raise
    finally:
        os.close(descriptor)


def _short(name: str) -> str:
    """As much of a name as a temporary name has room for."""
    return os.fsdecode(os.fsencode(name)[:_NAME_BYTES])


def _temporary(path: Path) -> tuple[str, int]:
    """A new file beside `path`, locked as long as its writer lives: the lock goes with the process, however it ends."""
    while True:
        with _naming(path):
            handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{_short(path.name)}.", suffix=_TEMPORARY)
        with suppress(OSError):  # a file system without locks: what a killed writer leaves there stays
            fcntl.flock(handle, fcntl.LOCK_EX)
        if os.fstat(handle).st_nlink:
            return name, handle
        # Between the two calls it was taken for litter.
        os.close(handle)


@contextmanager
def _naming(path: Path) -> Iterator[None]:
    """Errors name the file that was to be written, not its temporary one, nor none."""
    try:
        yield
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(path)) from error


def _owned(descriptor: int, mode: int, owner: tuple[int, int]) -> int:
    """Give the file to `owner` as far as allowed; answers the mode that it may have then."""
    user, group = owner
    status = os.fstat(descriptor)
    with suppress(PermissionError):
        if status.st_uid != user:
            os.fchown(descriptor, user, -1)
    if status.st_gid == group:
        return mode
    try:
        os.fchown(descriptor, -1, group)
    except PermissionError:
        return mode & ~0o070
    return mode
