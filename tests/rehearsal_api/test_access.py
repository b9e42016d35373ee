"""Who may do what, and the words of a refusal. The words were taken from a real API server (1.35)."""

from __future__ import annotations

from pathlib import Path

import pytest

from lattice_tui.rehearsal.api.access import ANONYMOUS, Asked, authenticated, decided, impersonated, refusal
from lattice_tui.rehearsal.api.errors import ApiError
from lattice_tui.rehearsal.api.kinds import CLUSTER_ROLE
from lattice_tui.rehearsal.api.store import Store
from tests.rehearsal_api.access_world import bind, role, rule, store_with_access

JANE = authenticated("jane", ("team",))
ADMIN = authenticated("admin", ("system:masters",))


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return store_with_access(tmp_path)


def allowed(store: Store, asked: Asked) -> bool:
    return decided(store, JANE, asked).allowed


@pytest.mark.parametrize(
    ("asked", "message", "details"),
    [
        (
            Asked("list", resource="pods"),
            'pods is forbidden: User "jane" cannot list resource "pods" in API group "" at the cluster scope',
            {"kind": "pods"},
        ),
        (
            Asked("get", resource="pods", namespace="default", name="x"),
            'pods "x" is forbidden: User "jane" cannot get resource "pods" in API group "" in the namespace "default"',
            {"name": "x", "kind": "pods"},
        ),
        (
            Asked("update", "apps", "deployments", "status", "default", "a"),
            'deployments.apps "a" is forbidden: User "jane" cannot update resource "deployments/status" in API group'
            ' "apps" in the namespace "default"',
            {"name": "a", "group": "apps", "kind": "deployments"},
        ),
        (Asked("get", path="/metrics"), 'forbidden: User "jane" cannot get path "/metrics"', {}),
    ],
)
def test_a_refusal_says_what_a_real_server_says(
    store: Store, asked: Asked, message: str, details: dict[str, str]
) -> None:
    error = refusal(store, JANE, asked)

    assert error is not None
    assert (error.code, error.reason, error.message, error.details) == (403, "Forbidden", message, details)


def test_markup_in_a_user_name_is_escaped_in_the_words_but_not_in_the_name_asked_for(store: Store) -> None:
    error = refusal(store, authenticated("<b>&"), Asked("get", resource="nodes", name="a<b"))

    assert error is not None
    assert error.message.startswith('nodes "a<b" is forbidden: User "&lt;b&gt;&amp;" cannot get')


def test_the_masters_are_asked_nothing(store: Store) -> None:
    assert refusal(store, ADMIN, Asked("delete", "no.such.group", "things", name="x")) is None
    assert decided(store, ADMIN, Asked("delete", "no.such.group", "things")).reason == ""


def test_a_cluster_wide_binding_allows_everywhere_and_says_by_what(store: Store) -> None:
    role(store, "pod-reader", rule("get list", "pods"))
    bind(store, "readers", "Group team", "ClusterRole", "pod-reader")

    decision = decided(store, JANE, Asked("list", resource="pods", namespace="team-a"))

    assert decision.allowed
    assert (
        decision.reason == 'RBAC: allowed by ClusterRoleBinding "readers" of ClusterRole "pod-reader" to Group "team"'
    )
    assert not allowed(store, Asked("delete", resource="pods", namespace="team-a"))
    assert not allowed(store, Asked("list", "apps", "pods"))


def test_a_role_in_a_namespace_allows_nothing_outside_it(store: Store) -> None:
    role(store, "writer", rule("create", "configmaps"), namespace="team-a")
    bind(store, "writers", "User jane", "Role", "writer", namespace="team-a")

    decision = decided(store, JANE, Asked("create", resource="configmaps", namespace="team-a"))

    assert decision.reason == 'RBAC: allowed by RoleBinding "writers/team-a" of Role "writer" to User "jane"'
    assert not allowed(store, Asked("create", resource="configmaps", namespace="default"))
    assert not allowed(store, Asked("create", resource="configmaps"))


@pytest.mark.parametrize(
    ("resources", "asked", "is_allowed"),
    [
        ("machines", Asked("get", "g", "machines"), True),
        ("machines", Asked("get", "g", "machines", "status"), False),
        ("machines/status", Asked("get", "g", "machines", "status"), True),
        ("machines/status", Asked("get", "g", "machines"), False),
        ("*/status", Asked("get", "g", "machines", "status"), True),
        ("*/status", Asked("get", "g", "machines", "scale"), False),
        ("*", Asked("get", "g", "machines", "scale"), True),
    ],
)
def test_a_rule_names_resources_and_their_subresources(
    store: Store, resources: str, asked: Asked, *, is_allowed: bool
) -> None:
    role(store, "some", rule("get", resources, "g"))
    bind(store, "some", "User jane", "ClusterRole", "some")

    assert allowed(store, asked) is is_allowed


def test_a_rule_for_named_objects_allows_no_others_and_no_creation(store: Store) -> None:
    role(store, "one", rule("get update create", "secrets", resourceNames=["mine"]))
    bind(store, "one", "User jane", "ClusterRole", "one")

    assert allowed(store, Asked("get", resource="secrets", name="mine"))
    assert not allowed(store, Asked("get", resource="secrets", name="yours"))
    assert not allowed(store, Asked("create", resource="secrets"))


