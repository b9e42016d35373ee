"""A plain client for the conformance script: http.client and nothing of ours; answers come back normalised."""

from __future__ import annotations

import http.client
import json
import re
import ssl
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

JSON = "application/json"
TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json"
MERGE = "application/merge-patch+json"
STRATEGIC = "application/strategic-merge-patch+json"
JSON_PATCH = "application/json-patch+json"
APPLY = "application/apply-patch+yaml"
PATIENCE_S = 60.0
OWN_WORDS = {"columnDefinitions": ("description",), "resources": ("storageVersionHash",)}
"""Descriptions are everybody's own; the hash of a storage version is for migrators."""

_UID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_AGE = re.compile(r"^\d+s$")
_VERSION = re.compile(r"(?<=current: )\d+|(?<=in record \()\d+(?=\))|(?<=resourceVersion\\\":\\\")\d+")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")


@dataclass
class Reply:
    """One answer: its code, its body (parsed where it is JSON), its Warning headers and its media type."""

    code: int
    body: Any
    warnings: list[str] = field(default_factory=list)
    media_type: str = ""

    def normal(self) -> dict[str, Any]:
        """Without what differs from one run to the next."""
        answer: dict[str, Any] = {"code": self.code, "body": normal(self.body)}
        if self.warnings:
            answer["warnings"] = [normal(warning) for warning in self.warnings]
        return answer


class Client:
    """Requests to one server, each on a connection of its own."""

    def __init__(self, url: str, context: ssl.SSLContext, token: str = "") -> None:
        self._host = urlsplit(url).netloc
        self._context = context
        self._token = token

    def ask(self, method: str, path: str, body: Any = None, content_type: str = JSON, accept: str = JSON) -> Reply:
        """One request; a body that is not bytes is sent as JSON."""
        connection, response = self._open(method, path, body, content_type, accept)
        try:
            text = response.read()
        finally:
            connection.close()
        warnings = response.headers.get_all("Warning") or []
        media_type = response.headers.get("Content-Type") or ""
        is_json = text.lstrip()[:1] in (b"{", b"[")
        return Reply(response.status, json.loads(text) if is_json else text.decode(), list(warnings), media_type)

    def watch(self, path: str, accept: str = JSON) -> Reply:
        """A watch that ends by itself (`timeoutSeconds` in the path): the body is the list of its events."""
        connection, response = self._open("GET", path, None, JSON, accept)
        try:
            text = response.read()
        finally:
            connection.close()
        if response.status != 200:
            return Reply(response.status, json.loads(text))
        return Reply(200, [json.loads(line) for line in text.splitlines()])

    def _open(
        self, method: str, path: str, body: Any, content_type: str, accept: str
    ) -> tuple[http.client.HTTPSConnection, http.client.HTTPResponse]:
        data = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        headers = {"Accept": accept, "User-Agent": "conformance/1.0"}
        if data is not None:
            headers["Content-Type"] = content_type
        if self._token:
            headers["Authorization"] = f"Bearer {self._token}"
        connection = http.client.HTTPSConnection(self._host, context=self._context, timeout=PATIENCE_S)
        connection.request(method, path, body=data, headers=headers)
        return connection, connection.getresponse()


def normal(value: Any, key: str = "") -> Any:
    """A JSON value with versions, uids, times and remaining seconds replaced by their names."""
    if isinstance(value, dict):
        return {name: normal(inner, name) for name, inner in value.items() if name not in OWN_WORDS.get(key, ())}
    if key == "managedFields" and isinstance(value, list):
        # Within one second their order is by name, across two by time.
        value = sorted(value, key=lambda entry: (entry["manager"], entry["operation"], entry.get("subresource", "")))
    if isinstance(value, list):
        return [normal(inner, key) for inner in value]
    if key in ("resourceVersion", "continue", "resourceVersionMatch") and value:
        return f"<{key}>"
    if isinstance(value, str):
        return _VERSION.sub("<version>", _AGE.sub("<age>", _TIME.sub("<time>", _UID.sub("<uid>", value))))
    return value
