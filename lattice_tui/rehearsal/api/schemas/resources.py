"""Whole resources inside an object (`x-kubernetes-embedded-resource`): each has an apiVersion and a kind.

Source: k8s.io/apiextensions-apiserver/pkg/apiserver/schema/objectmeta/validation.go.
"""

from __future__ import annotations

import re
from typing import Any, Final

from lattice_tui.rehearsal.api.schemas.nodes import Node
from lattice_tui.rehearsal.api.schemas.words import Violation, invalid, required

_LABEL: Final = re.compile(r"[a-z]([-a-z0-9]*[a-z0-9])?")
_LABEL_WORDS: Final = (
    "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, "
    "and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is "
    "'[a-z]([-a-z0-9]*[a-z0-9])?')"
)


def check(node: Node, value: Any, path: str, found: list[Violation]) -> None:
    """Add to `found` what is wrong with the resources at or below `value`."""
    if not node.resource_deep:
        return
    if type(value) is dict:
        if node.embedded:
            _check_resource(value, path, found)
        for name, inner in value.items():
            below = node.properties.get(name)
            if below is not None:
                check(below, inner, f"{path}.{name}" if path else name, found)
            elif node.additional is not None:
                check(node.additional, inner, f"{path}[{name}]", found)
    elif type(value) is list and node.items is not None:
        for place, inner in enumerate(value):
            check(node.items, inner, f"{path}[{place}]", found)


def _check_resource(value: dict[str, Any], path: str, found: list[Violation]) -> None:
    missing = [name for name in ("apiVersion", "kind") if name not in value]
    found.extend(required(f"{path}.{name}") for name in missing)
    for name in ("apiVersion", "kind"):
        if name in missing:
            continue
        given, field = value[name], f"{path}.{name}"
        if not isinstance(given, str):
            found.append(invalid(field, given, "must be a string"))
        elif not given:
            found.append(invalid(field, given, "must not be empty"))
        elif name == "apiVersion" and given.count("/") > 1:
            found.append(invalid(field, given, f"unexpected GroupVersion string: {given}"))
        elif name == "kind" and (len(given) > 63 or not _LABEL.fullmatch(given.lower())):
            words = _LABEL_WORDS if len(given) <= 63 else "must be no more than 63 characters"
            found.append(invalid(field, given, f"may have mixed case, but should otherwise match: {words}"))
