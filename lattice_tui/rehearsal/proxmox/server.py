"""`ProxmoxStandIn`: the API of one simulated site over HTTPS."""

from __future__ import annotations

import asyncio
import re
import ssl
import tempfile
from email.utils import formatdate
from pathlib import Path
from typing import Any

from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives import hashes

from lattice_tui.rehearsal.certificates import CertificateAuthority
from lattice_tui.rehearsal.proxmox import (
    access_methods,
    cluster_methods,
    guest_methods,
    guest_writes,
    node_methods,
    storage_methods,
)
from lattice_tui.rehearsal.proxmox.booting import settle
from lattice_tui.rehearsal.proxmox.calls import ApiError, Call, Everybody, Method
from lattice_tui.rehearsal.proxmox.site import Node, Site
from lattice_tui.rehearsal.proxmox.tokens import caller
from lattice_tui.rehearsal.proxmox.uploads import FILE, form_of
from lattice_tui.secrets import Secret

ROOT_PATH = "/api2/json"
MAX_LOG = 2000
METHODS: tuple[Method, ...] = (
    *access_methods.METHODS,
    *cluster_methods.METHODS,
    *node_methods.METHODS,
    *storage_methods.METHODS,
    *guest_methods.METHODS,
    *guest_writes.METHODS,
)


