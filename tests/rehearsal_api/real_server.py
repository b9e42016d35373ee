"""A real API server with its etcd, where their programs lie in the folder that KUBEBUILDER_ASSETS names."""

from __future__ import annotations

import json
import os
import ssl
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.free_ports import free_ports

JsonObject = dict[str, Any]

ASSETS = Path(os.environ.get("KUBEBUILDER_ASSETS", "/nowhere"))
TOKEN = "admin-token"
PATIENCE_S = 90.0

needs_real_server = pytest.mark.skipif(
    not all((ASSETS / name).is_file() for name in ("etcd", "kube-apiserver")),
    reason="needs KUBEBUILDER_ASSETS with etcd and kube-apiserver",
)


class RealServer:
    """Requests to it, as a member of system:masters."""

    def __init__(self, port: int) -> None:
        self.url = f"https://127.0.0.1:{port}"
        # Its certificate is made anew at every start, and nothing but this test speaks to it.
        self._context = ssl._create_unverified_context()
        self._plurals: dict[tuple[str, str], tuple[str, bool]] = {}

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, Any]:
        """The code and the body of an answer."""
        request = urllib.request.Request(
            self.url + path,
            method=method,
            data=json.dumps(body).encode() if body is not None else None,
            headers={"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json", **headers},
        )
        try:
            with urllib.request.urlopen(request, timeout=30, context=self._context) as reply:
                return reply.status, _read(reply.read())
        except urllib.error.HTTPError as refused:
            with refused:
                return refused.code, _read(refused.read())

    def path_of(self, obj: JsonObject) -> str:
        """Where objects of that kind and namespace are."""
        api_version, kind = obj["apiVersion"], obj["kind"]
        root = f"/apis/{api_version}" if "/" in api_version else f"/api/{api_version}"
        if (api_version, kind) not in self._plurals:
            code, found = self.ask("GET", root)
            assert code == 200, f"{root} is not served"
            for one in found["resources"]:
                if "/" not in one["name"]:
                    self._plurals[api_version, one["kind"]] = (one["name"], one["namespaced"])
        plural, namespaced = self._plurals[api_version, kind]
        return f"{root}/namespaces/{obj['metadata']['namespace']}/{plural}" if namespaced else f"{root}/{plural}"

    def put(self, obj: JsonObject) -> None:
        """Create an object, then write its status."""
        path = self.path_of(obj)
        code, answer = self.ask("POST", path, obj)
        assert code == 201, answer
        if "status" in obj:
            place = f"{path}/{obj['metadata']['name']}/status"
            merge = {"Content-Type": "application/merge-patch+json"}
            code, answer = self.ask("PATCH", place, {"status": obj["status"]}, **merge)
            assert code == 200, answer


def _read(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return body.decode(errors="replace")


@contextmanager
def real_server(folder: Path) -> Iterator[RealServer]:
    """A fresh server, ended with the block."""
    port, etcd_port, peer_port = free_ports(3)
    etcd_url, peer_url = f"http://127.0.0.1:{etcd_port}", f"http://127.0.0.1:{peer_port}"
    key = folder / "accounts.key"
    subprocess.run(["openssl", "genrsa", "-out", str(key), "2048"], check=True, capture_output=True)
    tokens = folder / "tokens.csv"
    tokens.write_text(f'{TOKEN},admin,1,"system:masters"\n', encoding="utf-8")
    etcd = [
        *(str(ASSETS / "etcd"), "--data-dir", str(folder / "etcd"), "--unsafe-no-fsync"),
        *("--listen-client-urls", etcd_url, "--advertise-client-urls", etcd_url, "--listen-peer-urls", peer_url),
        *("--initial-advertise-peer-urls", peer_url, "--initial-cluster", f"default={peer_url}"),
    ]
    api = [
        *(str(ASSETS / "kube-apiserver"), "--secure-port", str(port), "--bind-address", "127.0.0.1"),
        *("--etcd-servers", etcd_url, "--cert-dir", str(folder / "certificates"), "--authorization-mode", "RBAC"),
        *("--token-auth-file", str(tokens), "--service-account-issuer", "https://kubernetes.default"),
        *("--service-account-key-file", str(key), "--service-account-signing-key-file", str(key)),
        *("--service-cluster-ip-range", "10.96.0.0/16", "--disable-admission-plugins", "ServiceAccount"),
    ]
    with (folder / "real.log").open("wb") as log:
        programs = [subprocess.Popen(command, stdout=log, stderr=log) for command in (etcd, api)]
        try:
            server = RealServer(port)
            _wait_until_ready(server)
            yield server
        finally:
            for program in reversed(programs):
                program.terminate()
                program.wait(30)


def _wait_until_ready(server: RealServer) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not _is_ready(server):
        assert time.monotonic() < deadline, "the real server is not ready"
        time.sleep(0.2)


def _is_ready(server: RealServer) -> bool:
    try:
        return server.ask("GET", "/readyz")[0] == 200
    except OSError:
        # Nothing listens there yet.
        return False
