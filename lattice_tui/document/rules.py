"""Which rule belongs to which part of the document."""

from __future__ import annotations

from collections.abc import Mapping as MappingABC
from functools import cache, partial
from typing import TYPE_CHECKING, Any, Final

from lattice_tui.document import address_rules, crossing, host_rules, naming, pool_rules
from lattice_tui.document.keys import other_dialect_keys
from lattice_tui.document.pins import pins
from lattice_tui.document.report import Report, shown
from lattice_tui.document.secret_values import looks_secret, secret_in_file
from lattice_tui.document.trail import joined
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

_FIRST_LINES: Final = {"apiVersion": f"apiVersion: {document.API_VERSION}", "kind": f"kind: {document.KIND}"}
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
    "spec.nodes.workerPools.*.taints.key": "key: dedicated",
    "spec.nodes.workerPools.*.taints.effect": "effect: NoSchedule",
    "spec.endpoints": "endpoints: {host: 192.168.1.50}",
    "spec.endpoints.host": "host: 192.168.1.50",
    "spec.endpoints.grpcPort": "grpcPort: 50051",
    "spec.endpoints.bootstrapPort": "bootstrapPort: 8443",
    "spec.endpoints.service": "service: {type: NodePort}",
    "spec.networking.lbPool": "lbPool: {start: 192.168.1.240, end: 192.168.1.250}",
    "spec.networking.lbPool.start": "start: 192.168.1.240",
    "spec.networking.lbPool.end": "end: 192.168.1.250",
    "spec.credentials": "credentials: {source: env}",
    "spec.apiAllowedCidrs": 'apiAllowedCidrs: ["203.0.113.7/32"]',
}


@cache
def document_examples() -> MappingABC[str, str]:
    """Path -> one line that could stand there, for problems about a missing or misshapen value."""
    proposed = pins().kubernetes.proposed["docker"]
    version = f'version: "{proposed}"'
    provider = f"provider: {{kubernetes: {{{version}}}, config: {{docker: {{}}}}}}"
    return {
        **_EXAMPLES,
        "spec": f"spec: {{{provider}, nodes: {{controlPlane: 1}}}}",
        "spec.provider": provider,
        "spec.provider.kubernetes": f"kubernetes: {{{version}}}",
        "spec.provider.kubernetes.version": version,
    }


@cache
def document_rules(today: str) -> dict[type[BaseModel], Rule]:
    """Rule per model; `today` is the ISO date that decides whether a version's support has ended."""
    return {
        document.Metadata: naming.check_metadata,
        document.KubernetesSpec: partial(_check_kubernetes, today=today),
        document.ClusterNetwork: address_rules.check_cluster_network,
        document.ProviderSpec: _check_provider,
        document.Nodes: _check_nodes,
        document.WorkerPool: pool_rules.check_pool,
        document.PoolSize: pool_rules.check_size,
        document.Taint: naming.check_taint,
        document.Endpoints: host_rules.check_endpoints,
        document.AddressRange: address_rules.check_lb_pool,
        document.CredentialsRef: _check_credentials,
        document.Spec: _check_spec,
        document.LatticeCluster: _check_cluster,
    }


def _check_kubernetes(values: dict[str, Any], node: Mapping, path: str, report: Report, today: str) -> bool:
    version_fits = check_kubernetes(values, node, path, report, today)
    return host_rules.check_cert_sans(values, node, path, report) and version_fits


def _check_cluster(_values: dict[str, Any], node: Mapping, _path: str, report: Report) -> bool:
    missing = [key for key in _FIRST_LINES if key not in node.entries]
    if missing:
        what = "line" if len(missing) == 1 else "lines"
        lines = " and ".join(_FIRST_LINES[key] for key in missing)
        report.warning(
            "LT-DOC-002" if "apiVersion" in missing else "LT-DOC-003",
            f"{' and '.join(missing)} {'is' if len(missing) == 1 else 'are'} missing",
            f"The file is read all the same. Add the {what} at its top: {lines}",
            at=node,
            path=missing[0],
        )
    return naming.check_lengths(node, report)


def _check_spec(values: dict[str, Any], node: Mapping, path: str, report: Report) -> bool:
    ranges_fit = address_rules.check_allowed_cidrs(values, node, path, report)
    return crossing.check_spec(values, node, path, report) and ranges_fit


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
    from lattice_tui.document.keys import did_you_mean

    guess = did_you_mean(name, (*PROVIDERS, *PLANNED))
    choice = f"one of: {', '.join(PROVIDERS)}"
    if name in PLANNED:
        code, title, fix = "LT-PRV-003", f"{name} is planned, not there yet", f"Choose {choice}."
    elif name.startswith("<") and name.endswith(">"):
        code, title = "LT-PRV-005", f"{shown(name)} stands for a provider's name"
        fix = f"Write {choice}; for example: config: {{docker: {{}}}}"
    else:
        code, title = "LT-PRV-005", f"there is no provider {shown(name) or 'without a name'}"
        fix = f"Did you mean `{guess}`?" if guess else f"Choose {choice}."
    report.error(code, title, fix, at=config.keys[name], path=joined(path, name))


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
            f"Write controlPlane: {count - 1} or {count + 1}: etcd needs more than half of its members (quorum), "
            f"so {count} outlive no more losses than {count - 1}.",
            at=at,
            path=f"{path}.controlPlane",
            detail=f"{count} members survive the loss of {count // 2 - 1}, exactly as {count - 1} do.",
        )
        return False
    if _ETCD_USUAL_MAX < count <= document.MAX_MACHINES:
        report.warning(
            "LT-DOC-034",
            f"a control plane of {count} machines is slower, not safer",
            "Use 3 or 5: every member of etcd has to be told of every change.",
            at=at,
            path=f"{path}.controlPlane",
        )
    return fits


def _check_credentials(values: dict[str, Any], node: Mapping, path: str, report: Report) -> bool:
    name = values.get("name")
    if name is None or (len(name) <= _CREDENTIAL_NAME_MAX_LENGTH and name.isprintable() and not looks_secret(name)):
        return True
    secret_in_file(find(node, "name"), f"{path}.name", report)
    return False
