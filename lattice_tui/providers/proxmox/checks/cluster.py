"""The Proxmox cluster: its quorum, its nodes, and whether Cluster API will be able to verify who answers."""

from __future__ import annotations

import asyncio
import difflib

from lattice_tui.checks.runner import Check
from lattice_tui.errors import LatticeError
from lattice_tui.providers.proxmox.answers import is_on, number, rows, table, text
from lattice_tui.providers.proxmox.certificates import Certificates, certificates_of
from lattice_tui.providers.proxmox.checks.look import GIB, NODES, SIGN_IN, Look, check, ok, unknown, wrong
from lattice_tui.providers.proxmox.client import part
from lattice_tui.providers.proxmox.errors import URL_PATH, PveNodeDownError
from lattice_tui.providers.proxmox.fields import BLOCK
from lattice_tui.text import safe_text
from schemas.checks import CheckResult

QUORUM, NODE_STATUS, ROOT_CA = "proxmox-quorum", "proxmox-node-status", "proxmox-root-ca"
_WRONG_NAME = frozenset({62, 64})
"""OpenSSL's codes: the certificate is not made for that name, or that address."""


def checks(look: Look) -> tuple[Check, ...]:
    cluster = _Cluster(look)
    where = ("source_node", "allowed_nodes", "template_id", "template_tags")
    return (
        check(look, QUORUM, "Quorum", cluster.quorum, SIGN_IN),
        check(look, NODES, "Nodes", cluster.nodes, SIGN_IN, inputs=where),
        check(look, NODE_STATUS, "State of the nodes", cluster.node_status, NODES, inputs=where),
        check(look, ROOT_CA, "Certificate authority", cluster.root_ca, NODES),
    )


class _Cluster:
    """Every method is the `run` of one check."""

    def __init__(self, look: Look) -> None:
        self._look = look

    async def quorum(self) -> CheckResult:
        status = rows(await self._look.get("cluster/status"))
        cluster = next((row for row in status if text(row, "type") == "cluster"), None)
        if cluster is None:
            return ok("one node by itself, no cluster")
        members = [row for row in status if text(row, "type") == "node"]
        online = sum(is_on(row, "online") for row in members)
        name = safe_text(text(cluster, "name"), 40)
        said = f"{online} of {number(cluster, 'nodes') or len(members)} nodes online"
        if is_on(cluster, "quorate"):
            return ok(f"cluster {name} has its quorum: {said}")
        return wrong(
            "fail",
            "LT-PVE-170",
            f"The cluster {name} has no quorum: {said}",
            why="Without more than half of its nodes Proxmox changes nothing: no machine can be made.",
            fix="Bring nodes back: Datacenter > Summary shows which are offline; see the cause on a node",
            action="pvecm status",
            evidence=", ".join(
                f"{safe_text(text(row, 'name'), 40)} {'online' if is_on(row, 'online') else 'offline'}"
                for row in members[:12]
            ),
        )

    async def nodes(self) -> CheckResult:
        nodes = await self._look.nodes()
        by_name = {node.name: node for node in nodes}
        shown = ", ".join(f"{safe_text(node.name, 40)} {'online' if node.is_online else 'offline'}" for node in nodes)
        for path, name in self._named():
            if name not in by_name:
                return _no_such_node(name, tuple(by_name), path, shown)
            if not by_name[name].is_online:
                return _offline(name, path, shown)
        down = [safe_text(node.name, 40) for node in nodes if not node.is_online]
        if down:
            return wrong(
                "warn",
                "LT-PVE-171",
                f"{', '.join(down[:3])} {'is' if len(down) == 1 else 'are'} offline",
                why="No machine is meant for it, but the cluster's quorum has fewer nodes to rely on.",
                fix="Switch it on, or go on without it",
                action="pvecm status",
                evidence=shown,
            )
        return ok(f"{len(nodes)} online: {', '.join(safe_text(node.name, 30) for node in nodes[:4])}", evidence=shown)

    async def node_status(self) -> CheckResult:
        """CAPMOX asks the same of every node that it may use: what it may not see it says it cannot find."""
        names = await self._look.machine_nodes()
        if not names:
            names = tuple(node.name for node in await self._look.nodes() if node.is_online)
        try:
            said = await asyncio.gather(*(self._memory(name) for name in names))
        except PveNodeDownError as error:
            return wrong(
                "fail",
                "LT-PVE-132",
                error.problem.title,
                why="Machines are made by the node itself; the server that is asked only hands the question on.",
                fix=error.problem.fix,
                action=error.problem.check,
                field=f"{BLOCK}.sourceNode",
                evidence=error.reason,
            )
        return ok(", ".join(said[:3]), evidence="; ".join(said))

    async def root_ca(self) -> CheckResult:
        """What the controller will see with the cluster's own authority, tried in its place."""
        look = self._look
        if look.wish.simulated:
            return ok("the rehearsed world's own (simulated)")
        certificates = await self._certificates()
        trusted = look.wish.fingerprint.replace(":", "").lower()
        known = certificates.fingerprints | {node.fingerprint for node in await look.nodes()} - {""}
        if trusted and known and trusted not in known:
            return _foreign_certificate(trusted)
        if not certificates.root_pem:
            return unknown(
                "no node names the cluster's certificate authority", fix="Have /etc/pve/pve-root-ca.pem ready"
            )
        return await self._tried(certificates)

    async def _tried(self, certificates: Certificates) -> CheckResult:
        from lattice_tui.checks.transport import Server, Trust, look_at_tls

        place = self._look.client.place
        server = Server(place.host, place.port)
        try:
            seen = await look_at_tls(server, trust=Trust(ca_pem=certificates.root_pem))
        except (OSError, LatticeError) as error:
            return unknown(f"the certificate could not be looked at again: {safe_text(str(error), 60)}")
        evidence = f"authority SHA-256 {certificates.root_fingerprint or 'unknown'}"
        if not seen.verify_code:
            return ok("Cluster API can verify this server with the cluster's own authority", evidence=evidence)
        if seen.verify_code not in _WRONG_NAME:
            return _not_its_own(seen.verify_words, seen.issuer, evidence)
        names = [name for name in seen.names if name not in ("localhost", "127.0.0.1", "::1")]
        return wrong(
            "warn",
            "LT-PVE-190",
            f"The server's certificate is not made for {safe_text(place.host, 60)}",
            why="Cluster API's controller compares the name. Going on means that it does not verify the server at all.",
            fix=f"Write one of the certificate's own names as the address: {', '.join(names[:4]) or 'it has none'}",
            action=f"https://{names[0]}:{place.port}" if names else "",
            field=URL_PATH,
            evidence=evidence,
        )

    async def _certificates(self) -> Certificates:
        """Of the first node that is online: every node knows the authority."""
        online = [node.name for node in await self._look.nodes() if node.is_online]
        path = f"nodes/{part(online[0] if online else 'localhost')}/certificates/info"
        return certificates_of(await self._look.get(path))

    async def _memory(self, name: str) -> str:
        status = table(await self._look.get(f"nodes/{part(name)}/status"))
        memory, cpus = table(status.get("memory")), number(table(status.get("cpuinfo")), "cpus")
        free_gib = max(0, number(memory, "total") - number(memory, "used")) // GIB
        return f"{safe_text(name, 40)}: {cpus} CPUs, {free_gib} of {number(memory, 'total') // GIB} GiB free"

    def _named(self) -> list[tuple[str, str]]:
        """(path in cluster.yaml, name) of the nodes that the document names."""
        wish = self._look.wish
        named = [(f"{BLOCK}.sourceNode", wish.source_node)] if wish.source_node else []
        return named + [(f"{BLOCK}.allowedNodes[{index}]", name) for index, name in enumerate(wish.allowed_nodes)]


