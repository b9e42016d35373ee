"""Address ranges around the cluster: a real engine's networks, and routes as the kernel writes them."""

from __future__ import annotations

import asyncio
import ipaddress
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from lattice_tui.checks.routes import host_routes
from lattice_tui.document.ranges import POD_CIDRS, SERVICE_CIDRS, choose_ranges
from lattice_tui.providers.docker.checks import subnets
from lattice_tui.providers.docker.checks.look import Host, this_host
from lattice_tui.providers.docker.engine_api import DockerEngine
from lattice_tui.providers.docker.engine_networks import docker_networks
from lattice_tui.providers.docker.surroundings import taken_ranges
from lattice_tui.providers.docker.wish import DockerWish
from schemas.checks import CheckResult
from tests.docker.engines import OwnEngine
from tests.docker.surroundings import found_by

MakeNetwork = Callable[..., None]
PODS = "spec.provider.kubernetes.clusterNetwork.podCidr"
SERVICES = "spec.provider.kubernetes.clusterNetwork.serviceCidr"
_HEADER = "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT"


@pytest.fixture
def network(running_engine: OwnEngine) -> Iterator[MakeNetwork]:
    """Makes networks that go when the test is over."""
    made: list[str] = []

    def one(name: str, subnet: str, *options: str) -> None:
        running_engine.docker("network", "create", "--subnet", subnet, *options, name)
        made.append(name)

    yield one
    for name in made:
        running_engine.docker("network", "rm", name)


def route(interface: str, network: str) -> str:
    """A line of /proc/net/route."""
    wanted = ipaddress.IPv4Network(network)
    words = [wanted.network_address.packed[::-1].hex().upper(), wanted.netmask.packed[::-1].hex().upper()]
    return f"{interface}\t{words[0]}\t00000000\t0001\t0\t0\t0\t{words[1]}\t0\t0\t0"


def computer(folder: Path, *routes: str, mtu: int = 1500) -> Host:
    """This computer with other routes: the default over eth0, and those given."""
    table = folder / "proc" / "net" / "route"
    table.parent.mkdir(parents=True)
    table.write_text("\n".join((_HEADER, route("eth0", "0.0.0.0/0"), route("eth0", "192.168.7.0/24"), *routes)) + "\n")
    line = folder / "sys" / "class" / "net" / "eth0" / "mtu"
    line.parent.mkdir(parents=True)
    line.write_text(f"{mtu}\n")
    return replace(this_host(), proc=folder / "proc", sys=folder / "sys")


async def look(engine: OwnEngine, host: Host, pods: str = "", services: str = "") -> CheckResult:
    return await found_by(subnets.checks, engine, DockerWish(pod_cidr=pods, service_cidr=services), host)


async def test_the_pair_that_will_be_used_is_said(running_engine: OwnEngine, tmp_path: Path) -> None:
    result = await look(running_engine, computer(tmp_path))

    assert (result.status, result.summary) == ("ok", f"pods {POD_CIDRS[0]}, services {SERVICE_CIDRS[0]}")


async def test_the_machines_network_is_said_when_it_is_there(
    running_engine: OwnEngine, tmp_path: Path, network: MakeNetwork
) -> None:
    network("kind", "10.201.0.0/16", "--opt", "com.docker.network.driver.mtu=1400")
    result = await look(running_engine, computer(tmp_path), "10.1.0.0/16", "10.2.0.0/16")

    assert result.status == "ok"
    assert result.summary == "pods 10.1.0.0/16, services 10.2.0.0/16, machines 10.201.0.0/16; packets of 1400 bytes"


async def test_a_range_on_the_machines_own_network_fails(
    running_engine: OwnEngine, tmp_path: Path, network: MakeNetwork
) -> None:
    network("kind", "10.201.0.0/16")
    result = await look(running_engine, computer(tmp_path), services="10.201.4.0/22")

    assert (result.status, result.code, result.field) == ("fail", "LT-NETS-001", SERVICES)
    assert result.summary == "The service range 10.201.4.0/22 overlaps Docker's network kind (10.201.0.0/16)"
    assert result.fix == f"Write serviceCidr: {SERVICE_CIDRS[0]}, which is free here"


async def test_a_clash_with_another_network_warns_and_proposes_the_next_free_pair(
    running_engine: OwnEngine, tmp_path: Path, network: MakeNetwork
) -> None:
    network("shop", "10.244.9.0/24")
    result = await look(running_engine, computer(tmp_path), POD_CIDRS[0])

    assert (result.status, result.code, result.field) == ("warn", "LT-NETS-002", PODS)
    assert result.summary == "The pod range 10.244.0.0/16 overlaps Docker's network shop (10.244.9.0/24)"
    assert result.fix == "Write podCidr: 10.42.0.0/16, which is free here"


