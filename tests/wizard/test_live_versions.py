"""A version that nobody chose gives way to one that the provider has an image of; a chosen one stays."""

from __future__ import annotations

import pytest

from lattice_tui.wizard.answering import answered
from lattice_tui.wizard.live_versions import is_outdated_proposal, knows_versions
from lattice_tui.wizard.paths import NAME, PROVIDER, VERSION
from lattice_tui.wizard.state import first_state
from schemas.choices import LiveChoice, LiveChoices

OLDER = LiveChoices(VERSION, "ok", (LiveChoice("1.34.8", "1.34.8"),), proposed="1.34.8", reason="it has an image")


@pytest.mark.parametrize(
    ("version", "found", "gives_way"),
    [
        ("", OLDER, True),
        ("1.33.0", OLDER, False),
        ("", LiveChoices(VERSION, "unknown", proposed="1.34.8"), False),
        ("", LiveChoices(VERSION, "ok", (LiveChoice("1.35.5", "1.35.5"),), proposed="1.35.5"), False),
        ("", LiveChoices(VERSION, "ok", (LiveChoice("1.35.5", "1.35.5", usable=False),), proposed="1.34.8"), True),
    ],
)
def test_only_our_own_proposal_gives_way(version: str, found: LiveChoices, gives_way: bool) -> None:
    state = answered(first_state(), {PROVIDER: "proxmox", **({VERSION: version} if version else {})})

    assert is_outdated_proposal(state, VERSION, found) is gives_way
    assert not is_outdated_proposal(state, NAME, found)


def test_who_can_say_which_versions_there_are() -> None:
    assert [name for name in ("docker", "proxmox", "openstack", "aws", "gcp") if knows_versions(name)] == [
        "proxmox",
        "aws",
    ]
