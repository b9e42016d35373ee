"""Discovery one by one and all at once, for a cluster whose kinds are served at one version or at several."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from lattice_tui.rehearsal.api import discovery
from lattice_tui.rehearsal.api.errors import ApiError
from lattice_tui.rehearsal.api.kinds import CONFIG_MAP, DEPLOYMENT, NAMESPACE, Kind
from lattice_tui.rehearsal.api.served import ANYTHING, ScalePaths, ServedVersion
from tests.rehearsal_api.access_world import needs_kubectl, opened_door
from tests.rehearsal_api.plain_door import PlainDoor

JsonObject = dict[str, Any]

REPLICAS = ScalePaths(".spec.replicas", ".status.replicas")
WIDGET = Kind("example.com", "v1", "Widget", "widgets", True, True, ("wd",), ("all",)).with_versions(
    (
        ServedVersion("v1", ANYTHING, has_status=True, scale=REPLICAS),
        ServedVersion("v1beta1", ANYTHING),
    )
)
GADGET = Kind("example.com", "v1beta2", "Gadget", "gadgets", False, False)
KINDS = (DEPLOYMENT, CONFIG_MAP, WIDGET, GADGET)


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PlainDoor]:
    with opened_door(tmp_path_factory.mktemp("discovery")) as opened:
        yield opened


def group_named(document: JsonObject, name: str) -> JsonObject:
    return next(dict(group) for group in document["items"] if group["metadata"].get("name", "") == name)


def test_versions_are_listed_stable_ones_first_and_newer_before_older() -> None:
    every = [Kind("g", version, "K", f"k{version}", True, False) for version in ("v1beta1", "v2alpha1", "v1", "v10")]

    assert discovery.group_version_names("g", every) == ["v10", "v1", "v1beta1", "v2alpha1"]


def test_a_group_names_every_version_of_its_kinds_and_prefers_the_first() -> None:
    group = discovery.group("example.com", KINDS)

    assert [version["groupVersion"] for version in group["versions"]] == [
        "example.com/v1",
        "example.com/v1beta2",
        "example.com/v1beta1",
    ]
    assert group["preferredVersion"]["version"] == "v1"


def test_a_version_lists_its_resources_by_name_with_the_subresources_of_that_version() -> None:
    stable = discovery.resource_list("example.com", "v1", KINDS)["resources"]
    older = discovery.resource_list("example.com", "v1beta1", KINDS)["resources"]

    assert [resource["name"] for resource in stable] == ["widgets", "widgets/status", "widgets/scale"]
    assert [resource["name"] for resource in older] == ["widgets"]
    assert stable[0]["shortNames"] == ["wd"]
    assert stable[2] == {
        "name": "widgets/scale",
        "singularName": "",
        "namespaced": True,
        "group": "autoscaling",
        "version": "v1",
        "kind": "Scale",
        "verbs": ["get", "patch", "update"],
    }


def test_reviews_can_be_created_and_nothing_else() -> None:
    reviews = discovery.resource_list("authorization.k8s.io", "v1", KINDS)["resources"]

    assert [review["name"] for review in reviews] == [
        "localsubjectaccessreviews",
        "selfsubjectaccessreviews",
        "selfsubjectrulesreviews",
        "subjectaccessreviews",
    ]
    assert all(review["verbs"] == ["create"] for review in reviews)


@pytest.mark.parametrize(("group", "version"), [("example.com", "v3"), ("nobody.example", "v1"), ("", "v2")])
def test_what_is_not_served_is_not_found(group: str, version: str) -> None:
    with pytest.raises(ApiError) as refused:
        discovery.resource_list(group, version, KINDS)

    assert refused.value.code == 404


def test_namespaces_are_never_deleted_all_together() -> None:
    (namespaces, _status), (config_maps,) = (
        discovery.resource_list("", "v1", [kind])["resources"] for kind in (NAMESPACE, CONFIG_MAP)
    )

    assert "deletecollection" not in namespaces["verbs"]
    assert "deletecollection" in config_maps["verbs"]


def test_all_groups_fit_one_answer_as_a_real_server_gives_it() -> None:
    core = discovery.aggregated(KINDS, core=True)
    named = discovery.aggregated(KINDS, core=False)

    assert core["items"] == [
        {
            "metadata": {},
            "versions": [
                {
                    "version": "v1",
                    "resources": [
                        {
                            "resource": "configmaps",
                            "responseKind": {"group": "", "version": "", "kind": "ConfigMap"},
                            "scope": "Namespaced",
                            "singularResource": "configmap",
                            "verbs": list(discovery.VERBS),
                            "shortNames": ["cm"],
                        }
                    ],
                    "freshness": "Current",
                }
            ],
        }
    ]
    widget = group_named(named, "example.com")["versions"][0]["resources"][0]
    assert widget["responseKind"] == {"group": "example.com", "version": "v1", "kind": "Widget"}
    assert [part["subresource"] for part in widget["subresources"]] == ["status", "scale"]
    deployment = group_named(named, "apps")["versions"][0]["resources"][0]
    assert [part["subresource"] for part in deployment["subresources"]] == ["scale", "status"]


@pytest.mark.parametrize(
    ("accept", "is_accepted"),
    [
        ("application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json", True),
        ("application/json; as=APIGroupDiscoveryList; v=v2; g=apidiscovery.k8s.io", True),
        ("application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json", False),
        ("application/json", False),
        ("", False),
    ],
)
def test_one_answer_is_given_to_those_who_ask_for_that_form(accept: str, *, is_accepted: bool) -> None:
    assert discovery.aggregated_accepted(accept) is is_accepted


def test_the_tag_of_an_answer_changes_with_what_is_served() -> None:
    before, after = (discovery.aggregated(kinds, core=False) for kinds in (KINDS, KINDS[:-1]))

    assert discovery.entity_tag(before) != discovery.entity_tag(after)
    assert discovery.entity_tag(before) == discovery.entity_tag(discovery.aggregated(KINDS, core=False))


@needs_kubectl
def test_kubectl_lists_the_same_resources_from_one_answer_as_from_many(door: PlainDoor) -> None:
    door.asked.clear()
    at_once = door.kubectl("api-resources", "-o", "wide")
    asked_at_once = [line for line in door.asked if "/api" in line]
    door.has_aggregated_discovery = False
    one_by_one = door.kubectl("api-resources", "-o", "wide")
    door.has_aggregated_discovery = True

    assert len(asked_at_once) == 2
    assert sorted(at_once.stdout.splitlines()) == sorted(one_by_one.stdout.splitlines())
    machines = next(line.split() for line in at_once.stdout.splitlines() if line.startswith("machines "))
    assert machines[:5] == ["machines", "ma", "cluster.x-k8s.io/v1beta2", "true", "Machine"]
    assert machines[-1] == "cluster-api"
