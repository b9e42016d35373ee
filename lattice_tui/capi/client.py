"""`KubeClient`: the Kubernetes API of one cluster, synchronous and safe to share between threads."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol, TypeVar, cast

import msgspec

from lattice_tui.capi.connection import JSON, Connection, Request, kubeconfig_with_credentials
from lattice_tui.capi.decoding import UNREADABLE, PageMeta, page_of
from lattice_tui.capi.errors import ApiError, ApiUnreachableError
from lattice_tui.capi.kubeconfig import Kubeconfig
from lattice_tui.capi.resources import SECRET, JsonObject, Resource, resource_for
from lattice_tui.capi.stream import WatchStream

FIELD_MANAGER = "lattice"
_APPLY = "application/apply-patch+yaml"
_MERGE = "application/merge-patch+json"


@dataclass(frozen=True, slots=True)
class Listing:
    """All objects of a list, and the version to watch from."""

    items: list[JsonObject]
    resource_version: str


class AnyPage(Protocol):
    """Whatever a page is decoded to, it says where the next one begins."""

    @property
    def metadata(self) -> PageMeta: ...


PageT = TypeVar("PageT", bound=AnyPage)


class KubeClient:
    """One API server. Every method raises ApiError or ApiUnreachableError, nothing of the HTTP library."""

    def __init__(
        self, kubeconfig: Kubeconfig, *, timeout_s: float = 10.0, path: str | os.PathLike[str] | None = None
    ) -> None:
        self._connection = Connection(kubeconfig, timeout_s=timeout_s, path=path)

    @classmethod
    def from_kubeconfig(cls, path: str | os.PathLike[str], *, timeout_s: float = 10.0) -> KubeClient:
        """A client for the file's current context; the file is read again once when the server says 401."""
        return cls(kubeconfig_with_credentials(path), timeout_s=timeout_s, path=path)

    @property
    def server(self) -> str:
        return self._connection.server

    def version(self) -> str:
        """The server's version, `v1.34.0`."""
        return str(self._json(Request("GET", "/version")).get("gitVersion", ""))

    def is_reachable(self, timeout_s: float | None = None) -> bool:
        """True when the server answers and calls itself ready; refusing us counts as an answer."""
        try:
            self._connection.send(Request("GET", "/readyz"), timeout_s=timeout_s)
        except ApiError as error:
            return error.status in {401, 403}
        except ApiUnreachableError:
            return False
        return True

    def get(self, resource: Resource, name: str, namespace: str = "") -> JsonObject | None:
        """The object, or None when there is none of that name (or no such kind yet)."""
        try:
            return self._json(Request("GET", resource.path(namespace, name), is_secret=resource is SECRET))
        except ApiError as error:
            if error.status == 404:
                return None
            raise

    def list(
        self,
        resource: Resource,
        namespace: str = "",
        *,
        label_selector: str = "",
        field_selector: str = "",
        limit: int = 500,
    ) -> Listing:
        """All objects, read page by page."""
        items: list[JsonObject] = []
        version = ""
        pages = self.pages(
            resource,
            namespace,
            label_selector=label_selector,
            field_selector=field_selector,
            limit=limit,
            decode=page_of,
        )
        for page in pages:
            items += [msgspec.json.decode(item) for item in page.items or ()]
            version = page.metadata.resource_version
        return Listing(items, version)

    def pages(
        self,
        resource: Resource,
        namespace: str = "",
        *,
        label_selector: str = "",
        field_selector: str = "",
        limit: int = 500,
        decode: Callable[[bytes], PageT],
    ) -> Iterator[PageT]:
        """A list page by page; 0 asks for one page. Raises ApiExpiredError when a continue token ran out."""
        query = {"labelSelector": label_selector, "fieldSelector": field_selector, "limit": str(limit or "")}
        while True:
            request = Request("GET", resource.path(namespace), dict(query), is_secret=resource is SECRET)
            try:
                page = decode(self._connection.send(request))
            except UNREADABLE as error:
                raise ApiUnreachableError("lost", self.server, "the answer is not a list") from error
            yield page
            if not page.metadata.continue_:
                return
            query["continue"] = page.metadata.continue_

    def apply(
        self,
        manifest: JsonObject,
        *,
        field_manager: str = FIELD_MANAGER,
        force: bool = True,
        dry_run: bool = False,
        subresource: str = "",
    ) -> JsonObject:
        """Server-side apply with strict field validation; returns the object as stored."""
        resource, namespace, name = _place(manifest)
        query = {"fieldManager": field_manager, "force": "true" if force else "false", **_strict(dry_run)}
        path = resource.path(namespace, name, subresource)
        return self._json(Request("PATCH", path, query, manifest, _APPLY, resource is SECRET))

    def create(self, manifest: JsonObject, *, dry_run: bool = False) -> JsonObject:
        """Create it. Raises ApiError 409 when it is there already."""
        resource, namespace, _name = _place(manifest)
        query = {"fieldManager": FIELD_MANAGER, **_strict(dry_run)}
        return self._json(Request("POST", resource.path(namespace), query, manifest, JSON, resource is SECRET))

    def merge_patch(
        self, resource: Resource, name: str, patch: JsonObject, namespace: str = "", *, subresource: str = ""
    ) -> JsonObject:
        """JSON merge patch (RFC 7386): null removes a key."""
        query = {"fieldManager": FIELD_MANAGER, **_strict(dry_run=False)}
        path = resource.path(namespace, name, subresource)
        return self._json(Request("PATCH", path, query, patch, _MERGE, resource is SECRET))

    def delete(self, resource: Resource, name: str, namespace: str = "") -> bool:
        """Ask for its deletion; False when it was gone already. Finalizers may keep it for a while."""
        body = {"apiVersion": "v1", "kind": "DeleteOptions", "propagationPolicy": "Background"}
        try:
            self._connection.send(Request("DELETE", resource.path(namespace, name), {}, body))
        except ApiError as error:
            if error.status == 404:
                return False
            raise
        return True

    def open_watch(
        self,
        resource: Resource,
        namespace: str = "",
        *,
        resource_version: str,
        label_selector: str = "",
        field_selector: str = "",
        timeout_s: int = 45,
        read_timeout_s: float = 55.0,
    ) -> WatchStream:
        """A watch with bookmarks. The server ends it after `timeout_s`; silence of `read_timeout_s` breaks it."""
        query = {
            "watch": "1",
            "allowWatchBookmarks": "true",
            "resourceVersion": resource_version,
            "labelSelector": label_selector,
            "fieldSelector": field_selector,
            "timeoutSeconds": str(timeout_s),
        }
        request = Request("GET", resource.path(namespace), query)
        return WatchStream(self._connection.open(request, timeout_s=read_timeout_s), self.server)

    def close(self) -> None:
        """Close idle connections. Open watches end when their owner closes them."""
        self._connection.close()

    def _json(self, request: Request) -> JsonObject:
        data = self._connection.send(request)
        try:
            value = msgspec.json.decode(data)
        except UNREADABLE as error:
            raise ApiUnreachableError("lost", self.server, "the answer is not JSON") from error
        if not isinstance(value, dict):
            raise ApiUnreachableError("lost", self.server, "the answer is not a JSON object")
        return cast("JsonObject", value)


def _place(manifest: JsonObject) -> tuple[Resource, str, str]:
    metadata = manifest["metadata"]
    return resource_for(manifest), str(metadata.get("namespace", "")), str(metadata.get("name", ""))


def _strict(dry_run: bool) -> dict[str, str]:
    return {"fieldValidation": "Strict", **({"dryRun": "All"} if dry_run else {})}
