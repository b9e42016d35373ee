"""The Secrets of a control plane: certificates and the admin kubeconfig."""

from __future__ import annotations

import base64
import re
from typing import Any

from lattice_tui.rehearsal.api.kinds import SECRET
from lattice_tui.rehearsal.controllers.kubeadm_config import SECRET_TYPE
from lattice_tui.rehearsal.controllers.objects import CLUSTER_NAME_LABEL, Context, owner_reference

JsonObject = dict[str, Any]

_PURPOSES = ("ca", "etcd", "proxy", "sa")
_NO_KEY = "simulated: there is no private key behind this\n"
_AUTHORITY = re.compile(r"certificate-authority-data:\s*(\S+)")


def make_certificates(ctx: Context, control_plane: JsonObject, cluster: JsonObject) -> None:
    """The four certificate Secrets; only the authority's certificate is a real one."""
    name = cluster["metadata"]["name"]
    if all(_find(ctx, cluster, purpose) for purpose in _PURPOSES):
        return
    match = _AUTHORITY.search(_kubeconfig(ctx, control_plane, cluster))
    authority = match.group(1) if match else base64.b64encode(_NO_KEY.encode()).decode()
    for purpose in _PURPOSES:
        if not _find(ctx, cluster, purpose):
            data = {"tls.crt": authority, "tls.key": base64.b64encode(_NO_KEY.encode()).decode()}
            _make(ctx, control_plane, cluster, f"{name}-{purpose}", data)


def make_kubeconfig(ctx: Context, control_plane: JsonObject, cluster: JsonObject) -> None:
    """`<cluster>-kubeconfig`, key `value`; its server is the address the machines use."""
    if not _find(ctx, cluster, "kubeconfig"):
        text = _kubeconfig(ctx, control_plane, cluster)
        data = {"value": base64.b64encode(text.encode()).decode()}
        _make(ctx, control_plane, cluster, f"{cluster['metadata']['name']}-kubeconfig", data)


def _kubeconfig(ctx: Context, control_plane: JsonObject, cluster: JsonObject) -> str:
    name, endpoint = cluster["metadata"]["name"], cluster["spec"]["controlPlaneEndpoint"]
    ctx.room.host.prepare_cluster(name, control_plane["spec"]["version"].removeprefix("v"))
    return ctx.room.host.kubeconfig(name, f"https://{endpoint['host']}:{endpoint['port']}")


def _find(ctx: Context, cluster: JsonObject, purpose: str) -> bool:
    name = f"{cluster['metadata']['name']}-{purpose}"
    return ctx.store.find(SECRET, name, cluster["metadata"]["namespace"]) is not None


def _make(ctx: Context, control_plane: JsonObject, cluster: JsonObject, name: str, data: dict[str, str]) -> None:
    metadata = {
        "name": name,
        "namespace": cluster["metadata"]["namespace"],
        "labels": {CLUSTER_NAME_LABEL: cluster["metadata"]["name"]},
        "ownerReferences": [owner_reference(control_plane, controller=True)],
    }
    ctx.create(SECRET, {"metadata": metadata, "type": SECRET_TYPE, "data": data})
