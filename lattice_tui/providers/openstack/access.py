"""What a token says: who one is, where, with which roles, and where the services are."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from dataclasses import field as made_of
from datetime import datetime
from typing import Any

from lattice_tui.secrets import Secret


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where one service is reached in one region."""

    region: str
    interface: str
    """`public`, `internal` or `admin`."""
    url: str


@dataclass(frozen=True, slots=True)
class Service:
    """One service of the catalog. Source: Keystone's service types authority."""

    type: str
    name: str
    endpoints: tuple[Endpoint, ...]


@dataclass(frozen=True, slots=True)
class Access:
    """The raw words of Keystone; whoever shows them cleans them."""

    user_id: str
    user_name: str
    project_id: str
    """Empty: the token is for no project."""
    project_name: str
    roles: tuple[str, ...]
    expires_at: datetime | None
    """Aware; None: it did not say."""
    services: tuple[Service, ...]
    is_application_credential: bool
    token: Secret = made_of(repr=False)

    @property
    def regions(self) -> tuple[str, ...]:
        """Every region that a service has an endpoint in, sorted."""
        return tuple(sorted({one.region for service in self.services for one in service.endpoints if one.region}))

    def url_of(self, types: Iterable[str], region: str, interface: str = "public") -> str:
        """The endpoint of the first of these service types; `region` empty: any. Empty when there is none."""
        for wanted in types:
            for service in self.services:
                if service.type != wanted:
                    continue
                for one in service.endpoints:
                    if one.interface == interface and region in ("", one.region):
                        return one.url
        return ""

    def has(self, types: Iterable[str]) -> bool:
        """Whether the catalog names one of these service types in any region."""
        wanted = set(types)
        return any(service.type in wanted for service in self.services)


def access_of(info: Any) -> Access:
    """From keystoneauth's AccessInfo."""
    catalog = info.service_catalog.catalog if info.has_service_catalog() else ()
    return Access(
        user_id=info.user_id or "",
        user_name=info.username or "",
        project_id=info.project_id or "",
        project_name=info.project_name or "",
        roles=tuple(info.role_names or ()),
        expires_at=info.expires,
        services=tuple(_service(entry) for entry in catalog),
        is_application_credential=bool(getattr(info, "application_credential_id", None)),
        token=Secret(info.auth_token),
    )


def _service(entry: Any) -> Service:
    endpoints = tuple(
        Endpoint(
            str(one.get("region_id") or one.get("region") or ""), str(one.get("interface", "")), str(one.get("url", ""))
        )
        for one in entry.get("endpoints", ())
    )
    return Service(str(entry.get("type", "")), str(entry.get("name", "")), endpoints)
