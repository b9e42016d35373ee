"""Finds a provider's folder by name; a folder is imported only when it is asked for."""

from __future__ import annotations

from importlib import import_module
from typing import Final

from lattice_tui.providers.provider import Provider as Provider
from lattice_tui.providers.provider import ProviderCard as ProviderCard

_FOLDERS: Final = ("docker",)
"""Providers that this version can build on: each is a folder beside this module."""

_NOT_YET: Final = (
    ProviderCard(
        "proxmox",
        "Proxmox",
        "stable",
        "On-premises, small and medium businesses",
        "kube-vip",
        "API token, VM template, IP pool",
        "Home labs, small businesses, edge deployments",
        "For small and medium deployments on Proxmox that you already run.",
    ),
    ProviderCard(
        "openstack",
        "OpenStack",
        "stable",
        "Private or public cloud",
        "Octavia",
        "clouds.yaml, SSH key, image",
        "Enterprises with OpenStack, several tenants",
        "For private clouds, or public ones built on OpenStack (OVH, Vexxhost).",
    ),
    ProviderCard(
        "aws",
        "AWS",
        "stable",
        "Public cloud",
        "NLB",
        "IAM credentials, SSH key, instance profiles",
        "Production, automatic scaling, worldwide distribution",
        "For public cloud deployments that grow with the load.",
    ),
    ProviderCard("gcp", "Google Cloud", "planned", "Public cloud", "-", "-", "-", "Planned, not there yet."),
    ProviderCard("azure", "Microsoft Azure", "planned", "Public cloud", "-", "-", "-", "Planned, not there yet."),
)


def names() -> tuple[str, ...]:
    """The providers that this version can build on."""
    return _FOLDERS


def load(name: str) -> Provider:
    """The provider of that name. Raises KeyError for one that this version cannot build on."""
    if name not in _FOLDERS:
        raise KeyError(name)
    provider: Provider = import_module(f"lattice_tui.providers.{name}").PROVIDER
    return provider


def cards() -> tuple[ProviderCard, ...]:
    """Every provider's card: the ones that can be chosen first."""
    return (*(load(name).card for name in _FOLDERS), *_NOT_YET)


def card(name: str) -> ProviderCard | None:
    """One card, or None for a name that nobody knows."""
    return next((each for each in cards() if each.name == name), None)