async def test_a_vpn_over_all_of_10_leaves_the_last_pair(running_engine: OwnEngine, tmp_path: Path) -> None:
    result = await look(running_engine, computer(tmp_path, route("tun0", "10.0.0.0/8")), POD_CIDRS[0], SERVICE_CIDRS[0])

    assert (result.status, result.code) == ("warn", "LT-NETS-002")
    assert result.summary == "The pod range 10.244.0.0/16 overlaps 10.0.0.0/8 over tun0"
    assert result.fix == "Write podCidr: 172.30.0.0/16, which is free here"
    assert "The service range 10.96.0.0/16 overlaps 10.0.0.0/8 over tun0" in result.evidence


async def test_ranges_that_nobody_wrote_keep_out_of_the_way(
    running_engine: OwnEngine, tmp_path: Path, network: MakeNetwork
) -> None:
    network("shop", "10.244.9.0/24")
    host = replace(
        computer(tmp_path, route("tun0", "10.96.0.0/12")), environment={"DOCKER_HOST": running_engine.endpoint}
    )

    result = await look(running_engine, host)

    assert (result.status, result.summary) == ("ok", f"pods {POD_CIDRS[1]}, services {SERVICE_CIDRS[1]}")
    taken = await asyncio.to_thread(taken_ranges, host)
    assert choose_ranges(None, None, taken) == (POD_CIDRS[1], SERVICE_CIDRS[1])


async def test_where_every_proposal_is_taken_the_person_is_told_where_to_choose(
    running_engine: OwnEngine, tmp_path: Path
) -> None:
    host = computer(tmp_path, route("tun0", "10.0.0.0/8"), route("tun0", "172.16.0.0/12"))
    result = await look(running_engine, host)

    assert result.fix.startswith("Write a podCidr that nothing here uses")


async def test_a_vpn_on_dockers_own_addresses_is_named(
    running_engine: OwnEngine, tmp_path: Path, network: MakeNetwork
) -> None:
    network("kind", "172.29.0.0/16")
    result = await look(running_engine, computer(tmp_path, route("tun0", "172.29.40.0/24")))

    assert (result.status, result.code) == ("warn", "LT-NETS-003")
    assert result.summary == "Docker's network kind overlaps 172.29.40.0/24 over tun0"
    assert "default-address-pools" in result.fix


async def test_packets_too_large_for_the_line_are_told(running_engine: OwnEngine, tmp_path: Path) -> None:
    result = await look(running_engine, computer(tmp_path, mtu=1400))

    assert (result.status, result.code) == ("warn", "LT-NETS-004")
    assert result.summary == "Docker sends packets of 1500 bytes, this computer's line takes 1400"
    assert '"mtu": 1400' in result.fix


async def test_what_blocks_comes_before_what_warns(
    running_engine: OwnEngine, tmp_path: Path, network: MakeNetwork
) -> None:
    network("kind", "10.96.0.0/16")
    result = await look(
        running_engine, computer(tmp_path, route("tun0", "10.244.0.0/16"), mtu=1400), POD_CIDRS[0], SERVICE_CIDRS[0]
    )

    assert (result.status, result.field) == ("fail", SERVICES)
    assert "10.244.0.0/16 over tun0" in result.evidence
    assert "this computer's line takes 1400" in result.evidence


async def test_a_split_default_route_of_a_vpn_is_no_clash(running_engine: OwnEngine, tmp_path: Path) -> None:
    host = computer(tmp_path, route("tun0", "0.0.0.0/1"), route("tun0", "128.0.0.0/1"))

    assert (await look(running_engine, host)).status == "ok"


async def test_dockers_own_routes_are_no_clash_with_docker(
    running_engine: OwnEngine, tmp_path: Path, network: MakeNetwork
) -> None:
    network("kind", "10.201.0.0/16", "--opt", "com.docker.network.bridge.name=lattice-t1")
    result = await look(running_engine, computer(tmp_path, route("lattice-t1", "10.201.0.0/16")))

    assert result.status == "ok"


async def test_in_a_rehearsal_this_computers_routes_do_not_count(running_engine: OwnEngine, tmp_path: Path) -> None:
    host = computer(tmp_path, route("tun0", "10.0.0.0/8"), mtu=1400)
    result = await found_by(subnets.checks, running_engine, DockerWish(simulated=True), host)

    assert result.status == "ok"


def test_the_kernel_has_a_networks_subnet_under_the_interface_we_think(
    running_engine: OwnEngine, network: MakeNetwork
) -> None:
    """Docker's own routes are told from a VPN's by the name of their bridge."""
    network("named", "10.202.0.0/24", "--opt", "com.docker.network.bridge.name=lattice-t0")
    network("unnamed", "10.203.0.0/24")
    by_interface = {str(route.network): route.interface for route in host_routes(Path("/proc"))}
    by_name = {one.name: one for one in docker_networks(DockerEngine(running_engine.endpoint))}

    assert by_interface["10.202.0.0/24"] == by_name["named"].interface == "lattice-t0"
    assert by_interface["10.203.0.0/24"] == by_name["unnamed"].interface
