"""A small HTTP door before a store: what real clients read first (discovery, OpenAPI, reviews), over a real socket."""

from __future__ import annotations

import json
import os
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from lattice_tui.rehearsal.api import discovery, openapi_v2, openapi_v3, protobuf, protobuf_objects
from lattice_tui.rehearsal.api.access import Asked, Identity, authenticated, impersonated, refusal
from lattice_tui.rehearsal.api.errors import ApiError, no_such_path
from lattice_tui.rehearsal.api.reviews import review, review_kind
from lattice_tui.rehearsal.api.store import Store
from tests.real_clients.programs import found_program

JsonObject = dict[str, Any]

PEOPLE = {
    "admin": authenticated("admin", ("system:masters",)),
    "viewer": authenticated("viewer", ("viewers",)),
}
"""Who asks, by the port that is asked: kubectl shows no credential where there is no TLS."""
VERSION = "v1.34.8"
COMMAND_S = 60
ANSWERED = "2026-01-01T00:00:00Z"


class PlainDoor:
    """Listens on loopback until `close`. Every request is answered under one lock, as the store knows one thread."""

    def __init__(self, store: Store, folder: Path) -> None:
        self.store = store
        self.asked: list[str] = []
        """Method and path of every request."""
        self.has_aggregated_discovery = True
        self.validates_fields = True
        """Whether the documents say so; a server that does not leaves validation to kubectl."""
        self._folder = folder
        self._lock = threading.Lock()
        self._servers = {person: self._listening(person) for person in PEOPLE}

    def _listening(self, person: str) -> ThreadingHTTPServer:
        door = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                with door._lock:
                    door._serve(self, person)

            do_POST = do_GET  # noqa: N815 - the names that http.server calls

            def log_message(self, *_args: Any) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        return server

    def url(self, person: str = "admin") -> str:
        return f"http://127.0.0.1:{self._servers[person].server_address[1]}"

    def close(self) -> None:
        for server in self._servers.values():
            server.shutdown()
            server.server_close()

    def kubectl(self, *words: str, person: str = "admin", stdin: str = "") -> subprocess.CompletedProcess[str]:
        """kubectl with an empty home, so that nothing of an earlier command is remembered."""
        return self.run("kubectl", "--server", self.url(person), *words, stdin=stdin)

    def run(self, *command: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        home = self._folder / f"home-{len(list(self._folder.iterdir()))}"
        home.mkdir()
        environment = {"PATH": os.environ["PATH"], "HOME": str(home), "KUBECONFIG": str(home / "none")}
        return subprocess.run(
            [found_program(command[0]) or command[0], *command[1:]],
            input=stdin,
            capture_output=True,
            text=True,
            timeout=COMMAND_S,
            env=environment,
            check=False,
        )

    def _serve(self, http: BaseHTTPRequestHandler, person: str) -> None:
        body = http.rfile.read(int(http.headers.get("Content-Length", 0)))
        path = http.path.partition("?")[0]
        self.asked.append(f"{http.command} {http.path}")
        try:
            group = http.headers.get("Impersonate-Group", "")
            asked_for = (http.headers.get("Impersonate-User", ""), (group,) if group else ())
            who = impersonated(self.store, PEOPLE[person], *asked_for)
            code, content, type_ = self._answer(who, http.command, path, http.headers.get("Accept", ""), body)
        except ApiError as error:
            code, content, type_ = error.code, json.dumps(error.status()).encode(), "application/json"
        http.send_response(code)
        http.send_header("Content-Type", type_)
        http.send_header("Content-Length", str(len(content)))
        http.end_headers()
        http.wfile.write(content)

    def _answer(self, who: Identity, method: str, path: str, accept: str, body: bytes) -> tuple[int, bytes, str]:
        parts = path.strip("/").split("/")
        if method == "POST" and len(parts) == 4 and (kind := review_kind(*parts[1:])):
            if error := refusal(self.store, who, Asked("create", kind.group, kind.plural)):
                raise error
            return _json(201, review(self.store, who, kind.kind, _sent(body), now=ANSWERED))
        if error := refusal(self.store, who, Asked(method.lower(), path=path)):
            raise error
        if path == "/openapi/v2" and protobuf.MEDIA_TYPE in accept:
            document = self._document(openapi_v2.document(self.store.served(), VERSION))
            return 200, protobuf.encoded(document or {}), protobuf.ANSWERED_TYPE
        aggregated = self.has_aggregated_discovery and discovery.aggregated_accepted(accept)
        if path in ("/api", "/apis") and aggregated:
            whole = discovery.aggregated(self.store.served(), core=path == "/api")
            return 200, json.dumps(whole).encode(), discovery.AGGREGATED_TYPE
        return _json(200, self._read(parts))

    def _read(self, parts: list[str]) -> JsonObject | None:
        kinds = self.store.served()
        match parts:
            case ["version"]:
                return discovery.version_info(VERSION)
            case ["api"]:
                return discovery.api_versions(self.url())
            case ["apis"]:
                return discovery.group_list(kinds)
            case ["api", version]:
                return discovery.resource_list("", version, kinds)
            case ["apis", group]:
                return discovery.group(group, kinds)
            case ["apis", group, version]:
                return discovery.resource_list(group, version, kinds)
            case ["openapi", "v2"]:
                return self._document(openapi_v2.document(kinds, VERSION))
            case ["openapi", "v3"]:
                return openapi_v3.index(kinds)
            case ["openapi", "v3", "api", version]:
                return self._document(openapi_v3.document(kinds, "", version, VERSION))
            case ["openapi", "v3", "apis", group, version]:
                return self._document(openapi_v3.document(kinds, group, version, VERSION))
        raise no_such_path()

    def _document(self, document: JsonObject | None) -> JsonObject | None:
        if self.validates_fields or document is None:
            return document
        for item in document["paths"].values():
            for operation in (item[method] for method in ("post", "put", "patch") if method in item):
                known = operation["parameters"]
                operation["parameters"] = [one for one in known if one["name"] != "fieldValidation"]
        return document


def _sent(body: bytes) -> JsonObject:
    return dict(json.loads(body) if body.startswith(b"{") else protobuf_objects.read_object(body))


def _json(code: int, body: JsonObject | None) -> tuple[int, bytes, str]:
    if body is None:
        raise no_such_path()
    return code, json.dumps(body).encode(), "application/json"
