"""Asking a tool for its version, and telling apart the ways in which it cannot say it."""

from __future__ import annotations

import errno
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from lattice_tui.text import safe_text
from lattice_tui.tools.process import FoundTool, PathToolbox, Toolbox, ToolResult, ToolRunner
from lattice_tui.tools.versions import version_call, version_in

ANSWER_S = 10.0
"""A version takes milliseconds; the first start of a large program some seconds."""
NOT_STARTED = 127
"""What the launcher ends with when the system did not start the program."""
Trouble = Literal["", "missing", "forbidden", "unstartable", "hangs", "broken", "mute"]


@dataclass(frozen=True, slots=True)
class ToolAnswer:
    """What became of the question. `version` is set exactly when there is no trouble."""

    tool: str
    path: str = ""
    """The file that was asked, empty when there is none."""
    version: str = ""
    """Without a leading `v`."""
    trouble: Trouble = ""
    """`forbidden`: there is a file, but none that may be run; `broken`: it ended with an error; `mute`: it said
    something else than a version."""
    words: str = ""
    """The tool's, the system's or the file's own, safe to print."""


class NamedToolbox:
    """Programs by name, each with how to start it; the others are looked for on the PATH."""

    def __init__(self, argv_by_tool: Mapping[str, tuple[str, ...]], path: str | None = None) -> None:
        self._argv_by_tool = argv_by_tool
        self._rest = PathToolbox(path)

    def find(self, tool: str) -> FoundTool | None:
        """The program that was named for `tool`, else the first on the PATH."""
        argv = self._argv_by_tool.get(tool)
        return FoundTool(tool, argv, argv[0]) if argv else self._rest.find(tool)


async def ask_version(
    tool: str, toolbox: Toolbox, environ: Mapping[str, str], *, timeout_s: float = ANSWER_S
) -> ToolAnswer:
    """Find the tool and run it once. Nothing is raised: trouble is part of the answer."""
    found = toolbox.find(tool)
    if found is None:
        forbidden = _forbidden_file(tool, environ.get("PATH", os.defpath))
        return ToolAnswer(tool, forbidden, trouble="forbidden" if forbidden else "missing")
    result = await ToolRunner(toolbox, environ).run(version_call(tool, timeout_s), lambda _stream, _line: None)
    version = version_in(result.stdout, result.stderr_tail)
    path = safe_text(found.path)
    if result.timed_out:
        return ToolAnswer(tool, path, trouble="hangs", words=f"{timeout_s:g} s")
    if reason := _why_not_started(found.argv[0], result):
        return ToolAnswer(tool, path, trouble="unstartable", words=reason)
    if result.exit_code != 0:
        return ToolAnswer(tool, path, trouble="broken", words=_last_words(result))
    if not version:
        return ToolAnswer(tool, path, trouble="mute", words=_last_words(result))
    return ToolAnswer(tool, path, version)


def _forbidden_file(tool: str, path: str) -> str:
    """A file of that name on the PATH that may not be run, empty when there is none."""
    for folder in path.split(os.pathsep):
        try:
            if folder and (file := Path(folder, tool)).is_file():
                return safe_text(str(file))
        except OSError:
            # A folder we may not look into has no program that we may start.
            continue
    return ""


def _last_words(result: ToolResult) -> str:
    lines = (result.stderr_tail or result.stdout).splitlines()
    how = f"signal {-result.exit_code}" if result.exit_code < 0 else f"exit code {result.exit_code}"
    said = safe_text(lines[-1], 160) if lines else "it said nothing"
    return said if result.exit_code == 0 else f"{how}: {said}"


def _why_not_started(program: str, result: ToolResult) -> str:
    """Why the system did not start the program, empty when it did."""
    if result.exit_code != NOT_STARTED:
        return ""
    if result.stderr_tail == f"{program}: {os.strerror(errno.ENOEXEC)}":
        return what_is_in(Path(program))
    if result.stderr_tail == f"{program}: {os.strerror(errno.ENOENT)}":
        return "what it is started with is missing: an interpreter, or the C library of another Linux"
    if result.stderr_tail == f"{program}: {os.strerror(errno.EACCES)}":
        return "the system does not allow it: perhaps its disk is mounted with noexec"
    return ""


_PROCESSORS = {
    0x03: "32-bit x86",
    0x15: "ppc64",
    0x16: "s390x",
    0x28: "32-bit arm",
    0x3E: "x86_64",
    0xB7: "arm64",
    0xF3: "riscv",
}
"""Source: elf.h, e_machine."""
_MAGIC = (
    (b"\xcf\xfa\xed\xfe", "a program for macOS"),
    (b"\xca\xfe\xba\xbe", "a program for macOS"),
    (b"MZ", "a program for Windows"),
    (b"\x1f\x8b", "an archive (.tar.gz) that has not been unpacked"),
    (b"PK\x03\x04", "an archive (.zip) that has not been unpacked"),
    (b"<", "a web page, saved in its place"),
)


def what_is_in(path: Path) -> str:
    """What a file that the system does not know how to start holds, in words."""
    try:
        with path.open("rb") as stream:
            head = stream.read(64)
    except OSError as error:
        return f"it cannot be read: {error.strerror}"
    return f"it is {_kind(head)}"


def _kind(head: bytes) -> str:
    if head.startswith(b"\x7fELF") and len(head) >= 20:
        machine = int.from_bytes(head[18:20], "big" if head[5] == 2 else "little")
        return f"a program for {_PROCESSORS.get(machine, 'another processor')}"
    for magic, words in _MAGIC:
        if head.lstrip().startswith(magic):
            return words
    if not head:
        return "an empty file"
    return f"not a program; it begins with {safe_text(head.decode('ascii', 'replace'), 24)!r}"
