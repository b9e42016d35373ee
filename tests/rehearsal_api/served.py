"""A simulated cluster's API in a loop of its own, and plain HTTPS requests to it."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import urllib3
import yaml

from lattice_tui.rehearsal.api.kinds import NAMESPACE, PROVIDER_KINDS
from lattice_tui.rehearsal.api.server import ApiServer
from lattice_tui.rehearsal.api.store import Store
from lattice_tui.rehearsal.audit import Audit
from lattice_tui.rehearsal.certificates import CertificateAuthority
from lattice_tui.rehearsal.pace import Pace

JsonObject = dict[str, Any]
T = TypeVar("T")

PATIENCE_S = 60.0
VERSION = "v1.34.8"
TEAM = "/apis/cluster.x-k8s.io/v1beta2/namespaces/team-a"
MERGE = "application/merge-patch+json"
APPLY = "application/apply-patch+yaml"


def new_store(folder: Path, seed: int = 1, cluster: str = "demo") -> Store:
    """A store with the core Cluster API kinds and the namespace `team-a`."""
    store = Store(cluster, Pace(seed=seed), Audit(folder / "audit.jsonl"), notes_mistakes=True)
    store.serve(PROVIDER_KINDS["cluster-api"])
    store.create(NAMESPACE, {"metadata": {"name": "team-a"}}, actor="test")
    return store


def machine(name: str, **spec: Any) -> JsonObject:
    """A Machine as a client would send it."""
    return {
        "apiVersion": "cluster.x-k8s.io/v1beta2",
        "kind": "Machine",
        "metadata": {"name": name, "namespace": "team-a"},
        "spec": {
            "clusterName": "demo",
            "bootstrap": {"dataSecretName": "boot"},
            "infrastructureRef": {"apiGroup": "infrastructure.cluster.x-k8s.io", "kind": "DockerMachine", "name": name},
            **spec,
        },
    }


def machine_deployment(name: str, replicas: int) -> JsonObject:
    """A MachineDeployment as a client would send it."""
    labels = {"deployment": name}
    return {
        "apiVersion": "cluster.x-k8s.io/v1beta2",
        "kind": "MachineDeployment",
        "metadata": {"name": name, "namespace": "team-a"},
        "spec": {
            "clusterName": "demo",
            "replicas": replicas,
            "selector": {"matchLabels": labels},
            "template": {"metadata": {"labels": labels}, "spec": machine("x")["spec"]},
        },
    }


@dataclass
class Reply:
    """An HTTP answer, its body read as JSON."""

    code: int
    body: JsonObject


class Served:
    """A server in a thread, and a pool of connections with an administrator's certificate."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self._thread.start()
        self.authority = CertificateAuthority()
        self.server: ApiServer = self.run(self._started)
        self.store = self.server.store
        self.kubeconfig = folder / "kubeconfig"
        self.kubeconfig.write_text(self.server.kubeconfig("demo"))
        self.pool = self.pool_with_certificate()

    async def _started(self) -> ApiServer:
        server = ApiServer(new_store(self.folder), self.authority, version=VERSION, bookmark_every_s=0.2)
        await server.start()
        return server

    def run(self, action: Callable[[], Any]) -> Any:
        """Call, in the server's loop, a function or a coroutine function, and wait for what it gives."""

        async def call() -> Any:
            result = action()
            return await result if asyncio.iscoroutine(result) else result

        return asyncio.run_coroutine_threadsafe(call(), self.loop).result(PATIENCE_S)

    def pool_with_certificate(self) -> urllib3.HTTPSConnectionPool:
        """Connections that show the certificate of the kubeconfig."""
        import base64

        user = yaml.safe_load(self.kubeconfig.read_text())["users"][0]["user"]
        for name in ("client-certificate", "client-key"):
            (self.folder / name).write_bytes(base64.b64decode(user[f"{name}-data"]))
        (self.folder / "ca").write_text(self.authority.ca_pem)
        return self._pool(cert_file=str(self.folder / "client-certificate"), key_file=str(self.folder / "client-key"))

    def pool_without_certificate(self) -> urllib3.HTTPSConnectionPool:
        """Connections of a stranger."""
        (self.folder / "ca").write_text(self.authority.ca_pem)
        return self._pool()

    def _pool(self, **files: Any) -> urllib3.HTTPSConnectionPool:
        return urllib3.HTTPSConnectionPool(
            "127.0.0.1",
            self.server.port,
            ca_certs=str(self.folder / "ca"),
            maxsize=8,
            retries=False,
            timeout=urllib3.Timeout(total=PATIENCE_S),
            **files,
        )

    def ask(
        self,
        method: str,
        path: str,
        body: Any = None,
        content_type: str = "application/json",
        *,
        pool: urllib3.HTTPSConnectionPool | None = None,
        **headers: str,
    ) -> Reply:
        """One request; a body that is not bytes is sent as JSON."""
        data = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        sent = {"Content-Type": content_type, "User-Agent": "tester/1.0", **headers}
        response = (pool or self.pool).request(method, path, body=data, headers=sent)
        text = response.data
        return Reply(response.status, json.loads(text) if text.startswith(b"{") else {"text": text.decode()})

    @contextmanager
    def watching(self, path: str) -> Iterator[Iterator[JsonObject]]:
        """The events of a watch, as an endless iterator that ends with the stream."""
        response = self.pool.request("GET", path, preload_content=False, headers={"User-Agent": "tester/1.0"})
        try:
            yield _events(response)
        finally:
            response.close()

    def close(self) -> None:
        """Stop the server and its loop."""
        self.pool.close()
        self.run(self.server.stop)
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join(PATIENCE_S)
        self.loop.close()


def _events(response: urllib3.BaseHTTPResponse) -> Iterator[JsonObject]:
    waiting = b""
    for chunk in response.stream(amt=None):
        waiting += chunk
        *lines, waiting = waiting.split(b"\n")
        yield from (json.loads(line) for line in lines)
