"""The lists of a strategic merge patch: entries found by their key, members of sets, and the order of the result.

Source: k8s.io/apimachinery, util/strategicpatch/patch.go.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from lattice_tui.rehearsal.api.errors import ApiError
from lattice_tui.rehearsal.api.go_text import printed, type_name

JsonObject = dict[str, Any]

DIRECTIVE: Final = "$patch"


@dataclass(frozen=True, slots=True)
class ListRules:
    """How the entries of a list are matched and merged."""

    key: str
    """What tells entries apart; empty for a set of scalars."""
    items: JsonObject
    """The schema of an entry."""
    merge: Callable[[JsonObject, JsonObject, JsonObject], JsonObject]
    merges: bool = True
    """False: a list in a patch replaces the live one."""

    def of(self, item: Any) -> Any:
        """What an entry is matched by. Raises ApiError 500 for one without its key."""
        if not self.key:
            return item
        if not isinstance(item, dict):
            raise refused(f"expected a map[string]interface {{}}, but received a {type_name(item)}")
        if self.key not in item:
            raise refused(f"map: {printed(item)} does not contain declared merge key: {self.key}")
        return item[self.key]


def refused(words: str) -> ApiError:
    """What the server answers to a patch it cannot merge: a 500, although the patch is at fault."""
    return ApiError(500, "", words)


def merged_list(rules: ListRules, live: list[Any], patch: list[Any]) -> list[Any]:
    """A live list with a patch's list merged in: new entries in the patch's order, the rest where they are."""
    if not live and not patch:
        return live
    _check_types(live, patch)
    if not isinstance((live or patch)[0], dict):
        merged = [*live, *patch]
        return _arranged(rules, list(dict.fromkeys(merged)), patch, live)
    if not rules.key:
        raise refused("cannot merge lists without merge key for slice")
    live, wanted = _directed(rules, live, patch)
    merged = list(live)
    for item in wanted:
        place = _place_of(rules, merged, rules.of(item))
        if place < 0:
            merged.append(item)
        else:
            merged[place] = rules.merge(rules.items, merged[place], item)
    return _arranged(rules, merged, wanted, live)


def without_members(live: list[Any], members: list[Any]) -> list[Any]:
    """A list of scalars without some of them."""
    return [item for item in live if item not in members]


def check_order(rules: ListRules, patch: list[Any], order: list[Any]) -> None:
    """Raises ApiError 500 when a patch's list has entries that its order does not name, or in another order."""
    if not patch or not order:
        return
    waiting = [item for item in patch if not (isinstance(item, dict) and DIRECTIVE in item)]
    position = 0
    for item in order:
        if position < len(waiting) and rules.of(waiting[position]) == rules.of(item):
            position += 1
    if position < len(waiting):
        raise refused(
            f"The order in patch list:\n{printed(patch)}\n doesn't match $setElementOrder list:\n{printed(order)}\n"
        )


def in_asked_order(rules: ListRules, live: Any, patch: Any, order: list[Any]) -> list[Any]:
    """The merged list with the entries that `order` names in that order, the others where they were between them."""
    if not isinstance(patch, list):
        merged = live
    elif not isinstance(live, list):
        merged, _ = without_directives(patch)
    else:
        merged = merged_list(rules, live, patch) if rules.merges else patch
    return _arranged(rules, merged, order, live if isinstance(live, list) else [])


def without_directives(value: Any) -> tuple[Any, bool]:
    """A value without the maps in it that are directives; whether anything of it is to be kept."""
    if isinstance(value, dict):
        if DIRECTIVE in value:
            return None, False
        kept = {key: without_directives(inner) for key, inner in value.items()}
        return {key: inner for key, (inner, is_kept) in kept.items() if is_kept}, True
    if isinstance(value, list):
        return [inner for inner, is_kept in map(without_directives, value) if is_kept], True
    return value, True


def _directed(rules: ListRules, live: list[Any], patch: list[Any]) -> tuple[list[Any], list[Any]]:
    """The live list after the directives in a patch's list, and the entries of the patch that are none."""
    wanted: list[Any] = []
    replaces = False
    for item in patch:
        directive = item.get(DIRECTIVE)
        if DIRECTIVE not in item:
            wanted.append(item)
        elif directive == "delete":
            gone = rules.of(item)
            live = [entry for entry in live if entry.get(rules.key) != gone]
        elif directive == "replace":
            replaces = True
        elif directive == "merge":
            raise refused("merging lists cannot yet be specified in the patch")
        else:
            raise refused(f"unknown patch type: {printed(directive)} in map: {printed(item)}")
    return (wanted, []) if replaces else (live, wanted)


def _arranged(rules: ListRules, merged: list[Any], order: list[Any], before: list[Any]) -> list[Any]:
    """Two sorted halves in one: what `order` names, and what only the server has, by where it was before."""
    asked, earlier = [rules.of(item) for item in order], [rules.of(item) for item in before]
    named = sorted((item for item in merged if rules.of(item) in asked), key=lambda item: asked.index(rules.of(item)))
    others = [item for item in merged if rules.of(item) not in asked]
    result: list[Any] = []
    while named and others:
        one, other = rules.of(others[0]), rules.of(named[0])
        comes_first = one in earlier and other in earlier and earlier.index(one) < earlier.index(other)
        result.append((others if comes_first else named).pop(0))
    return [*result, *named, *others]


def _place_of(rules: ListRules, items: list[Any], wanted: Any) -> int:
    return next((place for place, item in enumerate(items) if item.get(rules.key) == wanted), -1)


def _check_types(*lists: list[Any]) -> None:
    names = {type_name(item) for items in lists for item in items}
    if "[]interface {}" in names:
        raise ApiError(422, "Invalid", "lists of lists are not supported")
    if len(names) > 1:
        raise refused(f"list element types are not identical: [{' '.join(map(printed, lists))}]")