def _no_such_node(name: str, there: tuple[str, ...], path: str, shown: str) -> CheckResult:
    said = safe_text(name, 60)
    same = next((one for one in there if one.lower() == name.lower()), "")
    near = same or next(iter(difflib.get_close_matches(name, there, 1)), "")
    names = ", ".join(safe_text(one, 40) for one in there[:6])
    return wrong(
        "fail",
        "LT-PVE-180",
        f"There is no node {said}" + (f": it is written {safe_text(same, 60)}" if same else ""),
        why="Cluster API looks for exactly this name; capitals count.",
        fix=f"Write {safe_text(near, 60)}" if near else f"Write one of: {names}",
        action="pvecm nodes",
        field=path,
        evidence=shown,
    )


def _offline(name: str, path: str, shown: str) -> CheckResult:
    return wrong(
        "fail",
        "LT-PVE-181",
        f"The node {safe_text(name, 60)} is offline",
        why="Machines are cloned and started by the node itself.",
        fix=f"Switch {safe_text(name, 60)} on, or choose another node",
        action="pvecm status",
        field=path,
        evidence=shown,
    )


def _foreign_certificate(trusted: str) -> CheckResult:
    return wrong(
        "fail",
        "LT-PVE-191",
        "The certificate that was trusted is none of this cluster's",
        why="Proxmox itself names other certificates than the one that was shown: something may stand in between.",
        fix="Compare on the node's own console, then trust that one: pvenode cert info",
        action="pvenode cert info",
        field="credentials.proxmox.fingerprint",
        evidence=f"trusted: {trusted}",
    )


def _not_its_own(words: str, issuer: str, evidence: str) -> CheckResult:
    return wrong(
        "warn",
        "LT-PVE-193",
        "The server's certificate is not signed by the cluster's own authority",
        why=f"{safe_text(words, 100)}; issuer {safe_text(issuer, 80)}. Going on means that Cluster API's controller "
        "does not verify the server.",
        fix="Give the authority that signed it (certificate authority, PEM), or use Proxmox's own certificate",
        action="pvenode cert info",
        field="credentials.proxmox.ca_pem",
        evidence=evidence,
    )
