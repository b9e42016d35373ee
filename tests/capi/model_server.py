"""A small API server of one kind over real sockets, which keeps state, and fails on demand."""

from __future__ import annotations

import json
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from lattice_tui.capi.client import KubeClient
from lattice_tui.capi.kubeconfig import Kubeconfig

JsonObject = dict[str, Any]
DEADLINE_S = 30.0


def eventually(holds: Callable[[], bool], what: str, within_s: float = DEADLINE_S) -> None:
    """Wait until it holds; fail with `what` when it does not within the time."""
    end_s = time.monotonic() + within_s
    while not holds():
        assert time.monotonic() < end_s, f"not within {within_s:.0f} s: {what}"
        time.sleep(0.005)


def client_for(server: ModelServer, timeout_s: float = 5.0) -> KubeClient:
    return KubeClient(Kubeconfig(server=server.url), timeout_s=timeout_s)


@dataclass
class ModelServer:
    """Objects, their history, and a queue of faults; each list or watch that comes in takes one fault."""

    objects: dict[str, JsonObject] = field(default_factory=dict)
    history: list[tuple[int, str, JsonObject]] = field(default_factory=list)
    version: int = 100
    oldest: int = 0
    """A watch from an older version than this answers 410."""
    watch_faults: deque[str] = field(default_factory=deque)
    list_faults: deque[str] = field(default_factory=deque)
    requests: list[str] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)
    """The bearer token of each request."""
    page_size: int = 500
    changed: threading.Condition = field(default_factory=threading.Condition)
    closing: bool = False
    open_watches: int = 0
    _http: ThreadingHTTPServer | None = None
    _port: int = 0

    @property
    def port(self) -> int:
        return self._port

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    def start(self) -> None:
        """Listen; a restart listens on the same port."""
        self.closing = False
        self._http = _Server(("127.0.0.1", self._port), _handler_of(self))
        self._port = self._http.server_address[1]
        threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()

    def stop(self) -> None:
        """Stop listening and cut every watch."""
        with self.changed:
            self.closing = True
            self.changed.notify_all()
        if self._http is not None:
            self._http.shutdown()
            self._http.server_close()
            self._http = None

    def put(self, name: str, uid: str = "", **status: Any) -> JsonObject:
        """Create or change an object."""
        with self.changed:
            self.version += 1
            known = self.objects.get(name)
            is_new = known is None or bool(uid and known["metadata"]["uid"] != uid)
            made = {
                "metadata": {
                    "name": name,
                    "namespace": "n",
                    "uid": uid or (known["metadata"]["uid"] if known else f"uid-{name}-{self.version}"),
                    "resourceVersion": str(self.version),
                    "creationTimestamp": "2026-11-23T00:00:00Z",
                    "managedFields": [{"manager": "x" * 200}],
                },
                "status": status,
            }
            self.objects[name] = made
            self.history.append((self.version, "ADDED" if is_new else "MODIFIED", made))
            self.changed.notify_all()
            return made

    def remove(self, name: str) -> None:
        with self.changed:
            self.version += 1
            gone = self.objects.pop(name)
            gone = {**gone, "metadata": {**gone["metadata"], "resourceVersion": str(self.version)}}
            self.history.append((self.version, "DELETED", gone))
            self.changed.notify_all()

    def forget_history(self) -> None:
        """As after etcd's compaction and a restart: nobody can resume from before now."""
        with self.changed:
            self.version += 1
            self.oldest = self.version
            self.history.clear()

    def versions(self) -> dict[str, str]:
        """uid -> resourceVersion of everything there is."""
        with self.changed:
            return {one["metadata"]["uid"]: one["metadata"]["resourceVersion"] for one in self.objects.values()}


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_address = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients that hang up are part of the tests."""


def _handler_of(model: ModelServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_arguments: Any) -> None:
            """Quiet."""

        def do_GET(self) -> None:
            query = {key: values[0] for key, values in parse_qs(urlsplit(self.path).query).items()}
            model.requests.append(self.path)
            model.tokens.append((self.headers["Authorization"] or "").removeprefix("Bearer "))
            if "watch" in query:
                self.watch(query)
            elif "machines" in self.path:
                self.list(query)
            else:
                self.answer(200, {"gitVersion": "v1.35.5"})

        def list(self, query: dict[str, str]) -> None:
            fault = model.list_faults.popleft() if model.list_faults else ""
            if self.refuse(fault):
                return
            with model.changed:
                names = sorted(model.objects)
                start = int(query.get("continue", "0"))
                limit = min(int(query["limit"]), model.page_size) if "limit" in query else len(names) + 1
                items: list[Any] = [model.objects[name] for name in names[start : start + limit]]
                rest = str(start + limit) if start + limit < len(names) else ""
                version = model.version
            if fault == "bad-item":
                items = [{"metadata": 7}, *items]
            self.answer(200, {"metadata": {"resourceVersion": str(version), "continue": rest}, "items": items})

        def watch(self, query: dict[str, str]) -> None:
            fault = model.watch_faults.popleft() if model.watch_faults else ""
            if self.refuse(fault):
                return
            since = int(query["resourceVersion"])
            if since < model.oldest:
                self.refuse("410")
                return
            self.send_response(200)
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            model.open_watches += 1
            try:
                self.stream(since, fault)
            finally:
                model.open_watches -= 1
                self.close_connection = True

        def stream(self, since: int, fault: str) -> None:
            if fault == "half-open":
                with model.changed:
                    model.changed.wait_for(lambda: model.closing, timeout=DEADLINE_S)
                return None
            first_lines = {
                "410-event": json.dumps(
                    {"type": "ERROR", "object": {"kind": "Status", "code": 410, "reason": "Expired"}}
                ),
                "500-event": json.dumps({"type": "ERROR", "object": {"kind": "Status", "code": 500, "reason": "X"}}),
                "bad-json": '{"type": "MODIFIED", "object": {"metadata": {"na',
                "bad-utf8": '{"type": "BOOKMARK", "object": {"metadata": {"resourceVersion": "\udcff\udcfe"}}}',
                "blank": "\n\n",
                "unknown-type": json.dumps({"type": "SURPRISE", "object": {}}),
                "null-bookmark": json.dumps(
                    {
                        "type": "BOOKMARK",
                        "object": {"metadata": {"resourceVersion": str(since), "creationTimestamp": None}},
                    }
                ),
                "bare-bookmark": json.dumps({"type": "BOOKMARK", "object": {}}),
                "long-line": "x" * (5 << 20),
            }
            if fault == "endless-line":
                for _ in range(800):
                    self.line("x" * 65_536, newline="")
                self.line("")
            if fault in first_lines:
                self.line(first_lines[fault])
            if fault.endswith("-event"):
                return self.end()
            sent = since
            said: list[str] = []
            while True:
                with model.changed:
                    new = [entry for entry in model.history if entry[0] > sent]
                    if not new:
                        if fault == "eof" or model.closing:
                            break
                        model.changed.wait(0.05)
                        continue
                for version, type_, item in new:
                    text = json.dumps({"type": type_, "object": item})
                    if fault == "truncated-line":
                        self.line(text[: len(text) // 2], newline="")
                        return self.end()
                    if fault == "cut-chunk":
                        self.wfile.write(f"{len(text):x}\r\n{text[:10]}".encode())
                        return None
                    self.line(text)
                    sent = version
                    if fault == "repeated":
                        said.append(text)
                        for earlier in said:
                            self.line(earlier)
            return self.end() if not model.closing else None

        def line(self, text: str, newline: str = "\n") -> None:
            data = (text + newline).encode("utf-8", "surrogateescape")
            self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")

        def end(self) -> None:
            self.wfile.write(b"0\r\n\r\n")

        def refuse(self, fault: str) -> bool:
            if not fault.isdecimal():
                return False
            status = int(fault)
            body = {"kind": "Status", "code": status, "reason": "Refused", "message": f"refused with {status}"}
            self.answer(status, body, {"Retry-After": "7"} if status == 429 else {})
            return True

        def answer(self, status: int, body: JsonObject, headers: dict[str, str] | None = None) -> None:
            data = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            for key, value in (headers or {}).items():
                self.send_header(key, value)
            self.end_headers()
            self.wfile.write(data)

    return Handler
