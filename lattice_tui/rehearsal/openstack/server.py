"""`OpenStackStandIn`: the six services on one port, over HTTPS with an authority of its own, or plain HTTP."""

from __future__ import annotations

import ssl
import tempfile
from pathlib import Path

from aiohttp import web

from lattice_tui.rehearsal.certificates import CertificateAuthority
from lattice_tui.rehearsal.openstack.cloud import Cloud
from lattice_tui.rehearsal.openstack.compute import Compute
from lattice_tui.rehearsal.openstack.identity import Identity
from lattice_tui.rehearsal.openstack.identity_bodies import project_id_of
from lattice_tui.rehearsal.openstack.image import Images
from lattice_tui.rehearsal.openstack.load_balancer import LoadBalancers
from lattice_tui.rehearsal.openstack.network import Networking
from lattice_tui.rehearsal.openstack.service import PLACES, Site
from lattice_tui.rehearsal.openstack.sign_in import handed_out
from lattice_tui.rehearsal.openstack.tokens import AskedTokens, Token, Tokens, lasting
from lattice_tui.rehearsal.openstack.volume import Volumes
from lattice_tui.secrets import Secret

CA_NAME = "simulated-cloud"
NAMES = ("localhost", "127.0.0.1")


class OpenStackStandIn:
    """Serves `cloud`, which may be changed, or replaced by another, while it runs.

    With `identity_url` (the root of a Keystone elsewhere) it has no sign-in of its own and asks there about tokens.
    """

    def __init__(
        self,
        cloud: Cloud,
        identity_url: str | None = None,
        *,
        authority: CertificateAuthority | None = None,
        with_tls: bool = True,
    ) -> None:
        self._authority = (authority or CertificateAuthority(CA_NAME)) if with_tls else None
        self._identity_url = identity_url
        self._tokens = Tokens()
        trust = None
        if identity_url is not None and self._authority is not None:
            trust = ssl.create_default_context(cadata=self._authority.ca_pem)
        self.site = Site(cloud, self._tokens if identity_url is None else AskedTokens(identity_url, trust))
        self._runner: web.AppRunner | None = None
        self.url = ""
        """Where it is, without a path; empty until it is started."""

    @property
    def cloud(self) -> Cloud:
        """What is served now."""
        return self.site.cloud

    @cloud.setter
    def cloud(self, cloud: Cloud) -> None:
        self.site.cloud = cloud

    @property
    def ca_pem(self) -> str:
        """The authority that signed its certificate; empty over plain HTTP."""
        return self._authority.ca_pem if self._authority is not None else ""

    @property
    def auth_url(self) -> str:
        """What a person writes as `auth_url`."""
        return self._identity_url or self.url + PLACES["identity"]

    def credentials(self) -> tuple[dict[str, str], dict[str, Secret]]:
        """Plain values and secrets, by the names of the credential fields, as the cloud's `sign_in` has them."""
        token = self._given() if self.cloud.sign_in.kind == "token" and self._identity_url is None else ""
        return handed_out(self.cloud, self.auth_url, self.ca_pem, token)

    def _given(self) -> str:
        """A token of the stand-in's own, as `openstack token issue` would print it."""
        user = self.cloud.user(self.cloud.sign_in.user)
        project = self.cloud.sign_in.project
        begins, ends = lasting(self.cloud.token_lifetime_s)
        roles = frozenset(user.roles.get(project, ()))
        return self._tokens.give(Token(user.id, user.name, project_id_of(project), project, roles, begins, ends))

    async def start(self, host: str = "127.0.0.1", port: int = 0) -> None:
        """Listen. Port 0: any free one. Raises OSError when the port is taken."""
        app = web.Application()
        if self._identity_url is None:
            app.add_subapp(PLACES["identity"], Identity(self.site, self._tokens).app())
        app.add_subapp(PLACES["compute"], Compute(self.site).app())
        app.add_subapp(PLACES["image"], Images(self.site).app())
        app.add_subapp(PLACES["network"], Networking(self.site).app())
        app.add_subapp(PLACES["block-storage"], Volumes(self.site).app())
        app.add_subapp(PLACES["load-balancer"], LoadBalancers(self.site).app())
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        context = server_context(self._authority) if self._authority is not None else None
        site = web.TCPSite(self._runner, host, port, ssl_context=context)
        await site.start()
        bound = self._runner.addresses[0][1]
        self.url = f"{'https' if context else 'http'}://{host}:{bound}"

    async def stop(self) -> None:
        """Close it, and what it holds open."""
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None
        await self.site.tokens.close()


def server_context(authority: CertificateAuthority) -> ssl.SSLContext:
    """What a server on this computer's own addresses needs to speak TLS."""
    certificate, key = authority.issue_server(NAMES)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    # The ssl module reads certificates from files alone; they are gone before anybody connects.
    with tempfile.TemporaryDirectory(prefix="lattice-cloud-") as folder:
        both = Path(folder) / "server.pem"
        both.touch(mode=0o600)
        both.write_text(certificate + key, encoding="ascii")
        context.load_cert_chain(both)
    return context
