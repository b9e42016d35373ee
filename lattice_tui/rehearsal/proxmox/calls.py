"""One request as the methods see it, what a method declares about itself, and how it refuses."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from lattice_tui.rehearsal.proxmox.acl import ROOT, privileges
from lattice_tui.rehearsal.proxmox.site import Guest, Node, Site, Storage


class ApiError(Exception):
    """An answer that is none: the status, its reason phrase, and what is wrong with which parameter."""

    def __init__(self, status: int, reason: str, errors: Mapping[str, str] | None = None) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason
        self.errors = dict(errors or {})


def wrong_parameters(**errors: str) -> ApiError:
    """400 as Proxmox VE says it."""
    return ApiError(400, "Parameter verification failed.", errors)


@dataclass(slots=True)
class Call:
    """Who asks what of which site."""

    site: Site
    who: str
    """User or token; empty: nobody has signed in."""
    params: dict[str, str]
    """Of the path, the query and the body together."""
    file: bytes = b""
    """What was uploaded."""

    def holds(self, path: str, *wanted: str, one_is_enough: bool = False) -> bool:
        """Whether the caller has these privileges there."""
        held = privileges(self.site, self.who, path)
        return (any if one_is_enough else all)(privilege in held for privilege in wanted)

    def require(self, path: str, *wanted: str) -> None:
        """Raises ApiError 403 that names the first privilege that is missing."""
        for privilege in wanted:
            if not self.holds(path, privilege):
                raise ApiError(403, f"Permission check failed ({path}, {privilege})")

    @property
    def is_root(self) -> bool:
        return self.who == ROOT

    @property
    def node(self) -> Node:
        return self.site.nodes[self.params["node"]]

    def guest(self, kind: str = "qemu") -> Guest:
        """The guest that the path names. Raises ApiError 500 when it is not on that node."""
        vmid, node = int(self.params["vmid"]), self.params["node"]
        found = self.site.guests.get(vmid)
        if found is None or found.node != node or found.kind != kind:
            folder = "qemu-server" if kind == "qemu" else "lxc"
            raise ApiError(500, f"Configuration file 'nodes/{node}/{folder}/{vmid}.conf' does not exist")
        return found

    def storage(self, name: str | None = None) -> Storage:
        """The storage that is named. Raises ApiError 500 when there is none, or not on that node."""
        name = self.params["storage"] if name is None else name
        found = self.site.storages.get(name)
        if found is None:
            raise ApiError(500, f"storage '{name}' does not exist")
        if not found.is_on(self.params["node"]):
            raise ApiError(500, f"storage '{name}' is not available on node '{self.params['node']}'")
        return found


@dataclass(frozen=True, slots=True)
class Perm:
    """Privileges that a path must have; `{name}` in it is a parameter."""

    path: str
    wanted: tuple[str, ...]
    one_is_enough: bool = False

    def allows(self, call: Call) -> bool:
        return call.holds(self._path(call), *self.wanted, one_is_enough=self.one_is_enough)

    def words(self, call: Call) -> str:
        path = self._path(call)
        if self.one_is_enough:
            return f" ({path}, {'|'.join(self.wanted)})"
        missing = next(privilege for privilege in self.wanted if not call.holds(path, privilege))
        return f" ({path}, {missing})"

    def _path(self, call: Call) -> str:
        return self.path.format_map(_Absent(call.params))


@dataclass(frozen=True, slots=True)
class AnyOf:
    """One of several is enough; a refusal names none of them, as Proxmox VE does."""

    parts: tuple[Rule, ...]

    def allows(self, call: Call) -> bool:
        return any(part.allows(call) for part in self.parts)

    def words(self, _call: Call) -> str:
        return ""


@dataclass(frozen=True, slots=True)
class AllOf:
    """All of several."""

    parts: tuple[Rule, ...]

    def allows(self, call: Call) -> bool:
        return all(part.allows(call) for part in self.parts)

    def words(self, call: Call) -> str:
        return next(part.words(call) for part in self.parts if not part.allows(call))


@dataclass(frozen=True, slots=True)
class Everybody:
    """Whoever has signed in; with `and_strangers` everybody at all."""

    and_strangers: bool = False

    def allows(self, _call: Call) -> bool:
        return True

    def words(self, _call: Call) -> str:
        return ""


Rule = Perm | AnyOf | AllOf | Everybody
SIGNED_IN = Everybody()


@dataclass(frozen=True, slots=True)
class Method:
    """One entry of the API: an HTTP verb on a path, who may, which parameters it knows, and what it answers."""

    verb: str
    path: str
    answer: Callable[[Call], Any]
    rule: Rule = SIGNED_IN
    required: frozenset[str] = frozenset()
    optional: frozenset[str] = frozenset()
    patterns: tuple[str, ...] = field(default=())
    """Parameters whose name ends in a number, without it: `net`, `scsi`."""
    is_write: bool = False
    """Needs a cluster with a quorum."""

    def check_parameters(self, given: Mapping[str, str]) -> None:
        """Raises ApiError 400 that tells every parameter it does not know, and every one that is missing."""
        errors = {
            name: "property is not defined in schema and the schema does not allow additional properties"
            for name in given
            if name not in self.required | self.optional and name.rstrip("0123456789") not in self.patterns
        }
        errors |= {name: "property is missing and it is not optional" for name in self.required if name not in given}
        vmid = given.get("vmid", "100")
        if not vmid.isdecimal():
            errors["vmid"] = "type check ('integer') failed - got '" + vmid + "'"
        elif not 100 <= int(vmid) <= 999999999:
            errors["vmid"] = "invalid format - value does not look like a valid VM ID"
        if errors:
            raise ApiError(400, "Parameter verification failed.", errors)


class _Absent(dict[str, str]):
    """A parameter that was not given leaves a path that nobody has anything on."""

    def __missing__(self, key: str) -> str:
        return "-"
