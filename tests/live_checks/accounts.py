"""The four counterparts as a person has them: what runs somewhere, and what of it lies in the person's home."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Protocol

import yaml

from lattice_tui.document.pins import pins
from lattice_tui.rehearsal.proxmox import ProxmoxStandIn, default_site
from lattice_tui.rehearsal.proxmox.toggles import TOGGLES as PROXMOX_TOGGLES
from tests.aws.moto_account import prepare_baseline
from tests.aws.moto_server import Moto
from tests.aws.moto_toggles import TOGGLES as MOTO_TOGGLES
from tests.checks.fake_engine import GIB, GOOD_INFO, FakeEngine, printed
from tests.openstack.counterpart import Counterpart

PROXMOX_SECRET = "0dd5ecec-cafe-4a4a-9b9b-11fe5ec2e711"
"""Stands nowhere else."""
CLOUD = "lab"
"""The name of the cloud in the person's clouds.yaml."""


class Account(Protocol):
    """One counterpart that runs."""

    provider: str
    secrets: tuple[str, ...]
    """What may be seen nowhere."""

    def fresh(self, *toggles: str) -> None:
        """As it should be, and then with these things wrong."""

    def at_home(self, home: Path) -> dict[str, str]:
        """Put what signs in where people keep it; answers the variables that go with it."""


class ProxmoxAccount:
    """The stand-in over HTTPS, its token in the environment, its authority in a file."""

    provider = "proxmox"
    secrets: tuple[str, ...] = (PROXMOX_SECRET,)

    def __init__(self, stand_in: ProxmoxStandIn) -> None:
        self.stand_in = stand_in

    def fresh(self, *toggles: str) -> None:
        site = default_site()
        user, token = site.token_of_credentials
        site.users[user].tokens[token].secret = site.secret_of_credentials = PROXMOX_SECRET
        self.stand_in.use(site)
        for name in toggles:
            PROXMOX_TOGGLES[name](site)
        self.secrets = (PROXMOX_SECRET, site.secret_of_credentials)

    def at_home(self, home: Path) -> dict[str, str]:
        values, secrets = self.stand_in.credentials()
        (home / "pve-root-ca.pem").write_text(values["ca_pem"])
        return {
            "PROXMOX_URL": values["url"],
            "PROXMOX_TOKEN": values["token_id"],
            "PROXMOX_SECRET": secrets["secret"].reveal(),
            "PROXMOX_CA_FILE": "~/pve-root-ca.pem",
        }


class OpenStackAccount:
    """Keystone itself with the stand-in's services, in a clouds.yaml."""

    provider = "openstack"

    def __init__(self, counterpart: Counterpart) -> None:
        self.counterpart = counterpart
        self.fresh()

    def fresh(self, *toggles: str) -> None:
        self._values, secrets = self.counterpart.fresh(*toggles)
        self._secrets = {name: secret.reveal() for name, secret in secrets.items()}
        self.secrets = tuple(self._secrets.values())

    def at_home(self, home: Path) -> dict[str, str]:
        folder = home / ".config" / "openstack"
        folder.mkdir(parents=True, exist_ok=True)
        values = dict(self._values)
        entry: dict[str, Any] = {name: values.pop(name) for name in ("region_name", "auth_type") if name in values}
        if authority := values.pop("ca_pem", ""):
            (folder / "ca.pem").write_text(authority)
            entry["cacert"] = "~/.config/openstack/ca.pem"
        entry["auth"] = {**values, **self._secrets}
        file = folder / "clouds.yaml"
        file.write_text(yaml.safe_dump({"clouds": {CLOUD: entry}}))
        file.chmod(0o600)
        return {"OS_CLOUD": CLOUD}

    def in_environment(self, home: Path) -> dict[str, str]:
        """The same as an openrc file sets it."""
        values = {name: value for name, value in self._values.items() if name != "ca_pem"} | self._secrets
        (home / "ca.pem").write_text(self._values["ca_pem"])
        return {f"OS_{name.upper()}": value for name, value in values.items()} | {"OS_CACERT": str(home / "ca.pem")}


