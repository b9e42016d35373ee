"""A tiny Docker Engine on a real unix socket, whose answers a test chooses."""

from __future__ import annotations

import json
import socketserver
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

GOOD_INFO: dict[str, Any] = {
    "Name": "laptop",
    "ServerVersion": "28.2.2",
    "OSType": "linux",
    "OperatingSystem": "Debian GNU/Linux 12",
    "Architecture": "x86_64",
    "NCPU": 8,
    "MemTotal": 16 * 1024**3,
    "DockerRootDir": "/var/lib/docker",
    "CgroupVersion": "2",
    "SecurityOptions": ["name=seccomp,profile=builtin"],
    "MemoryLimit": True,
    "PidsLimit": True,
    "CPUShares": True,
}
GOOD_VERSION = {"Version": "28.2.2", "ApiVersion": "1.50", "MinAPIVersion": "1.24", "Os": "linux", "Arch": "amd64"}


class FakeEngine:
    """Answers by path: a JSON value, or (status, raw bytes)."""

    def __init__(self, endpoint: str) -> None:
        self.endpoint = endpoint
        self.answers: dict[str, Any] = {
            "/_ping": (200, b"OK"),
            "/info": dict(GOOD_INFO),
            "/version": dict(GOOD_VERSION),
        }
        self.requests: list[str] = []


@contextmanager
def fake_engine() -> Iterator[FakeEngine]:
    with tempfile.TemporaryDirectory(prefix="fd-") as folder:
        path = str(Path(folder, "d.sock"))
        engine = FakeEngine(f"unix://{path}")

        class Handler(BaseHTTPRequestHandler):
            def _answer(self) -> None:
                engine.requests.append(f"{self.command} {self.path}")
                answer = engine.answers.get(self.path.partition("?")[0], (404, b'{"message": "page not found"}'))
                status, body = answer if isinstance(answer, tuple) else (200, json.dumps(answer).encode())
                self.send_response(status)
                self.send_header("Api-Version", "1.50")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            do_GET = _answer  # noqa: N815
            do_POST = _answer  # noqa: N815

            def address_string(self) -> str:
                return "unix"

            def log_message(self, *_words: object) -> None:
                return

        class Server(socketserver.ThreadingUnixStreamServer):
            daemon_threads = True

        with Server(path, Handler) as server:
            thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
            thread.start()
            try:
                yield engine
            finally:
                server.shutdown()
                thread.join()
