"""Which rule belongs to which part of the document."""

from __future__ import annotations

from collections.abc import Mapping as MappingABC
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from lattice_tui.document import address_rules, naming
from lattice_tui.document.keys import other_dialect_keys, secret_in_file
from lattice_tui.document.pins import pins
from lattice_tui.document.report import Report, shown
from lattice_tui.document.tree import Mapping, find, key_place
from lattice_tui.document.version_rules import check_kubernetes
from schemas import document

if TYPE_CHECKING:
    from pydantic import BaseModel

    from lattice_tui.document.shape import Rule

PROVIDERS: Final = ("docker", "proxmox", "openstack", "aws")
"""Keys of spec.provider.config that the document knows."""
PLANNED: Final = ("gcp", "azure")

_ETCD_USUAL_MAX = 7
"""Members that etcd's own guide stops at."""
_CREDENTIAL_NAME_MAX_LENGTH = 256

_EXAMPLES: Final = {
    "metadata": "metadata: {name: practice}",
    "metadata.name": "name: practice",
    "spec.provider.kubernetes.certSANs": 'certSANs: ["api.example.com"]',
    "spec.provider.kubernetes.clusterNetwork.podCidr": "podCidr: 10.244.0.0/16",
    "spec.provider.kubernetes.clusterNetwork.serviceCidr": "serviceCidr: 10.96.0.0/16",
    "spec.provider.config": "config: {docker: {}}",
    "spec.nodes": "nodes: {controlPlane: 1}",
    "spec.nodes.controlPlane": "controlPlane: 1",
    "spec.nodes.workerPools": "workerPools: {default: {replicas: 2}}",
    "spec.nodes.workerPools.*": "{replicas: 2}",
    "spec.nodes.workerPools.*.replicas": "replicas: 2",
    "spec.nodes.workerPools.*.min": "min: 1",
    "spec.nodes.workerPools.*.max": "max: 5",
    "spec.nodes.workerPools.*.labels": "labels: {team: web}",
    "spec.nodes.workerPools.*.taints": "taints: [{key: dedicated, value: db, effect: NoSchedule}]",
    "spec.endpoints": "endpoints: {host: 192.168.1.50}",
    "spec.endpoints.host": "host: 192.168.1.50",
    "spec.endpoints.grpcPort": "grpcPort: 50051",
    "spec.endpoints.bootstrapPort": "bootstrapPort: 8443",
    "spec.endpoints.service": "service: {type: NodePort}",
    "spec.networking.lbPool": "lbPool: {start: 192.168.1.240, end: 192.168.1.250}",
    "spec.apiAllowedCidrs": 'apiAllowedCidrs: ["203.0.113.7/32"]',
}


def document_examples() -> MappingABC[str, str]:
    """Path -> one line that could stand there, for problems about a missing or misshapen value."""
    proposed = pins().kubernetes.proposed["docker"]
    return {**_EXAMPLES, "spec.provider.kubernetes.version": f'version: "{proposed}"'}


def document_rules(today: str) -> dict[type[BaseModel], Rule]:
    """Rule per model; `today` is the ISO date that decides whether a version's support has ended."""
    return {
        document.Metadata: naming.check_metadata,
        document.KubernetesSpec: partial(_check_kubernetes, today=today),
        document.ClusterNetwork: address_rules.check_cluster_network,
        document.ProviderSpec: _check_provider,
        document.Nodes: _check_nodes,
        document.WorkerPool: _check_pool,
        document.Taint: naming.check_taint,
        document.Endpoints: address_rules.check_endpoints,
        document.AddressRange: address_rules.check_lb_pool,
        document.CredentialsRef: _check_credentials,
        document.Spec: address_rules.check_allowed_cidrs,
        document.LatticeCluster: _check_cluster,
    }


def _check_kubernetes(values: dict[str, Any], node: Mapping, path: str, report: Report, today: str) -> bool:
    version_fits = check_kubernetes(values, node, path, report, today)
    return address_rules.check_cert_sans(values, node, path, report) and version_fits


def _check_cluster(_values: dict[str, Any], node: Mapping, _path: str, report: Report) -> bool:
    for key, line, code in (
        ("apiVersion", f"apiVersion: {document.API_VERSION}", "LT-DOC-002"),
        ("kind", f"kind: {document.KIND}", "LT-DOC-003"),
    ):
        if key not in node.entries:
            report.warning(
                code,
                f"{key} is missing",
                f"The file is read all the same. Add this line at the top: {line}",
                at=node,
                path=key,
            )
    return naming.check_lengths(node, report)


