"""helm 3 installs, upgrades, rolls back and removes a small chart, as in any cluster."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.real_clients.programs import World, program, served

CHART = str(Path(__file__).with_name("chart"))


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    program("helm")
    program("kubectl")
    with served(tmp_path_factory.mktemp("helm")) as world:
        yield world


def test_a_chart_is_installed_changed_rolled_back_and_removed(world: World) -> None:
    world.ask("helm", "install", "small", CHART, "--namespace", "shop", "--create-namespace")
    assert (
        world.ask("kubectl", "get", "cm", "small-settings", "-n", "shop", "-o", "jsonpath={.data.greeting}") == "hello"
    )

    world.ask("helm", "upgrade", "small", CHART, "--namespace", "shop", "--set", "greeting=hi,replicas=2")
    deployment = json.loads(world.ask("kubectl", "get", "deployment", "small", "-n", "shop", "-o", "json"))
    assert deployment["spec"]["replicas"] == 2
    assert deployment["spec"]["template"]["spec"]["containers"][0]["ports"] == [
        {"containerPort": 8080, "protocol": "TCP"}
    ], "the upgrade's patch has kept what the server filled in"

    world.ask("helm", "rollback", "small", "1", "--namespace", "shop")
    assert (
        world.ask("kubectl", "get", "cm", "small-settings", "-n", "shop", "-o", "jsonpath={.data.greeting}") == "hello"
    )
    releases = json.loads(world.ask("helm", "list", "--namespace", "shop", "-o", "json"))
    assert [(release["name"], release["revision"], release["status"]) for release in releases] == [
        ("small", "3", "deployed")
    ]

    world.ask("helm", "uninstall", "small", "--namespace", "shop")
    left = world.ask("kubectl", "get", "cm,svc,deployment", "-n", "shop", "-o", "name")
    assert "small" not in left


def test_a_misspelt_field_of_a_chart_is_named(world: World, tmp_path: Path) -> None:
    """helm asks for a warning, not for a refusal; a real server takes the object without the field as well."""
    (tmp_path / "templates").mkdir()
    (tmp_path / "Chart.yaml").write_text("apiVersion: v2\nname: wrong\nversion: 0.1.0\n")
    (tmp_path / "templates" / "service.yaml").write_text(
        "apiVersion: v1\nkind: Service\nmetadata: {name: wrong}\nspec: {ports: [{port: 80}], selektor: {a: b}}\n"
    )

    done = world.run("helm", "install", "wrong", str(tmp_path))

    assert done.returncode == 0, done.stderr
    assert 'unknown field \\"spec.selektor\\"' in done.stderr
    assert "selektor" not in world.ask("kubectl", "get", "service", "wrong", "-o", "yaml")
