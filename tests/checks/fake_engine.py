"""A tiny Docker Engine on a real unix socket, whose answers a test chooses. Containers that are tried come and go."""

from __future__ import annotations

import json
import socket
import socketserver
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

GIB = 1024**3
GOOD_INFO: dict[str, Any] = {
    "Name": "laptop",
    "ServerVersion": "28.2.2",
    "OSType": "linux",
    "OperatingSystem": "Debian GNU/Linux 12",
    "Architecture": "x86_64",
    "KernelVersion": "6.1.0-18-amd64",
    "NCPU": 8,
    "MemTotal": 16 * GIB,
    "DockerRootDir": "/var/lib/docker",
    "Driver": "overlay2",
    "CgroupDriver": "systemd",
    "CgroupVersion": "2",
    "SecurityOptions": ["name=seccomp,profile=builtin"],
    "MemoryLimit": True,
    "PidsLimit": True,
    "CPUShares": True,
}
GOOD_VERSION = {"Version": "28.2.2", "ApiVersion": "1.50", "MinAPIVersion": "1.24", "Os": "linux", "Arch": "amd64"}
PROBE_IMAGE = "busybox:1.37"
ABOUT_THE_ENGINE = ("docker-linux", "docker-version", "docker-architecture", "docker-cpu")
"""Checks that a good engine passes whatever computer this is."""


def printed(
    *,
    memory_gib: float = 16,
    available_gib: float = 15,
    limits: str = "max",
    disk_gib: int = 100,
    watches: int = 1048576,
    instances: int = 8192,
    first: str = "sh",
    mount: str = "yes",
) -> str:
    """What the script of a privileged container prints."""
    return (
        f"== meminfo\nMemTotal: {int(memory_gib * 1024**2)} kB\nMemAvailable: {int(available_gib * 1024**2)} kB\n"
        f"== limits\n{limits}\n"
        "== disk\nFilesystem 1024-blocks Used Available Capacity Mounted on\n"
        f"overlay 500 400 {disk_gib * 1024**2} 80% /\n"
        f"== watches\n{watches}\n== instances\n{instances}\n== first\n{first}\n== mount\n{mount}\n== end\n"
    )


class FakeEngine:
    """Answers by path, or by method and path: a JSON value, or (status, raw bytes)."""

    def __init__(self, endpoint: str) -> None:
        self.endpoint = endpoint
        self.answers: dict[str, Any] = {
            "/_ping": (200, b"OK"),
            "/info": dict(GOOD_INFO),
            "/version": dict(GOOD_VERSION),
            "/images/json": [],
            f"/images/{PROBE_IMAGE}/json": {"Id": "sha256:b", "RepoTags": [PROBE_IMAGE]},
        }
        self.requests: list[str] = []
        self.bodies: list[Any] = []
        """What was sent with the requests that had a body."""
        self.printed = printed()
        """By every container that is started."""
        self.refusal: tuple[int, bytes] | None = None
        """Of starting a container."""
        self.never_ends = False
        """Whether containers run until they are removed."""
        self.containers: dict[str, threading.Event] = {}
        """Those that are there, each with the event of its end."""
        self.started = threading.Event()
        """Set with the first container that is started."""

    def listened_to(self, method: str, path: str) -> threading.Event | None:
        """The end of the container that this request attaches to, None for every other request."""
        parts = path.partition("?")[0].split("/")
        return self.containers.get(parts[2]) if method == "POST" and parts[-1] == "attach" else None

    @property
    def frame(self) -> bytes:
        """What a container printed, as the engine sends it."""
        body = self.printed.encode()
        return b"\1\0\0\0" + len(body).to_bytes(4) + body

    def answer(self, method: str, path: str) -> Any:
        """The answer to one request."""
        plain = path.partition("?")[0]
        for key in (f"{method} {plain}", plain):
            if key in self.answers:
                return self.answers[key]
        if plain.startswith("/containers/") and method in ("POST", "DELETE"):
            return self._container(method, path)
        return (404, b'{"message": "page not found"}')

    def _container(self, method: str, path: str) -> tuple[int, bytes]:
        name, _, action = path.partition("?")[0].removeprefix("/containers/").partition("/")
        if name == "create":
            made = path.partition("name=")[2]
            self.containers[made] = threading.Event()
            return 201, b'{"Id": "abc"}'
        ended = self.containers.get(name)
        if ended is None:
            return 404, b'{"message": "No such container"}'
        if action == "start" and self.refusal is None and self.never_ends:
            self.started.set()
            return 204, b""
        # Started, refused or removed: marked as it is, the engine removes it itself.
        del self.containers[name]
        ended.set()
        self.started.set()
        return self.refusal if action == "start" and self.refusal else (204, b"")


@contextmanager
def fake_engine(at: Path | None = None) -> Iterator[FakeEngine]:
    """Serve it; `at` is the path of its socket, a new short one where it is left out."""
    with tempfile.TemporaryDirectory(prefix="fd-") as folder:
        path = str(at or Path(folder, "d.sock"))
        engine = FakeEngine(f"unix://{path}")

        class Handler(BaseHTTPRequestHandler):
            def _answer(self) -> None:
                engine.requests.append(f"{self.command} {self.path}")
                length = int(self.headers.get("Content-Length") or 0)
                if length:
                    engine.bodies.append(json.loads(self.rfile.read(length)))
                if (ended := engine.listened_to(self.command, self.path)) is not None:
                    # The answer begins at once, its content comes when the container has something to say.
                    self.send_response(200)
                    self.end_headers()
                    ended.wait(30)
                    self.wfile.write(engine.frame)
                    return
                answer = engine.answer(self.command, self.path)
                status, body = answer if isinstance(answer, tuple) else (200, json.dumps(answer).encode())
                self.send_response(status)
                self.send_header("Api-Version", "1.50")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            do_GET = _answer  # noqa: N815
            do_POST = _answer  # noqa: N815
            do_DELETE = _answer  # noqa: N815

            def address_string(self) -> str:
                return "unix"

            def log_message(self, *_words: object) -> None:
                return

        class Server(socketserver.ThreadingUnixStreamServer):
            daemon_threads = True

            def handle_error(self, *_of: object) -> None:
                """Somebody who was killed has closed the line: that is what some tests are about."""

        with Server(path, Handler) as server:
            thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
            thread.start()
            try:
                yield engine
            finally:
                server.shutdown()
                thread.join()


@contextmanager
def silent_engine() -> Iterator[str]:
    """The endpoint of something that takes connections and never says a word."""
    with tempfile.TemporaryDirectory(prefix="fd-") as folder, socket.socket(socket.AF_UNIX) as silent:
        silent.bind(f"{folder}/docker.sock")
        silent.listen()
        yield f"unix://{folder}/docker.sock"
