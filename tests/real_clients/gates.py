"""Gates before API servers: every call of a client passes one, is held for ever at a chosen point, or gets no answer.

A client that is held has done everything before that call and nothing from it on: killed then, it always leaves the
same things behind.
"""

from __future__ import annotations

import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPSConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from lattice_tui.capi.kubeconfig import Kubeconfig, read_kubeconfig
from lattice_tui.capi.transport import tls_context

Side = Literal["source", "target"]
Verdict = Literal["pass", "hold", "drop"]
HOP_BY_HOP = {"connection", "transfer-encoding", "content-length", "host", "authorization"}


@dataclass(frozen=True, slots=True)
class Call:
    """One request of the client."""

    side: Side
    method: str
    path: str
    """With its query."""
    body: bytes

    @property
    def kind(self) -> str:
        """The plural of a named or new namespaced object, "" for everything else."""
        place = self.path.partition("?")[0].split("/")
        return place[place.index("namespaces") + 2] if "namespaces" in place[:-2] else ""


Judge = Callable[[Call], Verdict]


class Gates:
    """Between one client and two API servers. Calls are judged one at a time, in the order in which they come."""

    def __init__(self, judge: Judge) -> None:
        self.held = threading.Event()
        self.calls: list[Call] = []
        self._over = threading.Event()
        self._lock = threading.Lock()
        self._judge = judge

    def passes(self, call: Call) -> bool:
        """Whether the call may go on to the server; returns late for one that is held."""
        with self._lock:
            verdict = "hold" if self.held.is_set() else self._judge(call)
            if verdict == "pass":
                self.calls.append(call)
            elif verdict == "hold":
                self.held.set()
        if verdict == "hold":
            self._over.wait()
        return verdict == "pass"

    @contextmanager
    def before(self, side: Side, kubeconfig: Path, out: Path) -> Iterator[None]:
        """A gate before the server of `kubeconfig`; `out` becomes the kubeconfig that leads through it."""
        behind = read_kubeconfig(kubeconfig)
        server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self, side, behind))
        server.daemon_threads = True
        out.write_text(_kubeconfig(f"http://127.0.0.1:{server.server_address[1]}"))
        answering = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        answering.start()
        try:
            yield
        finally:
            self._over.set()
            server.shutdown()
            answering.join()
            server.socket.close()


def _handler(gates: Gates, side: Side, behind: Kubeconfig) -> type[BaseHTTPRequestHandler]:
    context = tls_context(behind)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            if not gates.passes(Call(side, self.command, self.path, body)):
                self.close_connection = True
                return
            status, headers, data = self._ask(body)
            self.send_response(status)
            for name, value in headers:
                if name.lower() not in HOP_BY_HOP:
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def _ask(self, body: bytes) -> tuple[int, list[tuple[str, str]], bytes]:
            headers = {name: value for name, value in self.headers.items() if name.lower() not in HOP_BY_HOP}
            if behind.token is not None:
                headers["Authorization"] = f"Bearer {behind.token.reveal()}"
            connection = _connection(behind, context)
            try:
                connection.request(self.command, self.path, body or None, headers)
                answer = connection.getresponse()
                return answer.status, answer.getheaders(), answer.read()
            finally:
                connection.close()

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _answer  # noqa: N815 - the library's names

        def log_message(self, *_arguments: object) -> None:
            """Say nothing."""

    return Handler


def _connection(behind: Kubeconfig, context: ssl.SSLContext) -> HTTPConnection:
    place = urlsplit(behind.server)
    return HTTPSConnection(place.hostname or "", place.port, context=context, timeout=30.0)


def _kubeconfig(server: str) -> str:
    named = f"{{name: gate, cluster: {{server: {server}}}}}"
    return (
        f"{{apiVersion: v1, kind: Config, current-context: gate, clusters: [{named}], "
        "contexts: [{name: gate, context: {cluster: gate, user: gate}}], users: [{name: gate, user: {}}]}\n"
    )
