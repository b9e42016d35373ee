"""What of an object's changes is compared between a recording and the simulation: steps, by role. The words say how.

- Infrastructure: the recordings run DevCluster and DevMachine, we DockerCluster and DockerMachine. Kinds are renamed
  (`Dev...` to `Docker...`, `in-memory://` to `docker:////`), and what an infrastructure machine says of its own inside
  (VMProvisioned, NodeProvisioned ... there; ContainerProvisioned, BootstrapExecSucceeded here) is one word, `INSIDE`.
- Names: a generated name is its role (`MACHINE`, `SET`), cluster and namespace are the same word everywhere.
- A step is a change of (status, reason, message) of one condition; the order of list items in a message that only
  follows from generated names is not compared.
"""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

JsonObject = dict[str, Any]
Line = JsonObject  # t (s), type, object
State = tuple[str, str, str]  # status, reason, message

_SUFFIX = "[bcdfghjklmnpqrstvwxz2456789]{5}"
_MACHINE = re.compile(rf"\b(?:demo|mem)-(?:cp-{_SUFFIX}|(?:md-0|slow)-{_SUFFIX}-{_SUFFIX})\b")
_SET = re.compile(rf"\b((?:demo|mem)-(?:md-0|slow))-{_SUFFIX}\b")
_INSIDE = re.compile(
    r"\* (?:VMProvisioned|NodeProvisioned|EtcdProvisioned|APIServerProvisioned"
    r"|ContainerProvisioned|BootstrapExecSucceeded): .*"
)
_INFRA_KINDS = re.compile(r"\bDev(Machine|Cluster)")


def recorded_lines(file: Path) -> list[Line]:
    """A recording, line by line."""
    return [json.loads(line) for line in file.read_text().splitlines()]


def words(text: str) -> str:
    """A message under the projection."""
    text = text.replace("in-memory://", "docker:////")
    text = re.sub(r"\b(?:rec|team-[a-z]|capi-demo)/", "NS/", text)
    text = _INFRA_KINDS.sub(r"Docker\1", text)
    text = _MACHINE.sub("MACHINE", text)
    text = _SET.sub(r"\1-SET", text)
    text = re.sub(r"\bmem\b", "demo", text)
    lines: list[str] = []
    for line in text.split("\n"):
        indented = len(line) - len(line.lstrip())
        shown = " " * indented + "INSIDE" if _INSIDE.fullmatch(line.strip()) else line
        if shown.strip() != "INSIDE" or not lines or lines[-1] != shown:
            lines.append(shown)
    return "\n".join(lines)


def streams(lines: Iterable[Line], kind: str) -> list[list[Line]]:
    """The changes of each object of a kind, by uid, in the order in which the objects appeared."""
    found: dict[str, list[Line]] = {}
    for line in lines:
        if line["object"]["kind"] == kind:
            found.setdefault(line["object"]["metadata"]["uid"], []).append(line)
    return list(found.values())


def states(obj: JsonObject) -> dict[str, State]:
    """Every condition of an object, and its phase."""
    status = obj.get("status", {})
    found = {c["type"]: (c["status"], c["reason"], words(c.get("message", ""))) for c in status.get("conditions", [])}
    if status.get("phase"):
        found["phase"] = (status["phase"], "", "")
    return found


def steps(stream: list[Line]) -> list[dict[str, State]]:
    """What changed at each change of an object."""
    last: dict[str, State] = {}
    groups = []
    for line in stream:
        now = states(line["object"])
        group = {type_: state for type_, state in now.items() if last.get(type_) != state}
        last = now
        if group:
            groups.append(group)
    return groups


def by_type(groups: list[dict[str, State]], *, messages: bool = True) -> dict[str, list[State]]:
    """The states each condition went through."""
    found: dict[str, list[State]] = {}
    for group in groups:
        for type_, state in group.items():
            chosen = state if messages else (state[0], state[1], "")
            known = found.setdefault(type_, [])
            if not known or known[-1] != chosen:
                known.append(chosen)
    return found


def transitions(states_of_one_type: list[State]) -> set[tuple[State, State]]:
    """What followed what."""
    return set(itertools.pairwise(states_of_one_type))


def before_and_after(stream: list[Line]) -> tuple[list[Line], list[Line]]:
    """An object's changes until it was asked to go, and those from then on with the last one before as their start."""
    for index, line in enumerate(stream):
        if line["object"]["metadata"].get("deletionTimestamp"):
            return stream[:index], stream[max(0, index - 1) :]
    return stream, []


def role(obj: JsonObject) -> str:
    """What an object is in its cluster, whatever it is called."""
    name = str(obj["metadata"]["name"]).replace("mem", "demo", 1)
    if obj["kind"] == "MachineSet":
        return name.rpartition("-")[0]
    if obj["kind"] in ("Machine", "KubeadmConfig"):
        return "control plane" if "-cp-" in name else name.rsplit("-", 2)[0]
    return name


def by_role(lines: Iterable[Line], kind: str) -> dict[str, list[list[Line]]]:
    """The streams of a kind by role, in order of appearance."""
    found: dict[str, list[list[Line]]] = {}
    for stream in streams(lines, kind):
        found.setdefault(role(stream[0]["object"]), []).append(stream)
    return found


def turning_points(numbers: Iterable[int]) -> list[int]:
    """Where a counter began, turned and ended; what is between two turns is passed more or less quickly by chance."""
    kept: list[int] = []
    for number in numbers:
        if kept and kept[-1] == number:
            continue
        if len(kept) > 1 and (kept[-2] < kept[-1]) == (kept[-1] < number):
            kept.pop()
        kept.append(number)
    return kept


def counters(stream: list[Line]) -> dict[str, list[int]]:
    """The turning points of each counter of an object (a Cluster's: of its control plane and of its workers)."""
    found: dict[str, list[int]] = {}
    for line in stream:
        status = line["object"].get("status", {})
        groups = {"": status, "controlPlane.": status.get("controlPlane", {}), "workers.": status.get("workers", {})}
        for prefix, group in groups.items():
            for name, number in group.items():
                if name.lower().endswith("replicas"):
                    found.setdefault(prefix + name, []).append(number)
    return {name: turning_points([0, *numbers]) for name, numbers in found.items()}


def first_times(stream: list[Line]) -> dict[tuple[str, str, str], float]:
    """When each (type, status, reason) of an object was told first, in seconds."""
    found: dict[tuple[str, str, str], float] = {}
    for line in stream:
        for type_, state in states(line["object"]).items():
            found.setdefault((type_, state[0], state[1]), line["t"])
    return found


def is_within(shorter: Sequence[Any], longer: Sequence[Any]) -> bool:
    """Whether all of `shorter` is in `longer` in that order, and both end alike."""
    rest = iter(longer)
    return shorter[-1] == longer[-1] and all(number in rest for number in shorter)


def event_words(event: JsonObject) -> tuple[str, ...]:
    """An Event without names and times: about what, type, reason, message, and who says so."""
    return (
        event["involvedObject"]["kind"],
        event["type"],
        event["reason"],
        words(event["message"]),
        event["source"]["component"],
        event.get("reportingComponent", ""),
    )


def events(lines: Iterable[Line]) -> dict[tuple[str, ...], list[list[int]]]:
    """By their words: for each Event object the counts it showed."""
    found: dict[tuple[str, ...], dict[str, list[int]]] = {}
    for line in lines:
        event = line["object"]
        if event["kind"] == "Event" and line["type"] != "DELETED":
            found.setdefault(event_words(event), {}).setdefault(event["metadata"]["uid"], []).append(event["count"])
    return {key: list(objects.values()) for key, objects in found.items()}
