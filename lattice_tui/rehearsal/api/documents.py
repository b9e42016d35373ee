"""What a server says of itself at fixed paths: version, discovery, OpenAPI."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import msgspec

from lattice_tui.rehearsal.api import discovery, errors, openapi_v2, openapi_v3, protobuf
from lattice_tui.rehearsal.api.tables import Tables

JsonObject = dict[str, Any]

JSON_TYPE = "application/json"


@dataclass(frozen=True, slots=True)
class Document:
    """Bytes, their media type, and the tag by which a client keeps them."""

    content: bytes
    media_type: str = JSON_TYPE
    entity_tag: str = ""


class Documents:
    """Makes them of what is served at the moment; keeps the large ones until that changes."""

    def __init__(self, tables: Tables, version: str) -> None:
        self._tables = tables
        self._version = version
        self._kept: dict[str, Document] = {}
        self._kept_of: tuple[int, ...] = ()

    def at(self, path: str, accept: str, address: str) -> Document | None:
        """The document at a path; None when there is none. Raises ApiError 404 for a group that is not served."""
        parts = path.strip("/").split("/")
        if parts[0] == "openapi":
            return self._openapi(path, parts[1:], accept)
        if parts[0] in ("api", "apis") and len(parts) == 1 and discovery.aggregated_accepted(accept):
            whole = discovery.aggregated(self._tables.served(), core=parts[0] == "api")
            content = msgspec.json.encode(whole)
            return Document(content, discovery.AGGREGATED_TYPE, discovery.entity_tag(whole))
        found = self._discovered(parts, address)
        return Document(msgspec.json.encode(found)) if found is not None else None

    def _discovered(self, parts: list[str], address: str) -> JsonObject | None:
        kinds = self._tables.served()
        match parts:
            case ["version"]:
                return discovery.version_info(self._version)
            case ["api"]:
                return discovery.api_versions(address)
            case ["apis"]:
                return discovery.group_list(kinds)
            case ["apis", group]:
                return discovery.group(group, kinds)
            case ["api", version]:
                return discovery.resource_list("", version, kinds)
            case ["apis", group, version]:
                return discovery.resource_list(group, version, kinds)
        return None

    def _openapi(self, path: str, parts: list[str], accept: str) -> Document:
        kinds = self._tables.served()
        # The kinds are told apart by identity: one that is served anew is another.
        if self._kept_of != (served := tuple(map(id, kinds))):
            self._kept, self._kept_of = {}, served
        is_protobuf = parts == ["v2"] and protobuf.MEDIA_TYPE in accept
        key = f"{path} {is_protobuf}"
        if key not in self._kept:
            self._kept[key] = self._openapi_made(parts, is_protobuf=is_protobuf)
        return self._kept[key]

    def _openapi_made(self, parts: list[str], *, is_protobuf: bool) -> Document:
        kinds = self._tables.served()
        found: JsonObject | None = None
        match parts:
            case ["v2"]:
                found = openapi_v2.document(kinds, self._version)
                if is_protobuf:
                    return Document(protobuf.encoded(found), protobuf.ANSWERED_TYPE)
            case ["v3"]:
                found = openapi_v3.index(kinds)
            case ["v3", "api", version]:
                found = openapi_v3.document(kinds, "", version, self._version)
            case ["v3", "apis", group, version]:
                found = openapi_v3.document(kinds, group, version, self._version)
        if found is None:
            raise errors.no_such_path()
        return Document(msgspec.json.encode(found))
