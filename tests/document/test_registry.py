"""Providers are found by name, and the cards say the truth about this version."""

from __future__ import annotations

import subprocess
import sys

import pytest

from lattice_tui.document.fields import COMMON_FIELDS, field_at
from lattice_tui.providers import registry
from lattice_tui.providers.guides import guide_text
from tests.shared import needs_shared, shared


def test_four_can_be_chosen_and_one_can_be_built_on_in_this_version() -> None:
    available = {card.name: card.available for card in registry.cards()}
    chosen = ["docker", "proxmox", "openstack", "aws"]

    assert [name for name, is_available in available.items() if is_available] == list(registry.names()) == chosen
    assert [card.name for card in registry.cards() if card.installs] == ["docker"]
    assert list(available) == ["docker", "proxmox", "openstack", "aws", "gcp", "azure"]


def test_a_card_that_cannot_be_chosen_says_why() -> None:
    notes = {card.name: card.note for card in registry.cards()}

    assert {notes[name] for name in registry.names()} == {""}
    assert notes["gcp"] == notes["azure"] == "planned, not there yet"


@needs_shared
def test_cards_agree_with_the_users_own_table() -> None:
    text = (shared() / "seed" / "infrastructure-providers.md").read_text()
    for card in registry.cards():
        if card.status == "stable":
            assert f"| [{card.title}]({card.name}.md) | Stable |" in text
            assert f"| {card.load_balancer} |" in text


@pytest.mark.parametrize("name", registry.names())
def test_a_provider_offers_everything_a_door_asks_for(name: str) -> None:
    provider = registry.load(name)

    assert provider.name == provider.card.name == name
    assert all(field.path.startswith(f"spec.provider.config.{name}.") for field in provider.fields)
    words = " ".join(guide_text(name).split())
    assert [field.label for field in provider.fields if field.label not in words] == []


def test_a_provider_that_is_not_there_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        registry.load("gcp")


def test_the_registry_imports_no_provider_before_it_is_asked_for() -> None:
    script = "import sys, lattice_tui.providers.registry; print('lattice_tui.providers.docker' in sys.modules)"

    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)

    assert done.stdout == "False\n"


def test_fields_are_declared_once_each_with_help() -> None:
    paths = [field.path for field in COMMON_FIELDS]

    assert len(paths) == len(set(paths))
    assert all(field.help and field.label for field in COMMON_FIELDS)
    assert field_at("spec.nodes.workerPools.big.replicas") is field_at("spec.nodes.workerPools.default.replicas")
    assert field_at("spec.nothing") is None
