"""Is this account of AWS ready for the cluster that is wanted?

What lives here: one module for each kind of question, each with `checks(look)`, and `look`, what they share. What may
not: anything that changes the account; a trial (DryRun) is answered by AWS without being done. Who may import it:
AWS's provider. Limits and their sources stand beside each of them.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from lattice_tui.checks.runner import Check
from lattice_tui.checks.servers import Server, server_of
from lattice_tui.checks.tls import Trust
from lattice_tui.checks.transport import transport_checks
from lattice_tui.providers.aws import rows, shapes
from lattice_tui.providers.aws.checks import (
    bill,
    clash,
    image,
    machines,
    network,
    permissions,
    quotas,
    region,
    roles,
    sign_in,
)
from lattice_tui.providers.aws.checks.look import BLOCK, SIGN_IN_INPUTS, Look
from lattice_tui.providers.aws.wish import AwsWish
from lattice_tui.secrets import Secret

__all__ = ["aws_checks"]

MAX_CA_BYTES = 1024 * 1024
_HTTPS = 443


def aws_checks(wish: AwsWish, params: Mapping[str, str], secrets: Mapping[str, Secret]) -> tuple[Check, ...]:
    """All checks of one region of one account, in the order of their rows."""
    look = Look(wish, params, secrets)
    way_there = _way_there(look)
    return (
        sign_in.credentials_check(look),
        *way_there,
        *_needing_a_region(look, way_there[-2].id),
    )


def _needing_a_region(look: Look, before_identity: str) -> tuple[Check, ...]:
    made = (
        *sign_in.checks(look, before_identity),
        *region.checks(look),
        *permissions.checks(look),
        *roles.checks(look),
        *machines.checks(look),
        *image.checks(look),
        *network.checks(look),
        *quotas.checks(look),
        *clash.checks(look),
        *bill.checks(look),
    )
    if sign_in.region_is_formed(look):
        return made
    # Nothing can be asked without a region; every row is there all the same.
    return tuple(replace(one, run=sign_in.no_region, needs=(rows.SIGN_IN,)) for one in made)


def _way_there(look: Look) -> tuple[Check, ...]:
    """Name, port, certificate and clock of the region's sign-in service."""
    return transport_checks(
        "aws",
        _server(look),
        Trust(ca_pem=_ca_of_environment()),
        label="AWS",
        port_hint="AWS listens on 443.",
        field=f"{BLOCK}.region",
        ca_field=f"{BLOCK}.region",
        inputs=SIGN_IN_INPUTS,
        needs=(rows.SIGN_IN,),
        simulated=look.wish.simulated,
    )


def _server(look: Look) -> Server | None:
    """Where questions go; None while there is no region."""
    given = look.session.endpoint_url or os.environ.get("AWS_ENDPOINT_URL_STS") or os.environ.get("AWS_ENDPOINT_URL")
    try:
        if given:
            return server_of(given, _HTTPS)
        if not sign_in.region_is_formed(look):
            return None
        return server_of(f"https://sts.{look.wish.region}.{shapes.domain_of(look.wish.region)}", _HTTPS)
    except ValueError:
        # The SDK refuses it with words of its own, in the row of who signs in.
        return None


def _ca_of_environment() -> str:
    """The authorities that the SDK trusts besides, as AWS_CA_BUNDLE names them; empty: none."""
    try:
        with Path(os.environ["AWS_CA_BUNDLE"]).open(encoding="utf-8") as file:
            return file.read(MAX_CA_BYTES)
    except (KeyError, OSError, UnicodeDecodeError):
        # The SDK says what is wrong with the file; here the system's authorities have to do.
        return ""
