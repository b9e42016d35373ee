"""The controllers against watch streams recorded from the real ones (../shared/recordings).

The projection under which they must agree:

- Machines were recorded with DevMachine (in memory), ours are DockerMachines: messages are not compared, nor are the
  infrastructure machine's own conditions; statuses, reasons and phases are.
- The recorded nodes are ready when they appear. Here they are not before the pod network is there, so NodeHealthy and
  NodeReady pass through False (NodeNotHealthy, NodeNotReady). What happens while they do is not compared.
- Each step of one condition must be in a recorded order of that condition, for an object in the same situation. Between
  conditions, what was before something in every recording must not be after it here.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from lattice_tui.rehearsal.api.kinds import (
    CLUSTER,
    KUBEADM_CONFIG,
    KUBEADM_CONTROL_PLANE,
    MACHINE,
    MACHINE_DEPLOYMENT,
    MACHINE_SET,
)
from tests.controllers.harness import NAME, NAMESPACE_NAME, USER, Scene, manifests, scene
from tests.shared import needs_shared, shared

JsonObject = dict[str, Any]
Step = tuple[str, str, str]  # condition type (or "phase"), status, reason
Stream = list[JsonObject]

NOT_HEALTHY_REASONS = ("NodeNotHealthy", "NodeNotReady")
BRINGS_UP = {
    "3cp-2w-create-then-delete": 110.0,
    "scale": 70.0,
    "rollout": 70.0,
    "delete-and-replace": 100.0,
}
"""Recordings in which a cluster comes up undisturbed, and until when (seconds)."""
SEEDS = (1, 2)
OWNERS = (CLUSTER, KUBEADM_CONTROL_PLANE, MACHINE_DEPLOYMENT, MACHINE_SET)

pytestmark = needs_shared


@pytest.fixture(scope="module")
def recorded() -> dict[str, list[tuple[float, JsonObject]]]:
    found = {}
    for file in sorted((shared() / "recordings").glob("*.jsonl")):
        lines = [json.loads(line) for line in file.read_text().splitlines()]
        found[file.stem.partition("inmemory-")[2]] = [
            (line["t"], {**line["object"], "_type": line["type"]}) for line in lines
        ]
    return found


@pytest.mark.parametrize("seed", SEEDS)
async def test_machines_pass_through_the_recorded_conditions_and_phases_as_they_come_up(
    tmp_path: Path, seed: int, recorded: dict[str, list[tuple[float, JsonObject]]]
) -> None:
    async with scene(tmp_path, seed=seed) as world:
        world.apply(*manifests(control_plane=3, pools={"workers": 2}))
        await world.cluster_up()
        known = _recorded_arrivals(recorded)
        for situation, streams in _situations(_ours(world, MACHINE.kind)).items():
            for stream in streams:
                _assert_known(_steps(stream), [_steps(other) for other in known[situation]], situation)


@pytest.mark.parametrize("seed", SEEDS)
async def test_machines_pass_through_the_recorded_conditions_and_phases_as_they_go(
    tmp_path: Path, seed: int, recorded: dict[str, list[tuple[float, JsonObject]]]
) -> None:
    async with scene(tmp_path, seed=seed) as world:
        world.apply(*manifests(control_plane=3, pools={"workers": 2}))
        await world.cluster_up()
        victims = [sorted(world.names("demo-workers"))[0], sorted(world.names() - world.names("demo-workers"))[0]]
        for name in victims:
            world.store.delete(MACHINE, name, NAMESPACE_NAME, actor=USER)
            await world.until(lambda name=name: world.find(MACHINE, name) is None, "it goes")  # type: ignore[misc]
            await world.settled()
        known: dict[bool, list[Stream]] = {True: [], False: []}
        for case in ("delete-and-replace", "rollout"):
            for stream in _streams(recorded[case], "Machine"):
                going = _going(stream)
                if going:
                    known[_is_control_plane(stream)].append(going)
        ours = {stream[0]["metadata"]["name"]: stream for stream in _ours(world, MACHINE.kind)}
        for name in victims:
            stream = _going(ours[name])
            others = [_steps(other) for other in known[_is_control_plane(stream)]]
            _assert_known(_steps(stream), others, f"deletion of {name}")


@pytest.mark.parametrize("seed", SEEDS)
async def test_owners_of_machines_pass_through_the_recorded_conditions(
    tmp_path: Path, seed: int, recorded: dict[str, list[tuple[float, JsonObject]]]
) -> None:
    async with scene(tmp_path, seed=seed) as world:
        world.apply(*manifests(control_plane=1, pools={"workers": 2}))
        await world.cluster_up()
        for kind in OWNERS:
            known = [
                _settled(_steps(stream))
                for case in ("scale", "rollout")
                for stream in _streams(_until(recorded[case], BRINGS_UP[case]), kind.kind)
            ]
            for stream in _ours(world, kind.kind):
                _assert_known(_settled(_steps(stream)), known, kind.kind, pairs=False)


@pytest.mark.parametrize("seed", SEEDS)
async def test_a_control_plane_of_three_makes_no_transition_that_was_never_recorded(
    tmp_path: Path, seed: int, recorded: dict[str, list[tuple[float, JsonObject]]]
) -> None:
    """How often etcd is seen unhealthy while members join is chance; what follows what is not."""
    async with scene(tmp_path, seed=seed) as world:
        world.apply(*manifests(control_plane=3, pools={"workers": 2}))
        await world.cluster_up()
        world.store.delete(CLUSTER, NAME, NAMESPACE_NAME, actor=USER)
        await world.until(lambda: world.find(CLUSTER, NAME) is None, "it goes")
        for kind in OWNERS:
            known: set[tuple[Step, Step]] = set()
            for lines in recorded.values():
                for stream in _streams(lines, kind.kind):
                    known |= _transitions(_settled(_steps(stream)))
            for stream in _ours(world, kind.kind):
                strange = _transitions(_settled(_steps(stream))) - known
                assert not strange, f"{kind.kind}: {sorted(strange)}"


async def test_events_have_the_recorded_reasons_and_words(
    tmp_path: Path, recorded: dict[str, list[tuple[float, JsonObject]]]
) -> None:
    async with scene(tmp_path) as world:
        world.apply(*manifests(control_plane=3, pools={"workers": 2}))
        await world.cluster_up()
        victim = sorted(world.names("demo-workers"))[0]
        world.store.delete(MACHINE, victim, NAMESPACE_NAME, actor=USER)
        await world.until(lambda: world.find(MACHINE, victim) is None, "it goes")
        await world.settled()
        world.store.delete(CLUSTER, NAME, NAMESPACE_NAME, actor=USER)
        await world.until(lambda: world.find(CLUSTER, NAME) is None, "it goes")
        ours = {_event(event) for event in world.events()}
        theirs = {_event(obj) for stream in recorded.values() for _, obj in stream if obj["kind"] == "Event"}
        assert ours <= theirs
        created = {(kind, reason) for kind, reason, *_ in ours}
        assert ("Cluster", "ControlPlaneInitialized") in created
        assert ("Machine", "SuccessfulSetNodeRef") in created
        assert ("KubeadmControlPlane", "ControlPlaneUnhealthy") in created


# -- streams -----------------------------------------------------------------------------------------------------------


def _until(lines: Iterable[tuple[float, JsonObject]], end_s: float) -> list[tuple[float, JsonObject]]:
    return [(at, obj) for at, obj in lines if at <= end_s]


def _streams(lines: Iterable[tuple[float, JsonObject]], kind: str) -> list[Stream]:
    """The changes of each object of a kind, by uid."""
    found: dict[str, Stream] = {}
    for _, obj in lines:
        if obj["kind"] == kind:
            found.setdefault(obj["metadata"]["uid"], []).append(obj)
    return list(found.values())


def _ours(world: Scene, kind: str) -> list[Stream]:
    return _streams([(at, {**change.object, "_type": change.type}) for at, change in world.changes], kind)


def _is_control_plane(stream: Stream) -> bool:
    return "cluster.x-k8s.io/control-plane" in stream[0]["metadata"]["labels"]


def _situations(streams: list[Stream]) -> dict[str, list[Stream]]:
    """Arriving Machines by what they are, each up to the moment it is available."""
    found: dict[str, list[Stream]] = {"first control plane": [], "later control plane": [], "worker": []}
    for stream in streams:
        arrival = _arrival(stream)
        if arrival and not _is_control_plane(stream):
            found["worker"].append(arrival)
        elif arrival:
            is_first = not found["first control plane"]
            found["first control plane" if is_first else "later control plane"].append(arrival)
    return found


def _arrival(stream: Stream) -> Stream:
    for index, obj in enumerate(stream):
        if _now(obj).get("Available") == ("True", "Available"):
            return stream[: index + 1]
    return []


def _going(stream: Stream) -> Stream:
    """The changes from the deletion on, with the last one before it as a start."""
    for index, obj in enumerate(stream):
        if obj["metadata"].get("deletionTimestamp"):
            return stream[max(0, index - 1) :]
    return []


def _recorded_arrivals(recorded: dict[str, list[tuple[float, JsonObject]]]) -> dict[str, list[Stream]]:
    """Workers that came up with their cluster, and every control-plane Machine."""
    found: dict[str, list[Stream]] = {}
    for case, end_s in BRINGS_UP.items():
        for situation, streams in _situations(_streams(_until(recorded[case], end_s), "Machine")).items():
            found.setdefault(situation, []).extend(streams)
    for situation, streams in _situations(_streams(recorded["scale"], "Machine")).items():
        if situation == "later control plane":
            found[situation].extend(streams)
    return found


# -- steps -------------------------------------------------------------------------------------------------------------


def _now(obj: JsonObject) -> dict[str, tuple[str, str]]:
    status = obj.get("status", {})
    state = {c["type"]: (c["status"], c["reason"]) for c in status.get("conditions", [])}
    if status.get("phase"):
        state["phase"] = (status["phase"], "")
    return state


def _steps(stream: Stream) -> list[list[Step]]:
    """What changed at each change of an object: groups of steps, without those taken while a node is not healthy."""
    groups: list[list[Step]] = []
    last: dict[str, tuple[str, str]] = {}
    for obj in stream:
        now = {type_: value for type_, value in _now(obj).items() if value[1] not in NOT_HEALTHY_REASONS}
        if _now(obj).get("NodeHealthy", ("", ""))[1] in NOT_HEALTHY_REASONS:
            now.pop("Ready", None)
        if obj["kind"] != "Machine" and _waits_for_network(obj):
            now = {type_: value for type_, value in now.items() if not type_.endswith("MachinesReady")}
        group = [(type_, *value) for type_, value in now.items() if last.get(type_) != value]
        last |= now
        if group:
            groups.append(group)
    return groups


def _waits_for_network(obj: JsonObject) -> bool:
    conditions = obj.get("status", {}).get("conditions", [])
    return any("cni plugin not initialized" in condition.get("message", "") for condition in conditions)


def _per_type(groups: list[list[Step]]) -> dict[str, list[Step]]:
    found: dict[str, list[Step]] = {}
    for group in groups:
        for step in group:
            found.setdefault(step[0], []).append(step)
    return found


def _settled(groups: list[list[Step]]) -> list[list[Step]]:
    """Without what an owner says of parts that have not reported yet: whether it is asked that early is chance."""
    seen: set[str] = set()
    kept = []
    for group in groups:
        kept.append([step for step in group if step[0] in seen or not step[2].endswith("Unknown")])
        seen |= {step[0] for step in kept[-1]}
    return kept


def _transitions(groups: list[list[Step]]) -> set[tuple[Step, Step]]:
    return {pair for steps in _per_type(groups).values() for pair in itertools.pairwise(steps)}


def _strictly_before(groups: list[list[Step]]) -> set[tuple[Step, Step]]:
    """Pairs of steps of which the first came in an earlier change."""
    first: dict[Step, int] = {}
    for index, group in enumerate(groups):
        for step in group:
            first.setdefault(step, index)
    return {(a, b) for a in first for b in first if first[a] < first[b]}


def _assert_known(ours: list[list[Step]], known: list[list[list[Step]]], situation: str, *, pairs: bool = True) -> None:
    assert known, f"nothing recorded for {situation}"
    for type_, steps in _per_type(ours).items():
        options = [_per_type(other).get(type_) for other in known]
        assert steps in options, f"{situation}, {type_}: {steps} is none of {_distinct(options)}"
    missing = set(_per_type(known[0])) - set(_per_type(ours))
    assert not missing, f"{situation}: {missing} never came"
    if pairs:
        common = set.intersection(*(_strictly_before(other) for other in known))
        wrong = {(a, b) for a, b in common if (b, a) in _strictly_before(ours) and not _of_the_node(a, b)}
        assert not wrong, f"{situation}: the other way round than in every recording: {sorted(wrong)}"


def _of_the_node(*steps: Step) -> bool:
    # A node that is ready late moves everything that waits for it.
    return any(step[0] in ("NodeHealthy", "NodeReady") and step[1] == "True" for step in steps)


def _distinct(options: Iterable[Any]) -> list[Any]:
    return list({json.dumps(option): option for option in options}.values())


def _event(event: JsonObject) -> tuple[str, str, str, str]:
    """Kind, reason, type and the message with all names out."""
    message = event["message"].partition("reconciliation: ")
    words = [word for word in message[0].split() if not any(letter.isdigit() or letter in '-/"' for letter in word)]
    text = " ".join(word for word in words if word not in ("demo", "mem"))
    if event["reason"] == "SuccessfulSetNodeRef":
        text = ""
    return event["involvedObject"]["kind"], event["reason"], event["type"], text


def test_the_recordings_hold_what_is_compared(recorded: dict[str, list[tuple[float, JsonObject]]]) -> None:
    arrivals = _recorded_arrivals(recorded)
    assert {situation: len(streams) for situation, streams in arrivals.items() if len(streams) < 4} == {}
    kinds = {obj["kind"] for _, obj in recorded["rollout"]}
    assert {KUBEADM_CONFIG.kind, MACHINE.kind, CLUSTER.kind} <= kinds
