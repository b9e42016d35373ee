"""Connections to one API server: TLS proven against its authority, dead peers found by keepalive."""

from __future__ import annotations

import contextlib
import os
import socket
import ssl
import tempfile
from functools import cache
from typing import TYPE_CHECKING, Any

from lattice_tui.capi.errors import ApiUnreachableError
from lattice_tui.capi.kubeconfig import Kubeconfig

if TYPE_CHECKING:
    import urllib3

POOL_SIZE = 24
"""One connection for each watch of a cluster, and some for requests."""


def tls_context(kubeconfig: Kubeconfig) -> ssl.SSLContext:
    """A context that proves the server and shows our certificate. Raises ApiUnreachableError for unusable PEM."""
    try:
        context = ssl.create_default_context(cadata=kubeconfig.ca_pem or None)
        # Python 3.13 refuses authorities without an Authority Key Identifier, which Kubernetes clusters do issue.
        context.verify_flags &= ~ssl.VERIFY_X509_STRICT
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        if kubeconfig.client_certificate_pem and kubeconfig.client_key:
            _load_client_certificate(context, kubeconfig)
    except (ssl.SSLError, ValueError) as error:
        detail = f"a certificate in the kubeconfig is unusable ({type(error).__name__})"
        raise ApiUnreachableError("tls", kubeconfig.server, detail, "Get a fresh kubeconfig.") from error
    return context


def new_pool(kubeconfig: Kubeconfig) -> urllib3.PoolManager:
    """A thread-safe pool that never retries by itself: what is safe to repeat is decided above."""
    import urllib3

    options: dict[str, Any] = {}
    if kubeconfig.server.startswith("https://"):
        options["ssl_context"] = tls_context(kubeconfig)
        if kubeconfig.tls_server_name:
            options["server_hostname"] = kubeconfig.tls_server_name
    pool = urllib3.PoolManager(
        num_pools=1,
        maxsize=POOL_SIZE,
        retries=False,
        socket_options=_socket_options(),
        **options,
    )
    pool.pool_classes_by_scheme = _pool_classes()
    return pool


@cache
def _pool_classes() -> dict[str, Any]:
    """The library's pools, with answers that are read as wire.py reads them."""
    import urllib3
    from urllib3.connection import HTTPConnection, HTTPSConnection

    from lattice_tui.capi.wire import Answer

    made: dict[str, Any] = {}
    for scheme, pool, connection in (
        ("http", urllib3.HTTPConnectionPool, HTTPConnection),
        ("https", urllib3.HTTPSConnectionPool, HTTPSConnection),
    ):
        answering = type(connection.__name__, (connection,), {"response_class": Answer})
        made[scheme] = type(pool.__name__, (pool,), {"ConnectionCls": answering})
    return made


def _load_client_certificate(context: ssl.SSLContext, kubeconfig: Kubeconfig) -> None:
    """`load_cert_chain` reads files only: a private one that is gone before this returns."""
    assert kubeconfig.client_key is not None
    handle, path = tempfile.mkstemp(prefix="lattice-")
    try:
        with os.fdopen(handle, "w", encoding="ascii") as stream:
            stream.write(kubeconfig.client_certificate_pem + "\n" + kubeconfig.client_key.reveal())
        context.load_cert_chain(path)
    finally:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(path)


def _socket_options() -> list[tuple[int, int, int]]:
    """Ask a silent peer after 15 s, every 5 s, three times: a dropped connection ends within 30 s."""
    options = [(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1), (socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)]
    # macOS calls the first one TCP_KEEPALIVE.
    for names, value in ((("TCP_KEEPIDLE", "TCP_KEEPALIVE"), 15), (("TCP_KEEPINTVL",), 5), (("TCP_KEEPCNT",), 3)):
        number = next((getattr(socket, name) for name in names if hasattr(socket, name)), None)
        if number is not None:
            options.append((socket.IPPROTO_TCP, number, value))
    return options
