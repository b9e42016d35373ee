"""Servers of ill will, each on a thread beside the test: one says nothing, one says back whatever it is told."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Iterator
from contextlib import contextmanager

from tests.checks.tls_servers import Handler, listening, silent
from tests.counterparts.hosting import BesideLoop


@contextmanager
def silent_server() -> Iterator[int]:
    """Takes connections and never answers; its port."""
    with _beside(silent, None) as port:
        yield port


@contextmanager
def echoing_server(context: ssl.SSLContext) -> Iterator[tuple[int, list[str]]]:
    """Answers every request with an error that repeats its headers; its port, and the headers that it has heard.

    What is readable without a sign-in it answers as Proxmox does, so that it is told the secret.
    """
    heard: list[str] = []

    async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        signed = next((line for line in head.split("\r\n") if line.lower().startswith("authorization:")), "")
        heard.append(signed)
        status, body = f"500 you said {signed}", f'{{"message": "you said {signed}", "data": null}}'
        if "access/domains" in head:
            status, body = "200 OK", '{"data": [{"realm": "pve", "type": "pve"}, {"realm": "pam", "type": "pam"}]}'
        writer.write(
            f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n"
            f"Connection: close\r\n\r\n{body}".encode("latin-1")
        )
        await writer.drain()
        writer.close()
        await writer.wait_closed()

    with _beside(echo, context) as port:
        yield port, heard


@contextmanager
def _beside(handler: Handler, context: ssl.SSLContext | None) -> Iterator[int]:
    loop = BesideLoop()
    server = listening(handler, context)
    try:
        yield loop.run(server.__aenter__())
        loop.run(server.__aexit__(None, None, None))
    finally:
        loop.close()
