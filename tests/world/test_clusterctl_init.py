"""The simulated clusterctl init: order, inventory, refusals, and what it waits for."""

from __future__ import annotations

from lattice_tui.capi.resources import CRD, DEPLOYMENT, NODE, PROVIDER
from lattice_tui.document.pins import pins
from tests.capi.plans import ALONE
from tests.polling import eventually
from tests.world import clusters
from tests.world.conftest import RunningWorld, StartWorld, create_kind

INVENTORY = {
    ("cluster-api", "capi-system", "cluster-api", "CoreProvider"),
    ("bootstrap-kubeadm", "capi-kubeadm-bootstrap-system", "kubeadm", "BootstrapProvider"),
    ("control-plane-kubeadm", "capi-kubeadm-control-plane-system", "kubeadm", "ControlPlaneProvider"),
    ("infrastructure-docker", "capd-system", "docker", "InfrastructureProvider"),
}


def test_init_installs_cert_manager_then_every_provider_and_waits_for_them(bootstrapped: RunningWorld) -> None:
    said = clusters.init(bootstrapped, "bootstrap").splitlines()

    assert said[0] == "Fetching providers"
    assert said[1] == f'Installing cert-manager version="{pins().cert_manager}"'
    assert said[2] == "Waiting for cert-manager to be available..."
    assert said[3] == f'Installing provider="cluster-api" version="{pins().capi}" targetNamespace="capi-system"'
    assert [line.split('"')[1] for line in said[3:7]] == [
        "cluster-api",
        "bootstrap-kubeadm",
        "control-plane-kubeadm",
        "infrastructure-docker",
    ]
    api = clusters.client(bootstrapped, "bootstrap")
    providers = api.list(PROVIDER).items
    assert {
        (one["metadata"]["name"], one["metadata"]["namespace"], one["providerName"], one["type"]) for one in providers
    } == INVENTORY
    assert {one["version"] for one in providers} == {pins().capi}
    for namespace in ("cert-manager", *(namespace for _, namespace, _, _ in INVENTORY)):
        found = api.list(DEPLOYMENT, namespace).items
        assert found
        assert all(one["status"]["conditions"][0]["type"] == "Available" for one in found)
    labelled = api.list(CRD, label_selector="clusterctl.cluster.x-k8s.io").items
    assert "machines.cluster.x-k8s.io" in {one["metadata"]["name"] for one in labelled}
    api.close()


def test_success_is_said_on_standard_output_in_clusterctls_words(bootstrapped: RunningWorld) -> None:
    ended = bootstrapped.good(
        "clusterctl", "init", "--infrastructure", "docker", "--kubeconfig", str(bootstrapped.kubeconfig("bootstrap"))
    )

    assert "Your management cluster has been initialized successfully!" in ended.stdout
    # On a first run the core provider and the kubeadm pair come without being named.
    assert ended.stderr.count("Installing provider=") == 4


def test_a_provider_that_is_there_is_not_installed_again(bootstrapped: RunningWorld) -> None:
    clusters.init(bootstrapped, "bootstrap")

    again = bootstrapped.tool("clusterctl", *clusters.INIT, str(bootstrapped.kubeconfig("bootstrap")))

    assert again.returncode == 1
    assert 'there is already an instance of the "cluster-api" provider installed in the "capi-system"' in again.stderr


