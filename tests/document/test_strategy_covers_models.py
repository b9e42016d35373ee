"""The clusters that round-trip tests are made of use every field of every model, with more than one value."""

from __future__ import annotations

from collections import defaultdict

from hypothesis import HealthCheck, Phase, given, settings
from pydantic import BaseModel

from lattice_tui.document.kinds import Kind, outline
from schemas.document import LatticeCluster
from tests.document.strategies import clusters

ONE_WORD = {("LatticeCluster", "api_version"), ("LatticeCluster", "kind")}
"""Fields that take a single value."""


def fields_of(model: type[BaseModel], found: set[tuple[str, str]] | None = None) -> set[tuple[str, str]]:
    """(model, field) of a model and of all that hang from it."""
    found = set() if found is None else found
    for key in outline(model).keys.values():
        found.add((model.__name__, key.attribute))
        kind: Kind | None = key.kind
        while kind is not None:
            if kind.model is not None:
                fields_of(kind.model, found)
            kind = kind.inner
    return found


def values_of(value: object, seen: dict[tuple[str, str], set[str]]) -> None:
    """Take note of every field's value, all the way down."""
    if isinstance(value, BaseModel):
        for attribute in type(value).model_fields:
            inner = getattr(value, attribute)
            seen[type(value).__name__, attribute].add(repr(inner))
            values_of(inner, seen)
    elif isinstance(value, dict):
        for inner in value.values():
            values_of(inner, seen)
    elif isinstance(value, list):
        for inner in value:
            values_of(inner, seen)


def test_every_field_is_made_with_several_values() -> None:
    seen: dict[tuple[str, str], set[str]] = defaultdict(set)

    @settings(
        max_examples=200,
        deadline=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(clusters)
    def look(cluster: LatticeCluster) -> None:
        values_of(cluster, seen)

    look()

    assert fields_of(LatticeCluster) == set(seen)
    assert {field for field, values in seen.items() if len(values) < 2} == ONE_WORD


def test_the_walk_finds_fields_behind_lists_maps_and_options() -> None:
    found = fields_of(LatticeCluster)

    assert {("Taint", "effect"), ("WorkerPool", "max"), ("PoolSize", "flavor"), ("AddressRange", "end")} <= found
    assert {("CredentialsRef", "source"), ("Service", "type"), ("ClusterNetwork", "pod_cidr")} <= found
