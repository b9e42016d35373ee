"""Who asks: the token of a request, and Proxmox VE's words where it is not good."""

from __future__ import annotations

import re

from lattice_tui.rehearsal.proxmox.calls import ApiError
from lattice_tui.rehearsal.proxmox.site import Site

_HEADER = re.compile(
    r"^PVEAPIToken[= ](?P<user>[^\s:/!]+@[A-Za-z][\w.\-]+)!(?P<token>[A-Za-z][\w.\-]+)[=:](?P<secret>.+)$"
)


def caller(site: Site, authorization: str) -> str:
    """`user@realm!token` of a good token. Raises ApiError 401."""
    try:
        return _caller(site, authorization)
    except ApiError as error:
        if site.says_generic_401:
            raise ApiError(401, "authentication failure") from error
        raise


def _caller(site: Site, authorization: str) -> str:
    if not authorization:
        raise ApiError(401, "No ticket")
    match = _HEADER.match(authorization)
    if match is None:
        raise ApiError(401, "no tokenid specified" if authorization.startswith("PVEAPIToken") else "No ticket")
    userid, name, secret = match["user"], match["token"], match["secret"]
    user = site.users.get(userid)
    if user is None:
        raise ApiError(401, f"no such user ('{userid}')")
    if not user.is_enabled:
        raise ApiError(401, f"user '{userid}' is disabled")
    if 0 < user.expires_at < site.now():
        raise ApiError(401, f"user '{userid}' access expired")
    token = user.tokens.get(name)
    if token is None:
        raise ApiError(401, f"no such token '{name}' for user '{userid}'")
    if 0 < token.expires_at < site.now():
        raise ApiError(401, f"token '{name}' access expired")
    if token.secret != secret:
        raise ApiError(401, "invalid token value!")
    return f"{userid}!{name}"
