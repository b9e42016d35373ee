"""The cloud that tests of the OpenStack provider speak to: the stand-in's services behind a sign-in of either kind."""

from __future__ import annotations

from lattice_tui.rehearsal.openstack.cloud import Cloud
from lattice_tui.rehearsal.openstack.default_cloud import default_cloud
from lattice_tui.rehearsal.openstack.server import OpenStackStandIn
from lattice_tui.rehearsal.openstack.sign_in import handed_out
from lattice_tui.rehearsal.openstack.toggles import TOGGLES
from lattice_tui.secrets import Secret
from tests.counterparts.hosting import BesideLoop
from tests.openstack.real_keystone import RealKeystone


class Counterpart:
    """One running stand-in; `fresh` gives it a new cloud. With `keystone`, OpenStack's own signs people in."""

    def __init__(self, loop: BesideLoop, stand_in: OpenStackStandIn, keystone: RealKeystone | None = None) -> None:
        self._loop = loop
        self.stand_in = stand_in
        self.keystone = keystone
        loop.run(stand_in.start())
        if keystone is not None:
            keystone.reflect(stand_in.cloud, stand_in.url)

    @property
    def cloud(self) -> Cloud:
        """What is served now; changes count from the next question on, the catalog's after `credentials`."""
        return self.stand_in.cloud

    @property
    def asked(self) -> list[str]:
        """What the services were asked since `fresh`: `GET /compute/v2.1/limits`."""
        return self.stand_in.site.asked

    def fresh(self, *toggles: str) -> tuple[dict[str, str], dict[str, Secret]]:
        """A new default cloud with these toggles, and what a person has in hand to sign in to it."""
        cloud = default_cloud()
        for name in toggles:
            TOGGLES[name](cloud)
        self.stand_in.cloud = cloud
        self.asked.clear()
        return self.credentials()

    def credentials(self) -> tuple[dict[str, str], dict[str, Secret]]:
        """Plain values and secrets by the names of the credential fields, as the cloud is now."""
        if self.keystone is None:
            return self.stand_in.credentials()
        cloud, sign_in = self.cloud, self.cloud.sign_in
        self.keystone.reflect(cloud, self.stand_in.url)
        token = ""
        if sign_in.kind == "application-credential":
            self.keystone.give_application_credential(cloud)
        if sign_in.kind == "token":
            token = self.keystone.sign_in(sign_in.user, cloud.user(sign_in.user).password, sign_in.project)
        return handed_out(cloud, self.keystone.url, self.stand_in.ca_pem, token)

    def params(self, *toggles: str) -> tuple[dict[str, str], dict[str, Secret]]:
        """As `fresh`, with the values under the names that checks take: `credentials.auth_url`."""
        values, secrets = self.fresh(*toggles)
        return {f"credentials.{name}": value for name, value in values.items()}, secrets

    def stop(self) -> None:
        self._loop.run(self.stand_in.stop())
