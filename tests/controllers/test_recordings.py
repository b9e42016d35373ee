"""The controllers against watch streams recorded from the real ones (../shared/recordings): each run done again here.

The projection under which they must agree; `projection` says how infrastructure kinds and generated names are treated,
`replays` what the simulated machines are like there.

- A Machine's every condition and its phase: the same (status, reason, message) one after the other as a recorded
  Machine's of its role, arriving and going each. Recordings differ among each other in what is too short to be seen, so
  any recorded Machine of that role will do. What the control plane's controller says of pods and etcd (`GATES`) it
  finds out at a look every five seconds: one that falls elsewhere misses states between the first and the last.
- An owner's every condition: the same (status, reason) one after the other as in the same recording. But what sums up
  several Machines (`SEEN_BY_CHANCE`) shows a short state only to an owner that looks just then: of those the end must
  be the recording's and each transition a recorded one, or one that skips a state.
- Messages of what sums up other conditions: every line is a recorded line of that condition, whatever its numbers; an
  owner may here see a Machine in its last tenth of a second (`stage: DeletionCompleted`).
- Between conditions: what was a second or more before something else in every recording is not after it here.
- Counters: the same turning points until the object is deleted; a Cluster's, which are sums of sums, may have more.
- Events: the same words from the same controllers, repeated ones counted up.
- The infrastructure's own objects are not compared: Docker's containers here, in-memory machines there.
"""

from __future__ import annotations

import itertools
import re
from collections import Counter
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
from lattice_tui.rehearsal.controllers.control_plane_health import GATES
from tests.controllers.projection import (
    Line,
    State,
    before_and_after,
    by_role,
    by_type,
    counters,
    events,
    first_times,
    is_within,
    recorded_lines,
    states,
    steps,
    streams,
    transitions,
)
from tests.controllers.replays import SCRIPTS, ReplayScene, replay
from tests.shared import needs_shared, shared

JsonObject = dict[str, Any]

SPEED = 100.0
SEED = 3
OWNERS = (CLUSTER.kind, KUBEADM_CONTROL_PLANE.kind, MACHINE_DEPLOYMENT.kind, MACHINE_SET.kind)
SEEN_BY_CHANCE = {
    (KUBEADM_CONTROL_PLANE.kind, "EtcdClusterHealthy"),
    (KUBEADM_CONTROL_PLANE.kind, "ControlPlaneComponentsHealthy"),
    (KUBEADM_CONTROL_PLANE.kind, "MachinesReady"),
    (MACHINE_DEPLOYMENT.kind, "MachinesReady"),
    (MACHINE_SET.kind, "MachinesReady"),
    (CLUSTER.kind, "ControlPlaneMachinesReady"),
    (CLUSTER.kind, "WorkerMachinesReady"),
    (CLUSTER.kind, "WorkersAvailable"),
    (CLUSTER.kind, "ScalingUp"),
}
SUMS = {(MACHINE.kind, "Ready"), *SEEN_BY_CHANCE, (CLUSTER.kind, "Available"), (CLUSTER.kind, "ControlPlaneAvailable")}
"""Conditions whose messages are made of other conditions'."""

pytestmark = needs_shared

Recorded = dict[str, list[Line]]
Replayed = dict[str, ReplayScene]


@pytest.fixture(scope="module")
def recorded() -> Recorded:
    files = sorted((shared() / "recordings").glob("*.jsonl"))
    return {file.stem.partition("inmemory-")[2]: recorded_lines(file) for file in files}


@pytest.fixture(scope="module")
def replayed(tmp_path_factory: pytest.TempPathFactory) -> Replayed:
    """Each recording's run in the simulated world, once for all tests here."""
    return {case: replay(case, tmp_path_factory.mktemp("replay"), speed=SPEED, seed=SEED) for case in SCRIPTS}


@pytest.fixture(scope="module")
def ours(replayed: Replayed) -> Recorded:
    return {case: _lines(world) for case, world in replayed.items()}


def _lines(world: ReplayScene) -> list[Line]:
    speed = world.pace.speed
    return [{"t": at_s * speed, "type": change.type, "object": change.object} for at_s, change in world.changes]


def test_every_recording_is_replayed(recorded: Recorded) -> None:
    assert set(recorded) == set(SCRIPTS)


@pytest.mark.parametrize("case", SCRIPTS)
@pytest.mark.parametrize("kind", [MACHINE.kind, KUBEADM_CONFIG.kind, *OWNERS])
def test_as_many_objects_of_each_role_come_and_go_as_were_recorded(
    case: str, kind: str, recorded: Recorded, ours: Recorded
) -> None:
    for index in (0, 1):
        counts = [
            {
                role: sum(bool(before_and_after(stream)[index]) for stream in found)
                for role, found in by_role(lines[case], kind).items()
            }
            for lines in (ours, recorded)
        ]
        assert counts[0] == counts[1]


