"""The kubeadm bootstrap controller: a machine's start-up script, as a Secret, when its turn has come."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

from lattice_tui.rehearsal.api.json_objects import copied
from lattice_tui.rehearsal.api.kinds import KUBEADM_CONFIG, MACHINE, SECRET
from lattice_tui.rehearsal.controllers.conditions import is_true, summary
from lattice_tui.rehearsal.controllers.objects import (
    CLUSTER_NAME_LABEL,
    WAITING_FOR_INFRASTRUCTURE,
    WAITING_FOR_INITIALIZED,
    Context,
    controller_of,
    initialized,
    is_deleting,
    owner_reference,
)

JsonObject = dict[str, Any]

SECRET_TYPE = "cluster.x-k8s.io/secret"  # noqa: S105 -- a type's name


def reconcile(ctx: Context, namespace: str, name: str) -> float | None:
    """One step of a KubeadmConfig."""
    config = ctx.store.find(KUBEADM_CONFIG, name, namespace)
    owner = controller_of(config) if config is not None else None
    if config is None or owner is None or is_deleting(config):
        return None
    machine = ctx.store.find(MACHINE, owner["name"], namespace)
    cluster = ctx.cluster_of(config)
    if machine is None or cluster is None:
        return None
    if ctx.paused(KUBEADM_CONFIG, config, cluster):
        return None if cluster["spec"].get("paused") else 0.5
    if initialized(config, "dataSecretCreated"):
        return None
    after = copied(config)
    first = "initConfiguration" in config["spec"]
    if machine["spec"]["bootstrap"].get("dataSecretName"):
        _done(ctx, after)  # made before a move; only the status was lost
    elif not initialized(cluster, "infrastructureProvisioned"):
        ctx.condition(after, "DataSecretAvailable", "False", "NotAvailable", WAITING_FOR_INFRASTRUCTURE)
    elif not first and not is_true(cluster, "ControlPlaneInitialized"):
        ctx.condition(after, "DataSecretAvailable", "False", "NotAvailable", WAITING_FOR_INITIALIZED)
    else:
        _fill_in(ctx, after, cluster, first=first)
        _make_secret(ctx, after)
        _done(ctx, after)
    types = ("DataSecretAvailable", "CertificatesAvailable")
    ctx.outcome(after, "Ready", summary(after, types, ("NotReady", "ReadyUnknown", "Ready")))
    after["status"]["observedGeneration"] = config["metadata"].get("generation", 1)
    ctx.save(KUBEADM_CONFIG, config, after)
    return None


def _done(ctx: Context, config: JsonObject) -> None:
    ctx.condition(config, "CertificatesAvailable", "True", "Available")
    ctx.condition(config, "DataSecretAvailable", "True", "Available")
    config["status"]["dataSecretName"] = config["metadata"]["name"]
    config["status"].setdefault("initialization", {})["dataSecretCreated"] = True


def _fill_in(ctx: Context, config: JsonObject, cluster: JsonObject, *, first: bool) -> None:
    endpoint = cluster["spec"]["controlPlaneEndpoint"]
    address = f"{endpoint['host']}:{endpoint['port']}"
    if first:
        config["spec"].setdefault("clusterConfiguration", {})["controlPlaneEndpoint"] = address
        return
    authority = ctx.store.find(SECRET, f"{cluster['metadata']['name']}-ca", cluster["metadata"]["namespace"]) or {}
    digest = hashlib.sha256(authority.get("data", {}).get("tls.crt", "").encode()).hexdigest()
    letters = "0123456789abcdefghijklmnopqrstuvwxyz"
    token = "".join(ctx.pace.rng.choice(letters) for _ in range(22))
    config["spec"].setdefault("joinConfiguration", {})["discovery"] = {
        "bootstrapToken": {
            "apiServerEndpoint": address,
            "caCertHashes": [f"sha256:{digest}"],
            "token": f"{token[:6]}.{token[6:]}",
        }
    }


def _make_secret(ctx: Context, config: JsonObject) -> None:
    namespace, name = config["metadata"]["namespace"], config["metadata"]["name"]
    if ctx.store.find(SECRET, name, namespace) is not None:
        return
    command = "kubeadm init" if "initConfiguration" in config["spec"] else "kubeadm join"
    script = f"## template: jinja\n#cloud-config\nruncmd:\n  - '{command} --config /run/kubeadm/kubeadm.yaml'\n"
    data = {"value": script, "format": "cloud-config"}
    ctx.create(
        SECRET,
        {
            "metadata": {
                "name": name,
                "namespace": namespace,
                "labels": {CLUSTER_NAME_LABEL: config["metadata"]["labels"][CLUSTER_NAME_LABEL]},
                "ownerReferences": [owner_reference(config, controller=True)],
            },
            "type": SECRET_TYPE,
            "data": {key: base64.b64encode(text.encode()).decode() for key, text in data.items()},
        },
    )
