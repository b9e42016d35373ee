"""Proxies: who is told of one, and whether addresses inside the cluster are kept out of it.

Three know of proxies: the engine (for its own pulls), the environment (kind hands it to the bootstrap cluster) and
the docker command's settings file (it hands them to every container that it starts, kind's too). Source: kind,
docker/provision.go (getProxyEnv); docs.docker.com/engine/cli/proxy.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from lattice_tui.providers.docker.checks.trap import Trap
from lattice_tui.providers.docker.endpoint import config_folder, read_settings, shown_path
from lattice_tui.providers.docker.engine_api import EngineInfo
from lattice_tui.providers.docker.engine_facts import without_sign_in
from lattice_tui.providers.docker.host import Host
from lattice_tui.providers.docker.wish import DockerWish
from lattice_tui.text import safe_text

POD_CIDR, SERVICE_CIDR = "10.244.0.0/16", "10.96.0.0/16"
"""What is proposed first where the document names none."""
NAMES = ("localhost", ".svc", ".cluster.local")


@dataclass(frozen=True, slots=True)
class Proxy:
    """One setting of a proxy."""

    where: str
    """`the environment`, `Docker`, `~/.docker/config.json`."""
    url: str
    exceptions: str
    """NO_PROXY: names and ranges, separated by commas."""


def proxy_traps(info: EngineInfo, host: Host, wish: DockerWish, kind_network: object) -> tuple[Trap, ...]:
    """What is wrong with the proxies that are set; nothing when there is none. `kind_network`: Docker's own words."""
    proxies = () if wish.simulated else tuple(_proxies(info, host))
    if not proxies:
        return ()
    wanted = (
        *NAMES,
        "127.0.0.1",
        wish.pod_cidr or POD_CIDR,
        wish.service_cidr or SERVICE_CIDR,
        *_subnets(kind_network),
    )
    return (*_incomplete(proxies, wanted), _no_proxy_in_machines(proxies[0]))


def missing_exceptions(exceptions: str, wanted: tuple[str, ...]) -> tuple[str, ...]:
    """Those of the wanted names and ranges that NO_PROXY does not cover."""
    held = [part.strip() for part in exceptions.split(",") if part.strip()]
    return tuple(one for one in wanted if "*" not in held and not any(_covers(part, one) for part in held))


def _covers(held: str, wanted: str) -> bool:
    try:
        network = ipaddress.ip_network(wanted, strict=False)
    except ValueError:
        # A name: covered by itself and by every parent, with or without a leading dot.
        plain, parent = wanted.lstrip("."), held.lstrip("*").lstrip(".")
        return plain == parent or plain.endswith("." + parent)
    try:
        covering = ipaddress.ip_network(held, strict=False)
    except ValueError:
        return False
    return covering.version == network.version and network.subnet_of(covering)  # type: ignore[arg-type]


def _proxies(info: EngineInfo, host: Host) -> Iterator[Proxy]:
    if info.http_proxy:
        yield Proxy("Docker", info.http_proxy, info.no_proxy)
    variables = host.environment
    url = next((variables[name] for name in _both("HTTPS_PROXY", "HTTP_PROXY") if variables.get(name)), "")
    if url:
        exceptions = next((variables[name] for name in _both("NO_PROXY") if variables.get(name)), "")
        yield Proxy("the environment", without_sign_in(url), exceptions)
    path = config_folder(host) / "config.json"
    try:
        settings = (read_settings(path) or {}).get("proxies")
    except ValueError:
        # The check of the endpoint says that the file is broken.
        return
    default = settings.get("default") if isinstance(settings, dict) else None
    if isinstance(default, dict) and (proxy := default.get("httpsProxy") or default.get("httpProxy")):
        yield Proxy(shown_path(path, host), without_sign_in(str(proxy)), str(default.get("noProxy") or ""))


def _both(*names: str) -> tuple[str, ...]:
    return tuple(form for name in names for form in (name, name.lower()))


def _subnets(network: object) -> tuple[str, ...]:
    """The ranges of the network that machines are on, where it is there already."""
    ipam = network.get("IPAM") if isinstance(network, Mapping) else None
    rows = ipam.get("Config") if isinstance(ipam, Mapping) else None
    found = (row.get("Subnet") for row in rows if isinstance(row, Mapping)) if isinstance(rows, list) else ()
    return tuple(safe_text(subnet, 60) for subnet in found if isinstance(subnet, str))


def _incomplete(proxies: tuple[Proxy, ...], wanted: tuple[str, ...]) -> Iterator[Trap]:
    for proxy in proxies:
        if missing := missing_exceptions(proxy.exceptions, wanted):
            yield Trap(
                "LT-DOCKER-064",
                f"The proxy of {proxy.where} would be asked for addresses inside the cluster",
                why="a proxy outside cannot reach machines, pods and services: the cluster would not find itself",
                fix=f"Add to NO_PROXY (noProxy) of {proxy.where}: {','.join(missing)}",
                action=f"export NO_PROXY=$NO_PROXY,{','.join(missing)}" if proxy.where == "the environment" else "",
                evidence=f"{safe_text(proxy.url, 80)}, NO_PROXY={safe_text(proxy.exceptions, 160) or '(empty)'}",
            )
            return


def _no_proxy_in_machines(proxy: Proxy) -> Trap:
    return Trap(
        "LT-DOCKER-067",
        "Machines of the new cluster pull their images without the proxy",
        why="Cluster API hands no proxy to machines in Docker; what they pull themselves needs a direct way",
        fix="Let this computer reach registry.k8s.io, quay.io, ghcr.io and docker.io without it",
        action="curl -sI --noproxy '*' https://quay.io/v2/",
        evidence=f"{safe_text(proxy.url, 80)}, set for {proxy.where}",
    )
