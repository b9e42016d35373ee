"""The objects of the identity service as it sends them."""

from __future__ import annotations

import hashlib
from typing import Any

from lattice_tui.rehearsal.openstack.cloud import ApplicationCredential
from lattice_tui.rehearsal.openstack.tokens import Token, stamp

DOMAIN = {"id": "default", "name": "Default"}


def project_id_of(name: str) -> str:
    """32 hexadecimal digits, the same for the same name."""
    return hashlib.sha256(f"project {name}".encode()).hexdigest()[:32]


def role_id_of(name: str) -> str:
    return hashlib.sha256(f"role {name}".encode()).hexdigest()[:32]


def project_body(name: str) -> dict[str, Any]:
    return {
        "id": project_id_of(name),
        "name": name,
        "domain_id": "default",
        "enabled": True,
        "is_domain": False,
        "parent_id": "default",
        "description": "",
        "tags": [],
        "options": {},
    }


def token_body(token: Token, catalog: list[dict[str, Any]]) -> dict[str, Any]:
    """A token as its owner sees it; the catalog belongs to scoped ones alone."""
    said: dict[str, Any] = {
        "methods": list(token.methods),
        "user": {"id": token.user_id, "name": token.user, "domain": DOMAIN, "password_expires_at": None},
        "audit_ids": ["stand-in"],
        "issued_at": stamp(token.issued_at),
        "expires_at": stamp(token.expires_at),
    }
    if token.project_id:
        said["project"] = {"id": token.project_id, "name": token.project, "domain": DOMAIN}
        said["is_domain"] = False
        said["roles"] = [{"id": role_id_of(name), "name": name} for name in sorted(token.roles)]
        said["catalog"] = catalog
    if token.application_credential:
        said["application_credential"] = {"id": token.application_credential, "restricted": True}
    return {"token": said}


def credential_body(item: ApplicationCredential) -> dict[str, Any]:
    """Without the secret: that is told once, when it is made."""
    return {
        "id": item.id,
        "name": item.name,
        "description": "",
        "project_id": project_id_of(item.project),
        "roles": [{"id": role_id_of(name), "name": name, "domain_id": None} for name in item.roles],
        "expires_at": item.expires_at or None,
        "unrestricted": item.is_unrestricted,
    }
