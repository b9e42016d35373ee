"""`WatchStream`: the lines of one open watch, and a way to end it from another thread."""

from __future__ import annotations

import contextlib
import http.client
from collections.abc import Iterator
from typing import TYPE_CHECKING

from lattice_tui.capi.errors import unreachable

if TYPE_CHECKING:
    import urllib3

LINE_CAP = 4 << 20
"""No Kubernetes object is larger than etcd's 1.5 MiB; a longer line is a fault, and is dropped as it comes."""
_CHUNK = 65_536


class LineSplitter:
    """Bytes in, whole lines out. Each byte is looked at once; a line past the cap is dropped and counted."""

    def __init__(self, cap: int = LINE_CAP) -> None:
        self.too_long = 0
        self._cap = cap
        self._parts: list[bytes] = []
        self._size = 0

    def feed(self, data: bytes) -> Iterator[bytes]:
        """The lines that `data` completes, without their line ends; empty ones are left out."""
        *whole, rest = data.split(b"\n")
        for part in whole:
            line = self._take(part)
            if line.strip():
                yield line
        self._keep(rest)

    def _take(self, part: bytes) -> bytes:
        self._keep(part)
        line = b"".join(self._parts) if self._size <= self._cap else b""
        self.too_long += self._size > self._cap
        self._parts, self._size = [], 0
        return line

    def _keep(self, part: bytes) -> None:
        self._size += len(part)
        if self._size <= self._cap:
            self._parts.append(part)
        else:
            self._parts = []


class WatchStream:
    """An open watch. `lines()` belongs to one thread; `shutdown()` may be called from any."""

    def __init__(self, response: urllib3.BaseHTTPResponse, server: str) -> None:
        self._response = response
        self._server = server
        self._splitter = LineSplitter()
        self._is_shut = False

    @property
    def too_long(self) -> int:
        """Lines dropped because they passed the cap."""
        return self._splitter.too_long

    def lines(self) -> Iterator[bytes]:
        """Whole lines until the server ends the stream. Raises ApiUnreachableError when it breaks instead."""
        import urllib3

        try:
            while data := self._response.read1(_CHUNK):
                yield from self._splitter.feed(data)
        except (urllib3.exceptions.HTTPError, http.client.HTTPException, OSError, ValueError, AttributeError) as error:
            if not self._is_shut:
                raise unreachable(self._server, error) from error

    def shutdown(self) -> None:
        """End a blocked read. Closing alone would wait for the reader; the socket is shut under it."""
        self._is_shut = True
        with contextlib.suppress(OSError, ValueError, RuntimeError):
            self._response.shutdown()

    def close(self) -> None:
        """Give the connection up: a watch's connection is never used again."""
        with contextlib.suppress(OSError, ValueError):
            self._response.close()
