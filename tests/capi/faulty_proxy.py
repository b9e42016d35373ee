"""A TCP proxy that carries bytes as badly as it is told to, in a thread of its own, in front of any server."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Literal

Fault = Literal["", "drop", "half-open", "truncate", "reset", "drip"]
"""What happens to what the server says: `drop` takes no connection, `half-open` takes them and is silent for ever,
`truncate` ends and `reset` resets after `after_bytes`, `drip` gives one byte each `drip_s`."""


@dataclass
class FaultyProxy:
    """Carries bytes to `port`. Set `fault` at any time: it is looked at for each piece."""

    port: int
    fault: Fault = ""
    latency_s: float = 0.0
    drip_s: float = 0.05
    after_bytes: int = 0
    connections: int = 0
    """Taken so far."""
    listening_at: int = 0
    _loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.new_event_loop)
    _server: asyncio.Server | None = None
    _thread: threading.Thread = field(default_factory=threading.Thread)
    _ends: set[asyncio.StreamWriter] = field(default_factory=set)

    def start(self) -> None:
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._do(self._listen())

    def refuse(self) -> None:
        """Stop listening and cut every connection: as a server that is gone."""
        self._do(self._close())

    def listen_again(self) -> None:
        self._do(self._listen())

    def cut(self) -> None:
        """Reset every connection there is."""
        self._do(self._cut())

    def stop(self) -> None:
        self._do(self._end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    async def _end(self) -> None:
        await self._close()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    def _do(self, work: object) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(10)  # type: ignore[arg-type]

    async def _listen(self) -> None:
        self._server = await asyncio.start_server(self._converse, "127.0.0.1", self.listening_at)
        self.listening_at = self._server.sockets[0].getsockname()[1]

    async def _close(self) -> None:
        if self._server is not None:
            self._server.close()
        await self._cut()

    async def _cut(self) -> None:
        for end in self._ends:
            end.transport.abort()
        await asyncio.sleep(0)

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        if self.fault == "drop":
            writer.transport.abort()
            return
        try:
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self.port)
        except OSError:
            writer.transport.abort()
            return
        ends = {writer, far_writer}
        self._ends |= ends
        try:
            await asyncio.gather(self._carry(reader, far_writer, False), self._carry(far_reader, writer, True))
        finally:
            self._ends -= ends
            for end in ends:
                end.transport.abort()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, is_answer: bool) -> None:
        said = 0
        with suppress(OSError):
            while piece := await reader.read(65_536):
                await asyncio.sleep(self.latency_s if is_answer else 0)
                while self.fault == "half-open":
                    # Neither an answer nor an end, until the fault is taken back; then it is too late for this one.
                    await asyncio.sleep(0.01)
                    said = -1
                if said < 0:
                    continue
                if is_answer and self.fault == "drip":
                    await self._drip(piece, writer)
                    continue
                if is_answer and self.fault in {"truncate", "reset"} and said + len(piece) > self.after_bytes:
                    writer.write(piece[: max(0, self.after_bytes - said)])
                    await writer.drain()
                    writer.transport.abort() if self.fault == "reset" else writer.close()
                    return
                writer.write(piece)
                await writer.drain()
                said += len(piece)
            writer.write_eof()

    async def _drip(self, piece: bytes, writer: asyncio.StreamWriter) -> None:
        for at in range(len(piece)):
            if self.fault != "drip":
                writer.write(piece[at:])
                return
            writer.write(piece[at : at + 1])
            await asyncio.sleep(self.drip_s)


@contextmanager
def faulty_proxy(port: int) -> Iterator[FaultyProxy]:
    """A running proxy in front of a server on this computer."""
    made = FaultyProxy(port)
    made.start()
    try:
        yield made
    finally:
        made.stop()
