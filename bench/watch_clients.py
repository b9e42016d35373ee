"""The clients of G11 and G12: `python -m bench.watch_clients NAME URL COUNT`.

Each reads COUNT events or machines and prints `CPU_SECONDS PEAK_KIB`: the CPU time of the process from its first
request to the last object, with everything imported before, and its whole peak of resident memory.
"""

from __future__ import annotations

import gc
import json
import resource
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

from lattice_tui.capi.changes import Change, ClusterFacts
from lattice_tui.capi.client import KubeClient
from lattice_tui.capi.kubeconfig import Kubeconfig
from lattice_tui.capi.objects import MachineObject
from lattice_tui.capi.resources import MACHINE
from lattice_tui.capi.store import Known
from lattice_tui.capi.watch import Watcher

NAMESPACE = "capi-demo"
_PATH = f"/apis/cluster.x-k8s.io/v1beta2/namespaces/{NAMESPACE}/machines"


class _Counted:
    """A sink and a link that count what they are told."""

    def __init__(self, count: int) -> None:
        self._left = count
        self.done = threading.Event()

    def changed(self, _item: MachineObject) -> None:
        self._left -= 1
        if not self._left:
            self.done.set()

    def gone(self, _known: Known) -> None:
        """Nothing goes."""

    def settled(self) -> None:
        """Counting tells."""

    def synced(self) -> None:
        """Counting tells."""

    def contact(self, _who: str) -> None:
        """It is local."""

    def trouble(self, who: str, why: str, *, asks: bool = False) -> None:
        raise AssertionError(who, why, asks)


def _watcher(url: str, count: int) -> None:
    sink = _Counted(count)
    watcher = Watcher(KubeClient(Kubeconfig(url)), MACHINE, MachineObject, sink, sink, namespace=NAMESPACE)
    watcher.start()
    sink.done.wait(60)
    watcher.stop()


def _observer(url: str, count: int) -> None:
    """Rows and facts too, as a door shows them."""
    from lattice_tui.capi.observer import _Observer
    from lattice_tui.capi.resources import DOCKER_KINDS, KUBEADM_CONTROL_PLANE
    from lattice_tui.capi.timing import USUAL
    from lattice_tui.capi.views import cluster_views

    done = threading.Event()
    left = [count]

    def count_down(_change: Change) -> None:
        left[0] -= 1
        if not left[0]:
            done.set()

    views = cluster_views(NAMESPACE, "demo", control_plane=KUBEADM_CONTROL_PLANE, infrastructure=DOCKER_KINDS)
    machines = [view for view in views if view.resource is MACHINE]
    observer = _Observer(KubeClient(Kubeconfig(url)), machines, ClusterFacts(), count_down, lambda _facts: None, USUAL)
    observer.start()
    done.wait(60)
    observer.stop()


def _kubernetes_watch(url: str, count: int) -> None:
    from kubernetes import client, watch

    api = client.CustomObjectsApi(client.ApiClient(client.Configuration(host=url)))
    where = ("cluster.x-k8s.io", "v1beta2", NAMESPACE, "machines")
    stream: Any = watch.Watch()  # type: ignore[no-untyped-call]
    for event in stream.stream(api.list_namespaced_custom_object, *where, resource_version="1"):
        assert event["object"]["metadata"]["name"]
        count -= 1
        if not count:
            stream.stop()


def _json_watch(url: str, count: int) -> None:
    """The plainest loop: the HTTP library's own lines, and the standard library's JSON."""
    import urllib3

    response = urllib3.PoolManager().request(
        "GET", f"{url}{_PATH}?watch=1&resourceVersion=1", preload_content=False, timeout=60
    )
    rest = b""
    for data in response.stream(65536):
        *lines, rest = (rest + data).split(b"\n")
        for line in lines:
            assert json.loads(line)["object"]["metadata"]["name"]
            count -= 1
        if not count:
            return


def _kubernetes_list(url: str, count: int) -> None:
    from kubernetes import client

    api = client.CustomObjectsApi(client.ApiClient(client.Configuration(host=url)))
    found: Any = api.list_namespaced_custom_object("cluster.x-k8s.io", "v1beta2", NAMESPACE, "machines")
    assert len(found["items"]) == count


CLIENTS: dict[str, Callable[[str, int], None]] = {
    "watcher": _watcher,
    "observer": _observer,
    "kubernetes-watch": _kubernetes_watch,
    "json-watch": _json_watch,
    "kubernetes-list": _kubernetes_list,
}


def main() -> None:
    """Run one client, and say what it cost."""
    name, url, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
    _import(name)
    gc.collect()
    before_s = time.process_time()
    CLIENTS[name](url, count)
    cpu_s = time.process_time() - before_s
    print(cpu_s, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)


def _import(name: str) -> None:
    import urllib3  # noqa: F401 - paid before the clock starts, by every client alike

    if name.startswith("kubernetes"):
        from kubernetes import client, watch

        _ = (client.CustomObjectsApi, watch.Watch)


if __name__ == "__main__":
    main()
