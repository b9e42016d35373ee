"""Served versions of the kinds that are known here; the files are read once, a kind's schema is made when asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from lattice_tui.rehearsal.api.kinds import Kind
from lattice_tui.rehearsal.api.known.notation import Line, NotationError, read
from lattice_tui.rehearsal.api.known.schema_builder import Shapes
from lattice_tui.rehearsal.api.served import Column, JsonObject, ScalePaths, ServedVersion

COMMON_FIELDS: Mapping[str, JsonObject] = {
    "apiVersion": {"type": "string", "description": "The group and version in which the object is written."},
    "kind": {"type": "string", "description": "What kind of object this is."},
    "metadata": {"type": "object", "description": "Its name, its labels, and what the server notes about it."},
}
DIRECTIVES = ("|", "select", "scale", "deprecated")


@dataclass(frozen=True, slots=True)
class Definitions:
    """Everything that is written in the files."""

    kinds: Mapping[tuple[str, str], tuple[Line, ...]]
    """Lines that begin with `kind`, by group and kind; the preferred version first."""
    shapes: Shapes


@cache
def definitions() -> Definitions:
    """The files, read. Raises NotationError for a broken one."""
    kinds: dict[tuple[str, str], tuple[Line, ...]] = {}
    types: dict[str, Line] = {}
    for path in sorted(files(__package__).joinpath("kinds").iterdir(), key=lambda found: found.name):
        if not path.name.endswith(".txt"):
            continue
        for line in read(path.read_text(encoding="utf-8").splitlines()):
            if line.words[0] in ("type", "alias"):
                types[line.words[1]] = line
            elif line.words[0] == "kind":
                key = (line.words[1].rpartition("/")[0], line.words[2])
                kinds[key] = (*kinds.get(key, ()), line)
            else:
                raise NotationError(f"neither kind nor type: {' '.join(line.words)}")
    return Definitions(kinds, Shapes(types))


@cache
def known_versions(kind: Kind) -> tuple[ServedVersion, ...]:
    """Every version of a kind that is defined here, the preferred one first; none for an unknown kind."""
    known = definitions()
    return tuple(_version(line, kind, known.shapes) for line in known.kinds.get((kind.group, kind.kind), ()))


def with_known_versions(kind: Kind) -> Kind:
    """The kind with what is known of it; the same kind where it already knows its versions, or nothing is known."""
    found = () if kind.versions else known_versions(kind)
    return kind.with_versions(found) if found else kind


def _version(line: Line, kind: Kind, shapes: Shapes) -> ServedVersion:
    told: dict[str, list[Line]] = {name: [one for one in line.below if one.words[0] == name] for name in DIRECTIVES}
    fields = [one for one in line.below if one.words[0] not in DIRECTIVES]
    schema = shapes.of_fields(fields, line.about)
    schema["properties"] = {**COMMON_FIELDS, **schema.get("properties", {})}
    return ServedVersion(
        line.words[1].rpartition("/")[2],
        schema,
        tuple(_column(one.words[1:]) for one in told["|"]),
        tuple(word for one in told["select"] for word in one.words[1:]),
        kind.has_status,
        ScalePaths(*told["scale"][0].words[1:]) if told["scale"] else None,
        told["deprecated"][0].about if told["deprecated"] else "",
    )


def _column(parts: tuple[str, ...]) -> Column:
    name, column_type, path, *rest = parts
    return Column(name, column_type, path, int(rest[0]) if rest else 0, rest[1] if len(rest) > 1 else "")
