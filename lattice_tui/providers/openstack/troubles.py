"""What can go wrong while a cloud is asked: the libraries' many exceptions as one, without a secret in it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from lattice_tui.secrets import MASK, Secret
from lattice_tui.text import safe_text

TroubleKind = Literal[
    "refused", "forbidden", "not-found", "no-service", "unreachable", "timeout", "tls", "no-identity", "other"
]
"""`refused` is 401, `forbidden` 403; `no-service`: not in the catalog; `no-identity`: no Keystone at that address."""
_WORDS_LENGTH = 240
_SECRET_MIN_LENGTH = 4
"""A shorter one is part of too many words: masking it would hide the message, and point at it."""


class CloudError(Exception):
    """A question that the cloud did not answer. Its words are safe to print."""

    def __init__(self, kind: TroubleKind, words: str, status: int | None = None) -> None:
        self.kind = kind
        self.words = words
        self.status = status
        """HTTP status, None when there was no answer."""
        super().__init__(words)


def trouble(error: Exception, secrets: Iterable[Secret] = ()) -> CloudError:
    """The one exception for any of keystoneauth, openstacksdk and requests."""
    status = _status(error)
    words = str(error) or type(error).__name__
    for secret in secrets:
        if len(secret.reveal()) >= _SECRET_MIN_LENGTH:
            words = words.replace(secret.reveal(), MASK)
    return CloudError(_kind(error, status), safe_text(words, _WORDS_LENGTH), status)


def _status(error: Exception) -> int | None:
    for name in ("http_status", "status_code"):
        status = getattr(error, name, None)
        if isinstance(status, int) and status:
            return status
    return None


def _kind(error: Exception, status: int | None) -> TroubleKind:
    from keystoneauth1 import exceptions as ks
    from openstack import exceptions as sdk
    from requests.exceptions import SSLError

    if isinstance(error, ks.SSLError | SSLError):
        return "tls"
    if isinstance(error, ks.ConnectTimeout | ks.RetriableConnectionFailure) and "timed out" in str(error).lower():
        return "timeout"
    if isinstance(error, ks.ConnectFailure | ks.ConnectionError):
        return "unreachable"
    if isinstance(error, ks.DiscoveryFailure):
        return "no-identity"
    if isinstance(error, ks.CatalogException | ks.EndpointNotFound | sdk.ServiceDisabledException):
        return "no-service"
    by_status: dict[int | None, TroubleKind] = {401: "refused", 403: "forbidden", 404: "not-found"}
    return by_status.get(status, "other")