@pytest.mark.parametrize("case", SCRIPTS)
@pytest.mark.parametrize("going", [False, True], ids=["coming", "going"])
def test_each_condition_of_a_machine_passes_through_recorded_states_and_words(
    case: str, going: bool, recorded: Recorded, ours: Recorded
) -> None:
    for role, found in by_role(ours[case], MACHINE.kind).items():
        known = [
            _machine_part(stream, going=going)
            for lines in recorded.values()
            for stream in _of_role(by_role(lines, MACHINE.kind), role)
        ]
        for stream in found:
            for type_, passed in _machine_part(stream, going=going).items():
                options = [other[type_] for other in known if type_ in other]
                fits = any(is_within(passed, other) and passed[0] == other[0] for other in options)
                assert passed in options or (type_ in GATES and fits), (
                    f"{role}, {type_}: {_told(passed)}\nnone of\n{_all_told(options)}"
                )


@pytest.mark.parametrize("case", SCRIPTS)
@pytest.mark.parametrize("kind", [*OWNERS, KUBEADM_CONFIG.kind])
def test_each_condition_of_an_owner_passes_through_the_recorded_states(
    case: str, kind: str, recorded: Recorded, ours: Recorded
) -> None:
    everywhere: dict[str, set[tuple[State, State]]] = {}
    for lines in recorded.values():
        for stream in streams(lines, kind):
            for type_, passed in by_type(steps(stream), messages=False).items():
                everywhere.setdefault(type_, set()).update(transitions(passed))
    for role, found in by_role(ours[case], kind).items():
        known = [by_type(steps(stream), messages=False) for stream in by_role(recorded[case], kind)[role]]
        for stream in found:
            passes = by_type(steps(stream), messages=False)
            assert set(passes) in [set(other) for other in known]
            for type_, passed in passes.items():
                options = [other[type_] for other in known if type_ in other]
                if (kind, type_) in SEEN_BY_CHANCE:
                    assert passed[-1] in [other[-1] for other in options], f"{role}, {type_}: {_told(passed)}"
                    strange = transitions(passed) - _with_one_skipped(everywhere[type_])
                    assert not strange, f"{role}, {type_}: never recorded: {sorted(strange)}"
                else:
                    assert passed in options, f"{role}, {type_}: {_told(passed)}\nnone of\n{_all_told(options)}"


@pytest.mark.parametrize("kind", [MACHINE.kind, KUBEADM_CONFIG.kind, *OWNERS])
def test_every_line_of_every_message_was_recorded_for_that_condition(
    kind: str, recorded: Recorded, ours: Recorded
) -> None:
    def said(lines: Iterable[Line]) -> set[tuple[str, str]]:
        return {
            (type_, _without_numbers(line.strip()))
            for entry in lines
            if entry["object"]["kind"] == kind
            for type_, (_, _, message) in states(entry["object"]).items()
            for line in message.split("\n")
            if not line.endswith("stage: DeletionCompleted")
        }

    strange = said(itertools.chain(*ours.values())) - said(itertools.chain(*recorded.values()))
    assert not strange


@pytest.mark.parametrize("kind", [MACHINE.kind, *OWNERS])
def test_what_came_before_something_in_every_recording_does_not_come_after_it(
    kind: str, recorded: Recorded, ours: Recorded
) -> None:
    for role in {role for lines in recorded.values() for role in by_role(lines, kind)}:
        clearly: Counter[tuple[Any, Any]] = Counter()
        never: set[tuple[Any, Any]] = set()
        for lines in recorded.values():
            for stream in by_role(lines, kind).get(role, []):
                seen = _first_times(stream)
                clearly.update((a, b) for a in seen for b in seen if seen[a] <= seen[b] - 1)
                never.update((a, b) for a in seen for b in seen if seen[a] > seen[b] - 1)
        sure = {pair for pair, times in clearly.items() if times > 1 and pair not in never}
        assert sure or role == "demo-slow"
        for lines in ours.values():
            for stream in by_role(lines, kind).get(role, []):
                seen = _first_times(stream)
                wrong = [(a, b) for a, b in sure if a in seen and b in seen and seen[b] < seen[a]]
                assert not wrong, f"{kind}, {role}: {sorted(wrong)}"


@pytest.mark.parametrize("case", SCRIPTS)
@pytest.mark.parametrize("kind", OWNERS)
def test_counters_turn_at_the_recorded_numbers(case: str, kind: str, recorded: Recorded, ours: Recorded) -> None:
    for role, found in by_role(ours[case], kind).items():
        for stream, other in zip(found, by_role(recorded[case], kind)[role], strict=True):
            counted, known = (counters(before_and_after(lines)[0]) for lines in (stream, other))
            assert set(counted) == set(known)
            for name, numbers in counted.items():
                if kind == CLUSTER.kind:
                    assert is_within(known[name], numbers), f"{name}: {numbers}, recorded {known[name]}"
                else:
                    assert numbers == known[name], f"{role}, {name}"


