"""HTTPS to a cloud whose certificate is signed by an authority of its own."""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import requests


def requests_session(ca_pem: str) -> requests.Session:
    """A session that trusts this computer's authorities, those of certifi, and those of `ca_pem` (may be empty).

    requests alone knows certifi's, and would refuse what the rest of the computer trusts. No file is written: requests
    takes an authority as a file alone, but its adapter a context that knows it. Raises ssl.SSLError for a text that is
    no certificate.
    """
    import requests
    from requests.adapters import HTTPAdapter

    session = requests.Session()

    class Trusting(HTTPAdapter):
        """Hands the context to every pool it makes, those to a proxy included."""

        def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
            super().init_poolmanager(*args, ssl_context=context_of(ca_pem), **kwargs)

        def proxy_manager_for(self, *args: Any, **kwargs: Any) -> Any:
            return super().proxy_manager_for(*args, ssl_context=context_of(ca_pem), **kwargs)

    session.mount("https://", Trusting())
    return session


def context_of(ca_pem: str) -> ssl.SSLContext:
    """Checks names and signatures, as always; knows one authority more."""
    context = ssl.create_default_context()
    if ca_pem.strip():
        context.load_verify_locations(cadata=ca_pem)
    return context
