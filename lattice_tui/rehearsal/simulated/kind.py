"""Simulated kind: a container, and in it a cluster whose API opens when kubeadm would be done.

Source of words and order: kind v0.32.0, pkg/cluster/internal/create, as printed without a terminal.
"""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import yaml

from lattice_tui.document.pins import pins
from lattice_tui.rehearsal.room import Container
from lattice_tui.rehearsal.simulated.clusters import Clusters
from lattice_tui.rehearsal.simulated.images import find_image, pull_layers
from lattice_tui.rehearsal.simulated.kind_cluster import (
    install_cni,
    install_storage,
    is_node_ready,
    make_node,
    make_node_ready,
)
from lattice_tui.rehearsal.simulated.kubeconfigs import forget_context, kubeconfig_path, write_kubeconfig
from lattice_tui.rehearsal.simulated.tool_run import Arguments, ToolExitError, ToolRun, duration_s

CLUSTER_LABEL = "io.x-k8s.kind.cluster"
ROLE_LABEL = "io.x-k8s.kind.role"
CONTROL_PLANE = "control-plane"
API_PORT = 6443
# Simulated seconds of each line; together with the wait for the node they make the 18 to 25 s of a warm machine.
PREPARE_S = (1.5, 2.5)
WRITE_S = (0.3, 0.7)
START_S = (9.0, 12.0)
CNI_S = (1.0, 1.5)
STORAGE_S = (0.7, 1.3)
READY_S = (5.5, 7.0)


@dataclass(frozen=True, slots=True)
class _Order:
    """What `kind create cluster` was asked for."""

    name: str
    image: str
    wait_s: float
    kubeconfig: str
    mounts: tuple[str, ...]
    labels: dict[str, str]
    has_default_cni: bool


