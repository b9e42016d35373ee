"""Finds a provider's folder by name; a folder is imported only when it is asked for."""

from __future__ import annotations

from importlib import import_module
from typing import Final

from lattice_tui.providers.provider import Provider as Provider
from lattice_tui.providers.provider import ProviderCard as ProviderCard

_FOLDERS: Final = ("docker", "proxmox", "openstack", "aws")
"""Providers whose documents this version reads, checks and writes: each is a folder beside this module."""

_PLANNED: Final = (
    ProviderCard("gcp", "Google Cloud", "planned", "Public cloud", "-", "-", "-", "Planned, not there yet."),
    ProviderCard("azure", "Microsoft Azure", "planned", "Public cloud", "-", "-", "-", "Planned, not there yet."),
)


def names() -> tuple[str, ...]:
    """The providers that this version knows. Whether it can build on one too, its card says."""
    return _FOLDERS


def load(name: str) -> Provider:
    """The provider of that name. Raises KeyError for one that is planned or unknown."""
    if name not in _FOLDERS:
        raise KeyError(name)
    provider: Provider = import_module(f"lattice_tui.providers.{name}").PROVIDER
    return provider


def cards() -> tuple[ProviderCard, ...]:
    """Every provider's card: the ones that can be chosen first."""
    return (*(load(name).card for name in _FOLDERS), *_PLANNED)


def card(name: str) -> ProviderCard | None:
    """One card, or None for a name that nobody knows."""
    return next((each for each in cards() if each.name == name), None)
