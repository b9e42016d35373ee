"""Conditions are summed up in Cluster API's words; the texts are from recorded objects."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from lattice_tui.rehearsal.controllers.conditions import (
    Outcome,
    Owned,
    aggregate,
    get_condition,
    set_condition,
    summary,
)

JsonObject = dict[str, Any]
READY = ("NotReady", "ReadyUnknown", "Ready")


def _object(**conditions: Outcome) -> JsonObject:
    obj: JsonObject = {"kind": "Machine", "metadata": {"name": "m", "generation": 3}}
    for type_, outcome in conditions.items():
        set_condition(obj, type_, outcome, "2026-01-01T00:00:00Z")
    return obj


def test_a_summary_lists_issues_then_unknowns_and_indents_what_is_a_list_itself() -> None:
    obj = _object(
        BootstrapConfigReady=Outcome("True", "Ready"),
        InfrastructureReady=Outcome("False", "NotReady", "* NodeProvisioned: WaitingForStartupTimeout"),
        NodeHealthy=Outcome("Unknown", "InspectionFailed", "Waiting for DevMachine to report spec.providerID"),
    )
    types = ("NodeHealthy", "BootstrapConfigReady", "InfrastructureReady")
    assert summary(obj, types, READY) == Outcome(
        "False",
        "NotReady",
        "* InfrastructureReady:\n  * NodeProvisioned: WaitingForStartupTimeout\n"
        "* NodeHealthy: Waiting for DevMachine to report spec.providerID",
    )


def test_a_summary_says_what_was_not_reported_and_falls_back_to_the_reason() -> None:
    obj = _object(VMProvisioned=Outcome("False", "WaitingForBootstrapData"))
    outcome = summary(obj, ("VMProvisioned", "NodeProvisioned"), READY)
    assert outcome.message == "* VMProvisioned: WaitingForBootstrapData\n* NodeProvisioned: Condition not yet reported"


def test_a_negative_condition_is_an_issue_when_it_is_true() -> None:
    obj = _object(Deleting=Outcome("True", "Deleting", "going"))
    assert summary(obj, ("Deleting",), READY, negative={"Deleting"}).status == "False"
    assert (
        summary(_object(Deleting=Outcome("False", "No")), ("Deleting",), READY, negative={"Deleting"}).status == "True"
    )


def test_equal_messages_of_many_objects_are_said_once() -> None:
    blocked = "Scaling up from 1 to 3 replicas is blocked because:\n* waiting for etcd cluster to become healthy"
    sources = [
        Owned("MachineDeployment", "mem-md-0", Outcome("True", "ScalingUp", "Scaling up from 0 to 2 replicas")),
        Owned("KubeadmControlPlane", "mem-cp", Outcome("True", "ScalingUp", blocked)),
    ]
    reasons = ("ScalingUp", "ScalingUpUnknown", "NotScalingUp")
    assert aggregate(sources, reasons, issue_status="True", good="False") == Outcome(
        "True",
        "ScalingUp",
        "* KubeadmControlPlane mem-cp:\n  * Scaling up from 1 to 3 replicas is blocked because:\n"
        "    * waiting for etcd cluster to become healthy\n"
        "* MachineDeployment mem-md-0: Scaling up from 0 to 2 replicas",
    )
    waiting = Outcome("Unknown", "NotYetReported", "Condition Ready not yet reported")
    both = [Owned("Machine", name, waiting) for name in ("b", "a")]
    assert aggregate(both, READY).message == "* Machines a, b: Condition Ready not yet reported"


def test_long_lists_are_cut() -> None:
    many = [Owned("Machine", f"m{n}", Outcome("False", "NotReady", "same")) for n in range(5)]
    assert aggregate(many, READY).message == "* Machines m0, m1, m2, ... (2 more): same"
    unlike = [Owned("Machine", f"m{n}", Outcome("False", "NotReady", f"text {n}")) for n in range(5)]
    assert aggregate(unlike, READY).message.endswith("\nAnd 2 Machines with other issues")


@given(st.lists(st.sampled_from(["True", "False", "Unknown"]), max_size=6))
def test_the_worst_status_wins(statuses: list[str]) -> None:
    outcome = aggregate([Owned("Machine", str(n), Outcome(s, "R", s)) for n, s in enumerate(statuses)], READY)
    worst = "False" if "False" in statuses else "Unknown" if "Unknown" in statuses else "True"
    assert outcome.status == worst


def test_the_transition_time_moves_only_when_something_is_said_anew() -> None:
    obj = _object(Ready=Outcome("True", "Ready"))
    set_condition(obj, "Ready", Outcome("True", "Ready"), "2027-01-01T00:00:00Z")
    assert obj["status"]["conditions"][0]["lastTransitionTime"] == "2026-01-01T00:00:00Z"
    set_condition(obj, "Ready", Outcome("False", "NotReady"), "2027-01-01T00:00:00Z")
    assert obj["status"]["conditions"][0]["lastTransitionTime"] == "2027-01-01T00:00:00Z"
    assert get_condition(obj, "Ready") == Outcome("False", "NotReady")
