"""What a tool says when it is asked for its version. Pure: texts in, versions out."""

from __future__ import annotations

import re

from lattice_tui.tools.process import ToolCall

# Three numbers that are neither part of a longer word (go1.24.3) nor of an address (127.0.0.1).
_VERSION = re.compile(r"(?<![\w.])v?(\d{1,4}\.\d{1,4}\.\d{1,4}(?:[-+][-+.\w]*\w)?)(?!\.?\w)", re.ASCII)
_ARGS = {"kubectl": ("version", "--client")}
"""kubectl asks the cluster of its kubeconfig too, unless told not to."""
# clusterctl looks for a newer release of itself on the internet after every command.
_ENV = {"clusterctl": {"CLUSTERCTL_DISABLE_VERSIONCHECK": "true"}}


def version_call(tool: str, timeout_s: float) -> ToolCall:
    """The call that makes a tool print its version, and touches nothing else."""
    return ToolCall(tool, _ARGS.get(tool, ("version",)), env=_ENV.get(tool, {}), timeout_s=timeout_s)


def version_in(*texts: str) -> str:
    """The first version in the first text that has one, without a leading `v`: `0.32.0`. Empty when none has."""
    return next((found.group(1) for text in texts if (found := _VERSION.search(text))), "")


def numbers(version: str) -> tuple[int, int, int]:
    """(1, 13, 5) of `1.13.5`, `v1.13.5` or `1.13.5-rc.0`. Raises ValueError for anything else."""
    found = _VERSION.fullmatch(version)
    if found is None:
        raise ValueError(f"{version!r} is not a version")
    major, minor, patch = re.split(r"[-+]", found.group(1), maxsplit=1)[0].split(".")
    return int(major), int(minor), int(patch)


def is_same_minor(one: str, other: str) -> bool:
    """Whether two versions differ in nothing but their patch. Raises ValueError when one is none."""
    return numbers(one)[:2] == numbers(other)[:2]
