"""clusterctl's own file, where people who have used Cluster API keep PROXMOX_URL, PROXMOX_TOKEN and PROXMOX_SECRET.

Source: CAPMOX docs/Usage.md; clusterctl cmd/clusterctl/client/config (CLUSTERCTL_CONFIG, XDG, ~/.cluster-api).
"""

from __future__ import annotations

import stat
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from lattice_tui.providers.credentials import Found
from lattice_tui.providers.proxmox.env_trust import trust_values
from lattice_tui.providers.proxmox.layouts import LAYOUTS, read_layout
from lattice_tui.secrets import Secret
from lattice_tui.text import safe_text

if TYPE_CHECKING:
    from lattice_tui.providers.credentials import Around

CLUSTERCTL: Final = "clusterctl"
"""Its name as a profile in `spec.credentials`."""
MAX_FILE_BYTES = 64 * 1024


def clusterctl_files(around: Around) -> Iterator[Found]:
    """The files that are there, those that clusterctl takes first. One that cannot be read is found with a remark."""
    trust, remarks = trust_values(around)
    for path in _paths(around):
        label = _shown(path, around)
        try:
            text, is_open = _text(path)
        except OSError as error:
            reason = safe_text(error.strerror or str(error), 80)
            yield Found("profile", CLUSTERCTL, label, remarks=(f"cannot be read: {reason}",))
            continue
        if text is not None:
            for found in _in(text, label, is_open=is_open):
                is_whole = bool(found.values)
                yield replace(
                    found,
                    values={**found.values, **trust} if is_whole else found.values,
                    remarks=(*found.remarks, *remarks) if is_whole else found.remarks,
                )


def _paths(around: Around) -> tuple[Path, ...]:
    config = Path(around.env.get("XDG_CONFIG_HOME") or around.home / ".config")
    named = around.env.get("CLUSTERCTL_CONFIG", "")
    paths = [config / "cluster-api" / "clusterctl.yaml", around.home / ".cluster-api" / "clusterctl.yaml"]
    return tuple(dict.fromkeys(([Path(named)] if named else []) + paths))


def _text(path: Path) -> tuple[str | None, bool]:
    """(its text, whether others can read it); no text where there is no file. Raises OSError for one not to be read."""
    try:
        about = path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return None, False
    if not stat.S_ISREG(about.st_mode):
        raise OSError("it is no regular file")
    with path.open("rb") as stream:
        data = stream.read(MAX_FILE_BYTES + 1)
    if len(data) > MAX_FILE_BYTES:
        raise OSError("it is larger than 64 KiB")
    return data.decode("utf-8", "replace"), bool(about.st_mode & 0o077)


def _in(text: str, label: str, *, is_open: bool) -> Iterator[Found]:
    from lattice_tui.providers.pasting import mapping

    table = mapping(text)
    if table is None:
        if "PROXMOX" in text:
            yield Found("profile", CLUSTERCTL, label, remarks=("cannot be read: it is not YAML",))
        return
    read = read_layout(LAYOUTS[0], {str(name): value for name, value in table.items() if isinstance(value, str)})
    if read.is_empty:
        return
    remarks = (*read.remarks, *(["others on this computer can read it: chmod 600"] if is_open and read.secret else []))
    secrets = {"secret": Secret(read.secret)} if read.secret else {}
    yield Found("profile", CLUSTERCTL, label, read.values, secrets, remarks)


def _shown(path: Path, around: Around) -> str:
    text = f"~/{path.relative_to(around.home)}" if path.is_relative_to(around.home) else str(path)
    return safe_text(text, 120)