class Kind:
    """The program `kind`."""

    def __init__(self, clusters: Clusters) -> None:
        self._clusters = clusters

    async def __call__(self, run: ToolRun) -> None:
        arguments = Arguments(run.argv, switches=("retain", "quiet", "version"), short={"n": "name", "q": "quiet"})
        match arguments.words:
            case ["version"]:
                await run.out(f"kind {pins().kind} go1.25.7 linux/amd64")
            case ["create", "cluster"]:
                await self._create(run, self._order(run, arguments))
            case ["delete", "cluster"]:
                await self._delete(run, arguments)
            case ["get", "clusters"]:
                await self._get_clusters(run)
            case ["get", "nodes"]:
                await self._get_nodes(run, arguments.value("name", "kind"))
            case ["get", "kubeconfig"]:
                await run.out(*self._kubeconfig(arguments.value("name", "kind")).splitlines())
            case [*words]:
                word = words[0] if words else ""
                raise ToolExitError(1, f'ERROR: unknown command "{word}" for "kind"')

    def _order(self, run: ToolRun, arguments: Arguments) -> _Order:
        arguments.refuse_unknown(("name", "config", "image", "wait", "kubeconfig", "retain", "quiet"))
        config = _read_config(run, arguments.value("config"))
        nodes = config.get("nodes") or [{"role": CONTROL_PLANE}]
        if len(nodes) != 1 or nodes[0].get("role", CONTROL_PLANE) != CONTROL_PLANE:
            raise ToolExitError(1, "ERROR: failed to create cluster: the rehearsed kind makes one control-plane node")
        mounts = tuple(f"{mount['hostPath']}:{mount['containerPath']}" for mount in nodes[0].get("extraMounts") or ())
        return _Order(
            name=arguments.value("name") or config.get("name") or "kind",
            image=arguments.value("image") or nodes[0].get("image") or pins().bootstrap_node_image.reference,
            wait_s=duration_s(arguments.value("wait"), 0.0),
            kubeconfig=arguments.value("kubeconfig"),
            mounts=mounts,
            labels=dict(nodes[0].get("labels") or {}),
            has_default_cni=not (config.get("networking") or {}).get("disableDefaultCNI", False),
        )

    async def _create(self, run: ToolRun, order: _Order) -> None:
        path = kubeconfig_path(run, order.kubeconfig)
        if self._nodes(order.name):
            raise ToolExitError(
                1,
                f'ERROR: failed to create cluster: node(s) already exist for a cluster with the name "{order.name}"',
            )
        pace = self._clusters.pace
        version = image_version(order.image)
        await run.err(f'Creating cluster "{order.name}" ...')
        async with _step(run, f"Ensuring node image ({order.image.partition('@')[0]}) 🖼"):
            await self._ensure_image(order.image)
        async with _step(run, "Preparing nodes 📦 "):
            await pace.sleep(pace.vary(*PREPARE_S))
            node = self._add_container(order)
        async with _step(run, "Writing configuration 📜"):
            await pace.sleep(pace.vary(*WRITE_S))
        async with _step(run, "Starting control-plane 🕹️"):
            await pace.sleep(pace.vary(*START_S))
            store, _port = await self._clusters.open_cluster(order.name, version)
            make_node(store, order.name, node, version, order.labels)
        if order.has_default_cni:
            async with _step(run, "Installing CNI 🔌"):
                await pace.sleep(pace.vary(*CNI_S))
                install_cni(store)
                self._clusters.in_background(make_node_ready(store, node.name, pace, pace.vary(*READY_S)))
        async with _step(run, "Installing StorageClass 💾"):
            await pace.sleep(pace.vary(*STORAGE_S))
            install_storage(store)
        if order.wait_s:
            await self._wait_for_node(run, order, node.name)
        write_kubeconfig(path, self._kubeconfig(order.name))
        context = f"kind-{order.name}"
        await run.err(
            f'Set kubectl context to "{context}"',
            "You can now use your cluster with:",
            "",
            f"kubectl cluster-info --context {context} --kubeconfig {path}",
            "",
            "Have a nice day! 👋",
        )

    async def _ensure_image(self, image: str) -> None:
        if find_image(image, self._clusters.room.images) is None:
            async for _line in pull_layers(
                image, self._clusters.room.images, self._clusters.pace, self._clusters.audit
            ):
                continue

    def _add_container(self, order: _Order) -> Container:
        return self._clusters.room.add_container(
            f"{order.name}-control-plane",
            image=order.image,
            labels={CLUSTER_LABEL: order.name, ROLE_LABEL: CONTROL_PLANE},
            ports={API_PORT: self._clusters.reserve_port(order.name)},
            mounts=order.mounts,
        )

    async def _wait_for_node(self, run: ToolRun, order: _Order, node: str) -> None:
        pace = self._clusters.pace
        store = self._clusters.store(order.name)
        waited_s = 0.0
        minutes, seconds = divmod(int(order.wait_s), 60)
        async with _step(run, f"Waiting ≤ {minutes}m{seconds}s for control-plane = Ready ⏳"):
            while store is not None and not is_node_ready(store, node) and waited_s < order.wait_s:
                await pace.sleep(0.5)
                waited_s += 0.5
        if waited_s < order.wait_s:
            await run.err(f" • Ready after {waited_s:.0f}s 💚")
        else:
            await run.err(" • WARNING: Timed out waiting for Ready ⚠️")

    async def _delete(self, run: ToolRun, arguments: Arguments) -> None:
        name = arguments.value("name", "kind")
        await run.err(f'Deleting cluster "{name}" ...')
        if arguments.value("kubeconfig") or run.env.get("KUBECONFIG"):
            forget_context(kubeconfig_path(run, arguments.value("kubeconfig")), f"kind-{name}")
        nodes = self._nodes(name)
        if not nodes:
            return
        await self._clusters.pace.sleep(self._clusters.pace.vary(1.0, 2.0))
        for node in nodes:
            self._clusters.room.remove_container(node.name)
        self._clusters.close_cluster(name)
        await run.err(f"Deleted nodes: {json.dumps([node.name for node in nodes])}")

    async def _get_clusters(self, run: ToolRun) -> None:
        names = {container.labels[CLUSTER_LABEL] for container in self._kind_containers()}
        if names:
            await run.out(*sorted(names))
        else:
            await run.err("No kind clusters found.")

    async def _get_nodes(self, run: ToolRun, name: str) -> None:
        nodes = self._nodes(name)
        if nodes:
            await run.out(*(node.name for node in nodes))
        else:
            await run.err(f'No kind nodes found for cluster "{name}".')

    def _kubeconfig(self, name: str) -> str:
        nodes = self._nodes(name)
        if not nodes:
            raise ToolExitError(1, f"ERROR: could not locate any control plane nodes for cluster named '{name}'.")
        if self._clusters.store(name) is None:
            command = f'command "docker exec --privileged {nodes[0].name} cat /etc/kubernetes/admin.conf"'
            raise ToolExitError(
                1,
                f"ERROR: failed to get cluster internal kubeconfig: {command} failed with error: exit status 1",
            )
        return self._clusters.kubeconfig(name, called=f"kind-{name}")

    def _nodes(self, name: str) -> list[Container]:
        return [container for container in self._kind_containers() if container.labels[CLUSTER_LABEL] == name]

    def _kind_containers(self) -> list[Container]:
        # Machines of the Docker provider carry the cluster label too; they are kind nodes in kind's eyes as well.
        return [container for container in self._clusters.room.containers.values() if CLUSTER_LABEL in container.labels]


@asynccontextmanager
async def _step(run: ToolRun, text: str) -> AsyncIterator[None]:
    """A line when it starts and a line when it is done, as kind prints without a terminal."""
    await run.err(f" • {text}  ...")
    yield
    await run.err(f" ✓ {text}")


def _read_config(run: ToolRun, name: str) -> dict[str, Any]:
    """The `--config` file: kind.x-k8s.io/v1alpha4."""
    if not name:
        return {}
    failure = "ERROR: failed to create cluster: "
    try:
        config = yaml.safe_load(run.path(name).read_bytes())
    except OSError as error:
        raise ToolExitError(1, f"{failure}error reading file: open {name}: {error.strerror}") from None
    except yaml.YAMLError as error:
        raise ToolExitError(1, f"{failure}unable to decode config: {error}") from None
    if not isinstance(config, dict) or config.get("kind") != "Cluster":
        raise ToolExitError(1, f"{failure}unknown kind for apiVersion: kind.x-k8s.io/v1alpha4")
    if config.get("apiVersion") != "kind.x-k8s.io/v1alpha4":
        raise ToolExitError(1, f"{failure}unknown apiVersion: {config.get('apiVersion')}")
    return config


def image_version(image: str) -> str:
    """`1.36.1` of `kindest/node:v1.36.1@sha256:...`."""
    tag = image.partition("@")[0].rpartition(":")[2]
    if not re.fullmatch(r"v\d+\.\d+\.\d+", tag):
        raise ToolExitError(
            1, f"ERROR: failed to create cluster: the rehearsed kind cannot tell the version of {image}"
        )
    return tag[1:]
