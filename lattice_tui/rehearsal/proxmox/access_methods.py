"""What the API answers about itself, its realms, tokens and permissions."""

from __future__ import annotations

from typing import Any

from lattice_tui.rehearsal.proxmox.acl import listed, privileges
from lattice_tui.rehearsal.proxmox.calls import SIGNED_IN, ApiError, Call, Everybody, Method, wrong_parameters
from lattice_tui.rehearsal.proxmox.privileges import standard_roles


def _version(call: Call) -> Any:
    return {"version": call.site.version, "release": call.site.release, "repoid": "simulated"}


def _domains(call: Call) -> Any:
    return [{"realm": name, "type": kind, "comment": ""} for name, kind in call.site.realms.items()]


def _token(call: Call) -> Any:
    """Its user may read it; a token is not its user, and needs User.Modify."""
    userid, name = call.params["userid"], call.params["tokenid"]
    if call.who not in (userid, "root@pam"):
        user = call.site.users.get(userid)
        groups = user.groups if user else ()
        if not any(call.holds(path, "User.Modify") for path in ("/access/groups", *map(_group_path, groups))):
            raise ApiError(403, "Permission check failed (/access/groups, User.Modify)")
    if userid not in call.site.users:
        raise ApiError(500, f"no such user ('{userid}')")
    token = call.site.users[userid].tokens.get(name)
    if token is None:
        raise ApiError(500, f"no such token '{name}' for user '{userid}'")
    return {"privsep": int(token.is_separated), "expire": token.expires_at, "comment": "made for Lattice"}


def _group_path(group: str) -> str:
    return f"/access/groups/{group}"


def _permissions(call: Call) -> Any:
    """Its own; another's with Sys.Audit on /access, and a token of its own."""
    who = call.params.get("userid", call.who)
    userid, _, name = who.partition("!")
    if who != call.who and not call.who.startswith(f"{who}!") and not who.startswith(f"{call.who}!"):
        call.require("/access", "Sys.Audit")
    user = call.site.users.get(userid)
    if user is None or (name and name not in user.tokens):
        raise wrong_parameters(userid="no such user or token")
    path = call.params.get("path")
    if path is None:
        found = listed(call.site, who)
    else:
        if not path.startswith("/"):
            raise wrong_parameters(path="invalid format - no valid ACL path")
        found = {path: privileges(call.site, who, path)}
    return {path: {name: int(goes_on) for name, goes_on in held.items()} for path, held in found.items()}


def _roles(call: Call) -> Any:
    roles = {**standard_roles(call.site.major), **call.site.roles}
    return [
        {"roleid": name, "privs": ",".join(sorted(privs)), "special": int(name not in call.site.roles)}
        for name, privs in sorted(roles.items())
    ]


METHODS = (
    Method("GET", "/version", _version),
    Method("GET", "/access/domains", _domains, Everybody(and_strangers=True)),
    Method("GET", "/access/users/{userid}/token/{tokenid}", _token),
    Method("GET", "/access/permissions", _permissions, SIGNED_IN, optional=frozenset({"path", "userid"})),
    Method("GET", "/access/roles", _roles),
)