@pytest.mark.parametrize("case", SCRIPTS)
def test_events_have_the_recorded_words_and_are_counted_up_where_they_repeat(
    case: str, recorded: Recorded, ours: Recorded
) -> None:
    known, told = events(recorded[case]), events(ours[case])
    anywhere = {key for lines in recorded.values() for key in events(lines)}
    by_chance = {key for key in anywhere if " reports " in key[3]}
    assert set(told) - by_chance == set(known) - by_chance
    assert set(told) <= anywhere
    for key in set(told) - by_chance:
        assert len(told[key]) == len(known[key]), key
        assert max(map(len, told[key])) > 1 or max(map(len, known[key])) == 1, f"never again: {key}"
        often, at_most = (sum(map(len, entries[key])) for entries in (told, known))
        assert often <= 1.5 * at_most + 1, f"told {often} times, recorded {at_most}: {key}"
        for counts in told[key]:
            assert counts == list(range(1, len(counts) + 1)), "one object, counted up"


@pytest.mark.parametrize("case", SCRIPTS)
def test_nothing_the_controllers_write_is_against_its_schema(case: str, replayed: Replayed) -> None:
    assert not replayed[case].store.mistakes.known


def test_what_is_stuck_says_nothing_for_a_minute(replayed: Replayed) -> None:
    before, after = replayed["stuck-infra"].quiet_changes
    assert before
    assert after == before


@pytest.mark.parametrize("kind", [MACHINE.kind, *OWNERS])
def test_speed_changes_how_long_a_run_takes_and_nothing_else(tmp_path: Path, kind: str) -> None:
    slow, fast = (_brought_up(tmp_path / str(speed), speed) for speed in (10.0, 100.0))
    slow, fast = ([line for line in lines if line["object"]["kind"] == kind] for lines in (slow, fast))
    assert [(line["type"], states(line["object"])) for line in slow] == [
        (line["type"], states(line["object"])) for line in fast
    ]
    for one, other in zip(slow, fast, strict=True):
        assert one["t"] == pytest.approx(other["t"], abs=0.001), "simulated seconds"


@pytest.mark.parametrize("case", SCRIPTS)
def test_machines_take_about_as_long_as_the_recorded_ones(case: str, recorded: Recorded, ours: Recorded) -> None:
    """From a Machine's first line to Running, and from its deletion to its end."""
    for role, found in by_role(ours[case], MACHINE.kind).items():
        known = by_role(recorded[case], MACHINE.kind)[role]
        for index in (0, 1):
            taken = [_taken_s(stream)[index] for stream in found]
            shortest, longest = (
                f([_taken_s(s)[index] for s in known if _taken_s(s)[index]] or [0]) for f in (min, max)
            )
            assert all(t == 0 or 0.5 * shortest <= t <= 1.7 * longest for t in taken), (role, taken, shortest, longest)


# -- parts -------------------------------------------------------------------------------------------------------------


_RUNS: dict[float, list[Line]] = {}


def _brought_up(folder: Path, speed: float) -> list[Line]:
    if speed not in _RUNS:
        folder.mkdir()
        _RUNS[speed] = _lines(replay("bring-up", folder, speed=speed, seed=SEED))
    return _RUNS[speed]


def _machine_part(stream: list[Line], *, going: bool) -> dict[str, list[State]]:
    """What each condition passes through while a Machine comes, or goes; a sum's without its message."""
    groups = steps(before_and_after(stream)[1 if going else 0])
    plain = by_type(groups, messages=False)
    return {
        type_: plain[type_] if (MACHINE.kind, type_) in SUMS else passed for type_, passed in by_type(groups).items()
    }


def _without_numbers(line: str) -> str:
    line = re.sub(r"MACHINE(?:, MACHINE)+", "MACHINE", line)
    return re.sub(r"\d+", "N", line.replace("Machines MACHINE", "Machine MACHINE"))


def _first_times(stream: list[Line]) -> dict[tuple[str, str, str], float]:
    kind = stream[0]["object"]["kind"]
    return {step: at_s for step, at_s in first_times(stream).items() if (kind, step[0]) not in SEEN_BY_CHANCE}


def _with_one_skipped(pairs: set[tuple[State, State]]) -> set[tuple[State, State]]:
    return pairs | {(a, d) for a, b in pairs for c, d in pairs if b == c and a != d}


def _of_role(found: dict[str, list[list[Line]]], role: str) -> list[list[Line]]:
    """Recorded Machines of a role; pools do not differ but for the one whose machines never start."""
    if role in ("control plane", "demo-slow"):
        return found.get(role, [])
    return [stream for name, others in found.items() if name != "control plane" for stream in others]


def _taken_s(stream: list[Line]) -> tuple[float, float]:
    coming, going = before_and_after(stream)
    running = next((line["t"] for line in coming if line["object"].get("status", {}).get("phase") == "Running"), None)
    ended = going[-1]["t"] - going[1]["t"] if going and going[-1]["type"] == "DELETED" else 0.0
    return (running - coming[0]["t"] if running is not None else 0.0), ended


def _told(passed: list[State]) -> str:
    return "\n  " + "\n  ".join(f"{status} {reason} {message!r}" for status, reason, message in passed)


def _all_told(options: list[list[State]]) -> str:
    return "\nor".join(dict.fromkeys(_told(option) for option in options))
