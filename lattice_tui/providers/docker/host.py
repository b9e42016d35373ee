"""This computer, as far as Docker's checks look at it directly: a test puts another one in its place."""

from __future__ import annotations

import os
import platform
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path


def free_space(folder: str) -> int | None:
    """Free bytes of the file system that holds the folder."""
    try:
        return shutil.disk_usage(folder).free
    except OSError:
        # Closed to us, or in another mount namespace: its file system cannot be asked.
        return None


@dataclass(frozen=True, slots=True)
class Host:
    """Facts as plain values, the rest as folders and callables that are asked when a check needs them."""

    system: str = "Linux"
    """`Linux` or `Darwin`."""
    name: str = ""
    kernel: str = ""
    """Release of the running kernel."""
    user: str = ""
    uid: int = 0
    groups: frozenset[int] = frozenset()
    """Of this process: what a person was put into since they logged in is not among them."""
    environment: Mapping[str, str] = field(default_factory=dict)
    home: Path = Path("/root")
    docker_socket: str = "/var/run/docker.sock"
    proc: Path = Path("/proc")
    sys: Path = Path("/sys")
    etc: Path = Path("/etc")
    run: Path = Path("/run")
    which: Callable[[str], str | None] = shutil.which
    free_bytes: Callable[[str], int | None] = free_space
    """Free space of the file system that holds a folder, None when that cannot be known."""

    @property
    def is_wsl(self) -> bool:
        """Whether this Linux runs inside Windows. Its kernel says so: `...-microsoft-standard-WSL2`."""
        return self.system == "Linux" and "microsoft" in self.text_of(self.proc / "version").lower()

    @property
    def has_systemd(self) -> bool:
        """Whether systemd runs this system. Source: sd_booted(3)."""
        return (self.run / "systemd" / "system").is_dir()

    def text_of(self, path: Path) -> str:
        """The text of a small file, empty when it is not there or may not be read."""
        try:
            with path.open(encoding="utf-8", errors="replace") as stream:
                return stream.read(1024 * 1024)
        except OSError:
            return ""


def this_host(environment: Mapping[str, str] | None = None) -> Host:
    """The computer that this program runs on. `environment`: instead of this process's own."""
    environment = dict(os.environ if environment is None else environment)
    uid = os.geteuid()
    return Host(
        system=platform.system(),
        name=platform.node(),
        kernel=platform.release(),
        user=_user_name(uid) or environment.get("USER", ""),
        uid=uid,
        groups=frozenset((*os.getgroups(), os.getegid())),
        environment=environment,
        home=Path(environment.get("HOME") or Path.home()),
    )


def _user_name(uid: int) -> str:
    import pwd

    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        # A container often runs as a number that has no name.
        return ""
