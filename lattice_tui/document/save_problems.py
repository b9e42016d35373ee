"""Why a file was not written, in words: what stands in the way, and what to do about it."""

from __future__ import annotations

import errno
import os
import shutil
import stat
from pathlib import Path
from shlex import quote

from lattice_tui.paths import UnsafePathError
from lattice_tui.text import safe_text
from schemas.problem import Problem

_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT})
_NOT_ALLOWED = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})
_NO_FOLDER = frozenset({errno.ENOENT, errno.ENOTDIR})
_NAME_MAX_LENGTH = 60


def refusal(path: Path, error: OSError | ValueError) -> Problem:
    """What the system's refusal to write `path` means."""
    if isinstance(error, ValueError):  # a NUL, or a character that no file name here can hold
        return _not_written(path, "LT-SAV-008", "no file can have this name", "Give another name.")
    if isinstance(error, UnsafePathError):
        return _unsafe(path, error)
    if error.errno in _NO_ROOM:
        return _no_room(path, error)
    if error.errno in _NOT_ALLOWED:
        return _not_allowed(path, error)
    if error.errno in _NO_FOLDER:
        return _no_folder(path)
    if error.errno == errno.ELOOP:
        return _link(path)
    if error.errno == errno.ENAMETOOLONG:
        return _not_written(path, "LT-SAV-008", "the name is too long for this file system", "Give a shorter name.")
    return _not_written(
        path, "LT-SAV-009", f"the system says: {_reason(error)}", "Give a place on another disk, and look at this one."
    )


def unsafe_problem(path: Path, mode: int) -> Problem:
    """Something that is no regular file stands at `path`; `mode` is its `st_mode`."""
    if stat.S_ISDIR(mode):
        inside = safe_text(str(path / "cluster.yaml"), 200)
        return _not_written(path, "LT-SAV-002", "a folder has this name", f"Name a file in it: {inside}")
    kind = "a named pipe" if stat.S_ISFIFO(mode) else "a socket" if stat.S_ISSOCK(mode) else "a device"
    return _not_written(path, "LT-SAV-003", f"{kind} has this name", "Give the path of a regular file.")


def changed_problem(path: Path, *, is_there: bool) -> Problem:
    """What stands at `path` is not what was shown."""
    what = "somebody else has written it meanwhile" if is_there else "it was removed meanwhile"
    return _not_written(path, "LT-SAV-004", what, "Look at the difference as it is now, and decide again.")


def too_large_problem(path: Path) -> Problem:
    """What stands at `path` cannot be a cluster.yaml."""
    return _not_written(
        path, "LT-SAV-003", "a file of more than 1 MiB has this name: no cluster.yaml", "Give another path."
    )


def shared_folder_problem(path: Path, owner: int, *, is_open: bool) -> Problem:
    """A warning: others may put another file in the place of this one."""
    folder = _folder(path)
    who = "everybody on this computer" if is_open else f"the user {_user(owner)}"
    mend = f"chmod o-w {_pasted(path)}" if is_open else "save it in a folder of your own"
    return Problem(
        code="LT-SAV-010",
        title=f"{who} can replace files in {folder}",
        fix=f"Where that is not meant: {mend}",
        detail="The folder is open to all." if is_open else "The folder belongs to that user.",
        check=f"ls -ld {_pasted(path)}",
        severity="warning",
    )


def _unsafe(path: Path, error: UnsafePathError) -> Problem:
    if error.errno == errno.ELOOP:
        return _link(path)
    try:
        mode = path.lstat().st_mode
    except OSError:
        return _not_written(path, "LT-SAV-003", "something that is no file has this name", "Give another path.")
    return unsafe_problem(path, mode)


def _link(path: Path) -> Problem:
    try:
        leads = f" that leads to {safe_text(os.readlink(path), 200)}"
    except (OSError, ValueError):
        leads = " on the way there, which leads in a circle"
    return _not_written(
        path,
        "LT-SAV-001",
        f"there is a symbolic link{leads}",
        "Give the path of the file itself: links are not followed.",
    )


def _no_room(path: Path, error: OSError) -> Problem:
    return _not_written(
        path,
        "LT-SAV-005",
        f"the disk is full: {_reason(error)}{_free(path)}",
        "Make room there, or give a path on another disk; then save again.",
        check=f"df -h {_pasted(path)}",
    )


def _not_allowed(path: Path, error: OSError) -> Problem:
    fix = (
        "Give a path elsewhere: nothing can be written there."
        if error.errno == errno.EROFS
        else "Give a path in a folder of your own, or ask its owner."
    )
    return _not_written(path, "LT-SAV-006", f"the folder or the file takes no writing: {_reason(error)}", fix)


def _no_folder(path: Path) -> Problem:
    fix = f"Make it first: mkdir -p {_pasted(path)}"
    if str(path).startswith("~"):
        fix = "Write the folder's whole path: `~` is only understood by a shell."
    return _not_written(path, "LT-SAV-007", f"there is no folder {_folder(path)}", fix)


def _not_written(path: Path, code: str, why: str, fix: str, check: str = "") -> Problem:
    return Problem(
        code=code,
        title=f"{safe_text(path.name or str(path), _NAME_MAX_LENGTH)} was not written",
        detail=f"{safe_text(str(path), 200)}: {why}",
        fix=fix,
        check=check or f"ls -ld {_pasted(path)}",
    )


def _free(path: Path) -> str:
    try:
        free = shutil.disk_usage(path.parent).free
    except OSError:
        return ""
    return f"; {free:,} bytes are free in {_folder(path)}"


def _reason(error: OSError) -> str:
    return safe_text(error.strerror or str(error), 100)


def _folder(path: Path) -> str:
    return safe_text(str(path.parent), 200)


def _pasted(path: Path) -> str:
    """The folder as a shell takes it."""
    return quote(_folder(path))


def _user(number: int) -> str:
    import pwd  # only for a warning

    try:
        return safe_text(pwd.getpwuid(number).pw_name, 40)
    except KeyError:
        return f"number {number}"
