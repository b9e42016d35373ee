"""A request as the handlers see it: what it is about and what it asks, parsed at the border.

The path forms and parameters are those of the Kubernetes API conventions ("Standard API terminology").
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, cast

from lattice_tui.rehearsal.api import errors, protobuf_objects
from lattice_tui.rehearsal.api.access import ANONYMOUS, Asked, Identity
from lattice_tui.rehearsal.api.json_objects import JsonText, parsed
from lattice_tui.rehearsal.api.kinds import NAMESPACE, Kind
from lattice_tui.rehearsal.api.selectors import Requirement, Selection, selection
from lattice_tui.rehearsal.api.served import ServedVersion
from lattice_tui.rehearsal.api.tables import Tables

JsonObject = dict[str, Any]

MAX_YAML_DEPTH = 64
MAX_YAML_EVENTS = 50_000
"""Read event by event first: libyaml needs minutes for a few hundred kilobytes of brackets."""
NAMESPACE_SUBRESOURCES = frozenset({"status", "finalize"})
FIELD_VALIDATIONS = ("Ignore", "Warn", "Strict")
OPTIONS = {"POST": "CreateOptions", "PUT": "UpdateOptions", "DELETE": "DeleteOptions", "GET": "ListOptions"}
VERBS = {"POST": "create", "PUT": "update", "PATCH": "patch", "DELETE": "delete"}
"""The verbs that rules name, by method. Source: apiserver's RequestInfoFactory."""


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request, already authenticated."""

    method: str
    path: str
    query: Mapping[str, str]
    content_type: str
    body: bytes
    user_agent: str
    accept: str = ""
    identity: Identity = ANONYMOUS

    @property
    def manager(self) -> str:
        """Who writes: the field manager, else the program's name from its user agent."""
        return self.query.get("fieldManager") or self.user_agent.partition("/")[0] or "unknown"

    @property
    def options_name(self) -> str:
        """What a write's parameters are called in refusals."""
        return OPTIONS.get(self.method, "PatchOptions")

    @property
    def is_dry_run(self) -> bool:
        """Whether nothing is to be kept. Raises ApiError 422 for any value but All."""
        return dry_run_asked(self.options_name, self.query.get("dryRun", ""))

    @property
    def is_watch(self) -> bool:
        return self.query.get("watch", "") in ("1", "true", "True")

    @property
    def field_validation(self) -> str:
        """What becomes of fields that the schema does not have: Ignore, Warn or Strict. Raises ApiError 422."""
        asked = self.query.get("fieldValidation", "") or "Warn"
        if asked not in FIELD_VALIDATIONS:
            why = f'Unsupported value: "{asked}": supported values: "", "Ignore", "Strict", "Warn"'
            raise errors.invalid_options(self.options_name, [("fieldValidation", "FieldValueNotSupported", why)])
        return asked

    def flag(self, name: str) -> bool:
        """A boolean parameter."""
        return self.query.get(name, "") in ("1", "true", "True")

    def number(self, name: str) -> int:
        """A whole, not negative number; 0 when absent. Raises ApiError 400."""
        text = self.query.get(name, "") or "0"
        if not (text.isascii() and text.isdigit() and len(text) < 19):
            raise errors.bad_request(f'strconv.ParseInt: parsing "{text}": invalid syntax')
        return int(text)

    def selection(self, kind: Kind, namespace: str, name: str) -> Selection:
        """The objects asked for; with a `name`, that one at most. Raises ApiError 400."""
        labels, fields = self.query.get("labelSelector", ""), self.query.get("fieldSelector", "")
        asked = selection(kind, namespace, labels, fields)
        if not name:
            return asked
        return replace(asked, fields=(*asked.fields, Requirement("metadata.name", "in", frozenset({name}))))

    def json_body(self) -> Any:
        """The body, read as JSON. Raises ApiError 400."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError) as error:
            raise errors.bad_request(f"the object provided is unrecognized (must be of type JSON): {error}") from error

    def parsed_body(self, must_be: str = "") -> JsonText:
        """The body as one object; YAML and, for built-in kinds, protobuf are read as well.

        Raises ApiError 400 that says what it `must_be`.
        """
        unrecognized = " ".join(filter(None, ("the object provided is unrecognized", must_be)))
        try:
            if self.content_type == protobuf_objects.MEDIA_TYPE:
                return JsonText(protobuf_objects.read_object(self.body))
            is_json = self.body.lstrip()[:1] in (b"{", b"[")
            text = parsed(self.body) if is_json else JsonText(_parsed_yaml(self.body))
        except (ValueError, RecursionError) as error:
            why = f"couldn't get version/kind; json parse error: {error}"
            raise errors.bad_request(f"{unrecognized}: {why}") from error
        if not isinstance(text.value, dict):
            what = "array" if isinstance(text.value, list) else "string"
            raise errors.bad_request(
                f"{unrecognized}: couldn't get version/kind; json parse error: json: cannot unmarshal {what} into Go "
                'value of type struct { APIVersion string "json:\\"apiVersion,omitempty\\""; '
                'Kind string "json:\\"kind,omitempty\\"" }'
            )
        return text

    def object_body(self) -> JsonObject:
        """The body as one object. Raises ApiError 400."""
        return cast("JsonObject", self.parsed_body().value)


@dataclass(frozen=True, slots=True)
class Target:
    """What a path names: a kind, and one object of it or all of a namespace (or of the cluster)."""

    kind: Kind
    """Seen at the version that the path names."""
    namespace: str
    name: str
    subresource: str

    @property
    def version(self) -> ServedVersion:
        """What is served at the path's version."""
        served = self.kind.at(self.kind.version)
        if served is None:
            raise errors.no_such_path()
        return served


