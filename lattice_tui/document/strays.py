"""Keys that nobody reads where they stand: misspelt, beside the map they belong into, or in another part altogether.

What was meant is read all the same, so that one slip of the keyboard neither hides what is wrong inside nor
makes everything below it look missing.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from lattice_tui.document.keys import did_you_mean, is_credential_key, report_dialect, server_advice
from lattice_tui.document.kinds import Kind, Outline, outline
from lattice_tui.document.letters import unseen_letter
from lattice_tui.document.report import Report, shown
from lattice_tui.document.scalars import resolve
from lattice_tui.document.secret_values import secret_in_file
from lattice_tui.document.trail import joined
from lattice_tui.document.tree import Mapping, Node, Scalar, Sequence, find

_CREDENTIALS = "spec.credentials"
_MAX_LISTED = 10
# Where a key that is right, but in the wrong place, belongs.
_HOMES: Final = (
    "metadata.name",
    "spec.provider",
    "spec.provider.kubernetes",
    "spec.provider.kubernetes.version",
    "spec.provider.kubernetes.bootstrap",
    "spec.provider.kubernetes.certSANs",
    "spec.provider.kubernetes.clusterNetwork",
    "spec.provider.kubernetes.clusterNetwork.podCidr",
    "spec.provider.kubernetes.clusterNetwork.serviceCidr",
    "spec.provider.config",
    "spec.provider.config.docker",
    "spec.provider.config.docker.nodeImage",
    "spec.provider.config.proxmox",
    "spec.provider.config.openstack",
    "spec.provider.config.aws",
    "spec.nodes",
    "spec.nodes.controlPlane",
    "spec.nodes.workerPools",
    "spec.endpoints",
    "spec.endpoints.host",
    "spec.endpoints.grpcPort",
    "spec.endpoints.bootstrapPort",
    "spec.networking",
    "spec.networking.lbPool",
    "spec.management",
    "spec.apiAllowedCidrs",
    "spec.credentials",
)
_ANSWERED_BY: Final = {"range": ("start", "end"), "type": ("config",)}
"""Keys of other dialects -> the keys of ours that are not missing where they stand."""
_HOME: Final = {home.rpartition(".")[2]: home for home in _HOMES}


class Strays:
    """The unknown keys of one map."""

    def __init__(self, report: Report, root: Node | None, meant: set[str]) -> None:
        self._report = report
        self._root = root
        self._meant = meant
        """Takes the paths that are answered by a stray, and so are not missing."""
        self._has_listed = False

    def sorted_out(self, plan: Outline, node: Mapping, path: str) -> dict[str, Node]:
        """The entries to read, all of known keys: the known ones, and what the strays were meant to be.

        The map itself takes them too: later passes look there.
        """
        self._gather(plan, node, path)
        for name in [name for name in node.entries if name not in plan.keys]:
            if self._report.is_full:
                break
            meant = self._answer(node.keys[name], node.entries[name], plan, path)
            if meant and meant not in node.entries:
                self._meant.add(joined(path, meant))
                if _fits(plan.keys[meant].kind, node.entries[name]):
                    node.entries[meant], node.keys[meant] = node.entries[name], node.keys[name]
        return {name: child for name, child in node.entries.items() if name in plan.keys}

    def _gather(self, plan: Outline, node: Mapping, path: str) -> None:
        """Put keys that stand beside the (absent or empty) map they belong into, into it: one problem for all."""
        for key in plan.keys.values():
            inside = node.entries.get(key.name)
            is_open = inside is None or (isinstance(inside, Scalar) and resolve(inside) is None)
            if key.kind.model is None or not is_open:
                continue
            home = joined(path, key.name)
            known = outline(key.kind.model).keys
            names = [name for name in node.entries if name in known and self._belongs(name, plan, path, home)]
            if not names:
                continue
            first = node.keys[names[0]]
            gathered = Mapping(first.line, first.column)
            for name in names:
                gathered.entries[name], gathered.keys[name] = node.entries.pop(name), node.keys.pop(name)
            node.entries[key.name], node.keys[key.name] = gathered, node.keys.get(key.name, first)
            self._meant.add(home)
            words = " and ".join(f"`{shown(name)}`" for name in names[:2])
            self._report.error(
                "LT-DOC-008",
                f"{words} {'belongs' if len(names) == 1 else 'belong'} inside `{home}`",
                f"Write `{key.name}:` on a line of its own, and put two more spaces in front of what belongs to it.",
                at=first,
                path=joined(path, names[0]),
            )

    def _belongs(self, name: str, plan: Outline, path: str, home: str) -> bool:
        """Whether a key may be moved into `home`: it is nothing here, and nothing elsewhere or in another dialect."""
        if name in plan.keys:
            return False
        from lattice_tui.document.keys import dialect_advice

        return _HOME.get(name, f"{home}.{name}") == f"{home}.{name}" and not dialect_advice(name, path, None)

    def _answer(self, key: Scalar, value: Node, plan: Outline, path: str) -> str:
        """Report one key. Returns the known key that was meant, or nothing. Never shows its value."""
        name = key.text
        full = joined(path, name)
        if path != "metadata" and (is_credential_key(name) or path == _CREDENTIALS):
            secret_in_file(key, full, self._report)
            return ""
        if report_dialect(key, path, value, self._report):
            self._meant.update(joined(path, answered) for answered in _ANSWERED_BY.get(name, ()))
            return ""
        if unseen_letter(name):
            # Said already, of the text; what is left without that letter cannot be known.
            return did_you_mean(name, plan.keys)
        from_server = server_advice(name, path)
        guess = "" if from_server else did_you_mean(name, plan.keys)
        advice = f"Did you mean `{guess}`?" if guess else from_server or self._elsewhere(key, path)
        if not advice:
            # Once a map: a hundred such lines are no easier to read for it.
            known = "" if self._has_listed else _listed(plan.keys, path)
            self._has_listed = True
            advice = f"Delete it, or use one of: {known}." if known else "Delete it."
        self._report.error("LT-DOC-008", f"the key {shown(name)} is not known here", advice, at=key, path=full)
        return guess

    def _elsewhere(self, key: Scalar, path: str) -> str:
        """Where the key belongs, with the column that would put it there."""
        home = _HOME.get(key.text) or _HOME.get(did_you_mean(key.text, _HOME), "")
        above = home.rpartition(".")[0]
        if not home or above == path:
            return ""
        self._meant.add(home)
        place = find(self._root, *above.split("."))
        if not isinstance(place, Mapping) or not place.keys:
            return f"It belongs at `{home}`."
        beside = next(iter(place.keys.values()))
        if not beside.plain or beside.column is None or beside.line == key.line:
            return f"It belongs at `{home}`."
        return f"It belongs at `{home}`, with {_spaces(beside.column - 1)} in front, like `{shown(beside.text)}`."


def _listed(keys: Iterable[str], path: str) -> str:
    """The keys there are; of many the first ones, and where all are."""
    names = list(keys)
    if len(names) <= _MAX_LISTED:
        return ", ".join(names)
    return f"{', '.join(names[:_MAX_LISTED])}; lattice explain {path} lists all {len(names)}"


def _fits(kind: Kind, node: Node) -> bool:
    """Whether the value could be what the key takes, so that reading it tells more than that it does not."""
    if kind.sort in ("map", "model"):
        return isinstance(node, Mapping)
    return isinstance(node, Sequence) if kind.sort == "list" else isinstance(node, Scalar)


def _spaces(count: int) -> str:
    return {0: "no space", 1: "1 space"}.get(count, f"{count} spaces")
