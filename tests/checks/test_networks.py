"""Pools, endpoints and ranges: what does not fit is found, and what is proposed fits."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import replace
from ipaddress import IPv4Address, IPv4Network, ip_address, ip_network

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from lattice_tui.checks.networks import (
    CODES,
    Block,
    Finding,
    Network,
    Pool,
    addresses_needed,
    dhcp_finding,
    findings,
    propose,
)
from lattice_tui.text import safe_text
from tests.shared import ROOT


def pool(start: str, end: str, gateway: str = "10.0.0.1", prefix: int = 24) -> Pool:
    return Pool(ip_address(start), ip_address(end), ip_address(gateway), prefix)


def block(start: str, end: str) -> Block:
    return ip_address(start), ip_address(end)


GOOD = pool("10.0.0.50", "10.0.0.69")


def look(
    wanted: Pool = GOOD, *, vip: str | None = "10.0.0.40", lb: Block | None = None, machines: int = 8, **more: Network
) -> tuple[Finding, ...]:
    return findings(
        wanted,
        vip=ip_address(vip) if vip else None,
        lb=lb,
        machines=machines,
        surge=2,
        pods=more.get("pods"),
        services=more.get("services"),
        taken=[more["taken"]] if "taken" in more else (),
    )


def test_a_plan_that_fits_has_no_findings() -> None:
    assert look(lb=block("10.0.0.70", "10.0.0.79"), pods=ip_network("10.244.0.0/16")) == ()


@pytest.mark.parametrize(
    ("wanted", "kind", "severity", "about"),
    [
        (pool("10.0.0.50", "fd00::9"), "family", "error", "pool.end"),
        (pool("10.0.0.50", "10.0.0.69", "fd00::1"), "family", "error", "pool.gateway"),
        (pool("10.0.0.50", "10.0.0.69", prefix=31), "prefix", "error", "pool.prefix"),
        (pool("10.0.0.50", "10.0.0.69", prefix=64), "prefix", "error", "pool.prefix"),
        (pool("10.0.0.50", "10.0.0.69", prefix=0), "prefix", "error", "pool.prefix"),
        (pool("10.0.0.69", "10.0.0.50"), "order", "error", "pool.start"),
        (pool("10.0.1.50", "10.0.1.69"), "outside", "error", "pool.start"),
        (pool("10.0.0.240", "10.0.1.20"), "outside", "error", "pool.end"),
        (pool("10.0.0.0", "10.0.0.30", "10.0.0.99"), "reserved", "warn", "pool.start"),
        (pool("10.0.0.230", "10.0.0.255"), "reserved", "warn", "pool.end"),
        (pool("10.0.0.50", "10.0.0.69", "10.0.0.0"), "reserved", "error", "pool.gateway"),
        (pool("10.0.0.1", "10.0.0.30"), "gateway-in-pool", "warn", "pool.start"),
        (pool("10.0.0.50", "10.0.0.58"), "pool-too-small", "error", "pool.end"),
        (pool("10.0.0.50", "10.0.0.60"), "pool-tight", "warn", "pool.end"),
        (pool("127.0.0.50", "127.0.0.90", "127.0.0.1"), "not-for-machines", "error", "pool.start"),
    ],
)
def test_a_pool_that_does_not_fit_is_told_with_the_field_to_mend(
    wanted: Pool, kind: str, severity: str, about: str
) -> None:
    found = look(wanted, vip=None)

    assert (kind, severity, about) in [(one.kind, one.severity, one.about) for one in found], found


@pytest.mark.parametrize(
    ("vip", "kind"),
    [
        ("10.0.1.40", "outside"),
        ("10.0.0.55", "vip-in-pool"),
        ("10.0.0.50", "vip-in-pool"),
        ("10.0.0.69", "vip-in-pool"),
        ("10.0.0.1", "gateway-taken"),
        ("10.0.0.75", "vip-in-lb"),
        ("10.0.0.255", "reserved"),
        ("fd00::9", "family"),
    ],
)
def test_an_endpoint_that_cannot_be_is_an_error_at_the_endpoint(vip: str, kind: str) -> None:
    found = look(vip=vip, lb=block("10.0.0.70", "10.0.0.79"))

    assert [(one.kind, one.severity, one.about) for one in found] == [(kind, "error", "vip")]


@pytest.mark.parametrize(
    ("lb", "kind", "about"),
    [
        (block("10.0.0.69", "10.0.0.79"), "lb-in-pool", "lb.start"),
        (block("10.0.0.2", "10.0.0.1"), "order", "lb.start"),
        (block("10.0.0.1", "10.0.0.5"), "gateway-taken", "lb.start"),
        (block("10.0.0.250", "10.0.1.5"), "outside", "lb.end"),
        (block("10.0.0.250", "10.0.0.255"), "reserved", "lb.end"),
        (block("fd00::1", "fd00::9"), "family", "lb.start"),
    ],
)
def test_a_load_balancers_range_that_cannot_be_is_an_error_at_its_end(lb: Block, kind: str, about: str) -> None:
    found = look(lb=lb)

    assert (kind, "error", about) in [(one.kind, one.severity, one.about) for one in found], found


def test_pods_and_services_stay_off_the_machines_and_warn_of_this_computers_networks() -> None:
    inside = look(pods=ip_network("10.0.0.0/16"))
    elsewhere = look(services=ip_network("172.17.0.0/16"), taken=ip_network("172.17.0.0/24"))

    assert [(one.kind, one.severity, one.about) for one in inside] == [("range-overlap", "error", "pods")]
    assert [(one.kind, one.severity, one.about) for one in elsewhere] == [("range-elsewhere", "warn", "services")]


def test_the_gateway_and_the_subnets_own_addresses_count_for_no_machine() -> None:
    assert GOOD.size == 20
    assert pool("10.0.0.0", "10.0.0.255").size == 253
    assert pool("10.0.0.1", "10.0.0.1").size == 0


def test_a_gateway_in_the_pool_can_make_it_too_small() -> None:
    exact = pool("10.0.0.1", "10.0.0.10")

    assert {one.kind for one in look(exact, vip=None)} == {"gateway-in-pool", "pool-too-small"}


def test_what_is_missing_in_a_pool_is_said_as_an_end_to_write() -> None:
    found = look(pool("10.0.0.50", "10.0.0.55"))

    assert "4 larger" in found[0].fix
    assert "10.0.0.59" in found[0].fix
    assert look(pool("10.0.0.50", "10.0.0.61")) == ()


def test_every_group_of_machines_needs_one_address_more_while_it_is_renewed() -> None:
    assert addresses_needed(3, {"default": 5}) == 10
    assert addresses_needed(1, {}) == 2
    assert addresses_needed(1, {"a": 2, "b": 0}) == 6


def test_addresses_where_home_routers_hand_them_out_are_warned_of_once() -> None:
    found = dhcp_finding(pool("192.168.1.150", "192.168.1.170", "192.168.1.1"))

    assert found is not None
    assert (found.kind, found.severity, found.about) == ("dhcp", "warn", "pool.start")
    assert dhcp_finding(pool("192.168.1.200", "192.168.1.220", "192.168.1.1")) is None
    assert dhcp_finding(GOOD, vip=ip_address("10.0.0.120")) is not None
    assert dhcp_finding(pool("8.8.8.150", "8.8.8.170", "8.8.8.1")) is None


def test_a_proposal_keeps_off_what_is_used_and_off_the_routers_range() -> None:
    used = [ip_address(f"192.168.1.{last}") for last in (200, 205, 240)]
    found = propose(IPv4Network("192.168.1.0/24"), IPv4Address("192.168.1.1"), needed=10, used=used)

    assert (str(found.vip), str(found.pool.start), str(found.lb[1])) == (
        "192.168.1.206",
        "192.168.1.207",
        "192.168.1.228",
    )
    assert any("home routers" in reason for reason in found.reasons)
    assert any("3 addresses" in reason for reason in found.reasons)


def test_with_no_room_elsewhere_the_routers_range_is_taken_and_said() -> None:
    used = [ip_address(f"192.168.1.{last}") for last in (*range(2, 100), *range(200, 255))]
    found = propose(IPv4Network("192.168.1.0/24"), IPv4Address("192.168.1.1"), needed=10, used=used)

    assert found.pool.start in IPv4Network("192.168.1.96/27") or int(found.pool.start) & 255 >= 100
    assert any("look there first" in reason for reason in found.reasons)


def test_the_routers_range_is_left_out_even_where_it_is_the_highest_that_is_free() -> None:
    used = [ip_address(f"192.168.1.{last}") for last in (100, *range(200, 255))]
    net, gateway = IPv4Network("192.168.1.0/24"), IPv4Address("192.168.1.1")

    assert int(propose(net, gateway, needed=10, used=used).lb[1]) < int(net[100])
    assert propose(net, gateway, needed=10, used=used, avoid_dhcp=False).vip == ip_address("192.168.1.101")
    assert not any("home routers" in one for one in propose(net, gateway, needed=10, avoid_dhcp=False).reasons)


def test_a_small_subnet_is_used_to_its_last_address_and_not_beyond() -> None:
    net, gateway = IPv4Network("10.0.0.0/28"), IPv4Address("10.0.0.1")
    found = propose(net, gateway, needed=11)

    assert (str(found.vip), str(found.lb[1])) == ("10.0.0.2", "10.0.0.14")
    with pytest.raises(ValueError, match="the longest free stretch has 13"):
        propose(net, gateway, needed=12)


@pytest.mark.parametrize(
    ("subnet", "gateway", "needed", "words"),
    [
        ("10.0.0.0/28", "10.0.0.1", 40, "no room"),
        ("10.0.0.0/24", "10.0.1.1", 5, "not in"),
        ("10.0.0.0/24", "10.0.0.1", 0, "no machines"),
    ],
)
def test_a_proposal_that_cannot_be_says_why(subnet: str, gateway: str, needed: int, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        propose(ip_network(subnet), ip_address(gateway), needed=needed)


addresses = st.ip_addresses()
networks = st.builds(
    lambda address, prefix: ip_network(f"{address}/{min(prefix, address.max_prefixlen)}", strict=False),
    addresses,
    st.integers(0, 128),
)
pools = st.builds(Pool, addresses, addresses, addresses, st.integers(-1, 130))


@given(
    pools,
    st.none() | addresses,
    st.none() | st.tuples(addresses, addresses),
    st.none() | networks,
    st.none() | networks,
)
def test_no_plan_whatever_breaks_the_rules_and_every_finding_can_be_shown(
    wanted: Pool, vip: IPv4Address | None, lb: Block | None, pods: Network | None, services: Network | None
) -> None:
    for one in findings(wanted, vip=vip, lb=lb, machines=3, surge=2, pods=pods, services=services, taken=[]):
        assert one.code == CODES[one.kind]
        assert one.fix
        assert safe_text(one.text) == one.text
        assert not re.search("invalid|!", one.text + one.fix)


@st.composite
def subnets(draw: st.DrawFn) -> tuple[Network, int, set[int]]:
    """A subnet, the place of its gateway, and the places that are used."""
    if draw(st.booleans()):
        net: Network = ip_network((draw(st.integers(0, 2**32 - 1)), draw(st.integers(20, 29))), strict=False)
    else:
        net = ip_network((draw(st.integers(2**120, 2**121)), draw(st.sampled_from([64, 112, 120]))), strict=False)
    last = min(net.num_addresses - 2, 600)
    return net, draw(st.integers(1, last)), draw(st.sets(st.integers(0, last + 1), max_size=60))


@given(subnets(), st.integers(1, 40), st.booleans())
def test_whatever_is_proposed_passes_the_rules_and_touches_nothing_that_is_used(
    drawn: tuple[Network, int, set[int]], needed: int, avoid_dhcp: bool
) -> None:
    net, gateway_at, used_at = drawn
    assume(not (net.is_loopback or net.is_multicast or net.is_link_local))
    used = {net[at] for at in used_at if at < net.num_addresses}
    free = [at for at in range(1, min(net.num_addresses - 1, 4096)) if at not in used_at and at != gateway_at]
    if _longest_row(free) < needed + 2:
        # There may be room in several pieces; where there is not, that is said.
        with suppress(ValueError):
            propose(net, net[gateway_at], needed=needed, used=used, avoid_dhcp=avoid_dhcp)
        return
    found = propose(net, net[gateway_at], needed=needed, used=used, avoid_dhcp=avoid_dhcp)
    assert found.pool.size >= needed
    assert found.pool.subnet == net
    wrong = findings(found.pool, vip=found.vip, lb=found.lb, machines=needed, surge=0)
    assert {one.kind for one in wrong} <= {"pool-tight"}
    assert found.vip not in used
    for start, end in ((found.pool.start, found.pool.end), found.lb):
        assert not any(int(start) <= int(address) <= int(end) for address in used)


def _longest_row(places: list[int]) -> int:
    longest = row = 0
    before = -2
    for at in places:
        row = row + 1 if at == before + 1 else 1
        longest, before = max(longest, row), at
    return longest


@given(st.integers(1, 30), st.integers(0, 30))
def test_a_pool_of_exactly_the_needed_size_is_enough_and_one_less_is_not(machines: int, surge: int) -> None:
    net = IPv4Network("10.1.0.0/16")
    exact = Pool(net[100], net[100 + machines + surge - 1], net[1], 16)
    less = replace(exact, end=exact.end - 1)

    assert "pool-too-small" not in {one.kind for one in findings(exact, machines=machines, surge=surge)}
    if machines + surge > 1:
        assert "pool-too-small" in {one.kind for one in findings(less, machines=machines, surge=surge)}


def test_every_kind_of_finding_has_a_code_and_every_code_a_kind() -> None:
    text = (ROOT / "lattice_tui" / "checks" / "networks.py").read_text("utf-8")
    made = set(re.findall(r'Finding\(\s*"([a-z-]+)"', text))

    assert made == set(CODES)
    assert len(set(CODES.values())) == len(CODES)
