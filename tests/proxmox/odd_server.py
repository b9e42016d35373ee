"""A server that answers over TLS whatever a test puts in: pages, half answers, redirects, PVE's refusals."""

from __future__ import annotations

import asyncio
import ssl
from dataclasses import dataclass, field
from pathlib import Path

from lattice_tui.rehearsal.certificates import CertificateAuthority


@dataclass
class OddServer:
    """Raw answers, in turn; the last one stays. What was asked is kept whole, the token too."""

    answers: list[bytes] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    port: int = 0
    ca_pem: str = ""
    _server: asyncio.Server | None = None

    async def start(self, folder: Path) -> None:
        authority = CertificateAuthority("an odd authority")
        self.ca_pem = authority.ca_pem
        file = folder / "odd.pem"
        file.write_text("".join(authority.issue_server(["127.0.0.1", "localhost"])))
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(file)
        self._server = await asyncio.start_server(self._answer, "127.0.0.1", 0, ssl=context)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        assert self._server is not None
        self._server.close()
        await self._server.wait_closed()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            self.asked.append((await reader.readuntil(b"\r\n\r\n")).decode())
            said = self.answers[0] if len(self.answers) == 1 else self.answers.pop(0)
            writer.write(said)
            await writer.drain()
        except (OSError, asyncio.IncompleteReadError):
            # The client has left: that is among what is tried here.
            return
        finally:
            writer.close()


def answer(status: str, body: str = "", content_type: str = "application/json;charset=UTF-8", more: str = "") -> bytes:
    """One HTTP answer; `status` with its words: `403 Permission check failed`."""
    head = f"HTTP/1.1 {status}\r\nContent-Type: {content_type}\r\nContent-Length: {len(body.encode())}\r\n{more}"
    return f"{head}Connection: close\r\n\r\n{body}".encode()
