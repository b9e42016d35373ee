"""EC2's filters, and its pages, over answers that are made already."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any, Final

from lattice_tui.rehearsal.aws.errors import AwsError

Item = dict[str, Any]
_ALIASES: Final = {
    "instance-state-name": "state.name",
    "is-public": "public",
    "owner-alias": "image-owner-alias",
    "vpc-peering-connection-id": "id",
    "cidr": "cidr-block",
    "processor-info.supported-architecture": "processor-info.supported-architectures",
}


def filtered(items: list[Item], filters: Sequence[Mapping[str, Any]] | None) -> list[Item]:
    """The items that every filter lets through; `*` and `?` stand for anything, as at EC2."""
    left = items
    for each in filters or ():
        name, wanted = str(each.get("Name", "")), [str(value) for value in each.get("Values") or ()]
        if items and not name.startswith("tag") and not any(list(_values(item, name)) for item in items):
            raise AwsError("InvalidParameterValue", f"The filter '{name}' is invalid")
        left = [item for item in left if any(_fits(value, wanted) for value in _values(item, name))]
    return left


def page(items: list[Item], args: Mapping[str, Any], default: int = 1000) -> tuple[list[Item], str | None]:
    """The wanted page of a list and the token of the next one."""
    start = int(args.get("NextToken") or 0)
    end = start + int(args.get("MaxResults") or default)
    return items[start:end], str(end) if end < len(items) else None


def _fits(value: str, wanted: list[str]) -> bool:
    return any(fnmatchcase(value, pattern.replace("[", "[[]")) for pattern in wanted)


def _values(item: Item, name: str) -> Iterator[str]:
    if name.startswith("tag:"):
        yield from (str(tag["Value"]) for tag in item.get("Tags", ()) if tag["Key"] == name[4:])
    elif name == "tag-key":
        yield from (str(tag["Key"]) for tag in item.get("Tags", ()))
    else:
        yield from _leaves(item, _ALIASES.get(name, name).split("."))


def _leaves(value: object, path: list[str]) -> Iterator[str]:
    if isinstance(value, list):
        for each in value:
            yield from _leaves(each, path)
    elif isinstance(value, dict) and path:
        words = path[0].replace("-", "").lower()
        for key, inner in value.items():
            if key.lower() in (words, f"{words}s"):
                yield from _leaves(inner, path[1:])
    elif not path and not isinstance(value, dict) and value is not None:
        yield str(value).lower() if isinstance(value, bool) else str(value)
