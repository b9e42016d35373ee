"""The drawn subnet: every mark stands where its addresses are, and one address with two owners is seen."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import ip_address, ip_network

from lattice_tui.wizard.state import first_state
from schemas.checks import CheckResult
from screens.addresses import HOST, LB_POOL, content_of, subnet_parts
from screens.lines import plain
from screens.subnet_bar import SubnetParts, subnet_lines

A = ip_address
HOME = SubnetParts(
    ip_network("10.0.0.0/24"),
    A("10.0.0.1"),
    (A("10.0.0.48"), A("10.0.0.79")),
    A("10.0.0.40"),
    (A("10.0.0.200"), A("10.0.0.219")),
)
POOL = "spec.provider.config.proxmox.ipv4Pool"


def drawn(parts: SubnetParts, width: int = 76) -> list[str]:
    return [plain(line) for line in subnet_lines(parts, width)]


def test_every_mark_stands_where_its_addresses_are() -> None:
    head, bar, *legend = drawn(HOME)

    assert head == "10.0.0.0/24   4 addresses a mark"
    assert bar == "G.........V.PPPPPPPP..............................LLLLL........."
    assert " ".join(legend) == (
        "G gateway 10.0.0.1   V endpoint 10.0.0.40 P pool 10.0.0.48 to 10.0.0.79 (32) "
        "L load balancers 10.0.0.200 to 10.0.0.219 (20)"
    )


def test_an_address_in_use_within_the_pool_has_two_owners_and_one_outside_has_not() -> None:
    outside = drawn(replace(HOME, used=(A("10.0.0.9"), A("10.0.0.1"))))
    within = drawn(replace(HOME, used=(A("10.0.0.9"), A("10.0.0.50"))))

    assert "!" not in "".join(outside)
    assert outside[1][2] == "x"
    assert within[1][12] == "!"
    assert "! 10.0.0.50 has two owners" in within[-1]


def test_an_endpoint_in_the_pool_and_ranges_that_meet_are_marked() -> None:
    in_the_pool = drawn(replace(HOME, vip=A("10.0.0.60")))
    meeting = drawn(replace(HOME, lb=(A("10.0.0.70"), A("10.0.0.90"))))

    assert in_the_pool[1][15] == "!"
    assert "10.0.0.60 has two owners" in in_the_pool[-1]
    assert "10.0.0.70 has two owners" in meeting[-1]


def test_of_a_large_subnet_the_part_with_the_addresses_is_drawn() -> None:
    large = SubnetParts(ip_network("10.0.0.0/8"), A("10.0.0.1"), (A("10.0.1.10"), A("10.0.1.20")))
    six = SubnetParts(ip_network("fd00::/64"), A("fd00::1"), (A("fd00::50"), A("fd00::5f")))

    assert drawn(large)[0] == "10.0.0.0/23, a part of 10.0.0.0/8   8 addresses a mark"
    assert drawn(six)[0].startswith("fd00::/120, a part of fd00::/64")


def test_the_bar_fits_the_narrowest_terminal() -> None:
    assert max(len(line) for line in drawn(replace(HOME, used=(A("10.0.0.9"),)), 56)) <= 56


def test_answers_become_parts_and_what_is_no_address_is_left_out() -> None:
    state = first_state()
    for path, text in {
        f"{POOL}.gateway": "10.0.0.1",
        f"{POOL}.prefix": "24",
        f"{POOL}.start": "10.0.0.48",
        f"{POOL}.end": "10.0.0.",
        HOST: "api.example.com",
        f"{LB_POOL}.start": "10.0.0.219",
        f"{LB_POOL}.end": "10.0.0.200",
    }.items():
        state = state.with_answer(path, text)
    found = CheckResult("proxmox-in-use", "In use", "ok", "", evidence="10.0.0.9: answers on port 22; 10.9.9.9: no")

    parts = subnet_parts(state, POOL, (found,))

    assert parts is not None
    assert (parts.pool, parts.vip, parts.lb) == (None, None, None)
    assert parts.used == (A("10.0.0.9"),)
    assert subnet_parts(state.with_answer(f"{POOL}.prefix", "99"), POOL, ()) is None
    assert subnet_parts(state.with_answer(f"{POOL}.gateway", "ten"), POOL, ()) is None


def test_the_drawn_text_is_the_lines() -> None:
    assert content_of(subnet_lines(HOME, 76)).plain == "\n".join(drawn(HOME))
