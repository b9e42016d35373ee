"""The API over a socket: codes, bodies, patches, pages, who is let in."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
import urllib3
import yaml

from lattice_tui.rehearsal.api.kinds import MACHINE, NAMESPACE
from lattice_tui.rehearsal.audit import read_audit
from lattice_tui.rehearsal.certificates import CertificateAuthority
from tests.rehearsal_api.served import APPLY, MERGE, TEAM, VERSION, Served, machine, machine_deployment

MACHINES = f"{TEAM}/machines"


def test_a_stranger_is_told_health_and_version_and_nothing_else(served: Served) -> None:
    with served.pool_without_certificate() as stranger:
        open_codes = [served.ask("GET", path, pool=stranger).code for path in ("/healthz", "/readyz", "/livez")]
        version = served.ask("GET", "/version", pool=stranger)
        refused = served.ask("GET", "/api/v1/namespaces", pool=stranger)

    assert open_codes == [200, 200, 200]
    assert version.body["gitVersion"] == VERSION
    assert (version.body["major"], version.body["minor"]) == ("1", "34")
    assert refused.code == 401
    assert refused.body == {
        "kind": "Status",
        "apiVersion": "v1",
        "metadata": {},
        "status": "Failure",
        "message": "Unauthorized",
        "reason": "Unauthorized",
        "code": 401,
    }


def test_a_known_bearer_token_is_let_in_and_another_is_not(served: Served) -> None:
    served.run(lambda: served.server.accept_token("right", "somebody", ("system:masters",)))
    with served.pool_without_certificate() as stranger:
        codes = [
            served.ask("GET", "/api/v1/namespaces", pool=stranger, Authorization=f"Bearer {token}").code
            for token in ("right", "wrong")
        ]

    assert codes == [200, 401]


def test_a_certificate_of_another_cluster_is_refused(served: Served, tmp_path: Path) -> None:
    certificate, key = CertificateAuthority().issue_client("kubernetes-admin", ("system:masters",))
    (tmp_path / "foreign").write_text(certificate + key)
    with (
        served._pool(cert_file=str(tmp_path / "foreign")) as foreign,
        pytest.raises((urllib3.exceptions.SSLError, urllib3.exceptions.ProtocolError)),
    ):
        served.ask("GET", "/api/v1/namespaces", pool=foreign)


def test_an_object_lives_through_all_verbs(served: Served) -> None:
    created = served.ask("POST", MACHINES, machine("m"))
    read = served.ask("GET", f"{MACHINES}/m")
    replaced = served.ask("PUT", f"{MACHINES}/m", {**read.body, "spec": {**read.body["spec"], "providerID": "x://1"}})
    patched = served.ask("PATCH", f"{MACHINES}/m", {"spec": {"version": "v1"}}, MERGE)
    status = served.ask("PATCH", f"{MACHINES}/m/status", {"status": {"phase": "Running"}}, MERGE)
    listed = served.ask("GET", MACHINES)
    deleted = served.ask("DELETE", f"{MACHINES}/m")
    gone = served.ask("GET", f"{MACHINES}/m")

    assert [reply.code for reply in (created, read, replaced, patched, status, listed, deleted, gone)] == [
        201, 200, 200, 200, 200, 200, 200, 404,
    ]  # fmt: skip
    assert (listed.body["kind"], listed.body["items"]) == ("MachineList", [status.body])
    assert (status.body["spec"]["providerID"], status.body["spec"]["version"]) == ("x://1", "v1")
    assert deleted.body["status"] == "Success"
    assert deleted.body["details"]["uid"] == created.body["metadata"]["uid"]
    assert gone.body["message"] == 'machines.cluster.x-k8s.io "m" not found'
    assert gone.body["details"] == {"name": "m", "group": "cluster.x-k8s.io", "kind": "machines"}


def test_server_side_apply_creates_updates_and_conflicts(served: Served) -> None:
    path = f"{MACHINES}/m?fieldManager="
    as_yaml = yaml.safe_dump(machine("m", version="v1")).encode()
    created = served.ask("PATCH", f"{path}lattice", as_yaml, APPLY)
    again = served.ask("PATCH", f"{path}lattice&fieldValidation=Strict", as_yaml, APPLY)
    conflict = served.ask("PATCH", f"{path}other", machine("m", version="v2"), APPLY)
    forced = served.ask("PATCH", f"{path}other&force=true", machine("m", version="v2"), APPLY)
    nobody = served.ask("PATCH", f"{MACHINES}/m", machine("m"), APPLY)

    assert [reply.code for reply in (created, again, conflict, forced, nobody)] == [201, 200, 409, 200, 422]
    assert again.body == created.body
    assert conflict.body["details"]["causes"][0]["field"] == ".spec.version"
    assert forced.body["spec"]["version"] == "v2"


def test_a_json_patch_is_applied_and_strategic_merge_is_for_core_kinds_only(served: Served) -> None:
    served.ask("POST", MACHINES, machine("m"))
    operations = [{"op": "replace", "path": "/spec/clusterName", "value": "other"}]
    patched = served.ask("PATCH", f"{MACHINES}/m", operations, "application/json-patch+json")
    strategic = "application/strategic-merge-patch+json"
    labels = {"metadata": {"labels": {"a": "b"}}}
    core = served.ask("PATCH", "/api/v1/namespaces/team-a", labels, strategic)
    custom = served.ask("PATCH", f"{MACHINES}/m", labels, strategic)

    assert (patched.code, patched.body["spec"]["clusterName"]) == (200, "other")
    assert (core.code, core.body["metadata"]["labels"]["a"]) == (200, "b")
    assert (custom.code, custom.body["reason"]) == (415, "UnsupportedMediaType")


def test_a_stale_put_conflicts_and_one_without_version_is_invalid(served: Served) -> None:
    first = served.ask("POST", MACHINES, machine("m")).body
    served.ask("PATCH", f"{MACHINES}/m", {"spec": {"version": "v1"}}, MERGE)
    stale = served.ask("PUT", f"{MACHINES}/m", {**first, "spec": {"version": "v2"}})
    blind = served.ask("PUT", f"{MACHINES}/m", machine("m", version="v2"))

    assert [(reply.code, reply.body["reason"]) for reply in (stale, blind)] == [(409, "Conflict"), (422, "Invalid")]


def test_a_deletion_waits_for_finalizers_and_says_so_with_the_object(served: Served) -> None:
    obj = machine("m")
    obj["metadata"]["finalizers"] = ["lattice.dev/hold"]
    served.ask("POST", MACHINES, obj)
    marked = served.ask("DELETE", f"{MACHINES}/m")
    released = served.ask("PATCH", f"{MACHINES}/m", {"metadata": {"finalizers": None}}, MERGE)
    gone = served.ask("GET", f"{MACHINES}/m")

    assert marked.body["kind"] == "Machine"
    assert "deletionTimestamp" in marked.body["metadata"]
    assert (released.code, gone.code) == (200, 404)


def test_delete_options_are_honoured(served: Served) -> None:
    uid = served.ask("POST", MACHINES, machine("m")).body["metadata"]["uid"]
    other = served.ask("DELETE", f"{MACHINES}/m", {"preconditions": {"uid": "another"}})
    odd = served.ask("DELETE", f"{MACHINES}/m?propagationPolicy=Sideways")
    dry = served.ask("DELETE", f"{MACHINES}/m?dryRun=All")
    right = served.ask("DELETE", f"{MACHINES}/m", {"preconditions": {"uid": uid}, "propagationPolicy": "Foreground"})

    assert [reply.code for reply in (other, odd, dry, right)] == [409, 422, 200, 200]
    assert served.run(lambda: served.store.find(MACHINE, "m", "team-a")) is None


def test_a_collection_is_deleted_by_selector(served: Served) -> None:
    for name, color in (("a", "red"), ("b", "blue"), ("c", "red")):
        obj = machine(name)
        obj["metadata"]["labels"] = {"color": color}
        served.ask("POST", MACHINES, obj)
    reply = served.ask("DELETE", f"{MACHINES}?labelSelector=color%3Dred")
    left = served.ask("GET", MACHINES).body["items"]

    assert (reply.code, [item["metadata"]["name"] for item in left]) == (200, ["b"])


def test_a_dry_run_leaves_no_trace(served: Served, tmp_path: Path) -> None:
    before = (tmp_path / "audit.jsonl").read_bytes()
    codes = [
        served.ask("POST", f"{MACHINES}?dryRun=All", machine("m")).code,
        served.ask("PATCH", f"{MACHINES}/m?dryRun=All&fieldManager=x", machine("m"), APPLY).code,
        served.ask("POST", f"{MACHINES}?dryRun=Some", machine("m")).code,
    ]

    assert codes == [201, 201, 422]
    assert served.ask("GET", MACHINES).body["items"] == []
    assert (tmp_path / "audit.jsonl").read_bytes() == before


def test_the_audit_log_names_who_wrote_over_the_wire(served: Served, tmp_path: Path) -> None:
    served.ask("POST", MACHINES, machine("by-hand"))
    served.ask("PATCH", f"{MACHINES}/applied?fieldManager=lattice", machine("applied"), APPLY)
    served.ask("DELETE", f"{MACHINES}/by-hand")
    lines = [line for line in read_audit(tmp_path / "audit.jsonl") if line["kind"] == "Machine"]

    assert [(line["what"], line["name"], line["actor"]) for line in lines] == [
        ("create", "by-hand", "tester"),
        ("create", "applied", "lattice"),
        ("delete", "by-hand", "tester"),
    ]


def test_pages_show_one_moment_and_an_old_token_expires(served: Served) -> None:
    for name in "abcde":
        served.ask("POST", MACHINES, machine(name))
    first = served.ask("GET", f"{MACHINES}?limit=2").body
    served.ask("DELETE", f"{MACHINES}/d")
    served.ask("POST", MACHINES, machine("bb"))
    token = first["metadata"]["continue"]
    second = served.ask("GET", f"{MACHINES}?limit=2&continue={token}").body
    last = served.ask("GET", f"{MACHINES}?limit=2&continue={second['metadata']['continue']}").body
    for _ in range(20):
        served.ask("GET", f"{MACHINES}?limit=1")
    expired = served.ask("GET", f"{MACHINES}?limit=2&continue={token}")
    names = [item["metadata"]["name"] for page in (first, second, last) for item in page["items"]]

    assert names == list("abcde")
    assert first["metadata"]["remainingItemCount"] == 3
    assert last["metadata"]["continue"] == ""
    assert {page["metadata"]["resourceVersion"] for page in (first, second, last)} == {
        first["metadata"]["resourceVersion"]
    }
    assert (expired.code, expired.body["reason"]) == (410, "Expired")


def test_versions_of_the_past_and_the_future_are_refused(served: Served) -> None:
    exact = served.ask("GET", f"{MACHINES}?resourceVersion=1&resourceVersionMatch=Exact")
    future = served.ask("GET", f"{MACHINES}?resourceVersion=999999999")
    nonsense = served.ask("GET", f"{MACHINES}?resourceVersion=None")

    assert [(reply.code, reply.body["reason"]) for reply in (exact, future, nonsense)] == [
        (410, "Expired"),
        (504, "Timeout"),
        (400, "BadRequest"),
    ]
    assert future.body["details"]["causes"][0]["reason"] == "ResourceVersionTooLarge"


def test_scale_reads_and_writes_replicas(served: Served) -> None:
    path = f"{TEAM}/machinedeployments"
    served.ask("POST", path, machine_deployment("md", 1))
    read = served.ask("GET", f"{path}/md/scale").body
    scaled = served.ask("PATCH", f"{path}/md/scale", {"spec": {"replicas": 3}}, MERGE)
    bad = served.ask("PATCH", f"{path}/md/scale", {"spec": {"replicas": -1}}, MERGE)

    assert (read["kind"], read["spec"]["replicas"]) == ("Scale", 1)
    assert (scaled.body["spec"]["replicas"], bad.code) == (3, 422)
    assert served.ask("GET", f"{path}/md").body["metadata"]["generation"] == 2


def test_discovery_lists_groups_versions_verbs_and_subresources(served: Served) -> None:
    groups = {group["name"] for group in served.ask("GET", "/apis").body["groups"]}
    resources = {
        resource["name"]: resource for resource in served.ask("GET", "/apis/cluster.x-k8s.io/v1beta2").body["resources"]
    }

    assert {"apps", "cluster.x-k8s.io", "apiextensions.k8s.io"} <= groups
    assert resources["machines"]["shortNames"] == ["ma"]
    assert resources["machines"]["categories"] == ["cluster-api"]
    assert {"list", "watch", "patch"} <= set(resources["machines"]["verbs"])
    assert resources["machines/status"]["verbs"] == ["get", "patch", "update"]
    assert resources["machinedeployments/scale"]["kind"] == "Scale"
    assert served.ask("GET", "/api").body["versions"] == ["v1"]
    assert served.ask("GET", "/apis/nowhere.io/v1").code == 404


@pytest.mark.parametrize(
    ("method", "path", "body", "code"),
    [
        ("GET", f"{MACHINES}/m/scale", None, 404),
        ("PUT", MACHINES, {}, 400),
        ("PUT", "/api/v1/namespaces", {}, 405),
        ("POST", MACHINES, b"not json", 400),
        ("POST", MACHINES, b"[1]", 400),
        ("POST", MACHINES, b'{"metadata": 1}', 400),
        pytest.param("POST", MACHINES, b"[" * 100_000, 400, id="deep list"),
        pytest.param("POST", MACHINES, b'{"a":' * 100_000, 400, id="deep object"),
        pytest.param("POST", MACHINES, b'{"a":' * 900 + b"1" + b"}" * 900, 400, id="deep but whole"),
        pytest.param("POST", MACHINES, b"a: " + b"[" * 100_000, 400, id="deep yaml"),
        pytest.param("POST", MACHINES, b"a: &a [1]\nb: *a\n", 400, id="yaml alias"),
        ("POST", MACHINES, b'{"metadata": {"name": "m", "namespace": "elsewhere"}}', 400),
        ("POST", MACHINES, b'{"apiVersion": "v1", "metadata": {"name": "m"}}', 400),
        pytest.param("POST", MACHINES, b" " * (4 * 1024 * 1024), 413, id="too long"),
    ],
)
def test_a_request_that_makes_no_sense_is_refused_with_a_status(
    served: Served, method: str, path: str, body: object, code: int
) -> None:
    reply = served.ask(method, path, body)

    assert (reply.code, reply.body["kind"], reply.body["code"]) == (code, "Status", code)


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/metrics",
        "/apis/cluster.x-k8s.io/v1beta1/machines",
        "/apis/cluster.x-k8s.io/v1beta2/machines/m",
        f"{MACHINES}/m/status/more",
    ],
)
def test_a_path_that_is_not_served_is_answered_in_plain_text(served: Served, path: str) -> None:
    reply = served.ask("GET", path)

    assert (reply.code, reply.body) == (404, {"text": "404 page not found\n"})


def test_an_overloaded_server_says_when_to_come_again(served: Served) -> None:
    served.run(lambda: served.server.overloaded(7, 1))
    refused = served.pool.request("GET", MACHINES)
    later = served.pool.request("GET", MACHINES)

    assert (refused.status, refused.headers["Retry-After"], later.status) == (429, "7", 200)


def test_a_user_without_roles_is_refused_and_told_what_he_lacks(served: Served) -> None:
    served.run(lambda: served.server.accept_token("viewer", "viewer", ("viewers",)))
    with served.pool_without_certificate() as viewer:
        refused = served.ask("GET", MACHINES, pool=viewer, Authorization="Bearer viewer")
        discovered = served.ask("GET", "/apis", pool=viewer, Authorization="Bearer viewer")

    assert (refused.code, discovered.code) == (403, 200)
    assert refused.body["message"] == (
        'machines.cluster.x-k8s.io is forbidden: User "viewer" cannot list resource "machines" in API group '
        '"cluster.x-k8s.io" in the namespace "team-a"'
    )


def test_unknown_fields_are_refused_warned_of_or_ignored_as_the_client_asks(served: Served) -> None:
    body = json.dumps(machine("m", colour="red"))
    asked = {
        mode: served.pool.request(
            "POST",
            f"{MACHINES}?dryRun=All&fieldValidation={mode}",
            body=body,
            headers={"Content-Type": "application/json"},
        )
        for mode in ("Strict", "Warn", "Ignore")
    }

    assert {mode: reply.status for mode, reply in asked.items()} == {"Strict": 400, "Warn": 201, "Ignore": 201}
    assert asked["Strict"].json()["message"] == (
        'Machine in version "v1beta2" cannot be handled as a Machine: '
        'strict decoding error: unknown field "spec.colour"'
    )
    assert asked["Warn"].headers["Warning"] == '299 - "unknown field \\"spec.colour\\""'
    assert "Warning" not in asked["Ignore"].headers
    assert all("colour" not in asked[mode].json()["spec"] for mode in ("Warn", "Ignore"))


def test_a_list_and_a_watch_come_as_tables_where_the_client_asks(served: Served) -> None:
    served.ask("POST", MACHINES, machine("m"))
    accept = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json"
    listed = served.ask("GET", MACHINES, Accept=accept).body
    watched = served.pool.request("GET", f"{MACHINES}?watch=1&timeoutSeconds=1", headers={"Accept": accept}).data
    event = json.loads(watched.splitlines()[0])

    assert (listed["kind"], listed["rows"][0]["cells"][:2]) == ("Table", ["m", "demo"])
    assert (event["type"], event["object"]["kind"]) == ("ADDED", "Table")
    assert event["object"]["rows"][0]["cells"] == listed["rows"][0]["cells"]


def test_stopping_ends_open_watches_quickly(tmp_path: Path) -> None:
    served = Served(tmp_path)
    with served.watching(f"{MACHINES}?watch=1") as events:
        served.ask("POST", MACHINES, machine("m"))
        assert next(events)["type"] == "ADDED"
        started = time.monotonic()
        served.run(served.server.stop)
        left = list(events)
        elapsed_s = time.monotonic() - started
    leaked = served.run(lambda: len(served.server._watches))
    served.close()

    assert (left, leaked) == ([], 0)
    assert elapsed_s < 10


def test_a_client_that_goes_away_leaves_no_watch_behind(served: Served) -> None:
    with served.watching(f"{MACHINES}?watch=1") as events:
        served.ask("POST", MACHINES, machine("m"))
        next(events)
    deadline = time.monotonic() + 60
    while served.run(lambda: len(served.server._watches)) and time.monotonic() < deadline:
        served.ask("GET", "/healthz")

    assert served.run(lambda: len(served.server._watches)) == 0


def test_a_port_that_is_taken_is_reported(served: Served) -> None:
    from lattice_tui.rehearsal.api.server import ApiServer

    second = ApiServer(served.store, served.authority, version=VERSION)
    with pytest.raises(OSError, match="address already in use"):
        served.run(lambda: second.start(served.server.port))


def test_items_of_built_in_kinds_do_not_repeat_their_kind(served: Served) -> None:
    namespaces = served.ask("GET", "/api/v1/namespaces").body
    names = served.run(lambda: [item["metadata"]["name"] for item in served.store.list(NAMESPACE)])

    assert (namespaces["kind"], [item["metadata"]["name"] for item in namespaces["items"]]) == ("NamespaceList", names)
    assert not any("kind" in item for item in namespaces["items"])
    assert json.dumps(namespaces)
