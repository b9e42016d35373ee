"""Names, labels and taints: Kubernetes' syntax, said in words."""

from __future__ import annotations

import re
from typing import Any

from lattice_tui.document.letters import foreign_letter, latin, unseen_letter
from lattice_tui.document.report import Report, because, shown
from lattice_tui.document.scalars import trap
from lattice_tui.document.trail import joined
from lattice_tui.document.tree import Mapping, Scalar, Sequence, find, key_place
from schemas.document import NAME_AND_POOL_MAX_LENGTH, NAME_MAX_LENGTH

_NAME = re.compile(r"[a-z](?:[-a-z0-9]*[a-z0-9])?")
# Source: Kubernetes apimachinery/pkg/util/validation: qualified names and label values.
_QUALIFIED = r"[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?"
_SUBDOMAIN = r"[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*"
_LABEL_MAX_LENGTH = 63
_PREFIX_MAX_LENGTH = 253

_NAME_FORM = "lower-case letters, digits and dashes, beginning with a letter"


def check_metadata(values: dict[str, Any], node: Mapping, path: str, report: Report) -> bool:
    """The cluster's own name and labels."""
    labels_fit = _check_labels(values.get("labels", {}), node, f"{path}.labels", report)
    name = values.get("name")
    if name is None:
        return labels_fit
    at = find(node, "name")
    # Only a name of the command line has no place in the file.
    is_given = at is None or at.line is None
    if not _NAME.fullmatch(name):
        example = suggested_name(name, "practice")
        report.error(
            "LT-DOC-018",
            f"{shown(name) or 'an empty text'} cannot be a cluster's name{because(name_fault(name))}",
            f"Use {_NAME_FORM}: {f'--name {example}' if is_given else f'name: {example}'}",
            at=at,
            path=f"{path}.name",
        )
        return False
    if len(name) > NAME_MAX_LENGTH:
        example = name[:NAME_MAX_LENGTH].rstrip("-")
        report.error(
            "LT-DOC-019",
            f"the name is {len(name)} characters long, {NAME_MAX_LENGTH} are allowed",
            f"Shorten it, for example: {f'--name {example}' if is_given else f'name: {example}'}",
            at=at,
            path=f"{path}.name",
            detail="Every name made from it has to fit the 63 characters of a Kubernetes label.",
        )
        return False
    return labels_fit


def check_pool_names(pools: Mapping, path: str, report: Report) -> bool:
    """The names of the worker pools, each at its own key."""
    fits = True
    for name, key in pools.keys.items():
        if report.is_full:
            return False
        # A name that is no text to some readers, or that hides something, has been answered already.
        if (_NAME.fullmatch(name) and len(name) <= NAME_AND_POOL_MAX_LENGTH) or trap(key) or unseen_letter(name):
            continue
        fits = False
        report.error(
            "LT-DOC-022",
            f"{shown(name) or 'an empty text'} cannot be a pool's name{because(name_fault(name))}",
            f"Use {_NAME_FORM}: {suggested_name(name, 'workers')}:",
            at=key,
            path=joined(path, name),
        )
    return fits


def name_fault(name: str) -> str:
    """What is wrong with a name, in words."""
    if not name:
        return ""
    if foreign := foreign_letter(name):
        return foreign
    if any(letter.isupper() for letter in name):
        return "it has capitals"
    if odd := next((letter for letter in name if not (letter.isalnum() or letter == "-")), ""):
        return "it has a space" if odd.isspace() else f"it has a `{shown(odd)}`"
    if not name[0].isalpha():
        return f"it begins with `{name[0]}`"
    return "it ends with a dash" if name.endswith("-") else f"it is longer than {NAME_AND_POOL_MAX_LENGTH} characters"


def check_lengths(root: Mapping, report: Report) -> bool:
    """Cluster and pool name together: machines are called `<name>-<pool>-<suffix>`."""
    name = find(root, "metadata", "name")
    pools = find(root, "spec", "nodes", "workerPools")
    if not isinstance(name, Scalar) or not isinstance(pools, Mapping) or len(name.text) > NAME_MAX_LENGTH:
        return True
    fits = True
    for pool, key in pools.keys.items():
        total = len(name.text) + len(pool)
        if total > NAME_AND_POOL_MAX_LENGTH >= len(pool):
            fits = False
            report.error(
                "LT-DOC-020",
                f"{shown(name.text)} and {shown(pool)} are {total} characters together, "
                f"{NAME_AND_POOL_MAX_LENGTH} are allowed",
                f"Shorten the pool's name to {NAME_AND_POOL_MAX_LENGTH - len(name.text)} characters, or the cluster's.",
                at=key,
                path=joined("spec.nodes.workerPools", pool),
            )
    return fits