@pytest.mark.parametrize(
    ("path", "is_allowed"), [("/metrics", True), ("/logs/a/b", True), ("/log", False), ("/metrics/x", False)]
)
def test_paths_are_allowed_whole_or_by_their_beginning(store: Store, path: str, *, is_allowed: bool) -> None:
    role(store, "paths", {"verbs": ["get"], "nonResourceURLs": ["/metrics", "/logs/*"]})
    bind(store, "paths", "User jane", "ClusterRole", "paths")

    assert allowed(store, Asked("get", path=path)) is is_allowed
    assert not allowed(store, Asked("post", path=path))


def test_a_service_account_is_known_by_its_namespace_and_belongs_to_its_groups(store: Store) -> None:
    robot = authenticated("system:serviceaccount:team-a:robot")
    role(store, "reader", rule("get", "pods"))
    bind(store, "robots", "ServiceAccount team-a/robot", "ClusterRole", "reader")

    decision = decided(store, robot, Asked("get", resource="pods"))

    assert decision.reason.endswith('to ServiceAccount "robot/team-a"')
    assert {"system:serviceaccounts", "system:serviceaccounts:team-a", "system:authenticated"} == set(robot.groups)
    other = authenticated("system:serviceaccount:default:robot")
    assert not decided(store, other, Asked("get", resource="pods")).allowed


def test_a_binding_to_a_role_that_is_not_there_is_named_in_the_refusal(store: Store) -> None:
    bind(store, "broken", "User jane", "ClusterRole", "gone")

    error = refusal(store, JANE, Asked("list", resource="pods"))

    assert error is not None
    assert error.message.endswith('at the cluster scope: RBAC: clusterrole.rbac.authorization.k8s.io "gone" not found')


def test_what_is_labelled_for_view_becomes_part_of_view_edit_and_admin(store: Store) -> None:
    store.create(
        CLUSTER_ROLE,
        {
            "metadata": {"name": "see-machines", "labels": {"rbac.authorization.k8s.io/aggregate-to-view": "true"}},
            "rules": [rule("list", "machines", "cluster.x-k8s.io")],
        },
        actor="test",
    )
    for name in ("view", "edit", "admin"):
        who = authenticated(f"one-who-may-{name}")
        bind(store, name, f"User {who.user}", "ClusterRole", name)

        assert decided(store, who, Asked("list", "cluster.x-k8s.io", "machines", namespace="team-a")).allowed


def test_roles_that_gather_each_other_come_to_an_end(store: Store) -> None:
    for name, other in (("a", "b"), ("b", "a")):
        content = {
            "metadata": {"name": name, "labels": {"part-of": other}},
            "aggregationRule": {"clusterRoleSelectors": [{"matchLabels": {"part-of": name}}]},
            "rules": [],
        }
        store.create(CLUSTER_ROLE, content, actor="test")
    bind(store, "circle", "User jane", "ClusterRole", "a")

    assert not allowed(store, Asked("list", resource="pods"))


@pytest.mark.parametrize(
    ("role_name", "verb", "group", "resource", "is_allowed"),
    [
        ("view", "list", "", "pods", True),
        ("view", "list", "", "secrets", False),
        ("view", "create", "", "pods", False),
        ("view", "list", "", "nodes", False),
        ("edit", "create", "apps", "deployments", True),
        ("edit", "list", "", "secrets", True),
        ("edit", "create", "rbac.authorization.k8s.io", "roles", False),
        ("admin", "create", "rbac.authorization.k8s.io", "roles", True),
        ("admin", "delete", "", "namespaces", False),
        ("cluster-admin", "delete", "", "namespaces", True),
    ],
)
def test_the_default_roles_allow_what_their_names_say(
    store: Store, role_name: str, verb: str, group: str, resource: str, *, is_allowed: bool
) -> None:
    bind(store, "jane", "User jane", "ClusterRole", role_name)

    assert allowed(store, Asked(verb, group, resource, namespace="team-a")) is is_allowed


def test_everybody_may_discover_and_a_stranger_may_ask_for_the_version_alone(store: Store) -> None:
    assert refusal(store, JANE, Asked("get", path="/openapi/v3/apis/apps/v1")) is None
    assert refusal(store, ANONYMOUS, Asked("get", path="/version")) is None
    error = refusal(store, ANONYMOUS, Asked("get", path="/apis"))
    assert error is not None
    assert error.message == 'forbidden: User "system:anonymous" cannot get path "/apis"'


def test_an_administrator_may_act_for_others_and_others_may_not(store: Store) -> None:
    assert impersonated(store, ADMIN, "bob", ("ops",)) == authenticated("bob", ("ops",))
    assert impersonated(store, JANE, "") == JANE
    with pytest.raises(ApiError) as refused:
        impersonated(store, JANE, "system:serviceaccount:default:a")
    assert refused.value.message == (
        'serviceaccounts "a" is forbidden: User "jane" cannot impersonate resource "serviceaccounts" in API group ""'
        ' in the namespace "default"'
    )
    with pytest.raises(ApiError) as alone:
        impersonated(store, ADMIN, "", ("a",))
    assert (alone.value.code, alone.value.message) == (400, "requested [{Group  a    }] without impersonating a user")