@dataclass(frozen=True, slots=True)
class Place:
    """The parts of a resource's path, whether or not anything is served there."""

    group: str
    version: str
    namespace: str
    resource: str
    name: str = ""
    subresource: str = ""
    more: tuple[str, ...] = ()


def place_of(path: str) -> Place:
    """The parts of `/api/v1/...` or `/apis/GROUP/VERSION/...`."""
    parts = path.strip("/").split("/")
    if parts[0] == "api":
        group, version, rest = "", parts[1], parts[2:]
    else:
        group, version, rest = parts[1], parts[2], parts[3:]
    namespace = ""
    is_namespace_itself = len(rest) < 3 or (group == "" and rest[2] in NAMESPACE_SUBRESOURCES)
    if rest[0] == "namespaces" and not is_namespace_itself:
        namespace, rest = rest[1], rest[2:]
    name, subresource = (*rest[1:], "", "")[:2]
    if rest[0] == "namespaces" and group == "":
        namespace = name
    return Place(group, version, namespace, rest[0], name, subresource, tuple(rest[3:]))


def target_of(tables: Tables, path: str) -> Target:
    """The target of `/api/v1/...` or `/apis/GROUP/VERSION/...`. Raises ApiError 404."""
    place = place_of(path)
    kind = tables.kind_at(place.group, place.version, place.resource)
    namespace = "" if kind == NAMESPACE else place.namespace
    if kind is None or place.more or (namespace and not kind.namespaced):
        raise errors.no_such_path()
    if place.name and kind.namespaced and not namespace:
        raise errors.no_such_path()
    return Target(kind, namespace, place.name, place.subresource)


def asked_of(request: Request) -> Asked:
    """What a request to a resource asks leave for."""
    place = place_of(request.path)
    verb = VERBS.get(request.method, "get")
    if not place.name:
        verb = {"get": "list", "delete": "deletecollection"}.get(verb, verb)
    if request.is_watch and verb in ("get", "list"):
        verb = "watch"
    return Asked(verb, place.group, place.resource, place.subresource, place.namespace, place.name)


def dry_run_asked(options_name: str, value: str) -> bool:
    """Whether a dryRun parameter asks for one. Raises ApiError 422 for any value but All."""
    if value not in ("", "All"):
        why = f'Unsupported value: ["{value}"]: supported values: "All"'
        raise errors.invalid_options(options_name, [("dryRun", "FieldValueNotSupported", why)])
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
