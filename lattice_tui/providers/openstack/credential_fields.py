"""The questions of the page Connect: `credentials.openstack.*`. None of them is a part of cluster.yaml."""

from __future__ import annotations

from typing import Final

from lattice_tui.providers.openstack.entries import APPLICATION_CREDENTIAL, PASSWORD, TOKEN
from schemas.fields import Answers, Choice, Field

ROOT: Final = "credentials.openstack"


def auth_type_of(answers: Answers) -> str:
    """The chosen way to sign in."""
    return answers.get(f"{ROOT}.auth_type", "") or PASSWORD


def _by_password(answers: Answers) -> bool:
    return auth_type_of(answers) == PASSWORD


def _by_credential(answers: Answers) -> bool:
    return auth_type_of(answers) == APPLICATION_CREDENTIAL


def _by_token(answers: Answers) -> bool:
    return auth_type_of(answers) == TOKEN


def _in_a_project(answers: Answers) -> bool:
    return auth_type_of(answers) != APPLICATION_CREDENTIAL


_RC = "The openrc file of your dashboard: API Access, Download OpenStack RC File."

FIELDS: Final = (
    Field(
        path=f"{ROOT}.auth_url",
        label="Identity address",
        help="address of the cloud's identity service, Keystone",
        why="Everything else of the cloud is found through it.",
        where=_RC,
        example="https://keystone.example.com:5000/v3",
        notes=("Its root, or its third version: it ends in /v3.",),
        pattern=r"^https?://[^/\s]+(?:/.*)?$",
    ),
    Field(
        path=f"{ROOT}.auth_type",
        label="Sign in with",
        help="an application credential, a password or a token",
        why="An application credential can be taken back alone, and carries nobody's password into the cluster.",
        where="Dashboard: Identity, Application Credentials.",
        example=APPLICATION_CREDENTIAL,
        default=PASSWORD,
        default_reason="what an openrc file holds",
        kind="choice",
        choices=(
            Choice(APPLICATION_CREDENTIAL, "application credential", "made for one program, revocable"),
            Choice(PASSWORD, "user name and password"),
            Choice(TOKEN, "token", "ends after hours: the cluster then cannot mend itself"),
        ),
    ),
    Field(
        path=f"{ROOT}.application_credential_id",
        label="Id of the application credential",
        help="its id, 32 digits and letters",
        why="It stands for you in one project, with the roles that it was made with.",
        where="openstack application credential list, or the dashboard: Identity, Application Credentials.",
        example="21dced0fd20347869b93710d2b98aae0",
        shown_when=_by_credential,
    ),
    Field(
        path=f"{ROOT}.application_credential_secret",
        label="Secret of the application credential",
        help="shown once, when it was made",
        why="It cannot be read again: where it is lost, make a new one.",
        where="openstack application credential create lattice --unrestricted: the line secret",
        kind="secret",
        shown_when=_by_credential,
    ),
    Field(
        path=f"{ROOT}.username",
        label="User name",
        help="your name at the cloud",
        why="With the password it is who you are.",
        where=_RC,
        example="ada",
        shown_when=_by_password,
    ),
    Field(
        path=f"{ROOT}.password",
        label="Password",
        help="your password at the cloud",
        why="The cluster gets it too: an application credential is better there.",
        where="What you sign in to the dashboard with.",
        kind="secret",
        shown_when=_by_password,
    ),
    Field(
        path=f"{ROOT}.project_name",
        label="Project",
        help="name of the project that the machines are made in",
        why="Quotas, networks and key pairs belong to a project.",
        where="openstack project list, or the top of the dashboard.",
        example="web",
        shown_when=_in_a_project,
    ),
    Field(
        path=f"{ROOT}.user_domain_name",
        label="Domain of the user",
        help="name of the domain that your user is in",
        why="User names are known within a domain alone.",
        where=_RC,
        example="Default",
        default="Default",
        default_reason="the usual one",
        shown_when=_by_password,
    ),
    Field(
        path=f"{ROOT}.project_domain_name",
        label="Domain of the project",
        help="name of the domain that the project is in",
        why="Project names are known within a domain alone.",
        where=_RC,
        example="Default",
        default="Default",
        default_reason="the usual one",
        shown_when=_in_a_project,
    ),
    Field(
        path=f"{ROOT}.token",
        label="Token",
        help="a token for the project",
        why="It signs in for some hours, without a password.",
        where="openstack token issue: the line id",
        kind="secret",
        shown_when=_by_token,
    ),
    Field(
        path=f"{ROOT}.region_name",
        label="Region",
        help="name of the region that the machines are made in",
        why="Images, key pairs and networks belong to a region.",
        where="openstack region list, or the top of the dashboard.",
        example="RegionOne",
        default_reason="the only one, where there is no other",
        live=True,
    ),
    Field(
        path=f"{ROOT}.ca_pem",
        label="Certificate authority",
        help="certificate of the authority that signed the cloud's certificates (PEM); empty: a public one",
        why="A private cloud often has an authority of its own; the cluster has to trust it, too.",
        where="Whoever runs the cloud hands it out; OS_CACERT names its file.",
        default_reason="the authorities of this computer",
    ),
)
