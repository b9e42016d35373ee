"""Who may do what: the privileges of a user or a token on a path, computed as Proxmox VE does.

A role that is set deeper replaces what came from above, for a token before a user before the user's groups; roles come
down only where they propagate; `NoAccess` beats all; a pool's roles reach its guests and storages; a token with
privilege separation has what both its user and itself have. Source: administration guide, User Management.
"""

from __future__ import annotations

from collections.abc import Mapping

from lattice_tui.rehearsal.proxmox.privileges import known_privileges, standard_roles
from lattice_tui.rehearsal.proxmox.site import Acl, Site

ROOT = "root@pam"
TOP_PATHS = ("/", "/access", "/access/groups", "/nodes", "/pool", "/sdn", "/storage", "/vms")
"""Shown by a listing even where nobody set anything."""


def privileges(site: Site, who: str, path: str) -> dict[str, bool]:
    """What the user (`name@realm`) or token (`name@realm!token`) may do on that path."""
    userid, _, name = who.partition("!")
    if who == ROOT:
        return dict.fromkeys(known_privileges(site.major), True)
    if not name:
        return _of_roles(site, _roles(site, who, path))
    token = site.users[userid].tokens[name]
    of_user = privileges(site, userid, path)
    if not token.is_separated:
        return of_user
    own = _of_roles(site, _roles(site, who, path))
    return {privilege: goes_on and of_user[privilege] for privilege, goes_on in own.items() if privilege in of_user}


def listed(site: Site, who: str) -> dict[str, dict[str, bool]]:
    """What a listing without a path shows: top paths, paths with an entry, members of pools; where there is any."""
    paths = {*TOP_PATHS, *(acl.path for acl in site.acls)}
    for pool in site.pools.values():
        paths |= {f"/vms/{vmid}" for vmid in pool.vmids} | {f"/storage/{name}" for name in pool.storages}
    found = {path: privileges(site, who, path) for path in sorted(paths)}
    return {path: held for path, held in found.items() if held}


def _of_roles(site: Site, roles: Mapping[str, bool]) -> dict[str, bool]:
    known, standard = known_privileges(site.major), standard_roles(site.major)
    held: dict[str, bool] = {}
    for role, goes_on in roles.items():
        for privilege in standard.get(role, site.roles.get(role, frozenset())) & known:
            held[privilege] = held.get(privilege, False) or goes_on
    return held


def _roles(site: Site, who: str, path: str) -> dict[str, bool]:
    """Roles on the path with those that it gets from pools."""
    roles = _set_roles(site, who, path)
    from_pools: set[str] = set()
    for pool in site.pools.values():
        if path in {f"/vms/{vmid}" for vmid in pool.vmids} | {f"/storage/{name}" for name in pool.storages}:
            from_pools |= _set_roles(site, who, f"/pool/{pool.name}").keys()
    if "NoAccess" in roles or not from_pools:
        return roles
    if "NoAccess" in from_pools:
        return {"NoAccess": False}
    return {**dict.fromkeys(from_pools, False), **roles}


def _set_roles(site: Site, who: str, path: str) -> dict[str, bool]:
    """Roles by the entries on the path and above it, without pools."""
    parts = [part for part in path.split("/") if part]
    roles: dict[str, bool] = {}
    for depth in range(len(parts) + 1):
        here = "/" + "/".join(parts[:depth])
        is_final = depth == len(parts)
        entries = [acl for acl in site.acls if acl.path == here and (is_final or acl.propagates)]
        roles = _first_match(site, who, entries) or roles
    return {"NoAccess": roles["NoAccess"]} if "NoAccess" in roles else roles


def _first_match(site: Site, who: str, entries: list[Acl]) -> dict[str, bool]:
    """A token's entries before a user's, a user's before those of its groups."""
    groups = site.users[who].groups if who in site.users else ()
    wanted = (("token", (who,)), ("user", (who,)), ("group", groups))
    for kind, names in wanted:
        found = {acl.role: acl.propagates for acl in entries if acl.kind == kind and acl.who in names}
        if found:
            return found
    return {}
