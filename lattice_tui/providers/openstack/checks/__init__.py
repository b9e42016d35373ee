"""Is the project good enough for the machines that are asked for?

What lives here: one module for each kind of question, each with `checks(look)`, and `look`, what they share. What may
not: anything that changes the project. Who may import it: OpenStack's provider. Limits and their sources: Cluster
API's OpenStack provider (CAPO) and its documentation.
"""

from __future__ import annotations

from collections.abc import Mapping

from lattice_tui.checks.runner import Check
from lattice_tui.checks.transport import Server, Trust, server_of, transport_checks
from lattice_tui.providers.openstack.checks import (
    balancer,
    bill,
    catalog,
    credentials,
    image,
    machines,
    networks,
    quotas,
    sign_in,
    trust,
)
from lattice_tui.providers.openstack.checks.look import CREDENTIALS, Look
from lattice_tui.providers.openstack.credential_fields import ROOT
from lattice_tui.providers.openstack.wish import OpenStackWish
from lattice_tui.secrets import Secret

_HTTPS_PORT = 443
_HTTP_PORT = 80


def openstack_checks(
    wish: OpenStackWish, params: Mapping[str, str], secrets: Mapping[str, Secret]
) -> tuple[Check, ...]:
    """All checks of one project, in the order of their rows."""
    look = Look(wish, params, secrets)
    return (
        *credentials.checks(look),
        *_transport(look),
        *trust.checks(look),
        *sign_in.checks(look),
        *catalog.checks(look),
        *machines.checks(look),
        *image.checks(look),
        *networks.checks(look),
        *balancer.checks(look),
        *quotas.checks(look),
        *bill.checks(look),
    )


def _transport(look: Look) -> tuple[Check, ...]:
    return transport_checks(
        "openstack",
        _server(look.cloud.auth_url),
        Trust(ca_pem=look.cloud.value("ca_pem")),
        label="OpenStack",
        port_hint="Keystone usually listens on port 5000 or 443.",
        field=f"{ROOT}.auth_url",
        ca_field=f"{ROOT}.ca_pem",
        inputs=("credentials.auth_url", "credentials.ca_pem"),
        needs=(CREDENTIALS,),
        simulated=look.wish.simulated,
    )


def _server(url: str) -> Server | None:
    try:
        return server_of(url, _HTTP_PORT if url.startswith("http://") else _HTTPS_PORT)
    except ValueError:
        # The row of the credentials says what is wrong with it.
        return None
