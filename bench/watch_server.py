"""An API server that costs next to nothing: the machines of G11 and G12, encoded once and sent as fast as asked for.

`python -m bench.watch_server EVENTS MACHINES` prints its port, and serves until its input is closed.
"""

from __future__ import annotations

import json
import socket
import sys
import threading
from contextlib import suppress
from typing import Any
from urllib.parse import parse_qs, urlsplit

JsonObject = dict[str, Any]
CONDITIONS = (
    "Available", "Ready", "UpToDate", "BootstrapConfigReady", "InfrastructureReady", "NodeHealthy", "NodeReady",
    "Deleting", "Paused", "HealthCheckSucceeded",
)  # fmt: skip
MESSAGE = (
    "* NodeHealthy: the control plane has not answered yet, so what it says of this node is not known; "
    "* BootstrapConfigReady: waiting for the control plane to be initialised"
)
LABELS = {
    "cluster.x-k8s.io/cluster-name": "demo",
    "cluster.x-k8s.io/deployment-name": "demo-default",
    "cluster.x-k8s.io/set-name": "demo-default-7d9c8",
    "machine-template-hash": "1234567890-abcde",
}


def machine(number: int, version: int) -> JsonObject:
    """One Machine as Cluster API v1.13 leaves it: ten conditions, and two managers whose fields are half of it."""
    at = "2026-11-23T10:00:00Z"
    names = ("lastTransitionTime", "message", "observedGeneration", "reason", "status", "type")
    fields: JsonObject = {
        f'k:{{"type":"{name}"}}': {".": {}, **{f"f:{one}": {} for one in names}} for name in CONDITIONS
    }
    return {
        "apiVersion": "cluster.x-k8s.io/v1beta2",
        "kind": "Machine",
        "metadata": {
            "name": f"demo-default-7d9c8-{number:05d}",
            "namespace": "capi-demo",
            "uid": f"00000000-0000-4000-8000-{number:012d}",
            "resourceVersion": str(version),
            "generation": 3,
            "creationTimestamp": at,
            "labels": LABELS,
            "ownerReferences": [{"kind": "MachineSet", "name": "demo-default-7d9c8", "controller": True}],
            "managedFields": [
                {
                    "manager": manager,
                    "operation": "Update",
                    "apiVersion": "cluster.x-k8s.io/v1beta2",
                    "time": at,
                    "fieldsType": "FieldsV1",
                    "fieldsV1": {
                        "f:metadata": {"f:labels": {f"f:{key}": {} for key in LABELS}, "f:ownerReferences": {}},
                        "f:spec": {
                            "f:bootstrap": {"f:configRef": {}},
                            "f:infrastructureRef": {"f:kind": {}, "f:name": {}},
                        },
                        "f:status": {"f:conditions": fields, "f:deprecated": {"f:v1beta1": {}}},
                    },
                }
                for manager in ("manager", "capi-machineset")
            ],
        },
        "spec": {"clusterName": "demo", "version": "v1.35.5", "providerID": f"docker:////demo-{number:05d}"},
        "status": {
            "phase": "Running" if version // 500 % 2 else "Provisioned",
            "nodeRef": {"name": f"demo-default-{number:05d}"},
            "addresses": [{"type": "InternalIP", "address": "172.18.0.9"}],
            "conditions": [
                {"type": name, "status": "Unknown", "reason": "NotYet", "message": MESSAGE, "lastTransitionTime": at}
                for name in CONDITIONS
            ],
        },
    }


class BenchServer:
    """Lists page by page, and watches that say every event once and are then quiet."""

    def __init__(self, events: int, machines: int) -> None:
        self._first_version = machines + 1
        self._items = [_encoded(machine(number, number + 1)) for number in range(machines)]
        self._stream = b"".join(
            _chunk(b'{"type":"MODIFIED","object":' + _encoded(machine(number % 500, machines + 2 + number)) + b"}\n")
            for number in range(events)
        )
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._socket.getsockname()[1])

    def serve(self) -> None:
        """Take connections for ever."""
        while True:
            connection, _ = self._socket.accept()
            threading.Thread(target=self._converse, args=(connection,), daemon=True).start()

    def _converse(self, connection: socket.socket) -> None:
        # A client that has seen enough hangs up in the middle of the stream.
        with connection, suppress(ConnectionError), connection.makefile("rb") as lines:
            while first := lines.readline():
                while lines.readline().strip():
                    pass
                url = urlsplit(first.split()[1].decode())
                query = {key: values[0] for key, values in parse_qs(url.query).items()}
                if "watch" in query:
                    connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + self._stream)
                    lines.readline()
                    return
                self._list(connection, query)

    def _list(self, connection: socket.socket, query: dict[str, str]) -> None:
        start, limit = int(query.get("continue", 0)), int(query.get("limit", 0)) or len(self._items)
        rest = str(start + limit) if start + limit < len(self._items) else ""
        meta = _encoded({"resourceVersion": str(self._first_version), "continue": rest})
        items = b",".join(self._items[start : start + limit])
        head = b'{"kind":"MachineList","apiVersion":"cluster.x-k8s.io/v1beta2","metadata":' + meta + b',"items":['
        length = len(head) + len(items) + 2
        said = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n"
        for part in (said.encode(), head, items, b"]}"):
            connection.sendall(part)


def _encoded(value: JsonObject) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()


def _chunk(data: bytes) -> bytes:
    """As a real server flushes: one chunk for every event."""
    return f"{len(data):x}\r\n".encode() + data + b"\r\n"


def main() -> None:
    """Serve until whoever started it is gone."""
    server = BenchServer(int(sys.argv[1]), int(sys.argv[2]))
    threading.Thread(target=server.serve, daemon=True).start()
    print(server.port, flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main()
