"""Docker's networks and the ports it publishes, as typed facts. Pure but for the two questions to the engine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lattice_tui.document.ranges import Network, network
from lattice_tui.providers.docker.engine_api import DockerEngine
from lattice_tui.text import safe_text

MTU_OPTION = "com.docker.network.driver.mtu"
BRIDGE_OPTION = "com.docker.network.bridge.name"
USUAL_MTU = 1500
"""What Docker gives a network that names no other. Source: moby, libnetwork/drivers/bridge."""


@dataclass(frozen=True, slots=True)
class DockerNetwork:
    """One network of the engine."""

    name: str
    driver: str
    subnets: tuple[Network, ...]
    mtu: int
    """Largest packet in bytes."""
    interface: str
    """Its bridge on the Docker host."""


@dataclass(frozen=True, slots=True)
class PublishedPort:
    """A port of the Docker host that leads into a running container."""

    port: int
    container: str


def docker_networks(engine: DockerEngine) -> tuple[DockerNetwork, ...]:
    """Every network, by name. Blocking; raises DockerError as every question to the engine does."""
    found = engine.read("/networks")
    networks = [network_from(item) for item in found if isinstance(item, dict)] if isinstance(found, list) else []
    return tuple(sorted(networks, key=lambda one: one.name))


def published_ports(engine: DockerEngine) -> tuple[PublishedPort, ...]:
    """The TCP ports that running containers publish, each once. Blocking."""
    found = engine.read("/containers/json")
    if not isinstance(found, list):
        return ()
    return tuple(dict.fromkeys(port for item in found if isinstance(item, dict) for port in published_by(item)))


def network_from(said: Mapping[str, Any]) -> DockerNetwork:
    """One item of `GET /networks`. Source: Docker Engine API, Network."""
    options = _object(said.get("Options"))
    config = _object(said.get("IPAM")).get("Config")
    texts = [_text(_object(item).get("Subnet")) for item in config] if isinstance(config, list) else []
    mtu = _text(options.get(MTU_OPTION))
    return DockerNetwork(
        name=_text(said.get("Name")),
        driver=_text(said.get("Driver")),
        subnets=tuple(subnet for text in texts if (subnet := network(text)) is not None),
        mtu=int(mtu) if mtu.isdecimal() and mtu.isascii() else USUAL_MTU,
        # The bridge driver names it after the id unless it is told a name.
        interface=_text(options.get(BRIDGE_OPTION)) or f"br-{_text(said.get('Id'))[:12]}",
    )


def published_by(said: Mapping[str, Any]) -> tuple[PublishedPort, ...]:
    """The published TCP ports of one item of `GET /containers/json`; one that is bound twice comes twice."""
    names, ports = said.get("Names"), said.get("Ports")
    name = _text(names[0]).lstrip("/") if isinstance(names, list) and names else _text(said.get("Id"))[:12]
    return tuple(
        PublishedPort(port["PublicPort"], name)
        for port in (ports if isinstance(ports, list) else ())
        if isinstance(port, dict) and port.get("Type") == "tcp" and isinstance(port.get("PublicPort"), int)
    )


def _object(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(value: object) -> str:
    return safe_text(value) if isinstance(value, str) else ""