def check_pool_labels(values: dict[str, Any], node: Mapping, path: str, report: Report) -> bool:
    """A pool's node labels."""
    return _check_labels(values.get("labels", {}), node, f"{path}.labels", report)


def check_taint(values: dict[str, Any], node: Mapping, path: str, report: Report) -> bool:
    """One taint: its key and value follow the rules of labels."""
    if "key" in values and (why := _key_fault(values["key"])):
        report.error(
            "LT-DOC-027",
            f"{shown(values['key']) or 'an empty text'} cannot be a taint's key: {why}",
            "Write a key like dedicated or example.com/dedicated.",
            at=find(node, "key"),
            path=f"{path}.key",
        )
        return False
    if "value" in values and (why := _value_fault(values["value"])):
        report.error(
            "LT-DOC-027",
            f"{shown(values['value'])} cannot be a taint's value: {why}",
            "Write letters, digits, dashes, dots and underscores: value: database",
            at=find(node, "value"),
            path=f"{path}.value",
        )
        return False
    return True


def check_taints(values: dict[str, Any], node: Mapping, path: str, report: Report) -> bool:
    """No two taints of one key and effect: Kubernetes refuses such a node."""
    seen: set[tuple[str, str]] = set()
    fits = True
    items = find(node, "taints")
    for index, taint in enumerate(values.get("taints", ())):
        if (taint.key, taint.effect) in seen:
            fits = False
            report.error(
                "LT-DOC-037",
                f"the taint {shown(taint.key)} with {taint.effect} is there twice",
                "Keep one of them, or give them different effects.",
                at=items.items[index] if isinstance(items, Sequence) else items,
                path=f"{path}.taints[{index}]",
            )
        seen.add((taint.key, taint.effect))
    return fits


def suggested_name(text: str, otherwise: str) -> str:
    """The nearest allowed name: `My Cluster` becomes `my-cluster`."""
    words = re.sub(r"[^a-z0-9]+", "-", latin(text[:200]).lower()).strip("-").lstrip("0123456789-")
    return words[:NAME_MAX_LENGTH].rstrip("-") or otherwise


def _check_labels(labels: dict[str, str], node: Mapping, path: str, report: Report) -> bool:
    fits = True
    for key, value in labels.items():
        if report.is_full:
            return False
        if why := _key_fault(key):
            fits = False
            report.error(
                "LT-DOC-025",
                f"{shown(key) or 'an empty text'} cannot be a label's key: {why}",
                "Write a key like team or example.com/team.",
                at=key_place(node, "labels", key),
                path=joined(path, key),
            )
        if why := _value_fault(value):
            fits = False
            report.error(
                "LT-DOC-026",
                f"{shown(value)} cannot be a label's value: {why}",
                "Write letters, digits, dashes, dots and underscores: team: web-shop",
                at=find(node, "labels", key),
                path=joined(path, key),
            )
    return fits


def _key_fault(key: str) -> str:
    prefix, slash, name = key.rpartition("/")
    if slash and (len(prefix) > _PREFIX_MAX_LENGTH or not re.fullmatch(_SUBDOMAIN, prefix)):
        return "what stands before the slash has to be a domain name"
    if not name:
        return "it has no name"
    if len(name) > _LABEL_MAX_LENGTH:
        return f"it is longer than {_LABEL_MAX_LENGTH} characters"
    if not re.fullmatch(_QUALIFIED, name):
        return "letters, digits, - _ and . are allowed, with a letter or digit at both ends"
    return ""


def _value_fault(value: str) -> str:
    if len(value) > _LABEL_MAX_LENGTH:
        return f"it is longer than {_LABEL_MAX_LENGTH} characters"
    if value and not re.fullmatch(_QUALIFIED, value):
        return "letters, digits, - _ and . are allowed, with a letter or digit at both ends"
    return ""
