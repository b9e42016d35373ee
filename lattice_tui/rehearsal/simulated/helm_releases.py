"""How helm remembers releases: one Secret a revision. Source: helm, pkg/storage/driver/{secrets,util}.go."""

from __future__ import annotations

import base64
import gzip
import json
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from lattice_tui.rehearsal.api.kinds import SECRET
from lattice_tui.rehearsal.api.store import Store

ACTOR = "helm"
JsonObject = dict[str, Any]


@dataclass(slots=True)
class Release:
    """One revision of a release."""

    name: str
    namespace: str
    revision: int
    status: str
    """`pending-install`, `pending-upgrade`, `deployed`, `superseded`, `failed`"""
    chart: str
    chart_version: str
    values: JsonObject = field(default_factory=dict)
    description: str = ""
    updated: datetime = field(default_factory=lambda: datetime.now(UTC))

    @property
    def secret_name(self) -> str:
        return f"sh.helm.release.v1.{self.name}.v{self.revision}"

    @property
    def is_pending(self) -> bool:
        return self.status.startswith("pending-")

    def record(self) -> JsonObject:
        """As `helm status -o json` shows it."""
        at = self.updated.isoformat()
        return {
            "name": self.name,
            "info": {
                "first_deployed": at,
                "last_deployed": at,
                "deleted": "",
                "description": self.description,
                "status": self.status,
            },
            "chart": {
                "metadata": {"name": self.chart, "version": self.chart_version, "appVersion": self.chart_version}
            },
            "config": self.values,
            "version": self.revision,
            "namespace": self.namespace,
        }


class ReleaseStore:
    """The releases of one namespace of one cluster."""

    def __init__(self, store: Store, namespace: str) -> None:
        self._store = store
        self._namespace = namespace

    def history(self, name: str) -> list[Release]:
        """Every revision, oldest first."""
        return sorted((one for one in self.all() if one.name == name), key=lambda one: one.revision)

    def all(self) -> list[Release]:
        """Every revision of every release."""
        secrets = self._store.list(SECRET, self._namespace, {"owner": "helm"})
        return [_decoded(secret["data"]["release"]) for secret in secrets if "release" in secret.get("data", {})]

    def save(self, release: Release) -> None:
        """Create the revision's Secret, or bring it up to date."""
        secret: JsonObject = {
            "apiVersion": "v1",
            "kind": "Secret",
            "type": "helm.sh/release.v1",
            "metadata": {
                "name": release.secret_name,
                "namespace": release.namespace,
                "labels": {
                    "name": release.name,
                    "owner": "helm",
                    "status": release.status,
                    "version": str(release.revision),
                    "modifiedAt": str(int(time.time())),
                },
            },
            "data": {"release": _encoded(release)},
        }
        if self._store.find(SECRET, release.secret_name, release.namespace) is None:
            self._store.create(SECRET, secret, actor=ACTOR)
        else:
            self._store.replace(SECRET, secret, actor=ACTOR)

    def remove(self, release: Release) -> None:
        """Forget the revision."""
        self._store.delete(SECRET, release.secret_name, release.namespace, actor=ACTOR)


def _encoded(release: Release) -> str:
    """Helm's own encoding inside the Secret's: base64 of gzip of JSON, and base64 again for the API."""
    packed = base64.b64encode(gzip.compress(json.dumps(release.record()).encode(), mtime=0))
    return base64.b64encode(packed).decode()


def _decoded(data: str) -> Release:
    said = json.loads(gzip.decompress(base64.b64decode(base64.b64decode(data))))
    chart = said["chart"]["metadata"]
    return Release(
        name=said["name"],
        namespace=said["namespace"],
        revision=said["version"],
        status=said["info"]["status"],
        chart=chart["name"],
        chart_version=chart["version"],
        values=said["config"],
        description=said["info"]["description"],
        updated=datetime.fromisoformat(said["info"]["last_deployed"]),
    )
