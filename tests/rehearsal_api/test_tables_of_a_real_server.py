"""Our Tables beside those of a real API server for the same objects, and our definitions beside its objects."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from lattice_tui.rehearsal.api.elapsed import parsed
from lattice_tui.rehearsal.api.kinds import CORE_KINDS, Kind
from lattice_tui.rehearsal.api.known import known_versions
from lattice_tui.rehearsal.api.served import Column, ServedVersion
from lattice_tui.rehearsal.api.table import table
from tests.rehearsal_api.known import kind_of, problems, schema_of
from tests.rehearsal_api.real_server import RealServer, needs_real_server, real_server

JsonObject = dict[str, Any]

pytestmark = needs_real_server

OBJECTS = Path(__file__).with_name("printed_objects.yaml")
TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io"
WIDGET = Kind("example.com", "v1", "Widget", "widgets", True, False)
PATIENCE_S = 20.0


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealServer]:
    with real_server(tmp_path_factory.mktemp("real")) as server:
        for obj in yaml.safe_load_all(OBJECTS.read_text(encoding="utf-8")):
            if obj["kind"] == WIDGET.kind:
                wait_for_widgets(server)
                assert server.ask("POST", server.path_of(obj), obj)[0] == 201
            else:
                server.put(obj)
        yield server


def wait_for_widgets(server: RealServer) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while server.ask("GET", "/apis/example.com/v1/widgets")[0] != 200:
        assert time.monotonic() < deadline
        time.sleep(0.1)


def version_of(server: RealServer, kind: Kind) -> ServedVersion:
    if kind != WIDGET:
        return known_versions(kind)[0]
    _, crd = server.ask("GET", "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/widgets.example.com")
    columns = crd["spec"]["versions"][0]["additionalPrinterColumns"]
    return ServedVersion(
        "v1",
        {},
        tuple(
            Column(one["name"], one["type"], one["jsonPath"], one.get("priority", 0), one.get("description", ""))
            for one in columns
        ),
    )


def place(kind: Kind) -> str:
    return f"/{'apis' if kind.group else 'api'}/{kind.api_version}/{kind.plural}?includeObject=Object"


def ask_table(server: RealServer, kind: Kind, **headers: str) -> tuple[JsonObject, datetime]:
    """The real server's Table, and when it made it."""
    code, theirs = server.ask("GET", place(kind), Accept=TABLE, **headers)
    assert code == 200, theirs
    return theirs, datetime.now(UTC)


@pytest.mark.parametrize("kind", [*CORE_KINDS, WIDGET], ids=lambda kind: kind.plural)
def test_rows_are_those_of_a_real_server(real: RealServer, kind: Kind) -> None:
    for _ in range(3):
        theirs, now = ask_table(real, kind)
        ours = table(
            kind,
            version_of(real, kind),
            [row["object"] for row in theirs["rows"]],
            resource_version=theirs["metadata"]["resourceVersion"],
            include_object="Object",
            now=now,
        )
        # An age may step on between the answer and our clock; then both are made again.
        if ours["rows"] == theirs["rows"]:
            break

    assert theirs["rows"], f"no {kind.kind} to compare"
    assert without_words(ours) == without_words(theirs)


def without_words(answer: JsonObject) -> JsonObject:
    """A Table whose columns' descriptions are left out: ours are our own."""
    told = [{**one, "description": bool(one["description"])} for one in answer["columnDefinitions"]]
    return {**answer, "columnDefinitions": told}


@pytest.mark.parametrize("kind", CORE_KINDS, ids=lambda kind: kind.plural)
def test_our_definitions_know_every_field_of_a_real_servers_objects(real: RealServer, kind: Kind) -> None:
    theirs, _ = ask_table(real, kind)
    objects = [schema_of(kind).defaulted(row["object"]) for row in theirs["rows"]]

    assert problems((kind, obj) for obj in objects) == []


NOT_THE_SERVERS = frozenset(
    {
        # Moved into data, by the server itself.
        "Secret sec .stringData",
        # An empty list is left out of the answer.
        "ValidatingWebhookConfiguration vw .webhooks[0].rules",
        "MutatingWebhookConfiguration mw .webhooks[0].rules",
    }
)


def differing(ours: Any, theirs: Any, way: str = "") -> Iterator[str]:
    """Where ours says something that theirs does not; a quantity may be written as a number."""
    if isinstance(ours, dict) and isinstance(theirs, dict):
        for name, value in ours.items():
            yield from differing(value, theirs.get(name), f"{way}.{name}")
    elif isinstance(ours, list) and isinstance(theirs, list) and len(ours) == len(theirs):
        for index, (mine, other) in enumerate(zip(ours, theirs, strict=True)):
            yield from differing(mine, other, f"{way}[{index}]")
    elif ours != theirs and str(ours) != str(theirs):
        yield way


def test_every_default_of_ours_is_a_real_servers(real: RealServer) -> None:
    found: set[str] = set()
    for sent in yaml.safe_load_all(OBJECTS.read_text(encoding="utf-8")):
        if sent["kind"] in (WIDGET.kind, "CustomResourceDefinition"):
            continue
        _, stored = real.ask("GET", f"{real.path_of(sent)}/{sent['metadata']['name']}")
        ours = schema_of(kind_of(sent)).defaulted(sent)
        shown = {name: value for name, value in ours.items() if name != "status"}
        found |= {f"{sent['kind']} {sent['metadata']['name']} {way}" for way in differing(shown, stored)}

    assert found == NOT_THE_SERVERS


@pytest.mark.parametrize("kind", CORE_KINDS, ids=lambda kind: kind.plural)
def test_names_and_categories_are_those_of_a_real_server(real: RealServer, kind: Kind) -> None:
    _, found = real.ask("GET", f"/{'apis' if kind.group else 'api'}/{kind.api_version}")
    served = {one["name"]: one for one in found["resources"]}
    theirs = served[kind.plural]

    assert (theirs["kind"], theirs["namespaced"]) == (kind.kind, kind.namespaced)
    assert tuple(theirs.get("shortNames", ())) == kind.short_names
    assert tuple(theirs.get("categories", ())) == kind.categories
    assert (f"{kind.plural}/status" in served, f"{kind.plural}/scale" in served) == (kind.has_status, kind.has_scale)


def test_the_objects_compared_are_old_enough_to_have_an_age(real: RealServer) -> None:
    theirs, now = ask_table(real, CORE_KINDS[0])
    born = parsed(theirs["rows"][0]["object"]["metadata"]["creationTimestamp"])

    assert born is not None
    assert born <= now