def test_killed_in_the_middle_it_can_be_continued_with_what_is_missing(start_world: StartWorld) -> None:
    world = start_world(speed=5)
    create_kind(world)
    api = clusters.client(world, "bootstrap")
    path = str(world.kubeconfig("bootstrap"))
    with world.start("clusterctl", *clusters.INIT, path) as running:
        eventually(
            lambda: [one["metadata"]["name"] for one in api.list(PROVIDER).items] if _has_providers(world) else [],
            lambda names: "cluster-api" in names,
        )
        running.kill()
    eventually(lambda: world.audit("tool.end"), lambda lines: lines[-1]["exit_code"] < 0)
    there = {one["metadata"]["name"] for one in api.list(PROVIDER).items}
    assert there < {name for name, *_ in INVENTORY}
    flags = {
        "bootstrap-kubeadm": ("--bootstrap", "kubeadm"),
        "control-plane-kubeadm": ("--control-plane", "kubeadm"),
        "infrastructure-docker": ("--infrastructure", "docker"),
    }
    missing = [word for name, words in flags.items() if name not in there for word in words]

    said = world.good("clusterctl", "init", *missing, "--wait-providers", "--kubeconfig", path).stderr

    assert "Skipping installing cert-manager as it is already installed" in said
    assert {one["metadata"]["name"] for one in api.list(PROVIDER).items} == {name for name, *_ in INVENTORY}
    created = [line["name"] for line in world.audit("create") if line["kind"] == "Deployment"]
    assert len(created) == len(set(created))
    api.close()


def _has_providers(world: RunningWorld) -> bool:
    created = world.audit("create")
    return any(line["kind"] == "Provider" for line in created)


def test_cert_manager_waits_for_a_node_it_may_run_on_and_gives_up(start_world: StartWorld) -> None:
    """Without pod network no node is ready: the real error, after five simulated minutes."""
    world = start_world(speed=400)
    config = world.folder / "kind.yaml"
    config.write_text("kind: Cluster\napiVersion: kind.x-k8s.io/v1alpha4\nnetworking:\n  disableDefaultCNI: true\n")
    path = str(world.kubeconfig("bootstrap"))
    world.good("kind", "create", "cluster", "--name", "lattice-1", "--config", str(config), "--kubeconfig", path)

    ended = world.tool("clusterctl", *clusters.INIT, path)

    assert ended.returncode == 1
    assert ended.stderr.splitlines()[-1] == "Error: timed out waiting for the condition"
    assert clusters.client(world, "bootstrap").list(PROVIDER).items == []


def test_a_lone_control_plane_is_no_place_for_cert_manager_until_it_is_untainted(start_world: StartWorld) -> None:
    world = start_world(speed=200)
    create_kind(world)
    clusters.build(world, ALONE)
    path = str(world.kubeconfig("target"))

    refused = world.tool("clusterctl", *clusters.INIT, path)

    assert refused.returncode == 1
    assert refused.stderr.splitlines()[-1] == "Error: timed out waiting for the condition"
    api = clusters.client(world, "target")
    (node,) = api.list(NODE).items
    assert [taint["key"] for taint in node["spec"]["taints"]] == ["node-role.kubernetes.io/control-plane"]
    api.merge_patch(NODE, node["metadata"]["name"], {"spec": {"taints": None}})
    clusters.init(world, "target")
    api.close()


def test_what_the_rehearsal_does_not_have_is_refused_before_anything_is_made(bootstrapped: RunningWorld) -> None:
    path = str(bootstrapped.kubeconfig("bootstrap"))
    for arguments in (("--infrastructure", "proxmox"), ("--no-such-flag", "x")):
        refused = bootstrapped.tool("clusterctl", "init", *arguments, "--kubeconfig", path)
        assert refused.returncode == 1
        assert refused.stderr.startswith("Error: ")
    assert not [line for line in bootstrapped.audit("create") if line["actor"] == "clusterctl"]


def test_a_kubeconfig_that_leads_nowhere_is_told_apart(bootstrapped: RunningWorld) -> None:
    good = bootstrapped.kubeconfig("bootstrap").read_text()
    port = good.partition("https://127.0.0.1:")[2].partition("\n")[0]
    bootstrapped.kubeconfig("elsewhere").write_text(good.replace(port, "1"))
    authority = good.partition("certificate-authority-data: ")[2].partition("\n")[0]
    bootstrapped.kubeconfig("stranger").write_text(good.replace(authority, "AAAA"))

    said = {
        name: bootstrapped.tool("clusterctl", *clusters.INIT, str(bootstrapped.kubeconfig(name))).stderr
        for name in ("missing", "elsewhere", "stranger")
    }

    assert "no such file or directory" in said["missing"]
    assert "connection refused" in said["elsewhere"]
    assert "certificate signed by unknown authority" in said["stranger"]
