"""Every change that makes new Machines necessary makes them, and nothing else does."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from lattice_tui.rehearsal.api.kinds import (
    KUBEADM_CONFIG,
    KUBEADM_CONFIG_TEMPLATE,
    KUBEADM_CONTROL_PLANE,
    MACHINE_DEPLOYMENT,
)
from lattice_tui.rehearsal.controllers.conditions import get_condition
from tests.controllers.harness import Scene, join_spec, manifests, meta, scene, template

JsonObject = dict[str, Any]

POOL, PLANE = "demo-workers", "demo-control-plane"
FILE = {"path": "/etc/motd", "content": "welcome", "owner": "root:root", "permissions": "0644"}
CHANGES: dict[str, tuple[JsonObject, str]] = {
    "another machine template": (
        {"machineTemplate": {"spec": {"infrastructureRef": {"name": "demo-bigger"}}}},
        "* DockerMachine is not up-to-date",
    ),
    "a file": ({"kubeadmConfigSpec": {"files": [FILE]}}, "* KubeadmConfig is not up-to-date"),
    "a kubelet's argument": (
        {
            "kubeadmConfigSpec": {
                "initConfiguration": {"nodeRegistration": {"kubeletExtraArgs": [{"name": "v", "value": "4"}]}},
                "joinConfiguration": {"nodeRegistration": {"kubeletExtraArgs": [{"name": "v", "value": "4"}]}},
            }
        },
        "* KubeadmConfig is not up-to-date",
    ),
    "a restart": ({"rollout": {"after": "NOW"}}, "* KubeadmControlPlane spec.rollout.after expired"),
}


@pytest.mark.parametrize("change", CHANGES)
async def test_the_control_plane_is_rolled_over_for(tmp_path: Path, change: str) -> None:
    patch, reason = CHANGES[change]
    async with scene(tmp_path) as world:
        world.apply(*manifests(control_plane=1, pools={}), template("demo-bigger"))
        await world.cluster_up()
        old = world.names()
        if change == "a restart":
            await world.until(lambda: world.pace.now() > _made_at(world), "a second has passed")
            patch = {"rollout": {"after": world.pace.now()}}
        world.patch(KUBEADM_CONTROL_PLANE, PLANE, {"spec": patch})
        await world.until(lambda: len(world.names()) == 2, "the new one comes before the old one goes")
        outdated = {
            message
            for machine in world.machines()
            if (message := (get_condition(machine, "UpToDate") or _NOTHING).message)
        }
        assert outdated == {reason}
        await world.until(lambda: not world.names() & old, "the old one is gone")
        await world.settled()
        await world.pace.sleep(30)
        assert len(world.names()) == 1
        if change == "a file":
            (config,) = world.store.list(KUBEADM_CONFIG, "capi-demo")
            assert config["spec"]["files"] == [FILE]
        assert not world.store.mistakes.known


async def test_what_is_only_written_otherwise_rolls_nothing_over(tmp_path: Path) -> None:
    async with scene(tmp_path) as world:
        world.apply(*manifests(control_plane=3, pools={"workers": 1}))
        await world.cluster_up()
        before = world.names()
        world.patch(
            KUBEADM_CONTROL_PLANE, PLANE, {"spec": {"machineTemplate": {"metadata": {"labels": {"colour": "blue"}}}}}
        )
        world.patch(KUBEADM_CONTROL_PLANE, PLANE, {"spec": {"kubeadmConfigSpec": {"preKubeadmCommands": []}}})
        await world.pace.sleep(60)
        assert world.names() == before


async def test_a_pool_is_rolled_over_for_another_bootstrap_template_and_for_a_restart(tmp_path: Path) -> None:
    async with scene(tmp_path) as world:
        world.apply(*manifests(pools={"workers": 1}))
        await world.cluster_up()
        spec = {"template": {"spec": {**join_spec(), "files": [FILE]}}}
        world.apply((KUBEADM_CONFIG_TEMPLATE, {"metadata": meta("demo-motd"), "spec": spec}))
        old = world.names(POOL)
        reference = {"configRef": {"name": "demo-motd"}}
        world.patch(MACHINE_DEPLOYMENT, POOL, {"spec": {"template": {"spec": {"bootstrap": reference}}}})
        await world.until(lambda: not world.names(POOL) & old, "the old one is gone")
        await world.settled()
        (machine,) = world.machines(POOL)
        config = world.get(KUBEADM_CONFIG, machine["metadata"]["name"])
        assert config["spec"]["files"] == [FILE]
        old = world.names(POOL)
        await world.until(lambda: world.pace.now() > _made_at(world), "a second has passed")
        world.patch(MACHINE_DEPLOYMENT, POOL, {"spec": {"rollout": {"after": world.pace.now()}}})
        await world.until(lambda: not world.names(POOL) & old, "the old one is gone")
        await world.settled()
        await world.pace.sleep(30)
        assert len(world.names(POOL)) == 1
        assert not world.store.mistakes.known


class _Nothing:
    message = ""


_NOTHING = _Nothing()


def _made_at(world: Scene) -> str:
    return max(str(machine["metadata"]["creationTimestamp"]) for machine in world.machines())
