"""Tokens of service accounts, as `kubectl create token` asks for them: shaped like JSON Web Tokens, signed by nobody.

The server that made one knows it; no other does. Source: authentication.k8s.io/v1 TokenRequest.
"""

from __future__ import annotations

import base64
import json
import secrets
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Final

JsonObject = dict[str, Any]
Accept = Callable[[str, str, tuple[str, ...]], None]
"""Lets a token in: the token, its user, the user's groups."""

DEFAULT_LIFE_S: Final = 3600
ISSUER: Final = "https://kubernetes.default.svc.cluster.local"


def token_request(account: JsonObject, asked: JsonObject, accept: Accept) -> JsonObject:
    """The answer to a TokenRequest for a stored ServiceAccount; the token is accepted from now on."""
    namespace, name = account["metadata"]["namespace"], account["metadata"]["name"]
    wish = asked.get("spec") or {}
    life_s = wish.get("expirationSeconds") or DEFAULT_LIFE_S
    audiences = wish.get("audiences") or [ISSUER]
    now = datetime.now(UTC).replace(microsecond=0)
    ends = now + timedelta(seconds=life_s)
    user = f"system:serviceaccount:{namespace}:{name}"
    claims = {
        "aud": audiences,
        "exp": int(ends.timestamp()),
        "iat": int(now.timestamp()),
        "iss": ISSUER,
        "kubernetes.io": {"namespace": namespace, "serviceaccount": {"name": name, "uid": account["metadata"]["uid"]}},
        "sub": user,
    }
    token = f"{_part({'alg': 'none', 'typ': 'JWT'})}.{_part(claims)}.{secrets.token_urlsafe(32)}"
    accept(token, user, ("system:serviceaccounts", f"system:serviceaccounts:{namespace}"))
    return {
        "kind": "TokenRequest",
        "apiVersion": "authentication.k8s.io/v1",
        "metadata": {"name": name, "namespace": namespace, "creationTimestamp": _moment(now)},
        "spec": {"audiences": audiences, "expirationSeconds": life_s, "boundObjectRef": None},
        "status": {"token": token, "expirationTimestamp": _moment(ends)},
    }


def _part(claims: JsonObject) -> str:
    return base64.urlsafe_b64encode(json.dumps(claims, separators=(",", ":")).encode()).decode().rstrip("=")


def _moment(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"
