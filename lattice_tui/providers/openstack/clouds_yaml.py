"""The credentials as the cluster's Secret holds them: one clouds.yaml that needs nothing beside it.

Cluster API's OpenStack provider reads this text alone: no secure.yaml, no profile, no environment, and no file that
`cacert` could name. Source: cluster-api-provider-openstack, pkg/scope/provider.go; gophercloud/utils, clientconfig.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from lattice_tui.errors import ExitCode, LatticeError
from lattice_tui.providers.credentials import Found
from lattice_tui.providers.openstack import forms
from lattice_tui.providers.openstack.entries import APPLICATION_CREDENTIAL, PASSWORD, SECRET_NAMES, TOKEN
from lattice_tui.secrets import Secret
from schemas.problem import Problem

_USER = ("username", "user_id", "user_domain_name", "user_domain_id")
_PROJECT = ("project_name", "project_id", "project_domain_name", "project_domain_id")
_AUTH = {
    APPLICATION_CREDENTIAL: ("auth_url", "application_credential_id", "application_credential_name", *_USER),
    PASSWORD: ("auth_url", *_USER, *_PROJECT),
    TOKEN: ("auth_url", *_PROJECT),
}
"""What stands under `auth`. A project beside an application credential is refused by Keystone's clients."""


@dataclass(frozen=True, slots=True)
class ClusterCredentials:
    """The two keys of the Secret."""

    clouds_yaml: Secret
    cacert: str
    """PEM of every authority that the cluster has to trust there; never empty."""


def for_cluster(found: Found, cloud_name: str) -> ClusterCredentials:
    """Flatten what was found into one cloud of that name.

    Raises LatticeError (exit code CREDENTIALS) when something is missing that a cluster cannot do without.
    """
    wrong = [one for one in forms.problems(found.values, found.secrets) if one.severity == "error"]
    if wrong:
        raise LatticeError(wrong, ExitCode.CREDENTIALS)
    if not cloud_name:
        raise LatticeError(
            Problem("LT-OS-024", "the cloud has no name", "Write cloudName: openstack, or leave it out."),
            ExitCode.CREDENTIALS,
        )
    ca_pem = found.values.get("ca_pem", "").strip()
    return ClusterCredentials(Secret(_text(cloud_name, _cloud(found, ca_pem))), f"{ca_pem}\n" if ca_pem else _public())


def _cloud(found: Found, ca_pem: str) -> dict[str, Any]:
    values = {name: value.strip() for name, value in found.values.items() if value.strip()}
    sort = values.get("auth_type", PASSWORD)
    auth = {name: values[name] for name in _AUTH[sort] if name in values}
    auth |= {name: found.secrets[name].reveal() for name in SECRET_NAMES if found.secrets.get(name)}
    if "project_id" in auth:
        # An id says it all; a domain beside it is refused by some clouds.
        auth = {name: value for name, value in auth.items() if name == "project_id" or name not in _PROJECT}
    cloud: dict[str, Any] = {"auth_type": sort, "auth": auth}
    if region := values.get("region_name"):
        cloud["region_name"] = region
    cloud["interface"] = values.get("interface", "public").removesuffix("URL")
    cloud["identity_api_version"] = "3"
    if ca_pem:
        cloud["cacert"] = f"{ca_pem}\n"
    return cloud


def _text(name: str, cloud: dict[str, Any]) -> str:
    import yaml

    class Block(yaml.SafeDumper):
        """Writes texts of several lines as they are: a certificate stays readable."""

    def text(dumper: yaml.SafeDumper, value: str) -> yaml.Node:
        return dumper.represent_scalar("tag:yaml.org,2002:str", value, style="|" if "\n" in value else None)

    Block.add_representer(str, text)
    written: str = yaml.dump({"clouds": {name: cloud}}, Dumper=Block, sort_keys=False, allow_unicode=True, width=4096)
    return written


def _public() -> str:
    """The public authorities: without any, older releases of the provider trust nobody."""
    import certifi

    return certifi.contents()
