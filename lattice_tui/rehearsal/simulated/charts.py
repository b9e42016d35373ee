"""What charts install, as far as anybody looks at it: Cilium's agent, proxy and operator, else one Deployment."""

from __future__ import annotations

from typing import Any

from lattice_tui.rehearsal.api.kinds import CONFIG_MAP, DAEMON_SET, DEPLOYMENT, SERVICE_ACCOUNT, Kind
from lattice_tui.rehearsal.simulated.workloads import deployment

JsonObject = dict[str, Any]


def chart_objects(
    chart: str, release: str, namespace: str, version: str, values: JsonObject
) -> list[tuple[Kind, JsonObject]]:
    """The objects of one release, in the order in which helm creates them."""
    if chart == "cilium":
        objects = _cilium(namespace, version, values)
    else:
        objects = [(DEPLOYMENT, deployment(release, namespace, f"{chart}:{version}"))]
    for _, obj in objects:
        labels = obj["metadata"].setdefault("labels", {})
        labels["app.kubernetes.io/managed-by"] = "Helm"
        obj["metadata"]["annotations"] = {
            "meta.helm.sh/release-name": release,
            "meta.helm.sh/release-namespace": namespace,
        }
    return objects


def _cilium(namespace: str, version: str, values: JsonObject) -> list[tuple[Kind, JsonObject]]:
    operator = values.get("operator")
    replicas = operator.get("replicas", 2) if isinstance(operator, dict) else 2
    image = f"quay.io/cilium/operator-generic:v{version}"
    config = {key: str(value) for key, value in values.items() if not isinstance(value, dict | list)}
    return [
        (SERVICE_ACCOUNT, {"metadata": {"name": "cilium", "namespace": namespace}}),
        (SERVICE_ACCOUNT, {"metadata": {"name": "cilium-operator", "namespace": namespace}}),
        (CONFIG_MAP, {"metadata": {"name": "cilium-config", "namespace": namespace}, "data": config}),
        (DAEMON_SET, _agent("cilium", namespace, f"quay.io/cilium/cilium:v{version}")),
        (DAEMON_SET, _agent("cilium-envoy", namespace, "quay.io/cilium/cilium-envoy:v1.35")),
        (DEPLOYMENT, deployment("cilium-operator", namespace, image, replicas=replicas)),
    ]


def _agent(name: str, namespace: str, image: str) -> JsonObject:
    labels = {"k8s-app": name}
    return {
        "metadata": {"name": name, "namespace": namespace, "labels": dict(labels)},
        "spec": {
            "selector": {"matchLabels": labels},
            "template": {
                "metadata": {"labels": labels},
                "spec": {
                    "hostNetwork": True,
                    "containers": [{"name": name, "image": image}],
                    "tolerations": [{"operator": "Exists"}],
                },
            },
        },
    }


def notes(chart: str, version: str) -> tuple[str, ...]:
    """What the chart says when it is installed."""
    if chart != "cilium":
        return ()
    minor = ".".join(version.split(".")[:2])
    return (
        "NOTES:",
        "You have successfully installed Cilium with Hubble.",
        "",
        f"Your release version is {version}.",
        "",
        f"For any further help, visit https://docs.cilium.io/en/v{minor}/gettinghelp",
    )
