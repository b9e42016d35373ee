"""Which ranges pods and services get when nothing is written."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lattice_tui.document.ranges import POD_CIDRS, SERVICE_CIDRS, Network, choose_ranges, network, overlaps


def networks(*texts: str) -> tuple[Network, ...]:
    return tuple(ipaddress.ip_network(text) for text in texts)


@pytest.mark.parametrize(
    ("taken", "pair"),
    [
        ((), ("10.244.0.0/16", "10.96.0.0/16")),
        (("10.244.3.0/24",), ("10.42.0.0/16", "10.96.0.0/16")),
        (("10.0.0.0/8",), ("172.30.0.0/16", "172.31.0.0/16")),
        (("10.0.0.0/8", "172.16.0.0/12"), ("10.244.0.0/16", "10.96.0.0/16")),
        (("fd00::/8",), ("10.244.0.0/16", "10.96.0.0/16")),
    ],
)
def test_the_first_pair_that_is_free_here_is_taken(taken: tuple[str, ...], pair: tuple[str, str]) -> None:
    assert choose_ranges(None, None, networks(*taken)) == pair


def test_what_is_given_is_kept_whatever_it_clashes_with() -> None:
    assert choose_ranges("10.1.0.0/16", "10.2.0.0/16", networks("10.0.0.0/8")) == ("10.1.0.0/16", "10.2.0.0/16")


@given(st.lists(st.ip_addresses(v=4), max_size=6), st.integers(8, 24))
def test_pods_and_services_never_share_addresses_and_free_proposals_are_used(
    addresses: list[ipaddress.IPv4Address], bits: int
) -> None:
    taken = tuple(ipaddress.ip_network(f"{address}/{bits}", strict=False) for address in addresses)
    pods, services = choose_ranges(None, None, taken)

    assert pods in POD_CIDRS
    assert services in SERVICE_CIDRS
    assert not overlaps(ipaddress.ip_network(pods), ipaddress.ip_network(services))
    for chosen, proposals in ((pods, POD_CIDRS), (services, SERVICE_CIDRS)):
        free = [text for text in proposals if not any(overlaps(ipaddress.ip_network(text), one) for one in taken)]
        assert chosen == (free or proposals)[0]


def test_a_text_that_means_no_range_is_none() -> None:
    assert network("10.0.0.5/8") == ipaddress.ip_network("10.0.0.0/8")
    assert network("ten") is None
