"""The simulated helm: releases as helm keeps them, and what a killed install leaves."""

from __future__ import annotations

import base64
import gzip
import json
from pathlib import Path

from lattice_tui.capi.resources import SECRET, Resource
from lattice_tui.document.pins import pins
from tests.polling import eventually
from tests.world import clusters
from tests.world.conftest import RunningWorld, StartWorld, create_kind

DAEMON_SET = Resource("apps", "v1", "daemonsets", "DaemonSet", True)
CONFIG_MAP = Resource("", "v1", "configmaps", "ConfigMap", True)


def as_target(world: RunningWorld) -> Path:
    """helm works on any cluster: the kind cluster is the nearest one."""
    path = world.kubeconfig("target")
    path.write_bytes(world.kubeconfig("bootstrap").read_bytes())
    return path


def test_an_install_is_recorded_as_helm_records_it_and_makes_what_the_chart_makes(bootstrapped: RunningWorld) -> None:
    world = bootstrapped
    path = as_target(world)
    (world.folder / "values.yaml").write_text("kubeProxyReplacement: true\noperator:\n  replicas: 1\n")

    said = clusters.install_network(world, "--values", "values.yaml")

    assert 'Release "cilium" does not exist. Installing it now.' in said
    assert "STATUS: deployed\nREVISION: 1\n" in said
    api = clusters.client(world, "target")
    secret = api.get(SECRET, "sh.helm.release.v1.cilium.v1", "kube-system")
    assert secret is not None
    assert secret["type"] == "helm.sh/release.v1"
    labels = secret["metadata"]["labels"]
    assert {key: labels[key] for key in ("name", "owner", "status", "version")} == {
        "name": "cilium",
        "owner": "helm",
        "status": "deployed",
        "version": "1",
    }
    record = json.loads(gzip.decompress(base64.b64decode(base64.b64decode(secret["data"]["release"]))))
    assert record["chart"]["metadata"]["version"] == pins().cilium.version
    assert record["config"]["operator"] == {"replicas": 1}
    assert api.get(DAEMON_SET, "cilium", "kube-system") is not None
    config = api.get(CONFIG_MAP, "cilium-config", "kube-system")
    assert config is not None
    assert config["data"]["kubeProxyReplacement"] == "True"
    arguments = ("--namespace", "kube-system", "--kubeconfig", str(path), "-o", "json")
    assert json.loads(world.good("helm", "list", *arguments).stdout)[0]["chart"] == f"cilium-{pins().cilium.version}"
    assert json.loads(world.good("helm", "status", "cilium", *arguments).stdout)["info"]["status"] == "deployed"
    api.close()


def test_an_upgrade_supersedes_the_revision_before(bootstrapped: RunningWorld) -> None:
    as_target(bootstrapped)
    clusters.install_network(bootstrapped)

    said = clusters.install_network(bootstrapped)

    assert 'Release "cilium" has been upgraded. Happy Helming!' in said
    api = clusters.client(bootstrapped, "target")
    states = [
        one["metadata"]["labels"]["status"]
        for one in api.list(SECRET, "kube-system", label_selector="owner=helm").items
    ]
    assert states == ["superseded", "deployed"]
    api.close()


def test_a_killed_install_stays_pending_and_the_next_one_refuses(start_world: StartWorld) -> None:
    world = start_world(speed=5)
    create_kind(world)
    path = as_target(world)
    api = clusters.client(world, "target")
    arguments = ("cilium", "--repo", "https://helm.cilium.io", "-n", "kube-system", "--kubeconfig", str(path))
    with world.start("helm", "upgrade", "--install", "cilium", *arguments) as running:
        eventually(lambda: api.list(SECRET, "kube-system", label_selector="owner=helm").items, bool)
        running.kill()
    eventually(lambda: world.audit("tool.end")[-1], lambda end: end["exit_code"] < 0)

    refused = world.tool("helm", "upgrade", "--install", "cilium", *arguments)

    assert refused.returncode == 1
    assert "UPGRADE FAILED: another operation (install/upgrade/rollback) is in progress" in refused.stderr
    world.good("helm", "uninstall", "cilium", "-n", "kube-system", "--kubeconfig", str(path))
    clusters.install_network(world)
    api.close()
