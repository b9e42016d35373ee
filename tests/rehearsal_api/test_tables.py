"""Tables as `kubectl get` receives them: columns, cells, ages, and what each row carries."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from lattice_tui.rehearsal.api.elapsed import age, human
from lattice_tui.rehearsal.api.kinds import (
    CLUSTER_ROLE,
    CORE_KINDS,
    CRD,
    CRON_JOB,
    DAEMON_SET,
    DEPLOYMENT,
    EVENT,
    JOB,
    MACHINE,
    NODE,
    POD,
    REPLICA_SET,
    SECRET,
    SERVICE,
    STATEFUL_SET,
    STORAGE_CLASS,
    Kind,
)
from lattice_tui.rehearsal.api.known import known_versions
from lattice_tui.rehearsal.api.known.printing.layouts import LAYOUTS
from lattice_tui.rehearsal.api.served import Column, ServedVersion
from lattice_tui.rehearsal.api.table import table, table_accepted, table_version, typed_cell

JsonObject = dict[str, Any]

NOW = datetime(2026, 3, 1, 12, 0, 0, tzinfo=UTC)
BORN = {"creationTimestamp": "2026-03-01T11:55:00Z"}
KUBECTL = (
    "application/json;as=Table;v=v1;g=meta.k8s.io,application/json;as=Table;v=v1beta1;g=meta.k8s.io,application/json"
)


def rows(kind: Kind, *objects: JsonObject, **options: Any) -> list[JsonObject]:
    answer = table(kind, known_versions(kind)[0], objects, now=NOW, **options)
    for row in answer["rows"]:
        assert len(row["cells"]) == len(answer["columnDefinitions"])
    found: list[JsonObject] = answer["rows"]
    return found


def cells(kind: Kind, obj: JsonObject) -> dict[str, Any]:
    """The cells of one object by column name."""
    answer = table(kind, known_versions(kind)[0], [obj], now=NOW)
    return dict(zip((one["name"] for one in answer["columnDefinitions"]), answer["rows"][0]["cells"], strict=True))


def pod(status: JsonObject, **spec: Any) -> JsonObject:
    return {
        "metadata": {"name": "web", **BORN},
        "spec": {"containers": [{"name": "a", "image": "web:1"}], **spec},
        "status": status,
    }


def container(state: JsonObject, **rest: Any) -> JsonObject:
    return {"name": "a", "restartCount": 0, "ready": "running" in state, "state": state, **rest}


@pytest.mark.parametrize(
    ("header", "version"),
    [
        (KUBECTL, "v1"),
        ("application/json;as=Table;v=v1beta1;g=meta.k8s.io", "v1beta1"),
        ("application/json; as=Table; v=v1; g=meta.k8s.io", "v1"),
        ("application/json", ""),
        ("application/json,application/json;as=Table;v=v1;g=meta.k8s.io", ""),
        ("application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io", ""),
        ("application/json;as=Table;v=v2;g=meta.k8s.io", ""),
        ("", ""),
    ],
)
def test_a_table_is_what_the_client_prefers(header: str, version: str) -> None:
    assert table_version(header) == version
    assert table_accepted(header) == bool(version)


def test_a_table_tells_where_the_list_stands() -> None:
    answer = table(MACHINE, known_versions(MACHINE)[0], [], resource_version="7", continue_token="next", now=NOW)

    assert (answer["kind"], answer["apiVersion"]) == ("Table", "meta.k8s.io/v1")
    assert answer["metadata"] == {"resourceVersion": "7", "continue": "next"}
    assert answer["rows"] == []


def test_later_events_of_a_watch_repeat_no_headers() -> None:
    assert table(POD, known_versions(POD)[0], [], now=NOW, headers=False)["columnDefinitions"] == []


@pytest.mark.parametrize(
    ("include", "carried"),
    [
        ("", {"kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1", "metadata": {"name": "s", **BORN}}),
        (
            "Metadata",
            {"kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1", "metadata": {"name": "s", **BORN}},
        ),
        ("Object", {"metadata": {"name": "s", **BORN}, "data": {"password": "x"}}),
        ("None", None),
    ],
)
def test_a_row_carries_what_was_asked_for(include: str, carried: JsonObject | None) -> None:
    (row,) = rows(SECRET, {"metadata": {"name": "s", **BORN}, "data": {"password": "x"}}, include_object=include)

    assert row["object"] == carried


def test_the_cells_of_a_secret_count_its_values_and_show_none() -> None:
    (row,) = rows(SECRET, {"metadata": {"name": "s", **BORN}, "type": "Opaque", "data": {"a": "YQ==", "b": "Yg=="}})

    assert row["cells"] == ["s", "Opaque", 2, "5m"]


@pytest.mark.parametrize(
    ("obj", "shown"),
    [
        (pod({"phase": "Pending"}), ("0/1", "Pending", "0")),
        (pod({"phase": "Running", "containerStatuses": [container({"running": {}})]}), ("1/1", "Running", "0")),
        (
            pod(
                {
                    "phase": "Running",
                    "containerStatuses": [
                        container(
                            {"waiting": {"reason": "CrashLoopBackOff"}},
                            restartCount=4,
                            lastState={"terminated": {"finishedAt": "2026-03-01T11:59:30Z"}},
                        )
                    ],
                }
            ),
            ("0/1", "CrashLoopBackOff", "4 (30s ago)"),
        ),
        (
            pod(
                {
                    "phase": "Succeeded",
                    "containerStatuses": [container({"terminated": {"exitCode": 0, "reason": "Completed"}})],
                }
            ),
            ("0/1", "Completed", "0"),
        ),
        (
            pod({"phase": "Failed", "containerStatuses": [container({"terminated": {"exitCode": 2}})]}),
            ("0/1", "ExitCode:2", "0"),
        ),
        (pod({"phase": "Failed", "reason": "Evicted"}), ("0/1", "Evicted", "0")),
        (
            pod(
                {
                    "phase": "Pending",
                    "initContainerStatuses": [
                        container({"terminated": {"exitCode": 0}}),
                        container({"waiting": {"reason": "PodInitializing"}}, restartCount=2),
                    ],
                },
                initContainers=[{"name": "i1"}, {"name": "i2"}],
            ),
            ("0/1", "Init:1/2", "2"),
        ),
        (
            pod(
                {"phase": "Pending", "initContainerStatuses": [container({"terminated": {"exitCode": 3}})]},
                initContainers=[{"name": "i1"}],
            ),
            ("0/1", "Init:ExitCode:3", "0"),
        ),
    ],
)
def test_a_pod_shows_what_its_containers_do(obj: JsonObject, shown: tuple[str, str, str]) -> None:
    found = cells(POD, obj)

    assert (found["Ready"], found["Status"], found["Restarts"]) == shown


def test_a_pod_that_goes_is_terminating_and_a_finished_one_says_so_beside_its_cells() -> None:
    going = pod({"phase": "Running"})
    going["metadata"]["deletionTimestamp"] = "2026-03-01T11:59:00Z"
    (row,) = rows(POD, pod({"phase": "Succeeded"}))

    assert cells(POD, going)["Status"] == "Terminating"
    assert [(one["type"], one["reason"]) for one in row["conditions"]] == [("Completed", "Succeeded")]


def test_a_node_shows_its_state_its_roles_and_its_addresses() -> None:
    node = {
        "metadata": {"name": "n", "labels": {"node-role.kubernetes.io/control-plane": ""}, **BORN},
        "spec": {"unschedulable": True},
        "status": {
            "conditions": [{"type": "Ready", "status": "False"}],
            "addresses": [{"type": "InternalIP", "address": "10.0.0.1"}],
            "nodeInfo": {"kubeletVersion": "v1.35.4"},
        },
    }

    assert cells(NODE, node) == {
        "Name": "n",
        "Status": "NotReady,SchedulingDisabled",
        "Roles": "control-plane",
        "Age": "5m",
        "Version": "v1.35.4",
        "Internal-IP": "10.0.0.1",
        "External-IP": "<none>",
        "OS-Image": "<unknown>",
        "Kernel-Version": "<unknown>",
        "Container-Runtime": "<unknown>",
    }


def test_a_deployment_counts_its_pods() -> None:
    deployment = {
        "metadata": {"name": "d", **BORN},
        "spec": {
            "replicas": 3,
            "selector": {
                "matchLabels": {"app": "d"},
                "matchExpressions": [{"key": "tier", "operator": "In", "values": ["b", "a"]}],
            },
            "template": {"spec": {"containers": [{"name": "a", "image": "x:1"}, {"name": "b", "image": "y"}]}},
        },
        "status": {"readyReplicas": 1, "updatedReplicas": 2, "availableReplicas": 1},
    }

    (row,) = rows(DEPLOYMENT, deployment)
    assert row["cells"] == ["d", "1/3", 2, 1, "5m", "a,b", "x:1,y", "app=d,tier in (a,b)"]


TEMPLATE = {"spec": {"nodeSelector": {"os": "linux"}, "containers": [{"name": "a", "image": "x:1"}]}}
WORKLOAD = {"replicas": 4, "schedule": "* * * * *", "selector": {"matchLabels": {"app": "w"}}, "template": TEMPLATE}


@pytest.mark.parametrize(
    ("kind", "status", "shown"),
    [
        (REPLICA_SET, {"replicas": 3, "readyReplicas": 2}, ["w", 4, 3, 2, "5m", "a", "x:1", "app=w"]),
        (STATEFUL_SET, {"replicas": 3, "readyReplicas": 2}, ["w", "2/4", "5m", "a", "x:1"]),
        (
            DAEMON_SET,
            {
                "desiredNumberScheduled": 5,
                "currentNumberScheduled": 4,
                "numberReady": 3,
                "updatedNumberScheduled": 2,
                "numberAvailable": 1,
            },
            ["w", 5, 4, 3, 2, 1, "os=linux", "5m", "a", "x:1", "app=w"],
        ),
        (
            CRON_JOB,
            {"active": [{}], "lastScheduleTime": "2026-03-01T11:59:00Z"},
            ["w", "* * * * *", "<none>", "<unset>", 1, "60s", "5m", "", "", "<none>"],
        ),
    ],
    ids=lambda value: value.kind if isinstance(value, Kind) else "",
)
def test_what_keeps_pods_counts_them(kind: Kind, status: JsonObject, shown: list[Any]) -> None:
    (row,) = rows(kind, {"metadata": {"name": "w", **BORN}, "spec": WORKLOAD, "status": status})

    assert row["cells"] == shown


@pytest.mark.parametrize(
    ("spec", "ingress", "outside"),
    [
        ({"type": "ClusterIP"}, [], "<none>"),
        ({"type": "LoadBalancer"}, [], "<pending>"),
        ({"type": "LoadBalancer", "externalIPs": ["9.9.9.9"]}, [{"ip": "5.5.5.5"}], "5.5.5.5,9.9.9.9"),
        ({"type": "ExternalName", "externalName": "x.example.com"}, [], "x.example.com"),
    ],
)
def test_a_service_shows_from_where_it_is_reached(spec: JsonObject, ingress: list[JsonObject], outside: str) -> None:
    service = {
        "metadata": {"name": "s", **BORN},
        "spec": {"ports": [{"port": 80, "protocol": "TCP", "nodePort": 30080}], **spec},
        "status": {"loadBalancer": {"ingress": ingress}},
    }

    found = cells(SERVICE, service)
    assert (found["External-IP"], found["Port(s)"]) == (outside, "80:30080/TCP")


def test_an_event_is_named_last_and_shows_when_it_was_seen() -> None:
    event = {
        "metadata": {"name": "e", **BORN},
        "involvedObject": {"kind": "Machine", "name": "m"},
        "reason": "SuccessfulCreate",
        "message": " made \n",
        "type": "Normal",
        "count": 2,
        "firstTimestamp": "2026-03-01T11:00:00Z",
        "lastTimestamp": "2026-03-01T11:59:00Z",
        "source": {"component": "capi"},
    }

    (row,) = rows(EVENT, event)
    assert row["cells"] == ["60s", "Normal", "SuccessfulCreate", "machine/m", "", "capi", "made", "60m", 2, "e"]


def test_the_default_storage_class_says_so() -> None:
    annotated = {"storageclass.kubernetes.io/is-default-class": "true"}

    (row,) = rows(STORAGE_CLASS, {"metadata": {"name": "std", "annotations": annotated, **BORN}, "provisioner": "p"})
    assert row["cells"] == ["std (default)", "p", "Delete", "Immediate", False, "5m"]


def test_a_job_shows_how_long_it_has_run() -> None:
    job = {
        "metadata": {"name": "j", **BORN},
        "spec": {"completions": 2},
        "status": {"startTime": "2026-03-01T11:58:00Z"},
    }

    (row,) = rows(JOB, job)
    assert row["cells"][:4] == ["j", "Running", "0/2", "2m"]


@pytest.mark.parametrize("kind", [CLUSTER_ROLE, CRD], ids=lambda kind: kind.kind)
def test_kinds_about_which_nothing_is_computed_show_when_they_were_made(kind: Kind) -> None:
    (row,) = rows(kind, {"metadata": {"name": "n", **BORN}})

    assert row["cells"] == ["n", BORN["creationTimestamp"]]


def test_a_machine_shows_its_columns_by_their_paths() -> None:
    machine = {
        "metadata": {"name": "m", **BORN},
        "spec": {"clusterName": "demo", "version": "v1.35.4", "providerID": "docker:////m"},
        "status": {"phase": "Running", "nodeRef": {"name": "n"}, "conditions": [{"type": "Ready", "status": "True"}]},
    }

    found = cells(MACHINE, machine)
    assert (found["Cluster"], found["Node Name"], found["Ready"]) == ("demo", "n", "True")
    assert (found["Phase"], found["Age"], found["Version"], found["Available"]) == ("Running", "5m", "v1.35.4", None)


def test_a_kind_without_columns_shows_its_age() -> None:
    kind = Kind("example.com", "v1", "Thing", "things", True, False)
    answer = table(kind, ServedVersion("v1", {}), [{"metadata": {"name": "t", **BORN}}], now=NOW)

    assert [(one["name"], one["type"], one["format"]) for one in answer["columnDefinitions"]] == [
        ("Name", "string", "name"),
        ("Age", "date", ""),
    ]
    assert answer["rows"][0]["cells"] == ["t", "5m"]


def test_a_column_without_words_names_its_path() -> None:
    kind = Kind("example.com", "v1", "Thing", "things", True, False)
    version = ServedVersion("v1", {}, (Column("Size", "integer", ".spec.size"), Column("Bad", "string", ".spec[")))
    answer = table(kind, version, [{"metadata": {"name": "t"}, "spec": {"size": 3}}], now=NOW)

    told = "Custom resource definition column (in JSONPath format): .spec.size"
    assert answer["columnDefinitions"][1]["description"] == told
    assert answer["rows"][0]["cells"] == ["t", 3, None]


@pytest.mark.parametrize(
    ("column_type", "value", "cell"),
    [
        ("string", "a", "a"),
        ("string", True, "true"),
        ("string", 3, "3"),
        ("string", 2.7, "2.7"),
        ("string", ["a", "b"], '["a","b"]'),
        ("string", {"z": 1, "a": "x<y"}, '{"a":"x\\u003cy","z":1}'),
        ("string", None, "<no value>"),
        ("integer", 2.7, 2),
        ("integer", "3", None),
        ("integer", None, None),
        ("number", 3, 3.0),
        ("boolean", True, True),
        ("boolean", "true", None),
        ("date", "2026-03-01T11:59:00Z", "60s"),
        ("date", "yesterday", "<invalid>"),
        ("date", 3, None),
    ],
)
def test_a_cell_has_the_type_of_its_column(column_type: str, value: Any, cell: Any) -> None:
    shown = typed_cell(column_type, value, NOW)

    assert (shown, type(shown)) == (cell, type(cell))


@pytest.mark.parametrize(
    ("seconds", "written"),
    [
        (-5, "<invalid>"),
        (-1, "0s"),
        (0, "0s"),
        (119, "119s"),
        (120, "2m"),
        (200, "3m20s"),
        (600, "10m"),
        (3 * 3600 - 1, "179m"),
        (3 * 3600, "3h"),
        (7 * 3600 + 600, "7h10m"),
        (8 * 3600 + 600, "8h"),
        (47 * 3600, "47h"),
        (48 * 3600, "2d"),
        (50 * 3600, "2d2h"),
        (9 * 86400, "9d"),
        (730 * 86400, "2y"),
        (740 * 86400, "2y10d"),
        (9 * 365 * 86400, "9y"),
    ],
)
def test_an_age_has_two_or_three_figures(seconds: int, written: str) -> None:
    assert human(timedelta(seconds=seconds)) == written


def test_what_was_never_made_has_an_unknown_age() -> None:
    assert age(None, NOW) == "<unknown>"


def test_every_built_in_kind_has_a_layout_and_fills_every_column_of_an_empty_object() -> None:
    assert {kind.key for kind in CORE_KINDS} == set(LAYOUTS)
    for kind in CORE_KINDS:
        (row,) = rows(kind, {"metadata": {"name": "bare", **BORN}})
        assert any(str(cell).startswith("bare") for cell in row["cells"])
