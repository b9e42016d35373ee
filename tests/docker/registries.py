"""Real registries on this computer, and one that refuses as Docker Hub does when its limit is reached."""

from __future__ import annotations

import http.server
import json
import shutil
import socket
import subprocess
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.polling import eventually

PROGRAM = "docker-registry"


def why_no_registry() -> str:
    """Why no registry can be started here, empty when one can."""
    if shutil.which(PROGRAM) is None:
        return f"needs a registry of its own: {PROGRAM} is not installed (Debian: docker-registry)"
    return ""


@contextmanager
def registry(folder: Path, *, address: str = "127.0.0.1", auth: str = "") -> Iterator[str]:
    """A registry that runs; its `host:port`. `auth` is a block of its settings."""
    with socket.socket() as tried:
        tried.bind((address, 0))
        place = f"{address}:{tried.getsockname()[1]}"
    config = folder / f"{place}.yml"
    storage = f"storage: {{filesystem: {{rootdirectory: {folder / 'data'}}}}}"
    config.write_text(f"version: 0.1\n{storage}\nhttp: {{addr: '{place}'}}\n{auth}\n")
    with (folder / "log").open("ab") as log:
        process = subprocess.Popen([PROGRAM, "serve", str(config)], stdout=log, stderr=log)
    try:
        eventually(lambda: _answers(place), bool, timeout_s=20)
        yield place
    finally:
        process.terminate()
        process.wait(10)


def _answers(place: str) -> bool:
    try:
        with urllib.request.urlopen(f"http://{place}/v2/", timeout=2) as response:
            return bool(response.status == 200)
    except urllib.error.HTTPError as error:
        return error.code == 401
    except OSError:
        return False


@contextmanager
def refusing(status: int, code: str, message: str) -> Iterator[str]:
    """A registry that refuses every manifest with one of the specification's error codes; its `host:port`."""
    body = json.dumps({"errors": [{"code": code, "message": message}]}).encode()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            is_hello = self.path == "/v2/"
            answer = b"{}" if is_hello else body
            self.send_response(200 if is_hello else status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Docker-Distribution-Api-Version", "registry/2.0")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            if self.command == "GET":
                self.wfile.write(answer)

        do_HEAD = do_GET  # noqa: N815

        def log_message(self, *_words: object) -> None:
            return

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield f"127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()
