"""O23: the authority that signed the cloud's certificates reaches the cluster, too."""

from __future__ import annotations

import asyncio
import ssl

from lattice_tui.checks.results import ok, unknown, wrong
from lattice_tui.checks.runner import Check
from lattice_tui.checks.servers import proxy_of, server_of
from lattice_tui.providers.openstack.checks.look import Look, check, safe
from lattice_tui.providers.openstack.credential_fields import ROOT
from schemas.checks import CheckResult

_HTTPS_PORT = 443
_HANDSHAKE_S = 8.0


def checks(look: Look) -> tuple[Check, ...]:
    """The row after the certificate's own: what this computer trusts, the cluster need not."""

    async def run() -> CheckResult:
        return await _authority(look)

    return (check(look, "openstack-ca", "CA for the cluster", run, "openstack-certificate"),)


async def _authority(look: Look) -> CheckResult:
    import os

    cloud = look.cloud
    server = server_of(cloud.auth_url, _HTTPS_PORT)
    if not server.tls:
        return ok("plain HTTP: there is no certificate to trust")
    pem = cloud.value("ca_pem")
    if proxy_of(server, os.environ) is not None:
        return unknown("seen from inside the cluster alone: a proxy stands between", evidence=safe(server.url))
    try:
        await asyncio.to_thread(_trusted_by_cluster, server.host, server.port, pem)
    except ssl.SSLCertVerificationError as error:
        return wrong(
            "fail",
            "LT-OS-140",
            "this computer trusts the cloud's certificate, and the cluster will not",
            why="its authority is known to this computer alone; the cluster's controllers run elsewhere",
            fix="Give the authority's certificate (PEM): OS_CACERT, or cacert in clouds.yaml; it goes into the cluster",
            action="openssl s_client -showcerts -connect " + safe(server),
            field=f"{ROOT}.ca_pem",
            evidence=safe(error.verify_message, 100),
        )
    except (OSError, TimeoutError) as error:
        return unknown("the certificate could not be read again", evidence=safe(error, 100))
    return ok("given with the credentials, and carried into the cluster" if pem else "a public authority")


def _trusted_by_cluster(host: str, port: int, pem: str) -> None:
    """A handshake with what the cluster has: public authorities, and the one that is given."""
    import socket

    import certifi

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(cafile=certifi.where())
    if pem:
        context.load_verify_locations(cadata=pem)
    with (
        socket.create_connection((host, port), timeout=_HANDSHAKE_S) as connection,
        context.wrap_socket(connection, server_hostname=host),
    ):
        return
