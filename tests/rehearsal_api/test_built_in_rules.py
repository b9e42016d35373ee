"""Defaults and rules of built-in kinds that no schema expresses. Each was seen at a real API server, 1.35.4."""

from __future__ import annotations

import ipaddress
from pathlib import Path
from typing import Any

import pytest

from lattice_tui.rehearsal.api.kinds import (
    CONFIG_MAP,
    DEPLOYMENT,
    NODE,
    POD,
    ROLE_BINDING,
    SECRET,
    SERVICE,
    Kind,
)
from lattice_tui.rehearsal.api.store import ApiError, Store
from tests.rehearsal_api.served import new_store

JsonObject = dict[str, Any]
LABELS = {"app": "a"}


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return new_store(tmp_path)


def made(store: Store, kind: Kind, **content: Any) -> JsonObject:
    metadata = {"name": "one", **({"namespace": "team-a"} if kind.namespaced else {})}
    obj = {"apiVersion": kind.api_version, "kind": kind.kind, "metadata": metadata, **content}
    return store.create(kind, obj, actor="test", strict=True)


def pod(**container: Any) -> JsonObject:
    return {"containers": [{"name": "main", "image": "example/main", **container}]}


def deployment(**spec: Any) -> JsonObject:
    return {"selector": {"matchLabels": LABELS}, "template": {"metadata": {"labels": LABELS}, "spec": pod()}, **spec}


def test_a_service_gets_an_address_and_the_port_it_leads_to(store: Store) -> None:
    spec = made(store, SERVICE, spec={"selector": LABELS, "ports": [{"port": 80}]})["spec"]

    assert ipaddress.ip_address(spec["clusterIP"]) in ipaddress.ip_network("10.96.0.0/12")
    assert spec["clusterIPs"] == [spec["clusterIP"]]
    assert (spec["ipFamilies"], spec["ipFamilyPolicy"]) == (["IPv4"], "SingleStack")
    assert spec["ports"] == [{"port": 80, "protocol": "TCP", "targetPort": 80}]
    assert spec["internalTrafficPolicy"] == "Cluster"


def test_no_two_services_share_an_address_or_a_node_port(store: Store) -> None:
    specs = [
        store.create(
            SERVICE,
            {
                "apiVersion": "v1",
                "kind": "Service",
                "metadata": {"name": f"s{number}", "namespace": "team-a"},
                "spec": {"type": "NodePort", "ports": [{"port": 80}]},
            },
            actor="test",
        )["spec"]
        for number in range(50)
    ]

    assert len({spec["clusterIP"] for spec in specs}) == 50
    ports = {spec["ports"][0]["nodePort"] for spec in specs}
    assert len(ports) == 50
    assert min(ports) >= 30_000
    assert max(ports) <= 32_767


def test_a_service_that_is_only_a_name_has_no_address(store: Store) -> None:
    spec = made(store, SERVICE, spec={"type": "ExternalName", "externalName": "example.org"})["spec"]

    assert "clusterIP" not in spec
    assert "internalTrafficPolicy" not in spec


@pytest.mark.parametrize(
    ("image", "policy"),
    [
        ("example/main", "Always"),
        ("example/main:latest", "Always"),
        ("example/main:1", "IfNotPresent"),
        ("registry:5000/main", "Always"),
    ],
)
def test_an_image_without_a_fixed_tag_is_always_pulled(store: Store, image: str, policy: str) -> None:
    spec = made(store, POD, spec=pod(image=image))["spec"]

    assert spec["containers"][0]["imagePullPolicy"] == policy


def test_a_pod_bears_an_unready_node_for_five_minutes(store: Store) -> None:
    tolerations = made(store, POD, spec=pod())["spec"]["tolerations"]

    assert {(one["key"], one["tolerationSeconds"]) for one in tolerations} == {
        ("node.kubernetes.io/not-ready", 300),
        ("node.kubernetes.io/unreachable", 300),
    }


def test_plain_text_of_a_secret_is_kept_as_data(store: Store) -> None:
    secret = made(store, SECRET, stringData={"key": "door"})

    assert secret["data"] == {"key": "ZG9vcg=="}
    assert "stringData" not in secret


def test_a_subject_of_a_binding_gets_its_group(store: Store) -> None:
    role = {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "reader"}
    binding = made(store, ROLE_BINDING, roleRef=role, subjects=[{"kind": "User", "name": "eve"}])

    assert binding["subjects"][0]["apiGroup"] == "rbac.authorization.k8s.io"


@pytest.mark.parametrize(
    ("kind", "content", "field", "words"),
    [
        (
            DEPLOYMENT,
            {"spec": deployment(selector={"matchLabels": {"app": "b"}})},
            "spec.template.metadata.labels",
            "`selector` does not match template `labels`",
        ),
        (SERVICE, {"spec": {"ports": [{"port": 0}]}}, "spec.ports[0].port", "must be between 1 and 65535, inclusive"),
        (SERVICE, {"spec": {"ports": []}}, "spec.ports", "Required value"),
        (CONFIG_MAP, {"data": {"a/b": "c"}}, "data[a/b]", "a valid config key must consist of alphanumeric characters"),
        (
            POD,
            {"spec": {"containers": [*pod()["containers"], *pod()["containers"]]}},
            "spec.containers[1].name",
            'Duplicate value: "main"',
        ),
    ],
)
def test_what_makes_no_sense_is_refused_with_its_place(
    store: Store, kind: Kind, content: JsonObject, field: str, words: str
) -> None:
    with pytest.raises(ApiError) as refused:
        made(store, kind, **content)

    assert refused.value.code == 422
    causes = (refused.value.details or {})["causes"]
    assert any(cause["field"] == field and words in cause["message"] for cause in causes), causes


def test_the_selector_of_a_deployment_stays_what_it_was(store: Store) -> None:
    one = made(store, DEPLOYMENT, spec=deployment())
    other = {"app": "b"}
    changed = {
        **one,
        "spec": {**one["spec"], "selector": {"matchLabels": other}}
        | {"template": {**one["spec"]["template"], "metadata": {"labels": other}}},
    }

    with pytest.raises(ApiError, match="field is immutable"):
        store.replace(DEPLOYMENT, changed, actor="test", strict=True)


def test_the_address_of_a_service_stays_what_it_was(store: Store) -> None:
    one = made(store, SERVICE, spec={"ports": [{"port": 80}]})
    moved = {**one, "spec": {**one["spec"], "clusterIP": "10.96.200.200", "clusterIPs": ["10.96.200.200"]}}

    with pytest.raises(ApiError, match="may not change once set"):
        store.replace(SERVICE, moved, actor="test", strict=True)


def test_the_provider_of_a_node_stays_what_it_was(store: Store) -> None:
    node = made(store, NODE, spec={"providerID": "docker:////one"})

    with pytest.raises(ApiError, match="node updates may not change providerID"):
        store.replace(NODE, {**node, "spec": {"providerID": "docker:////two"}}, actor="test", strict=True)