class AwsAccount:
    """moto in server mode, its keys in the environment."""

    provider = "aws"

    def __init__(self, moto: Moto) -> None:
        self.moto = moto
        self.secrets: tuple[str, ...] = ()

    def fresh(self, *toggles: str) -> None:
        self.moto.reset()
        prepare_baseline(self.moto)
        for name in toggles:
            MOTO_TOGGLES[name](self.moto)
        self.secrets = tuple(secret.reveal() for secret in self.moto.secrets.values())

    def at_home(self, home: Path) -> dict[str, str]:
        values = self.moto.credentials()[0]
        return {
            "AWS_ACCESS_KEY_ID": values["access_key_id"],
            "AWS_SECRET_ACCESS_KEY": self.secrets[0],
            "AWS_ENDPOINT_URL": self.moto.url,
        }

    def in_files(self, home: Path) -> dict[str, str]:
        """The same as `aws configure` writes it."""
        values = self.moto.credentials()[0]
        folder = home / ".aws"
        folder.mkdir()
        keys = f"aws_access_key_id = {values['access_key_id']}\naws_secret_access_key = {self.secrets[0]}\n"
        (folder / "credentials").write_text(f"[default]\n{keys}")
        (folder / "config").write_text("[default]\nregion = eu-central-1\n")
        return {"AWS_PROFILE": "default", "AWS_ENDPOINT_URL": self.moto.url}


class DockerAccount:
    """A small engine behind DOCKER_HOST, and the four tools on a PATH of its own; there is no secret."""

    provider = "docker"
    secrets: tuple[str, ...] = ()

    def __init__(self, engine: FakeEngine) -> None:
        self.engine = engine

    def fresh(self, *toggles: str) -> None:
        answers = self.engine.answers
        answers["/info"] = dict(GOOD_INFO)
        answers["/containers/json"] = []
        for image in (pins().node_image(pins().kubernetes.proposed["docker"]), pins().bootstrap_node_image):
            answers[f"/distribution/{image.reference}/json"] = {
                "Descriptor": {"digest": image.reference.partition("@")[2]},
                "Platforms": [{"architecture": "amd64", "os": "linux"}],
            }
        self.engine.printed = printed()
        for name in toggles:
            DOCKER_TOGGLES[name](self.engine)

    def at_home(self, home: Path) -> dict[str, str]:
        return {
            "DOCKER_HOST": self.engine.endpoint,
            "DOCKER_CONTEXT": "",
            "DOCKER_CONFIG": str(home / ".docker"),
            "PATH": tools_on_path(home),
        }


def tools_on_path(home: Path) -> str:
    """A PATH with the four tools, in the versions that are pinned."""
    folder = home / "bin"
    folder.mkdir(exist_ok=True)
    for tool, words in TOOLS.items():
        (folder / tool).write_text(f"#!/bin/sh\ncat <<'END'\n{words}\nEND\n")
        (folder / tool).chmod(0o755)
    return f"{folder}:/usr/bin:/bin"


TOOLS = {
    "kind": f"kind {pins().kind} go1.24.3 linux/amd64",
    "clusterctl": f'clusterctl version: &version.Info{{Major:"1", Minor:"13", GitVersion:"{pins().capi}"}}',
    "helm": f'version.BuildInfo{{Version:"{pins().helm}", GoVersion:"go1.25.1"}}',
    "kubectl": f"Client Version: {pins().kubectl}\nKustomize Version: v5.7.1",
}


def _says(**facts: Any) -> Callable[[FakeEngine], None]:
    return lambda engine: engine.answers["/info"].update(facts)


def _prints(**facts: Any) -> Callable[[FakeEngine], None]:
    def toggle(engine: FakeEngine) -> None:
        engine.printed = printed(**facts)

    return toggle


DOCKER_TOGGLES: Mapping[str, Callable[[FakeEngine], None]] = {
    "windows-containers": _says(OSType="windows"),
    "old-control-groups": _says(CgroupVersion="1"),
    "little-memory": _says(MemTotal=2 * GIB),
    "few-inotify-instances": _prints(instances=128),
}