def _check_provider(_values: dict[str, Any], node: Mapping, path: str, report: Report) -> bool:
    """Exactly one block, of a provider that there is."""
    config = find(node, "config")
    if not isinstance(config, Mapping):
        return True
    at_key = key_place(node, "config")
    path = f"{path}.config"
    if not config.entries:
        report.error("LT-PRV-001", "no provider is chosen", "Name one: config: {docker: {}}", at=at_key, path=path)
        return False
    if len(config.entries) > 1:
        names = " and ".join(shown(name) for name in list(config.entries)[:3])
        report.error(
            "LT-PRV-002",
            f"more than one provider is given: {names}",
            f"Keep one; a cluster lives in one place: config: {{{shown(next(iter(config.entries)))}: ...}}",
            at=list(config.keys.values())[1],
            path=path,
        )
        return False
    name = next(iter(config.entries))
    if name not in PROVIDERS:
        _unknown_provider(name, config, path, report)
        return False
    if name != "docker":
        other_dialect_keys(config.entries[name], f"{path}.{name}", report)
    return True


def _unknown_provider(name: str, config: Mapping, path: str, report: Report) -> None:
    at = config.keys[name]
    path = f"{path}.{shown(name)}"
    if name in PLANNED:
        report.error(
            "LT-PRV-003",
            f"{name} is planned, not there yet",
            f"Choose one of: {', '.join(PROVIDERS)}.",
            at=at,
            path=path,
        )
        return
    from lattice_tui.document.keys import did_you_mean

    guess = did_you_mean(name, PROVIDERS)
    fix = f"Did you mean `{guess}`?" if guess else f"Choose one of: {', '.join(PROVIDERS)}."
    report.error("LT-PRV-005", f"there is no provider {shown(name)}", fix, at=at, path=path)


def _check_nodes(values: dict[str, Any], node: Mapping, path: str, report: Report) -> bool:
    pools = find(node, "workerPools")
    fits = naming.check_pool_names(pools, f"{path}.workerPools", report) if isinstance(pools, Mapping) else True
    count = values.get("control_plane")
    if count is None:
        return fits
    at = find(node, "controlPlane")
    if count % 2 == 0:
        report.error(
            "LT-DOC-021",
            f"the control plane cannot have {count} machines",
            f"Use an odd number: controlPlane: {count - 1 or 1} or {count + 1}",
            at=at,
            path=f"{path}.controlPlane",
            detail=f"etcd needs more than half of its members (quorum): {count} survive the loss of "
            f"{max(count // 2 - 1, 0)}, exactly as {count - 1} do.",
        )
        return False
    if count > _ETCD_USUAL_MAX:
        report.warning(
            "LT-DOC-034",
            f"a control plane of {count} machines is slower, not safer",
            "Use 3 or 5: every member of etcd has to be told of every change.",
            at=at,
            path=f"{path}.controlPlane",
        )
    return fits


def _check_pool(values: dict[str, Any], node: Mapping, path: str, report: Report) -> bool:
    """Labels, and the limits of automatic scaling: both or neither, in order, around replicas."""
    fits = naming.check_pool_labels(values, node, path, report)
    low, high, replicas = values.get("min"), values.get("max"), values.get("replicas")
    if (low is None) != (high is None) and not _is_unread(values, node):
        there, gone = ("min", "max") if high is None else ("max", "min")
        usual = max(replicas or 1, low or 0) if gone == "max" else 0
        report.error(
            "LT-DOC-023",
            f"{there} is given without {gone}",
            f"Give both, for example {gone}: {usual}, or neither: then the pool keeps its size.",
            at=key_place(node, there),
            path=f"{path}.{gone}",
        )
        return False
    if low is None or high is None:
        return fits
    if low > high:
        report.error(
            "LT-DOC-024",
            f"min {low} is more than max {high}",
            f"Write min: {high} and max: {low}",
            at=find(node, "min"),
            path=f"{path}.min",
        )
        return False
    if replicas is not None and not low <= replicas <= high:
        report.error(
            "LT-DOC-024",
            f"replicas {replicas} is not between min {low} and max {high}",
            f"Write replicas: {min(max(replicas, low), high)}, or move the limits.",
            at=find(node, "replicas"),
            path=f"{path}.replicas",
        )
        return False
    return fits


def _is_unread(values: MappingABC[str, Any], node: Mapping) -> bool:
    """Whether a limit is written but could not be read; that has its own problem already."""
    return any(key in node.entries and key not in values for key in ("min", "max"))


def _check_credentials(values: dict[str, Any], node: Mapping, path: str, report: Report) -> bool:
    name = values.get("name")
    if name is None or (len(name) <= _CREDENTIAL_NAME_MAX_LENGTH and name.isprintable() and not _looks_secret(name)):
        return True
    secret_in_file(find(node, "name"), f"{path}.name", report)
    return False


def _looks_secret(name: str) -> bool:
    """A name that is itself a credential: `user@pam!id=uuid` of Proxmox, an AWS key id, a PEM block."""
    import re

    return bool(re.search(r"![^=\s]+=[0-9a-f]{8}-|^A[KS]IA[0-9A-Z]{16}$|-----BEGIN", name))
