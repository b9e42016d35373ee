"""What a helper process gets of the environment: everything but the secrets, which go over its standard input."""

from __future__ import annotations

import pytest

from lattice_tui.providers.checking import helper_environment
from lattice_tui.secrets import Secret

CANARY = "canary-0c7d-environment"


def test_a_variable_that_holds_a_secret_stays_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PROXMOX_SECRET", CANARY)
    monkeypatch.setenv("PROXMOX_URL", "https://pve1:8006")
    monkeypatch.setenv("EMPTY", "")

    found = helper_environment([Secret(CANARY), Secret("")])

    assert CANARY not in found.values()
    assert found["PROXMOX_URL"] == "https://pve1:8006"
    assert found["EMPTY"] == ""


def test_without_a_secret_nothing_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PROXMOX_SECRET", CANARY)

    assert helper_environment([])["PROXMOX_SECRET"] == CANARY
