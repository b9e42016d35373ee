"""TCP ports of this computer: whether one is free, and who holds it. Only looks; what it binds it lets go at once."""

from __future__ import annotations

import errno
import os
import socket
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from lattice_tui.text import safe_text

LOOPBACK, EVERYWHERE = "127.0.0.1", "0.0.0.0"  # noqa: S104 - what programs bind, not what we serve on
ADDRESSES = (LOOPBACK, EVERYWHERE)
"""A program may hold a port on one of them alone."""
LAST_PORT = 65_535
_LISTENS = "0A"
"""TCP_LISTEN, net/tcp_states.h."""


@dataclass(frozen=True, slots=True)
class Listener:
    """One listening socket."""

    port: int
    inode: int
    uid: int
    """Whose it is."""


@dataclass(frozen=True, slots=True)
class Holder:
    """Who listens on a port, as far as we may know."""

    program: str = ""
    pid: int = 0
    user: str = ""

    def __str__(self) -> str:
        if self.program:
            return f"the program {self.program} (pid {self.pid})"
        return f"a program of {self.user}" if self.user else "another program"


def is_taken(port: int) -> bool:
    """Whether another program listens on the port, found by binding it. A port we may not bind counts as free."""
    return any(_refusal(address, port) == errno.EADDRINUSE for address in ADDRESSES)


def _refusal(address: str, port: int) -> int:
    """Number of the system's error, 0 when the port could be bound."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as tried:
        # A connection that has ended keeps its port for a minute, and keeps nobody from listening there.
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tried.bind((address, port))
            # macOS lets two programs bind; only one may listen.
            tried.listen(1)
        except OSError as error:
            return error.errno or errno.EIO
    return 0


def next_free(port: int, is_busy: Callable[[int], bool], *, tries: int = 100) -> int | None:
    """The first port above `port` that is not busy, None when `tries` of them are."""
    candidates = range(port + 1, min(port + 1 + tries, LAST_PORT + 1))
    return next((candidate for candidate in candidates if not is_busy(candidate)), None)


def listeners(text: str) -> Iterator[Listener]:
    """The listening sockets of `/proc/net/tcp` or `tcp6`; lines of another form are left out. Source: proc(5)."""
    for line in text.splitlines():
        words = line.split()
        with suppress(ValueError, IndexError):
            port = int(words[1].rpartition(":")[2], 16)
            if words[3] == _LISTENS and 0 < port <= LAST_PORT:
                yield Listener(port=port, inode=int(words[9]), uid=int(words[7]))


def holder_of(port: int, proc: Path) -> Holder:
    """Who listens on the port, below a `/proc`. Other users' programs show their user alone, unless we are root."""
    for table in ("tcp", "tcp6"):
        with suppress(OSError):
            text = (proc / "net" / table).read_text("ascii", "replace")
            for listener in listeners(text):
                if listener.port == port:
                    return _process_of(listener, proc) or Holder(user=_user_name(listener.uid))
    return Holder()


def _process_of(listener: Listener, proc: Path) -> Holder | None:
    wanted = f"socket:[{listener.inode}]"
    for folder in proc.glob("[0-9]*"):
        with suppress(OSError):
            for link in (folder / "fd").iterdir():
                if _target(link) == wanted:
                    return Holder(
                        safe_text((folder / "comm").read_text("utf-8", "replace").strip(), 40), int(folder.name)
                    )
    return None


def _target(link: Path) -> str:
    try:
        return os.readlink(link)
    except OSError:
        # Closed while we looked.
        return ""


def _user_name(uid: int) -> str:
    import pwd

    try:
        return safe_text(pwd.getpwuid(uid).pw_name, 40)
    except KeyError:
        return f"the user {uid}"
