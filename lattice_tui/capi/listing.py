"""A snapshot of rows from fresh lists: what an observer's reports must add up to."""

from __future__ import annotations

from typing import Any

from lattice_tui.capi.client import KubeClient
from lattice_tui.capi.decoding import ItemDecoder
from lattice_tui.capi.errors import ApiError
from lattice_tui.capi.resources import DOCKER_KINDS, KUBEADM_CONTROL_PLANE, InfrastructureKinds, Resource
from lattice_tui.capi.views import View, cluster_views, node_view
from schemas.rows import EventRow, MachineRow, ObjectRow


def rows_from_lists(
    client: KubeClient,
    *,
    namespace: str,
    cluster: str,
    control_plane: Resource = KUBEADM_CONTROL_PLANE,
    infrastructure: InfrastructureKinds = DOCKER_KINDS,
) -> tuple[dict[str, MachineRow], dict[str, ObjectRow]]:
    """Machines and other objects of one cluster, by uid. Raises ApiError, ApiUnreachableError."""
    machines: dict[str, MachineRow] = {}
    objects: dict[str, ObjectRow] = {}
    for view in cluster_views(namespace, cluster, control_plane=control_plane, infrastructure=infrastructure):
        for row in _rows(client, view):
            if isinstance(row, MachineRow):
                machines[row.uid] = row
            elif isinstance(row, ObjectRow):
                objects[row.uid] = row
    return machines, objects


def node_rows(client: KubeClient, *, cluster: str) -> dict[str, ObjectRow]:
    """The Nodes of the new cluster, by uid, from its own API."""
    return {row.uid: row for row in _rows(client, node_view(cluster)) if isinstance(row, ObjectRow)}


def _rows(client: KubeClient, view: View[Any]) -> list[MachineRow | ObjectRow | EventRow]:
    decoder: ItemDecoder[Any] = ItemDecoder(view.item_type)
    try:
        pages = list(
            client.pages(
                view.resource,
                view.namespace,
                label_selector=view.label_selector,
                field_selector=view.field_selector,
                decode=decoder.page,
            )
        )
    except ApiError as error:
        if error.status == 404:
            # The kind is not installed: there are none of it.
            return []
        raise
    return [view.row(item) for page in pages for item in page.items]
