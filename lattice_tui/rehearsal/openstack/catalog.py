"""The catalog: which services there are, and where."""

from __future__ import annotations

import hashlib
from typing import Any

from lattice_tui.rehearsal.openstack.cloud import Cloud
from lattice_tui.rehearsal.openstack.service import CATALOG_NAMES, CATALOG_PATHS

INTERFACES = ("public", "internal")


def endpoint_urls(cloud: Cloud, base: str) -> dict[str, str]:
    """Service type -> address of its catalog entry, of the services that are listed. `base` is where the server is."""
    return {kind: entry.url or base + CATALOG_PATHS[kind] for kind, entry in cloud.services.items() if entry.is_listed}


def catalog_of(cloud: Cloud, base: str) -> list[dict[str, Any]]:
    """As a token carries it: every service in every region of the cloud."""
    return [
        {
            "id": _id(kind),
            "type": kind,
            "name": CATALOG_NAMES[kind],
            "endpoints": [
                {
                    "id": _id(f"{kind} {region} {interface}"),
                    "interface": interface,
                    "region": region,
                    "region_id": region,
                    "url": url,
                }
                for region in cloud.regions
                for interface in INTERFACES
            ],
        }
        for kind, url in endpoint_urls(cloud, base).items()
    ]


def _id(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:32]
