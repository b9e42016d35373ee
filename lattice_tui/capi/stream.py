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
    """Bytes in, whole lines out. Each byte is looked at once; a line past the cap is dropped and counted.

    The cap is meant to be far more than what is fed at once: only a line that spans several pieces can pass it.
    """

    def __init__(self, cap: int = LINE_CAP) -> None:
        self.too_long = 0
        self._cap = cap
        self._parts: list[bytes] = []
        """The beginning of a line whose end has not come."""
        self._size = 0

    def feed(self, data: bytes) -> bytes:
        """The lines that `data` completes, with their line ends; empty when it completes none."""
        end = data.rfind(b"\n") + 1
        if not end:
            self._keep(data)
            return b""
        block = self._block(data, end)
        self._parts, self._size = [], 0
        self._keep(data[end:])
        return block

    def _block(self, data: bytes, end: int) -> bytes:
        if not self._size:
            return data[:end]
        first_end = data.find(b"\n") + 1
        if self._size + first_end > self._cap:
            self.too_long += 1
            return data[first_end:end]
        return b"".join((*self._parts, memoryview(data)[:end]))

    def _keep(self, part: bytes) -> None:
        self._size += len(part)
        if self._size > self._cap:
            self._parts = []
        elif part:
            self._parts.append(part)


class WatchStream:
    """An open watch. `blocks()` belongs to one thread; `shutdown()` may be called from any."""

    def __init__(self, response: urllib3.BaseHTTPResponse, server: str) -> None:
        self._response = response
        self._server = server
        self._splitter = LineSplitter()
        self._is_shut = False

    @property
    def too_long(self) -> int:
        """Lines dropped because they passed the cap."""
        return self._splitter.too_long

    def blocks(self) -> Iterator[bytes]:
        """Whole lines, as many as came at once, until the server ends the stream.

        An empty block is a sign of life without a whole line. Raises ApiUnreachableError when the stream breaks.
        """
        import urllib3

        try:
            while data := self._response.read1(_CHUNK, decode_content=False):
                yield self._splitter.feed(data)
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
