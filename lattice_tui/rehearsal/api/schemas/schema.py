"""`Schema`: everything the API server asks of the schema of one served version, behind four methods.

Source: the strategy of custom resources (k8s.io/apiextensions-apiserver/pkg/registry/customresource): what is checked,
in which order, and when CEL rules are not run at all.
"""

from __future__ import annotations

from functools import cached_property

from lattice_tui.rehearsal.api.schemas import defaulting, lists, pruning, resources, validation
from lattice_tui.rehearsal.api.schemas.nodes import Node, SchemaError, resource_fields
from lattice_tui.rehearsal.api.schemas.rules import Rules, SkippedRule
from lattice_tui.rehearsal.api.schemas.words import Violation, invalid
from lattice_tui.rehearsal.api.served import JsonObject

__all__ = ["Schema", "SchemaError", "SkippedRule", "Violation"]
_BLOCKING = frozenset(
    {
        "FieldValueNotSupported",
        "FieldValueRequired",
        "FieldValueTooLong",
        "FieldValueTooMany",
        "FieldValueTypeInvalid",
    }
)
_NOT_CHECKED = (
    "some validation rules were not checked because the object was invalid; "
    "correct the existing errors to complete validation"
)


class Schema:
    """The schema of one served version. It is read when it is first asked for; a broken one raises SchemaError then.

    `compact`: the schema is one of ours for a kind that the real server has built in, not a custom resource's. The
    server reads those from JSON into its own types, so a null is the same as a field that is not there, and does not
    look for duplicates in lists.
    """

    def __init__(self, openapi: JsonObject, *, compact: bool = False) -> None:
        self.openapi = openapi
        self._compact = compact

    @cached_property
    def root(self) -> Node:
        """The first level; it knows a resource's own fields beside those of the schema."""
        node = Node(self.openapi)
        node.prunable = {**node.properties, **resource_fields()}
        node.opaque = False
        return node

    @cached_property
    def _rules(self) -> Rules:
        return Rules(self.root)

    @property
    def skipped_rules(self) -> tuple[SkippedRule, ...]:
        """The CEL rules that are never evaluated, and why."""
        return self._rules.skipped

    def unknown_fields(self, obj: JsonObject) -> tuple[str, ...]:
        """The paths of fields the schema does not know, as the server orders them: those of metadata, the others by
        name, those in the metadata of resources within the object.
        """
        if pruning.pruned(self.root, obj) is obj:
            return ()
        found: list[str] = []
        nested: list[str] = []
        pruning.unknown(self.root, obj, "", found, nested)
        of_metadata = [path for path in found if path.startswith("metadata.")]
        others = sorted(path for path in found if not path.startswith("metadata."))
        return (*of_metadata, *others, *nested)

    def pruned(self, obj: JsonObject) -> JsonObject:
        """The object without those fields; itself when it has none. Shares what is unchanged."""
        kept: JsonObject = pruning.pruned(self.root, obj)
        return kept

    def defaulted(self, obj: JsonObject) -> JsonObject:
        """The object with defaults, and without nulls where none are allowed. Shares what is unchanged."""
        new: JsonObject = defaulting.defaulted(self.root, obj, drop_every_null=self._compact)
        return new

    def violations(self, obj: JsonObject, old: JsonObject | None = None) -> tuple[Violation, ...]:
        """Why the object is refused; empty when it is not. `old` is what an update replaces."""
        root = self.root
        found: list[Violation] = []
        validation.check(root, obj, "", found, validation.NOTHING if old is None else old)
        if found:
            found = list(dict.fromkeys(found))
        resources.check(root, obj, "", found)
        if root.listed_deep and not self._compact:
            self._check_lists(obj, old, found)
        if root.ruled_deep:
            if any(each.reason in _BLOCKING for each in found):
                found.append(invalid("<nil>", None, _NOT_CHECKED))
            else:
                found.extend(self._rules.violations(obj, old))
        return tuple(found)

    def _check_lists(self, obj: JsonObject, old: JsonObject | None, found: list[Violation]) -> None:
        if old is not None:
            before: list[Violation] = []
            lists.check(self.root, old, "", before)
            if before:
                return
        lists.check(self.root, obj, "", found)
