"""The simulated kind: what it makes, what it prints, and what is left when it is killed."""

from __future__ import annotations

import stat

from lattice_tui.capi.client import KubeClient
from lattice_tui.capi.resources import NODE, Resource
from lattice_tui.providers.docker.engine_api import DockerEngine
from tests.polling import eventually
from tests.world.conftest import RunningWorld, StartWorld, create_kind

STORAGE_CLASS = Resource("storage.k8s.io", "v1", "storageclasses", "StorageClass", False)
NODE_NAME = "lattice-1-control-plane"


def test_create_prints_kinds_own_progress(world: RunningWorld) -> None:
    said = world.good(
        "kind", "create", "cluster", "--name", "x", "--kubeconfig", "x.kubeconfig", "--wait", "60s"
    ).stderr

    steps = ["Ensuring node image", "Preparing nodes", "Writing configuration", "Starting control-plane"]
    steps += ["Installing CNI", "Installing StorageClass", "Waiting ≤ 1m0s for control-plane = Ready"]
    places = [said.index(f"✓ {step}") for step in steps]
    assert places == sorted(places)
    assert said.startswith('Creating cluster "x" ...')
    assert 'Set kubectl context to "kind-x"' in said


def test_a_container_a_node_and_a_private_kubeconfig_are_there(bootstrapped: RunningWorld) -> None:
    world = bootstrapped
    container = DockerEngine(world.handle.docker_endpoint).container(NODE_NAME)
    assert container is not None
    assert container.labels["io.x-k8s.kind.cluster"] == "lattice-1"
    assert container.labels["io.x-k8s.kind.role"] == "control-plane"
    assert container.mounts == ("/var/run/docker.sock:/var/run/docker.sock",)
    path = world.kubeconfig("bootstrap")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600

    api = KubeClient.from_kubeconfig(path)

    assert api.server == f"https://127.0.0.1:{container.ports[6443]}"
    assert api.version() == "v1.36.1"
    assert [node["metadata"]["name"] for node in api.list(NODE).items] == [NODE_NAME]
    assert [one["metadata"]["name"] for one in api.list(STORAGE_CLASS).items] == ["standard"]
    assert world.good("kind", "get", "clusters").stdout == "lattice-1\n"
    assert world.good("kind", "get", "kubeconfig", "--name", "lattice-1").stdout.count("kind-lattice-1") >= 3
    api.close()


def test_a_second_cluster_of_the_name_is_refused_in_kinds_words(bootstrapped: RunningWorld) -> None:
    again = bootstrapped.tool("kind", "create", "cluster", "--name", "lattice-1", "--kubeconfig", "other")

    assert again.returncode == 1
    assert 'node(s) already exist for a cluster with the name "lattice-1"' in again.stderr
    assert not (bootstrapped.folder / "other").exists()


def test_delete_takes_container_api_and_context_away_and_may_be_repeated(bootstrapped: RunningWorld) -> None:
    world, path = bootstrapped, bootstrapped.kubeconfig("bootstrap")
    api = KubeClient.from_kubeconfig(path)
    delete = ("kind", "delete", "cluster", "--name", "lattice-1", "--kubeconfig", str(path))

    said = world.good(*delete).stderr

    assert f'Deleted nodes: ["{NODE_NAME}"]' in said
    eventually(lambda: api.is_reachable(timeout_s=5), lambda reachable: not reachable)
    assert DockerEngine(world.handle.docker_endpoint).containers() == []
    assert "kind-lattice-1" not in path.read_text()
    assert "No kind clusters found." in world.good("kind", "get", "clusters").stderr
    world.good(*delete)
    create_kind(world)
    api.close()


def test_killed_in_the_middle_it_stops_where_it_stands(start_world: StartWorld) -> None:
    """The container is there, kubeadm has not ended: no API, no node, no kubeconfig, now and later."""
    world = start_world(speed=4)
    docker = DockerEngine(world.handle.docker_endpoint)
    with world.start("kind", "create", "cluster", "--name", "x", "--kubeconfig", "x.kubeconfig") as running:
        assert running.stdout is not None
        while "Starting control-plane" not in running.stdout.readline():
            continue
        running.kill()
    ends = eventually(lambda: world.audit("tool.end"), lambda lines: len(lines) == 1)

    assert ends[0]["exit_code"] < 0
    assert docker.container("x-control-plane") is not None
    refused = world.tool("kind", "get", "kubeconfig", "--name", "x")
    assert "failed to get cluster internal kubeconfig" in refused.stderr
    assert not [line for line in world.audit("create") if line["kind"] == "Node"]
    assert not (world.folder / "x.kubeconfig").exists()
    world.good("kind", "delete", "cluster", "--name", "x")
    world.good("kind", "create", "cluster", "--name", "x", "--kubeconfig", "x.kubeconfig")


def test_it_never_writes_the_persons_own_kubeconfig(world: RunningWorld) -> None:
    refused = world.tool("kind", "create", "cluster", "--name", "x")

    assert refused.returncode == 1
    assert "--kubeconfig" in refused.stderr
    assert world.audit("container.create") == []


def test_a_config_that_is_none_is_refused_before_anything_is_made(world: RunningWorld) -> None:
    (world.folder / "bad.yaml").write_text("kind: Cluster\napiVersion: v1\n")

    for name in ("bad.yaml", "missing.yaml"):
        refused = world.tool("kind", "create", "cluster", "--name", "x", "--config", name, "--kubeconfig", "k")
        assert refused.returncode == 1
        assert refused.stderr.startswith("ERROR: failed to create cluster")
    assert world.audit("container.create") == []
