"""Reviews: what `kubectl auth` asks. Words and shapes were taken from a real API server (1.35)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lattice_tui.rehearsal.api.access import Identity, authenticated
from lattice_tui.rehearsal.api.errors import ApiError
from lattice_tui.rehearsal.api.reviews import review, review_kind
from tests.rehearsal_api.access_world import bind, needs_kubectl, opened_door
from tests.rehearsal_api.plain_door import PEOPLE, PlainDoor

JsonObject = dict[str, Any]

VIEWER, ADMIN = PEOPLE["viewer"], PEOPLE["admin"]


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PlainDoor]:
    folder: Path = tmp_path_factory.mktemp("reviews")
    with opened_door(folder) as opened:
        bind(opened.store, "viewers", "Group viewers", "ClusterRole", "view", namespace="team-a")
        yield opened


def asked(door: PlainDoor, who: Identity, kind: str, spec: JsonObject, namespace: str = "") -> JsonObject:
    group = "authentication.k8s.io" if kind == "SelfSubjectReview" else "authorization.k8s.io"
    body = {"apiVersion": f"{group}/v1", "kind": kind, "spec": spec}
    return review(door.store, who, kind, body, namespace, "2026-01-01T00:00:00Z") or {}


def test_one_asks_for_oneself_and_hears_the_reason(door: PlainDoor) -> None:
    pods = {"resourceAttributes": {"verb": "list", "resource": "pods", "namespace": "team-a"}}

    answer = asked(door, VIEWER, "SelfSubjectAccessReview", pods)

    reason = 'RBAC: allowed by RoleBinding "viewers/team-a" of ClusterRole "view" to Group "viewers"'
    assert answer["status"] == {"allowed": True, "reason": reason}
    assert answer["spec"] == pods
    assert asked(door, ADMIN, "SelfSubjectAccessReview", pods)["status"] == {"allowed": True}


def test_what_is_not_allowed_has_no_reason(door: PlainDoor) -> None:
    secrets = {"resourceAttributes": {"verb": "list", "resource": "secrets", "namespace": "team-a"}}

    assert asked(door, VIEWER, "SelfSubjectAccessReview", secrets)["status"] == {"allowed": False}


def test_one_may_ask_for_another(door: PlainDoor) -> None:
    pods = {"resourceAttributes": {"verb": "list", "resource": "pods", "namespace": "team-a"}}

    answer = asked(door, ADMIN, "SubjectAccessReview", {**pods, "user": "x", "groups": ["viewers"]})
    local = asked(door, ADMIN, "LocalSubjectAccessReview", {**pods, "user": "x"}, "team-a")

    assert answer["status"]["allowed"] is True
    assert local["status"] == {"allowed": False}


def test_all_rules_of_somebody_in_a_namespace_are_listed(door: PlainDoor) -> None:
    status = asked(door, VIEWER, "SelfSubjectRulesReview", {"namespace": "team-a"})["status"]

    assert status["incomplete"] is False
    assert {"verbs": ["create"], "apiGroups": ["authentication.k8s.io"], "resources": ["selfsubjectreviews"]} in (
        status["resourceRules"]
    )
    assert any("pods" in rule["resources"] for rule in status["resourceRules"])
    assert all(rule["verbs"] == ["get"] for rule in status["nonResourceRules"])
    elsewhere = asked(door, VIEWER, "SelfSubjectRulesReview", {"namespace": "default"})["status"]
    assert not any("pods" in rule["resources"] for rule in elsewhere["resourceRules"])


def test_who_one_is(door: PlainDoor) -> None:
    answer = asked(door, VIEWER, "SelfSubjectReview", {})

    assert answer["metadata"] == {"creationTimestamp": "2026-01-01T00:00:00Z"}
    assert answer["status"] == {"userInfo": {"username": "viewer", "groups": ["viewers", "system:authenticated"]}}
    certificate = authenticated("jane", (), {"authentication.kubernetes.io/credential-id": ["X509SHA256=ab"]})
    assert asked(door, certificate, "SelfSubjectReview", {})["status"]["userInfo"]["extra"] == {
        "authentication.kubernetes.io/credential-id": ["X509SHA256=ab"]
    }


@pytest.mark.parametrize(
    ("kind", "spec", "code", "message"),
    [
        (
            "SelfSubjectAccessReview",
            {},
            422,
            '.authorization.k8s.io "" is invalid: spec.resourceAttributes: Invalid value: null: exactly one of'
            " nonResourceAttributes or resourceAttributes must be specified",
        ),
        (
            "SubjectAccessReview",
            {"resourceAttributes": {"verb": "get", "resource": "pods"}},
            422,
            '.authorization.k8s.io "" is invalid: spec.user: Invalid value: "": at least one of user or group must be'
            " specified",
        ),
        (
            "LocalSubjectAccessReview",
            {"user": "x", "resourceAttributes": {"verb": "get", "resource": "pods", "namespace": "other"}},
            422,
            '.authorization.k8s.io "" is invalid: spec.resourceAttributes.namespace: Invalid value: "other": must'
            " match metadata.namespace",
        ),
        ("SelfSubjectRulesReview", {}, 400, "no namespace on request"),
    ],
)
def test_a_review_that_asks_nothing_is_refused_in_the_servers_words(
    door: PlainDoor, kind: str, spec: JsonObject, code: int, message: str
) -> None:
    with pytest.raises(ApiError) as refused:
        asked(door, ADMIN, kind, spec, "team-a")

    assert (refused.value.code, refused.value.message) == (code, message)


def test_other_kinds_are_no_reviews(door: PlainDoor) -> None:
    assert review(door.store, ADMIN, "Pod", {}) is None
    assert review_kind("authorization.k8s.io", "v1", "pods") is None
    with pytest.raises(ApiError) as refused:
        review(door.store, ADMIN, "SelfSubjectReview", {"apiVersion": "v1", "kind": "Pod"})
    assert refused.value.code == 400


@needs_kubectl
def test_kubectl_asks_what_one_may_do(door: PlainDoor) -> None:
    may = door.kubectl("auth", "can-i", "list", "pods", "-n", "team-a", person="viewer")
    may_not = door.kubectl("auth", "can-i", "list", "secrets", "-n", "team-a", person="viewer")
    for_another = door.kubectl("auth", "can-i", "get", "pods", "--as", "x", "--as-group", "viewers", "-n", "team-a")

    assert (may.returncode, may.stdout) == (0, "yes\n")
    assert (may_not.returncode, may_not.stdout) == (1, "no\n")
    assert (for_another.returncode, for_another.stdout) == (0, "yes\n")


@needs_kubectl
def test_kubectl_lists_what_one_may_do_and_says_who_one_is(door: PlainDoor) -> None:
    everything = door.kubectl("auth", "can-i", "--list", "-n", "team-a", person="viewer")
    who = door.kubectl("auth", "whoami", "-o", "json", person="viewer")

    assert [line.split()[-3:] for line in everything.stdout.splitlines() if line.startswith("pods ")] == [
        ["[get", "list", "watch]"]
    ]
    assert '"username": "viewer"' in who.stdout
