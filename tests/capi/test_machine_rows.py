"""The state of a Machine, decided by its conditions; foreign text made safe."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lattice_tui.capi.messages import plain_message
from lattice_tui.capi.objects import EventObject, MachineObject, NodeObject, ScaledObject
from lattice_tui.capi.rows import deployment_row, event_row, machine_row, node_row
from schemas.rows import MachineRow

_WAITS = "Waiting for Cluster control plane to be initialized"


def _machine(
    conditions: dict[str, tuple[str, str, str]] | None = None,
    *,
    spec: dict[str, Any] | None = None,
    status: dict[str, Any] | None = None,
    meta: dict[str, Any] | None = None,
) -> MachineRow:
    """A row from conditions `type: (status, reason, message)`, each with a time of its own."""
    listed = [
        {
            "type": type_,
            "status": truth,
            "reason": reason,
            "message": message,
            "lastTransitionTime": f"2026-01-01T00:00:0{n}Z",
        }
        for n, (type_, (truth, reason, message)) in enumerate((conditions or {}).items(), start=1)
    ]
    raw = {
        "metadata": {
            "name": "m",
            "uid": "u",
            "namespace": "n",
            "creationTimestamp": "2026-01-01T00:00:00Z",
            **(meta or {}),
        },
        "spec": spec or {},
        "status": {**({"conditions": listed} if listed else {}), **(status or {})},
    }
    return machine_row(msgspec.convert(raw, MachineObject))


_READY_BOOTSTRAP = {"BootstrapConfigReady": ("True", "Ready", "")}
_READY_INFRASTRUCTURE = {**_READY_BOOTSTRAP, "InfrastructureReady": ("True", "Ready", "")}


@pytest.mark.parametrize(
    ("row", "state", "message", "since"),
    [
        (_machine(), "pending", "", "2026-01-01T00:00:00Z"),
        (
            _machine({"BootstrapConfigReady": ("False", "NotReady", f"* DataSecretAvailable: {_WAITS}\n* X: y z")}),
            "pending",
            "no control plane answers yet",
            "2026-01-01T00:00:01Z",
        ),
        (
            _machine(
                {
                    **_READY_BOOTSTRAP,
                    "InfrastructureReady": ("False", "NotReady", "* ContainerProvisioned: Waiting for it"),
                }
            ),
            "creating",
            "Waiting for it",
            "2026-01-01T00:00:02Z",
        ),
        (
            _machine(
                {**_READY_BOOTSTRAP, "InfrastructureReady": ("False", "NotReady", "* BootstrapExecSucceeded: Waiting")}
            ),
            "starting",
            "BootstrapExecSucceeded: Waiting",
            "2026-01-01T00:00:02Z",
        ),
        (
            _machine(
                {**_READY_INFRASTRUCTURE, "NodeHealthy": ("Unknown", "InspectionFailed", "Waiting for a Node to exist")}
            ),
            "starting",
            "Waiting for a Node to exist",
            "2026-01-01T00:00:03Z",
        ),
        (
            _machine(
                {
                    **_READY_INFRASTRUCTURE,
                    "NodeHealthy": ("False", "NodeNotHealthy", "* Node.Ready: cni plugin not initialized"),
                },
                status={"nodeRef": {"name": "n1"}, "phase": "Running"},
            ),
            "joining",
            "no network add-on on its node yet",
            "2026-01-01T00:00:03Z",
        ),
        (
            _machine({"Ready": ("True", "Ready", "")}, status={"nodeRef": {"name": "n1"}}),
            "ready",
            "",
            "2026-01-01T00:00:01Z",
        ),
        (
            _machine({"Ready": ("True", "Ready", "")}, meta={"deletionTimestamp": "2026-01-02T00:00:00Z"}),
            "deleting",
            "",
            "2026-01-02T00:00:00Z",
        ),
        (
            _machine(
                {"Deleting": ("True", "DrainingNode", "Drain not completed yet (started at X):\n* Pod a: b")},
                meta={"deletionTimestamp": "2026-01-02T00:00:00Z"},
            ),
            "deleting",
            "Drain not completed yet (started at X): Pod a: b",
            "2026-01-01T00:00:01Z",
        ),
        (
            _machine(
                status={"deprecated": {"v1beta1": {"failureReason": "CreateError", "failureMessage": "no quota"}}}
            ),
            "failed",
            "no quota",
            "2026-01-01T00:00:00Z",
        ),
    ],
)
def test_conditions_decide_the_state(row: MachineRow, state: str, message: str, since: str) -> None:
    assert (row.state, row.message, row.since) == (state, message, since)


def test_running_is_not_ready() -> None:
    row = _machine({"Ready": ("Unknown", "ReadyUnknown", "")}, status={"phase": "Running", "nodeRef": {"name": "n1"}})

    assert (row.state, row.phase, row.ready) == ("joining", "Running", "Unknown")


def test_a_node_decides_and_the_phase_does_not() -> None:
    assert _machine(_READY_INFRASTRUCTURE, status={"phase": "Running"}).state == "starting"
    assert _machine(_READY_INFRASTRUCTURE, status={"phase": "Provisioned", "nodeRef": {"name": "n"}}).state == "joining"


def test_a_machine_that_was_moved_is_on_although_its_status_is_empty() -> None:
    row = _machine(spec={"providerID": "docker:////m"})

    assert row.state == "starting"


def test_old_conditions_are_never_read() -> None:
    old = {"deprecated": {"v1beta1": {"conditions": [{"type": "Ready", "status": "True"}]}}}

    row = _machine({"BootstrapConfigReady": ("False", "NotReady", "")}, status=old)

    assert (row.state, row.ready) == ("pending", "")


def test_the_internal_address_is_shown_first() -> None:
    addresses = [{"type": "Hostname", "address": "m"}, {"type": "ExternalIP", "address": "1.2.3.4"}]

    assert _machine(status={"addresses": addresses}).address == "1.2.3.4"
    assert (
        _machine(status={"addresses": [*addresses, {"type": "InternalIP", "address": "10.0.0.5"}]}).address
        == "10.0.0.5"
    )


def test_nulls_where_the_api_may_write_them_are_no_fault() -> None:
    row = _machine(
        status={"conditions": None, "addresses": None, "nodeRef": None, "phase": None},
        meta={"labels": None, "ownerReferences": None, "deletionTimestamp": None},
        spec={"providerID": None, "version": None},
    )

    assert row.state == "pending"


def test_escape_sequences_never_reach_a_row() -> None:
    evil = "\x1b]0;pwned\x07\u202egnp.exe\x9b31m"

    row = _machine(
        {"InfrastructureReady": ("False", evil, evil), **_READY_BOOTSTRAP},
        status={"phase": evil, "nodeRef": {"name": evil}, "addresses": [{"type": "InternalIP", "address": evil}]},
        meta={"name": evil, "labels": {"cluster.x-k8s.io/deployment-name": evil}},
        spec={"providerID": evil, "version": evil},
    )

    text = repr(row).encode("unicode_escape").decode()
    assert not any(bad in text for bad in ("\\x1b", "\\x07", "\\u202e", "\\x9b"))


@given(message=st.text())
def test_a_plain_message_is_one_short_printable_line(message: str) -> None:
    plain = plain_message(message)

    assert len(plain) <= 300
    assert "\n" not in plain
    assert "\x1b" not in plain
    assert bool(plain) or not message.strip().strip("* \n\t")


@pytest.mark.parametrize(
    ("message", "plain"),
    [
        ("", ""),
        ("Remote connection not established yet", "Remote connection not established yet"),
        (
            "* InfrastructureReady:\n  * VMProvisioned: WaitingForStartupTimeout",
            "VMProvisioned: WaitingForStartupTimeout",
        ),
        (
            "* InfrastructureReady:\n  * VMProvisioned: WaitingForBootstrapData",
            "no start-up instructions yet",
        ),
        ("* BootstrapExecSucceeded: NotSucceeded", "Kubernetes is setting itself up on it"),
        ("DockerMachine status.initialization.provisioned is false", "the machine is being made"),
        ("* NodeHealthy: * Node.Ready: cni plugin not initialized", "no network add-on on its node yet"),
        (
            "* NodeHealthy: Waiting for DevMachine to report spec.providerID",
            "Waiting for DevMachine to report spec.providerID",
        ),
        ("* Machine a:\n  * InfrastructureReady:\n    * X: Y", "Machine a: X: Y"),
        (
            "Scaling up from 1 to 3 replicas is blocked because:\n* waiting for etcd cluster to become healthy",
            "Scaling up from 1 to 3 replicas is blocked because: waiting for etcd cluster to become healthy",
        ),
        ("* OnlyHeading:", "OnlyHeading:"),
    ],
)
def test_the_first_line_that_says_something_is_kept(message: str, plain: str) -> None:
    assert plain_message(message) == plain


def test_a_blocked_pool_tells_the_template_that_is_missing() -> None:
    blocked = "Scaling up from 0 to 2 replicas is blocked because DockerMachineTemplate does not exist"
    raw = {
        "metadata": {"name": "demo-a", "uid": "u", "labels": {"cluster.x-k8s.io/cluster-name": "demo"}},
        "spec": {"replicas": 2},
        "status": {
            "conditions": [
                {
                    "type": "Available",
                    "status": "Unknown",
                    "reason": "WaitingForAvailableReplicasSet",
                    "message": "x y",
                },
                {"type": "MachinesReady", "status": "True", "reason": "NoReplicas", "message": ""},
                {"type": "ScalingUp", "status": "True", "reason": "ScalingUp", "message": blocked},
            ]
        },
    }

    row = deployment_row(msgspec.convert(raw, ScaledObject))

    assert (row.status, row.reason, row.message) == ("Unknown", "ScalingUp", blocked)
    assert (row.parent, row.desired, row.current) == ("Cluster/demo", 2, 0)


def test_a_node_belongs_to_the_cluster_it_cannot_name() -> None:
    raw = {"metadata": {"name": "n1", "uid": "u"}, "status": {"conditions": [{"type": "Ready", "status": "False"}]}}

    row = node_row(msgspec.convert(raw, NodeObject), "demo")

    assert (row.kind, row.parent, row.status) == ("Node", "Cluster/demo", "False")


def test_an_event_of_the_new_recorder_has_its_time_and_count_in_a_series() -> None:
    raw = {
        "metadata": {"name": "e", "uid": "u", "creationTimestamp": "2026-01-01T00:00:00Z"},
        "involvedObject": {"kind": "Machine", "name": "m"},
        "eventTime": "2026-01-01T00:00:01Z",
        "lastTimestamp": None,
        "series": {"count": 4, "lastObservedTime": "2026-01-01T00:00:09Z"},
        "type": "Warning",
        "reason": "Failed",
        "message": "it failed",
    }

    row = event_row(msgspec.convert(raw, EventObject))

    assert (row.at, row.count, row.type, row.kind) == ("2026-01-01T00:00:09Z", 4, "Warning", "Machine")
