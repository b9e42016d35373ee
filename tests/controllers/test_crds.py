"""Every state of every object the controllers write fits the pinned CRDs, and holds no field they do not know."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jsonschema
import yaml

from lattice_tui.rehearsal.api.kinds import (
    CLUSTER,
    DOCKER_CLUSTER,
    DOCKER_MACHINE,
    KUBEADM_CONFIG,
    KUBEADM_CONTROL_PLANE,
    MACHINE,
    MACHINE_DEPLOYMENT,
    MACHINE_SET,
    Kind,
)
from tests.controllers.harness import NAME, NAMESPACE_NAME, USER, manifests, scene
from tests.shared import needs_shared, shared

JsonObject = dict[str, Any]

KINDS: tuple[Kind, ...] = (
    CLUSTER,
    DOCKER_CLUSTER,
    DOCKER_MACHINE,
    KUBEADM_CONFIG,
    KUBEADM_CONTROL_PLANE,
    MACHINE,
    MACHINE_DEPLOYMENT,
    MACHINE_SET,
)


@needs_shared
async def test_whatever_is_written_fits_the_crds(tmp_path: Path) -> None:
    async with scene(tmp_path) as world:
        world.apply(*manifests(control_plane=3, pools={"workers": 2}))
        await world.cluster_up()
        world.store.delete(CLUSTER, NAME, NAMESPACE_NAME, actor=USER)
        await world.until(lambda: world.find(CLUSTER, NAME) is None, "it goes")
        for kind in KINDS:
            validator = jsonschema.Draft202012Validator(_schema(kind))
            states = [change.object for _, change in world.changes if change.kind == kind]
            assert states
            for state in states:
                problems = [f"{error.json_path}: {error.message}" for error in validator.iter_errors(state)]
                assert not problems, f"{kind.kind} {state['metadata']['name']}: {problems}"


def _schema(kind: Kind) -> JsonObject:
    for file in (shared() / "crds").rglob(f"{kind.group}_{kind.plural}.yaml"):
        definition = yaml.safe_load(file.read_text())
        version = next(entry for entry in definition["spec"]["versions"] if entry["name"] == kind.version)
        closed: JsonObject = _closed(version["schema"]["openAPIV3Schema"])
        closed["properties"]["metadata"] = {"type": "object"}
        return closed
    raise AssertionError(f"no CRD of {kind.qualified_plural}")


def _closed(schema: Any) -> Any:
    """The schema with unknown fields refused and Kubernetes' int-or-string said in plain JSON schema."""
    if isinstance(schema, list):
        return [_closed(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    result = {key: _closed(value) for key, value in schema.items() if not key.startswith("x-kubernetes")}
    if schema.get("x-kubernetes-int-or-string"):
        return {"type": ["integer", "string"]}
    if (
        "properties" in schema
        and schema.get("type") == "object"
        and not schema.get("x-kubernetes-preserve-unknown-fields")
    ):
        result["additionalProperties"] = False
    return result