class ProxmoxStandIn:
    """One site on one port. Everything it knows is in `site`, which may be changed while it answers."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.url = ""
        self.requests: list[str] = []
        """`GET /version 200` of the latest requests, for tests."""
        self._authority = CertificateAuthority("Proxmox Virtual Environment")
        self.ca_pem = self._authority.ca_pem
        self._runner: web.AppRunner | None = None
        self._certificates: dict[str, tuple[str, str]] = {}
        """Node -> certificate and key, in PEM."""
        self._methods = [(_pattern(method.path), method) for method in METHODS]

    async def start(self, host: str = "127.0.0.1", port: int = 0) -> None:
        """Listen; port 0 takes a free one. Raises OSError when the port is taken."""
        app = web.Application(client_max_size=64 * 1024**2)
        app.router.add_route("*", "/{rest:.*}", self._handle)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        context = self._tls(host)
        tcp = web.TCPSite(self._runner, host, port, ssl_context=context)
        await tcp.start()
        shown = f"[{host}]" if ":" in host else host
        self.url = f"https://{shown}:{self._runner.addresses[0][1]}"

    async def stop(self) -> None:
        """Close the port. A second call does nothing."""
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    def credentials(self) -> tuple[dict[str, str], dict[str, Secret]]:
        """The token of the site that a person would have, by the names of the credential fields."""
        user, name = self.site.token_of_credentials
        values = {"url": self.url, "token_id": f"{user}!{name}", "ca_pem": self.ca_pem}
        return values, {"secret": Secret(self.site.secret_of_credentials)}

    def use(self, site: Site) -> None:
        """Answer about another site from now on; the address and the certificates stay."""
        self.site = site
        site.ca_pem = self.ca_pem
        for node in site.nodes.values():
            if node.name not in self._certificates:
                self._certificates[node.name] = self._authority.issue_server(_names(site, node))
            pem, _key = self._certificates[node.name]
            node.certificate_pem = pem
            digest = x509.load_pem_x509_certificate(pem.encode()).fingerprint(hashes.SHA256())
            node.fingerprint = digest.hex(":").upper()

    def _tls(self, host: str) -> ssl.SSLContext:
        """A certificate for each node, signed by the site's own authority; this server uses the API node's."""
        api_node = self.site.nodes[self.site.api_node]
        names = {*_names(self.site, api_node), "localhost", "127.0.0.1", "::1", host}
        self._certificates[api_node.name] = self._authority.issue_server(
            sorted(names, key=lambda name: (name.count(".") != 2, name))
        )
        self.use(self.site)
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        with tempfile.TemporaryDirectory(prefix="lattice-tls-") as folder:
            path = Path(folder) / "pve-ssl.pem"
            path.touch(0o600)
            path.write_text("".join(self._certificates[api_node.name]))
            context.load_cert_chain(path)
        return context

    async def _handle(self, request: web.Request) -> web.Response:
        if self.site.agent_delay_s and "/agent/" in request.path:
            await asyncio.sleep(self.site.agent_delay_s)
        response = await self._response(request)
        response.headers["Server"] = "pve-api-daemon/3.0"
        response.headers["Date"] = formatdate(self.site.now(), usegmt=True)
        self.requests = [*self.requests[-MAX_LOG:], f"{request.method} {request.path_qs} {response.status}"]
        return response

    async def _response(self, request: web.Request) -> web.Response:
        path = request.path
        if self.site.is_other_server or not path.startswith(ROOT_PATH + "/"):
            return web.Response(text="<html><head><title>A web page</title></head></html>", content_type="text/html")
        try:
            body = await _body(request)
            file = body.pop(FILE, b"")
            given = {name: str(value) for name, value in {**request.query, **body}.items()}
            data = self._answer(request.method, path.removeprefix(ROOT_PATH), given, request.headers, file)
        except ApiError as error:
            return _refused(error)
        return web.json_response({"data": data})

    def _answer(self, verb: str, path: str, given: dict[str, str], headers: Any, file: bytes) -> Any:
        settle(self.site)
        method, placed = self._method(verb, path)
        is_open = method is not None and isinstance(method.rule, Everybody) and method.rule.and_strangers
        who = "" if is_open else caller(self.site, headers.get("Authorization", ""))
        if method is None:
            raise ApiError(501, f"Method '{verb} {path}' not implemented")
        call = Call(self.site, who, {**given, **placed}, file)
        if not is_open and not call.is_root and not method.rule.allows(call):
            raise ApiError(403, f"Permission check failed{method.rule.words(call)}")
        if "node" in placed:
            self._reach(placed["node"])
        method.check_parameters({**given, **{name: text for name, text in placed.items() if name == "vmid"}})
        if method.is_write and not self.site.is_quorate:
            raise ApiError(500, "cluster not ready - no quorum?")
        return method.answer(call)

    def _method(self, verb: str, path: str) -> tuple[Method | None, dict[str, str]]:
        for pattern, method in self._methods:
            if method.verb == verb and (match := pattern.fullmatch(path)):
                return method, match.groupdict()
        return None, {}

    def _reach(self, name: str) -> None:
        """The API node hands a request on to the node it is about. Raises ApiError when it cannot."""
        node = self.site.nodes.get(name)
        if node is None:
            words = f"hostname lookup '{name}' failed - failed to get address info for: {name}"
            raise ApiError(500, f"{words}: Name or service not known")
        if not node.is_online:
            raise ApiError(595, "No route to host")


def _names(site: Site, node: Node) -> tuple[str, ...]:
    return f"{node.name}.{site.cluster_name}.lan", node.name, node.address


async def _body(request: web.Request) -> dict[str, Any]:
    if not request.can_read_body:
        return {}
    if request.content_type == "application/json":
        try:
            said = await request.json()
        except ValueError:
            raise ApiError(400, "Bad request") from None
        return said if isinstance(said, dict) else {}
    if request.content_type == "multipart/form-data":
        return form_of(await request.read(), request.headers)
    return dict(await request.post())


def _refused(error: ApiError) -> web.Response:
    reason = error.reason.splitlines()[0]
    if error.status == 401:
        return web.Response(status=401, reason=reason)
    body: dict[str, Any] = {"data": None, "message": error.reason + "\n"}
    if error.errors:
        body["errors"] = error.errors
    return web.json_response(body, status=error.status, reason=reason)


def _pattern(path: str) -> re.Pattern[str]:
    """A part of a path has no slash, but for a volume: that is all the rest."""
    parts = re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>[^/]+)", re.escape(path))
    return re.compile(parts.replace("(?P<volume>[^/]+)", "(?P<volume>.+)"))
