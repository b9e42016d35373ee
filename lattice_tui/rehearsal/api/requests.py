"""A request as the handlers see it: what it is about and what it asks, parsed at the border.

The path forms and parameters are those of the Kubernetes API conventions ("Standard API terminology").
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lattice_tui.rehearsal.api import errors
from lattice_tui.rehearsal.api.kinds import Kind
from lattice_tui.rehearsal.api.selectors import Selection, selection
from lattice_tui.rehearsal.api.tables import Tables

JsonObject = dict[str, Any]

MAX_YAML_DEPTH = 64
MAX_YAML_EVENTS = 50_000
"""Read event by event first: libyaml needs minutes for a few hundred kilobytes of brackets."""
NAMESPACE_SUBRESOURCES = frozenset({"status", "finalize"})


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request, already authenticated."""

    method: str
    path: str
    query: Mapping[str, str]
    content_type: str
    body: bytes
    user_agent: str

    @property
    def manager(self) -> str:
        """Who writes: the field manager, else the program's name from its user agent."""
        return self.query.get("fieldManager") or self.user_agent.partition("/")[0] or "unknown"

    @property
    def is_dry_run(self) -> bool:
        """Whether nothing is to be kept. Raises ApiError 400 for any value but All."""
        return dry_run_asked(self.query.get("dryRun", ""))

    @property
    def is_watch(self) -> bool:
        return self.query.get("watch", "") in ("1", "true", "True")

    def flag(self, name: str) -> bool:
        """A boolean parameter."""
        return self.query.get(name, "") in ("1", "true", "True")

    def number(self, name: str) -> int:
        """A whole, not negative number; 0 when absent. Raises ApiError 400."""
        text = self.query.get(name, "") or "0"
        if not (text.isascii() and text.isdigit() and len(text) < 19):
            raise errors.bad_request(f'strconv.ParseUint: parsing "{text}": invalid syntax')
        return int(text)

    def selection(self, kind: Kind, namespace: str) -> Selection:
        """The objects asked for. Raises ApiError 400."""
        return selection(kind, namespace, self.query.get("labelSelector", ""), self.query.get("fieldSelector", ""))

    def json_body(self) -> Any:
        """The body, read as JSON. Raises ApiError 400."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError) as error:
            raise errors.bad_request(f"the object provided is unrecognized (must be of type JSON): {error}") from error

    def object_body(self) -> JsonObject:
        """The body as one object; YAML is read as well. Raises ApiError 400."""
        parsed = self.json_body() if self.body.lstrip()[:1] in (b"{", b"[") else _parsed_yaml(self.body)
        if not isinstance(parsed, dict):
            raise errors.bad_request("the object provided is unrecognized: it is not an object")
        return parsed


@dataclass(frozen=True, slots=True)
class Target:
    """What a path names: a kind, and one object of it or all of a namespace (or of the cluster)."""

    kind: Kind
    namespace: str
    name: str
    subresource: str


def target_of(tables: Tables, path: str) -> Target:
    """The target of `/api/v1/...` or `/apis/GROUP/VERSION/...`. Raises ApiError 404."""
    parts = path.strip("/").split("/")
    if parts[0] == "api":
        group, version, rest = "", parts[1], parts[2:]
    else:
        group, version, rest = parts[1], parts[2], parts[3:]
    namespace = ""
    is_namespace_itself = len(rest) < 3 or (group == "" and rest[2] in NAMESPACE_SUBRESOURCES)
    if rest[0] == "namespaces" and not is_namespace_itself:
        namespace, rest = rest[1], rest[2:]
    kind = tables.kind_at(group, version, rest[0])
    if kind is None or len(rest) > 3 or (namespace and not kind.namespaced):
        raise errors.no_such_path()
    name, subresource = (*rest[1:], "", "")[:2]
    if name and kind.namespaced and not namespace:
        raise errors.no_such_path()
    return Target(kind, namespace, name, subresource)


def dry_run_asked(value: str) -> bool:
    """Whether a dryRun parameter asks for one. Raises ApiError 400 for any value but All."""
    if value not in ("", "All"):
        raise errors.bad_request(f'dryRun: Unsupported value: "{value}": supported values: "All"')
    return value == "All"


def _parsed_yaml(body: bytes) -> Any:
    # Only people's hand-made bodies are YAML: the programs send JSON and never pay for this import.
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        depth = 0
        for count, event in enumerate(yaml.parse(body, Loader=loader)):
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if depth > MAX_YAML_DEPTH or count > MAX_YAML_EVENTS or isinstance(event, yaml.AliasEvent):
                raise errors.bad_request("error parsing YAML: nested too deep, too long, or with aliases")
        return yaml.load(body, Loader=loader)  # noqa: S506 - a safe loader
    except (yaml.YAMLError, ValueError) as error:
        raise errors.bad_request(f"error parsing YAML: {error}") from error
