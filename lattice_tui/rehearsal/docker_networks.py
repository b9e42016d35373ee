"""The networks of the Docker stand-in: the three that every engine has, and the one that machines are on."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any

from lattice_tui.rehearsal.room import Container

SUBNET = "172.18.0.0/16"
GATEWAY = "172.18.0.1"


def network_id(name: str) -> str:
    """64 hex digits, as an engine has them."""
    return hashlib.sha256(f"network {name}".encode()).hexdigest()


def host_networks() -> list[dict[str, Any]]:
    """bridge, host and none, of an engine that nobody has configured."""
    return [
        {
            **_network("bridge", "bridge", [{"Subnet": "172.17.0.0/16", "Gateway": "172.17.0.1"}]),
            "Options": {"com.docker.network.bridge.name": "docker0", "com.docker.network.driver.mtu": "1500"},
        },
        _network("host", "host", []),
        _network("none", "null", []),
    ]


def kind_network(containers: Iterable[Container]) -> dict[str, Any]:
    """The network of all machines, with those that run."""
    return {
        **_network("kind", "bridge", [{"Subnet": SUBNET, "Gateway": GATEWAY}]),
        "Containers": {
            container.id: {"Name": container.name, "IPv4Address": f"{container.address}/16"}
            for container in containers
            if container.state == "running"
        },
        "Options": {"com.docker.network.driver.mtu": "1500"},
    }


def _network(name: str, driver: str, config: list[dict[str, str]]) -> dict[str, Any]:
    return {
        "Name": name,
        "Id": network_id(name),
        "Created": "2026-01-01T00:00:00Z",
        "Scope": "local",
        "Driver": driver,
        "EnableIPv6": False,
        "IPAM": {"Driver": "default", "Config": config},
        "Internal": False,
        "Containers": {},
        "Options": {},
        "Labels": {},
    }
