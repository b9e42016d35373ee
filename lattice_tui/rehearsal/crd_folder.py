"""A folder of CustomResourceDefinitions, as Cluster API and its providers publish them, made ready to be created.

The files are what each project generates (`config/crd/bases`). What its release adds is added here: the labels by
which Cluster API finds the version that keeps a contract, and those by which clusterctl finds what belongs together.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml

from lattice_tui.errors import ExitCode, LatticeError
from lattice_tui.rehearsal.api.schemas.serving import served_versions
from lattice_tui.rehearsal.api.served import JsonObject
from schemas.problem import Problem

LARGEST_FILE_BYTES: Final = 8 * 1024 * 1024
"""etcd takes 1.5 MiB; a file may hold a whole release."""
MOST_LEVELS: Final = 150
_CLUSTERCTL_LABEL: Final = "clusterctl.cluster.x-k8s.io"
_HIERARCHY_LABEL: Final = "clusterctl.cluster.x-k8s.io/move-hierarchy"
_BOTH: Final = {"v1beta1": "v1beta1", "v1beta2": "v1beta2"}


@dataclass(frozen=True, slots=True)
class LoadedCrds:
    """What a folder holds."""

    crds: tuple[JsonObject, ...]
    """In the order of their files' names; ready to create."""
    files: tuple[Path, ...]
    """Where they came from."""


@dataclass(frozen=True, slots=True)
class _Found:
    """One definition and where it was found."""

    crd: JsonObject
    path: Path
    text: str
    place: str
    """`[0]`: the first document of the file; `[0].items[2]`: an entry of a list."""


@dataclass(frozen=True, slots=True)
class _Project:
    """What a provider's release adds to its definitions."""

    group: str
    kinds: re.Pattern[str]
    provider: str
    """As in the label `cluster.x-k8s.io/provider`; empty: the label is not set."""
    contracts: dict[str, str]


def _project(group: str, kinds: str, provider: str, contracts: dict[str, str]) -> _Project:
    full = f"{group}.cluster.x-k8s.io" if group else "cluster.x-k8s.io"
    return _Project(full, re.compile(kinds), provider, contracts)


_PROJECTS: Final = (
    _project("clusterctl", r"Provider", "", {}),
    _project("", r".*", "cluster-api", {}),
    _project("addons", r"Helm.*", "addon-helm", {}),
    _project("addons", r".*", "cluster-api", {}),
    _project("ipam", r"(Global)?InClusterIPPool", "ipam-in-cluster", {}),
    _project("ipam", r".*", "cluster-api", {}),
    _project("runtime", r".*", "cluster-api", {}),
    _project("bootstrap", r"Kubeadm.*", "bootstrap-kubeadm", _BOTH),
    _project("controlplane", r"Kubeadm.*", "control-plane-kubeadm", _BOTH),
    _project("bootstrap", r"RKE2.*", "bootstrap-rke2", {"v1beta2": "v1beta1_v1beta2"}),
    _project("controlplane", r"RKE2.*", "control-plane-rke2", {"v1beta2": "v1beta1_v1beta2"}),
    _project("infrastructure", r"(Docker|Dev).*", "infrastructure-docker", _BOTH),
    _project("infrastructure", r"Proxmox.*", "infrastructure-proxmox", {"v1beta1": "v1alpha2", "v1beta2": "v1alpha2"}),
    _project("infrastructure", r"OpenStack.*", "infrastructure-openstack", {"v1beta1": "v1beta1"}),
    _project("infrastructure", r"AWS.*", "infrastructure-aws", {"v1beta1": "v1beta1_v1beta2"}),
)


def load_crds(folder: Path) -> LoadedCrds:
    """Every definition in the folder and below it.

    Raises LatticeError: LT-REH-003 when the folder cannot be read or holds none, LT-REH-004 for a broken file.
    """
    try:
        paths = sorted(path for path in folder.rglob("*") if path.suffix in (".yaml", ".yml", ".json"))
        texts = [(path, _text(path)) for path in paths if path.is_file()]
    except OSError as refused:
        raise _no_folder(folder, refused.strerror or str(refused)) from refused
    crds: dict[str, tuple[JsonObject, Path]] = {}
    for path, text in texts:
        for found in _documents(path, text):
            name = _checked(found)
            if name in crds:
                raise _broken(found, f"{name} is defined in {crds[name][1]} already")
            crds[name] = (labelled(found.crd), path)
    if not crds:
        what = "there is no CustomResourceDefinition in it" if folder.is_dir() else "there is no such folder"
        raise _no_folder(folder, what)
    files = dict.fromkeys(path for _, path in crds.values())
    return LoadedCrds(tuple(crd for crd, _ in crds.values()), tuple(files))


def labelled(crd: JsonObject) -> JsonObject:
    """The definition with the labels its release has; those that are there already stay as they are."""
    spec = crd["spec"]
    group, kind = str(spec["group"]), str(spec["names"]["kind"])
    project = next((each for each in _PROJECTS if each.group == group and each.kinds.fullmatch(kind)), None)
    if project is None:
        return crd
    labels = {_CLUSTERCTL_LABEL: ""}
    if project.provider:
        labels["cluster.x-k8s.io/provider"] = project.provider
    labels |= {f"cluster.x-k8s.io/{contract}": versions for contract, versions in project.contracts.items()}
    if project.provider == "infrastructure-aws" and kind.endswith("Identity"):
        labels[_HIERARCHY_LABEL] = ""
    metadata = crd["metadata"]
    return {**crd, "metadata": {**metadata, "labels": {**labels, **(metadata.get("labels") or {})}}}


