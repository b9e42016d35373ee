"""How an answer's bytes are read: in large pieces, and never more slowly than a deadline allows.

The standard library asks the socket for 8 KiB at a time and takes a chunked body apart with half a dozen calls a
chunk; an API server sends every watch event as a chunk of its own. It also waits for ever on a server that sends its
headers one byte at a time, for each byte restarts the clock.
"""

from __future__ import annotations

import http.client
import io
import socket
import time
from typing import Any

BUFFER_BYTES = 65_536
SIZE_LINE_CAP = 4_096
"""A chunk's size line has a few characters; a longer one is no HTTP."""


class Dechunker:
    """Bytes of a chunked body in, its content out (RFC 9112, 7.1). Raises ValueError for what is not chunked."""

    def __init__(self) -> None:
        self.is_over = False
        self._rest = b""
        """The beginning of a size line that has not arrived whole."""
        self._left = 0
        """Bytes of the current chunk still to come."""
        self._begins_with_line_end = False
        self._is_trailer = False

    def feed(self, data: bytes) -> bytes:
        """The content in `data`; empty when it held none."""
        if self._rest:
            data, self._rest = self._rest + data, b""
        # Views: the content is copied once, when it is put together.
        view, parts = memoryview(data), list[memoryview]()
        at, end = 0, len(data)
        while at < end and not self.is_over:
            if self._left:
                part = view[at : at + self._left]
                parts.append(part)
                at += len(part)
                self._left -= len(part)
                continue
            after = self._line(data, at)
            if not after:
                self._rest = data[at:]
                if len(self._rest) > SIZE_LINE_CAP:
                    raise ValueError("a chunk without a size")
                break
            at = after
        return b"".join(parts)

    def _line(self, data: bytes, at: int) -> int:
        """Take a size line, or a line of the trailer. Returns where it ends; 0 when it is not whole."""
        begin = at + 2 if self._begins_with_line_end else at
        end = data.find(b"\n", begin)
        if end < 0:
            return 0
        if data[at:begin] not in {b"", b"\r\n"}:
            raise ValueError("a chunk longer than its size")
        line = data[begin:end]
        if self._is_trailer:
            self.is_over = not line.strip()
            return end + 1
        self._left = int(line.partition(b";")[0], 16)
        self._begins_with_line_end = self._left > 0
        self._is_trailer = not self._left
        return end + 1


class _TimedSocket(io.RawIOBase):
    """A socket's bytes; while there is a deadline, all reads together end by then."""

    def __init__(self, sock: socket.socket) -> None:
        self._socket = sock
        self._raw = sock.makefile("rb", buffering=0)
        self.deadline_s: float | None = None

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        if self.deadline_s is None:
            return self._raw.readinto(buffer)
        usual_s = self._socket.gettimeout()
        left_s = self.deadline_s - time.monotonic()
        if left_s <= 0:
            raise TimeoutError("timed out")
        self._socket.settimeout(left_s)
        try:
            return self._raw.readinto(buffer)
        finally:
            self._socket.settimeout(usual_s)

    def close(self) -> None:
        self._raw.close()
        super().close()


class Answer(http.client.HTTPResponse):
    """A response whose headers come within one timeout, and whose `read1` gives many chunks at once."""

    def __init__(self, sock: socket.socket, debuglevel: int = 0, method: str | None = None, url: str | None = None):
        super().__init__(sock, debuglevel, method, url)
        self.fp.close()
        self._timed = _TimedSocket(sock)
        self.fp = io.BufferedReader(self._timed, BUFFER_BYTES)
        self._timeout_s = sock.gettimeout()
        self._dechunker = Dechunker()

    def begin(self) -> None:
        """Read the status and the headers. Raises TimeoutError when they take longer than the socket's timeout."""
        if self._timeout_s is not None:
            self._timed.deadline_s = time.monotonic() + self._timeout_s
        try:
            super().begin()
        finally:
            self._timed.deadline_s = None

    def read1(self, n: int = -1) -> bytes:
        """What one read of the socket gives, at most `n` bytes; empty at the end of the body."""
        if not self.chunked or self.fp is None:
            return super().read1(n)
        while not self._dechunker.is_over:
            data = self.fp.read1(n if n > 0 else BUFFER_BYTES)
            if not data:
                raise http.client.IncompleteRead(b"")
            if content := self._dechunker.feed(data):
                return content
        self.close()
        return b""
