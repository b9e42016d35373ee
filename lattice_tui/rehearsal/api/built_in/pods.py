"""Pods, by themselves and as templates: defaults and what is refused.

Source: pkg/apis/core/v1/defaults.go, ValidatePodSpec and ValidatePodUpdate.
"""

from __future__ import annotations

from typing import Any

from lattice_tui.rehearsal.api.built_in.causes import (
    Cause,
    duplicate,
    forbidden,
    invalid,
    label_words,
    not_found,
    required,
    unsupported,
)

JsonObject = dict[str, Any]

CONTAINERS = ("initContainers", "containers")
POLICIES = ("Always", "IfNotPresent", "Never")
RESTARTS = ("Always", "OnFailure", "Never")
PORT_WORDS = "must be between 1 and 65535, inclusive"
UPDATE_WORDS = (
    "pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,"
    "`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),"
    "`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)\n"
)


def defaulted_spec(spec: JsonObject, *, is_pod: bool) -> JsonObject:
    """The spec of a Pod or of a template, completed."""
    filled = dict(spec)
    for name in CONTAINERS:
        if isinstance(spec.get(name), list):
            on_host = is_pod and bool(spec.get("hostNetwork"))
            filled[name] = [
                _container(one, is_pod=is_pod, on_host=on_host) for one in spec[name] if isinstance(one, dict)
            ]
    if filled.get("serviceAccountName") and not filled.get("serviceAccount"):
        filled["serviceAccount"] = filled["serviceAccountName"]
    elif filled.get("serviceAccount") and not filled.get("serviceAccountName"):
        filled["serviceAccountName"] = filled["serviceAccount"]
    if is_pod:
        filled.setdefault("enableServiceLinks", True)
    return filled


def quality(spec: JsonObject) -> str:
    """The quality of service of a Pod: BestEffort, Burstable or Guaranteed."""
    asked = [one.get("resources") or {} for name in CONTAINERS for one in spec.get(name) or []]
    if not any(one.get("requests") or one.get("limits") for one in asked):
        return "BestEffort"
    for one in asked:
        limits = one.get("limits") or {}
        if not {"cpu", "memory"} <= limits.keys() or (one.get("requests") or limits) != limits:
            return "Burstable"
    return "Guaranteed"


def violations(spec: JsonObject, place: str = "spec") -> list[Cause]:
    """What is refused of the spec of a Pod or a template, which is at `place`."""
    causes: list[Cause] = []
    if not spec.get("containers"):
        causes.append(required(f"{place}.containers"))
    volumes = {volume.get("name") for volume in spec.get("volumes") or []}
    names: set[str] = set()
    for name in ("containers", "initContainers"):
        for index, container in enumerate(spec.get(name) or []):
            causes += _of_container(container, f"{place}.{name}[{index}]", names, volumes)
    if spec.get("restartPolicy") not in RESTARTS and spec.get("containers"):
        causes.append(unsupported(f"{place}.restartPolicy", spec.get("restartPolicy"), RESTARTS))
    return causes


def update_violations(new: JsonObject, old: JsonObject) -> list[Cause]:
    """What of a Pod's spec may not change. A server adds the difference as Go prints it; here the sentence stands."""
    return [forbidden("spec", UPDATE_WORDS)] if _fixed(new) != _fixed(old) else []


def _fixed(spec: JsonObject) -> JsonObject:
    free = ("tolerations", "activeDeadlineSeconds", "terminationGracePeriodSeconds")
    fixed = {key: value for key, value in spec.items() if key not in free}
    for name in CONTAINERS:
        if isinstance(spec.get(name), list):
            fixed[name] = [{**one, "image": ""} for one in spec[name]]
    return fixed


def _container(container: JsonObject, *, is_pod: bool, on_host: bool) -> JsonObject:
    filled = dict(container)
    if not filled.get("imagePullPolicy"):
        filled["imagePullPolicy"] = "Always" if _tag(filled.get("image") or "") == "latest" else "IfNotPresent"
    limits = (filled.get("resources") or {}).get("limits")
    if is_pod and limits:
        requests = {**limits, **(filled["resources"].get("requests") or {})}
        filled["resources"] = {**filled["resources"], "requests": requests}
    if on_host and filled.get("ports"):
        filled["ports"] = [{"hostPort": port.get("containerPort"), **port} for port in filled["ports"]]
    return filled


def _tag(image: str) -> str:
    """The tag of an image's name; `latest` where it has none, empty where a digest stands instead."""
    if "@" in image:
        return ""
    name = image.rpartition("/")[2]
    return name.partition(":")[2] or "latest"


def _of_container(container: JsonObject, place: str, names: set[str], volumes: set[Any]) -> list[Cause]:
    causes: list[Cause] = []
    name = container.get("name") or ""
    if not name:
        causes.append(required(f"{place}.name"))
    elif words := label_words(name):
        causes.append(invalid(f"{place}.name", name, words))
    elif name in names:
        causes.append(duplicate(f"{place}.name", name))
    names.add(name)
    if not container.get("image"):
        causes.append(required(f"{place}.image"))
    if container.get("imagePullPolicy") not in POLICIES:
        causes.append(unsupported(f"{place}.imagePullPolicy", container.get("imagePullPolicy"), POLICIES))
    return causes + _of_parts(container, place, volumes)


def _of_parts(container: JsonObject, place: str, volumes: set[Any]) -> list[Cause]:
    causes: list[Cause] = []
    for index, port in enumerate(container.get("ports") or []):
        number = port.get("containerPort") or 0
        if not isinstance(number, int) or not 1 <= number <= 65_535:
            causes.append(invalid(f"{place}.ports[{index}].containerPort", number, PORT_WORDS))
    for index, variable in enumerate(container.get("env") or []):
        if not variable.get("name"):
            causes.append(required(f"{place}.env[{index}].name"))
    for index, mount in enumerate(container.get("volumeMounts") or []):
        if mount.get("name") not in volumes:
            causes.append(not_found(f"{place}.volumeMounts[{index}].name", mount.get("name") or ""))
        if not mount.get("mountPath"):
            causes.append(required(f"{place}.volumeMounts[{index}].mountPath"))
    return causes