def _text(path: Path) -> str:
    with path.open("rb") as stream:
        data = stream.read(LARGEST_FILE_BYTES + 1)
    if len(data) > LARGEST_FILE_BYTES:
        raise _broken_at(path, None, f"it is larger than {LARGEST_FILE_BYTES // 1024 // 1024} MiB")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as wrong:
        line = data.count(b"\n", 0, wrong.start) + 1
        raise _broken_at(path, line, "it is not written in UTF-8") from wrong


def _documents(path: Path, text: str) -> list[_Found]:
    """The definitions in one file; other documents are passed over."""
    found: list[_Found] = []
    try:
        for place, document in enumerate(yaml.load_all(text, Loader=yaml.CSafeLoader)):
            found += _entries(path, text, place, document)
    except yaml.MarkedYAMLError as wrong:
        mark = wrong.problem_mark or wrong.context_mark
        raise _broken_at(path, mark.line + 1 if mark else None, wrong.problem or "it is no YAML") from wrong
    except (yaml.YAMLError, ValueError, RecursionError) as wrong:
        raise _broken_at(path, None, str(wrong)) from wrong
    return found


def _entries(path: Path, text: str, place: int, document: Any) -> list[_Found]:
    if not isinstance(document, dict):
        return []
    if document.get("kind") == "CustomResourceDefinition":
        found = [_Found(document, path, text, f"[{place}]")]
    elif document.get("kind") in ("CustomResourceDefinitionList", "List") and isinstance(document.get("items"), list):
        found = [
            _Found(item, path, text, f"[{place}].items[{number}]")
            for number, item in enumerate(document["items"])
            if isinstance(item, dict) and item.get("kind") == "CustomResourceDefinition"
        ]
    else:
        return []
    for each in found:
        _check_size(each)
    return found


def _check_size(found: _Found) -> None:
    """No aliases (a few lines of them stand for more than any memory holds) and no endless nesting."""
    seen: set[int] = set()
    waiting: list[tuple[Any, int]] = [(found.crd, 0)]
    while waiting:
        value, depth = waiting.pop()
        if depth > MOST_LEVELS:
            raise _broken(found, f"it has more than {MOST_LEVELS} levels")
        if not isinstance(value, dict | list) or not value:
            continue
        if id(value) in seen:
            raise _broken(found, "a definition has no anchors and aliases")
        seen.add(id(value))
        waiting += [(inner, depth + 1) for inner in (value.values() if isinstance(value, dict) else value)]


def _checked(found: _Found) -> str:
    """The definition's name. Raises LT-REH-004 when a server would not take it."""
    crd = found.crd
    if crd.get("apiVersion") != "apiextensions.k8s.io/v1":
        why = f"its apiVersion is {crd.get('apiVersion')!r}, not 'apiextensions.k8s.io/v1'"
        raise _broken(found, why, "apiVersion")
    try:
        name = str(crd["metadata"]["name"])
        spec = crd["spec"]
        wanted = f"{spec['names']['plural']}.{spec['group']}"
        _ = spec["names"]["kind"], spec["scope"]
    except (KeyError, TypeError) as missing:
        raise _broken(found, f"it has no {missing.args[0]!r} where one must be", "spec") from missing
    if name != wanted:
        raise _broken(found, f"its name is {name!r}, and must be {wanted!r}", "metadata.name")
    try:
        served_versions(crd)
    except ValueError as wrong:
        field, _, words = str(wrong).partition(": ")
        raise _broken(found, f"{field}: {words}", field) from wrong
    return name


def _field(node: yaml.Node, name: str) -> yaml.Node | None:
    if not isinstance(node, yaml.MappingNode):
        return None
    return next((value for key, value in node.value if key.value == name), None)


def _line(found: _Found, field: str) -> int | None:
    """The line of a field (`spec.versions[0].schema`), or of what is nearest to it."""
    node: yaml.Node | None = None
    for part in re.findall(r"\[([^\]]*)\]|([^.\[\]]+)", f"{found.place}.{field}"):
        name = part[0] or part[1]
        if node is None:
            documents = list(yaml.compose_all(found.text, Loader=yaml.CSafeLoader))
            node = documents[int(name)]
            continue
        below = _field(node, name)
        if isinstance(node, yaml.SequenceNode) and name.isdigit() and int(name) < len(node.value):
            below = node.value[int(name)]
        if below is None:
            break
        node = below
    return node.start_mark.line + 1 if node is not None and node.start_mark is not None else None


def _broken(found: _Found, why: str, field: str = "") -> LatticeError:
    return _broken_at(found.path, _line(found, field), why)


def _broken_at(path: Path, line: int | None, why: str) -> LatticeError:
    return LatticeError(
        Problem(
            code="LT-REH-004",
            title="A file of definitions cannot be used",
            detail=why,
            fix=f"Mend {path.name}, or take it out of the folder",
            file=str(path),
            line=line,
        ),
        ExitCode.USAGE,
    )


def _no_folder(folder: Path, why: str) -> LatticeError:
    return LatticeError(
        Problem(
            code="LT-REH-003",
            title="The folder of definitions cannot be used",
            detail=f"{folder}: {why}",
            fix="Name a folder with CustomResourceDefinitions (config/crd/bases of a provider, or its components.yaml)",
            check=f"ls {folder}",
        ),
        ExitCode.USAGE,
    )
