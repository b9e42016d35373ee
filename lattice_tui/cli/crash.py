"""The crash file: what a bug report needs, without values of variables and without secrets."""

from __future__ import annotations

import os
import platform
import re
import sys
import time
import traceback
from pathlib import Path

from lattice_tui import __version__
from lattice_tui.paths import private_folder, state_folder, write_atomically
from lattice_tui.secrets import MASK

_SECRET_NAME = re.compile(r"TOKEN|SECRET|PASSW|CREDENTIAL|PRIVATE|_KEY|APIKEY|SESSION", re.IGNORECASE)
_SECRET_SHAPES = (
    re.compile(r"-----BEGIN [A-Z0-9 ]+-----.*?(?:-----END [A-Z0-9 ]+-----|\Z)", re.DOTALL),
    re.compile(r"(?<=://)[^/\s:@]+:[^/\s@]+(?=@)"),
    re.compile(
        r"""(?i)(?:token|secret|passw(?:or)?d|authorization|api[_-]?key|access[_-]?key)["']?\s*[:=]\s*["']?\S+"""
    ),
    # Long runs without a break are keys, tokens and certificates; a path or a sentence has breaks.
    re.compile(r"[A-Za-z0-9+=_-]{32,}"),
)


def write_crash_file(error: BaseException) -> Path | None:
    """Write the redacted report into the state folder, mode 0600. Returns None when the disk refuses."""
    at = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
    try:
        folder = private_folder(state_folder(_state_dir_of(sys.argv)))
        path = folder / f"crash-{at}-{os.getpid()}.txt"
        write_atomically(path, report(error, at).encode(errors="backslashreplace"))
    except OSError:
        return None
    return path


def report(error: BaseException, at: str) -> str:
    """The text of a crash file: versions, the command's first word, and the frames, which hold no values."""
    head = (
        f"lattice-tui {__version__}, Python {platform.python_version()}, {platform.platform()}, {at}",
        f"command: {redacted(' '.join(sys.argv[1:2]))}",
        "",
    )
    frames = "".join(traceback.format_exception(error, chain=True))
    return "\n".join(head) + redacted(frames)


def redacted(text: str) -> str:
    """`text` with the values of secret-looking environment variables, and what looks like a secret, masked."""
    for name, value in os.environ.items():
        if len(value) >= 6 and _SECRET_NAME.search(name):
            text = text.replace(value, MASK)
    for shape in _SECRET_SHAPES:
        text = shape.sub(MASK, text)
    return text


def _state_dir_of(argv: list[str]) -> str | None:
    for word, following in zip(argv, [*argv[1:], ""], strict=True):
        if word == "--state-dir" and following:
            return following
        if word.startswith("--state-dir="):
            return word.partition("=")[2]
    return None
