"""OpenStack credentials: found where people keep them, pasted, told apart, loaded by reference, flattened."""

from __future__ import annotations

import base64
import json
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from lattice_tui.errors import ExitCode, LatticeError
from lattice_tui.providers.credential_store import CredentialStore
from lattice_tui.providers.credentials import Around, Found
from lattice_tui.providers.openstack.clouds_yaml import for_cluster
from lattice_tui.providers.openstack.credentials import OpenStackCredentials
from lattice_tui.rehearsal.certificates import CertificateAuthority
from lattice_tui.secrets import Secret
from schemas.document import CredentialsRef
from schemas.problem import Problem

CANARY = "canary-7f3a-hush"
URL = "https://keystone.example.com:5000/v3"
OPENRC = f"""\
#!/usr/bin/env bash
export OS_AUTH_URL={URL}
export OS_PROJECT_NAME="web"
export OS_USER_DOMAIN_NAME="Default"
if [ -z "$OS_USER_DOMAIN_NAME" ]; then unset OS_USER_DOMAIN_NAME; fi
export OS_PROJECT_DOMAIN_ID="default"
unset OS_TENANT_ID
export OS_USERNAME="ada"
echo "Please enter your OpenStack Password: "
read -sr OS_PASSWORD_INPUT
export OS_PASSWORD=$OS_PASSWORD_INPUT
export OS_REGION_NAME="RegionOne"
export OS_INTERFACE=public
export OS_IDENTITY_API_VERSION=3
"""
CLOUDS = f"""\
clouds:
  prod:
    auth:
      auth_url: {URL}
      username: ada
      project_name: web
      user_domain_name: Default
      project_domain_name: Default
    region_name: RegionOne
  credential:
    auth:
      auth_url: {URL}
      application_credential_id: 21dced0fd20347869b93710d2b98aae0
      application_credential_secret: {CANARY}
      project_name: web
"""
SECURE = f"clouds: {{prod: {{auth: {{password: {CANARY}}}}}}}\n"


def credentials() -> OpenStackCredentials:
    """Without the folders of the whole computer."""
    return OpenStackCredentials(system=())


def around(tmp_path: Path, env: Mapping[str, str] | None = None, **files: str) -> Around:
    """A computer with these files in ~/.config/openstack; `clouds__yaml` is clouds.yaml."""
    home, cwd = tmp_path / "home", tmp_path / "cwd"
    folder = home / ".config" / "openstack"
    folder.mkdir(parents=True, exist_ok=True)
    cwd.mkdir(exist_ok=True)
    for name, text in files.items():
        path = folder / name.replace("__", ".").replace("_", "-")
        path.write_text(text)
        path.chmod(0o600)
    return Around(env or {}, home, cwd)


def os_env(**more: str) -> dict[str, str]:
    names = {"AUTH_URL": URL, "USERNAME": "ada", "PASSWORD": CANARY, "PROJECT_NAME": "web"}
    domains = {"USER_DOMAIN_NAME": "Default", "PROJECT_DOMAIN_NAME": "Default"}
    return {f"OS_{name}": value for name, value in (names | domains | more).items()}


def by_name(found: tuple[Found, ...]) -> dict[str, Found]:
    return {one.name: one for one in found}


def test_the_environment_is_found_with_the_names_of_its_variables(tmp_path: Path) -> None:
    (found,) = credentials().discover(around(tmp_path, os_env()))

    assert (found.source, found.values["username"], found.values["auth_type"]) == ("env", "ada", "password")
    assert found.secrets["password"] == Secret(CANARY)
    assert "OS_AUTH_URL" in found.label
    assert CANARY not in repr(found)


def test_every_cloud_of_the_file_is_found_with_the_password_of_secure_yaml(tmp_path: Path) -> None:
    found = by_name(credentials().discover(around(tmp_path, clouds__yaml=CLOUDS, secure__yaml=SECURE)))

    assert found.keys() == {"prod", "credential"}
    assert found["prod"].secrets["password"].reveal() == CANARY
    assert found["prod"].label == "~/.config/openstack/clouds.yaml: prod"
    assert CANARY not in repr(found)


def test_an_application_credential_without_its_type_gets_it_and_loses_the_project(tmp_path: Path) -> None:
    found = by_name(credentials().discover(around(tmp_path, clouds__yaml=CLOUDS)))["credential"]

    assert found.values["auth_type"] == "v3applicationcredential"
    assert "project_name" not in found.values
    assert any("auth_type" in remark for remark in found.remarks)
    assert any("project_name" in remark for remark in found.remarks)


def test_environment_and_file_that_disagree_are_both_shown_with_what_differs(tmp_path: Path) -> None:
    env = os_env(PROJECT_NAME="other", PASSWORD="another-secret")

    found = credentials().discover(around(tmp_path, env, clouds__yaml=CLOUDS, secure__yaml=SECURE))

    assert [one.source for one in found] == ["env", "profile", "profile"]
    remark = next(remark for remark in by_name(found)["prod"].remarks if "differs" in remark)
    assert remark == "differs from the environment in: project_name, password"
    assert CANARY not in repr(found)


def test_os_cloud_beside_other_variables_is_said_and_both_can_be_loaded(tmp_path: Path) -> None:
    place = around(tmp_path, os_env(CLOUD="prod"), clouds__yaml=CLOUDS, secure__yaml=SECURE)

    found = by_name(credentials().discover(place))

    assert any("OS_CLOUD" in remark for remark in found["envvars"].remarks)
    assert credentials().load(None, place).name == "prod"
    assert credentials().load(CredentialsRef(source="env", name="envvars"), place).source == "env"


def test_the_first_clouds_yaml_counts_and_the_others_are_named(tmp_path: Path) -> None:
    place = around(tmp_path, clouds__yaml=CLOUDS)
    (place.cwd / "clouds.yaml").write_text("clouds: {here: {auth: {auth_url: 'https://here.example:5000'}}}\n")
    (place.cwd / "clouds.yaml").chmod(0o600)

    (found,) = credentials().discover(place)

    assert found.name == "here"
    assert any("~/.config/openstack/clouds.yaml is not read" in remark for remark in found.remarks)


@pytest.mark.parametrize("variable", ["OS_CLIENT_CONFIG_FILE", "OPENSTACK_CLOUD_CONFIG"])
def test_a_file_that_the_environment_names_goes_first(tmp_path: Path, variable: str) -> None:
    named = tmp_path / "mine.yaml"
    named.write_text("clouds: {mine: {auth: {auth_url: 'https://mine.example:5000'}}}\n")

    found = credentials().discover(around(tmp_path, {variable: str(named)}, clouds__yaml=CLOUDS))

    assert [one.name for one in found] == ["mine"]


def test_a_file_that_is_named_and_not_there_is_not_replaced_by_another(tmp_path: Path) -> None:
    place = around(tmp_path, {"OS_CLIENT_CONFIG_FILE": "/nowhere/clouds.yaml"}, clouds__yaml=CLOUDS)

    (found,) = credentials().discover(place)

    assert not found.values
    assert "not there" in found.remarks[0]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "clouds: [",
        "- a\n- b\n",
        "\0",
        f"clouds: {{a: {{auth: {{password: '{CANARY}\n",
        "a: &a [*a, *a]\n",
        "clouds: 7",
    ],
)
def test_a_broken_file_is_said_and_nothing_of_it_is_shown(tmp_path: Path, text: str) -> None:
    found = credentials().discover(around(tmp_path, os_env(PASSWORD="x-y-z"), clouds__yaml=text))

    assert [one for one in found if one.values and one.source == "profile"] == []
    assert CANARY not in repr(found)


def test_a_file_of_many_aliases_is_refused_at_once(tmp_path: Path) -> None:
    bomb = "a0: &a0 {x: y}\n" + "".join(
        f"a{n}: &a{n} {{<<: [{', '.join([f'*a{n - 1}'] * 9)}]}}\n" for n in range(1, 12)
    )

    (found,) = credentials().discover(around(tmp_path, clouds__yaml=f"{bomb}clouds: {{}}\n"))

    assert "aliases" in found.remarks[0]


def test_a_password_of_digits_stays_what_is_written(tmp_path: Path) -> None:
    secure = "clouds: {prod: {auth: {password: 0123}}}\n"

    found = by_name(credentials().discover(around(tmp_path, clouds__yaml=CLOUDS, secure__yaml=secure)))

    assert found["prod"].secrets["password"].reveal() == "0123"


def test_a_file_that_others_can_read_is_said(tmp_path: Path) -> None:
    place = around(tmp_path, clouds__yaml=CLOUDS)
    (place.home / ".config" / "openstack" / "clouds.yaml").chmod(0o644)

    found = credentials().discover(place)

    assert any("chmod 600" in remark for remark in found[0].remarks)


def test_a_profile_adds_the_address_that_the_file_leaves_out(tmp_path: Path) -> None:
    clouds = "clouds: {shop: {profile: catalyst, auth: {username: a, password: b-c-d, project_name: p}}}\n"

    (found,) = credentials().discover(around(tmp_path, clouds__yaml=clouds))

    assert "catalyst" in found.values["auth_url"]
    assert any("profile catalyst" in remark for remark in found.remarks)


@pytest.mark.parametrize("profile", ["vexxhost", "https://cloud.example", "nobody"])
def test_a_profile_that_is_elsewhere_or_nowhere_is_said_and_not_fetched(tmp_path: Path, profile: str) -> None:
    clouds = f"clouds: {{shop: {{profile: '{profile}', auth: {{username: a, password: b-c-d, project_name: p}}}}}}\n"

    (found,) = credentials().discover(around(tmp_path, clouds__yaml=clouds))

    assert "auth_url" not in found.values
    assert any("profile" in remark for remark in found.remarks)


def test_a_profile_of_clouds_public_goes_before_a_shipped_one(tmp_path: Path) -> None:
    public = "public-clouds: {vexxhost: {auth: {auth_url: 'https://own.example:5000'}, region_name: R9}}\n"
    clouds = "clouds: {shop: {profile: vexxhost, auth: {username: a, password: b-c-d, project_name: p}}}\n"

    (found,) = credentials().discover(around(tmp_path, clouds__yaml=clouds, clouds_public__yaml=public))

    assert (found.values["auth_url"], found.values["region_name"]) == ("https://own.example:5000", "R9")


def test_a_certificate_authority_that_is_a_path_is_read(tmp_path: Path) -> None:
    place = around(tmp_path, clouds__yaml=CLOUDS.replace("    region_name", "    cacert: ~/ca.pem\n    region_name"))
    (place.home / "ca.pem").write_text("-----BEGIN CERTIFICATE-----\nMII=\n-----END CERTIFICATE-----\n")

    found = by_name(credentials().discover(place))

    assert "BEGIN CERTIFICATE" in found["prod"].values["ca_pem"]


@pytest.mark.parametrize("broken", ["missing", "empty"])
def test_a_certificate_authority_that_cannot_be_read_is_said(tmp_path: Path, broken: str) -> None:
    env = os_env(CACERT=str(tmp_path / "ca.pem"))
    if broken == "empty":
        (tmp_path / "ca.pem").write_text("")

    (found,) = credentials().discover(around(tmp_path, env))

    assert "ca_pem" not in found.values
    assert any("CA file" in remark for remark in found.remarks)


def test_a_sign_in_that_a_cluster_cannot_use_is_said_and_refused(tmp_path: Path) -> None:
    (found,) = credentials().discover(around(tmp_path, os_env(AUTH_TYPE="v3oidcpassword")))

    assert any("application credential" in remark for remark in found.remarks)
    assert "LT-OS-031" in {problem.code for problem in credentials().problems(found.values, found.secrets)}


def test_certificate_checks_that_are_turned_off_stay_on_and_that_is_said(tmp_path: Path) -> None:
    clouds = CLOUDS.replace("    region_name", "    verify: false\n    region_name")

    found = by_name(credentials().discover(around(tmp_path, clouds__yaml=clouds)))["prod"]

    assert any("not followed" in remark for remark in found.remarks)


def test_the_variables_of_cluster_apis_guide_are_found(tmp_path: Path) -> None:
    text = base64.b64encode(CLOUDS.encode()).decode()
    env = {"OPENSTACK_CLOUD_YAML_B64": text, "OPENSTACK_CLOUD": "credential"}

    (found,) = credentials().discover(around(tmp_path, env))

    assert (found.source, found.values["cloud"]) == ("env", "credential")
    assert credentials().load(None, around(tmp_path, env)).secrets == found.secrets


def test_an_openrc_file_can_be_pasted_and_the_password_it_asks_for_is_asked_for(tmp_path: Path) -> None:
    found = credentials().parse(OPENRC)

    assert isinstance(found, Found)
    assert found.is_pasted
    assert {**found.values}.items() >= {"auth_url": URL, "username": "ada", "project_domain_id": "default"}.items()
    assert any("type it here" in remark for remark in found.remarks)
    assert [problem.path for problem in credentials().problems(found.values, found.secrets)] == [
        "credentials.openstack.password"
    ]


@pytest.mark.parametrize(
    "text",
    [
        CLOUDS.replace("  credential:", "  openstack:"),
        json.dumps({"clouds": {"openstack": {"auth": {"auth_url": URL, "application_credential_id": "x"}}}}),
        f"prod:\n  auth:\n    auth_url: {URL}\n",
        f"auth:\n  auth_url: {URL}\n  username: ada\n",
    ],
)
def test_a_clouds_yaml_or_a_part_of_it_can_be_pasted(text: str) -> None:
    found = credentials().parse(text)

    assert isinstance(found, Found)
    assert found.values["auth_url"] == URL
    assert CANARY not in repr(found)


@pytest.mark.parametrize("text", ["", "hello", "a: [", "{", "clouds: {}", "export PATH=/bin", "\0\0", "x: " * 9999])
def test_what_is_pasted_and_is_neither_is_answered_in_words(text: str) -> None:
    answer = credentials().parse(text)

    assert isinstance(answer, Problem)
    assert answer.code == "LT-OS-023"


@pytest.mark.parametrize(
    ("values", "codes"),
    [
        ({"auth_url": ""}, ["LT-OS-030"]),
        ({"auth_url": "keystone.example.com"}, ["LT-OS-030"]),
        ({"auth_url": "https://x:0/v3"}, ["LT-OS-030"]),
        ({"auth_url": "https://cloud.example.com/dashboard/"}, ["LT-OS-030"]),
        ({"auth_url": "https://x.example/v2.0"}, ["LT-OS-030"]),
        ({"auth_url": "http://x.example/v3"}, ["LT-OS-037"]),
        ({"auth_url": "http://127.0.0.1:5000/v3"}, []),
        ({"username": ""}, ["LT-OS-032"]),
        ({"project_name": ""}, ["LT-OS-032"]),
        ({"ca_pem": "MII"}, ["LT-OS-034"]),
        ({"ca_pem": "-----BEGIN PRIVATE KEY-----"}, ["LT-OS-034"]),
        ({"auth_type": "v3applicationcredential"}, ["LT-OS-032", "LT-OS-032"]),
        ({"auth_type": "token"}, ["LT-OS-032", "LT-OS-035"]),
        ({}, []),
    ],
)
def test_what_is_wrong_with_the_form_is_said_all_at_once(values: dict[str, str], codes: list[str]) -> None:
    good = {"auth_url": URL, "username": "ada", "project_name": "web", "auth_type": "password"}

    problems = credentials().problems({**good, **values}, {"password": Secret(CANARY)})

    assert [problem.code for problem in problems] == codes
    assert all(problem.path.startswith("credentials.openstack.") for problem in problems)
    assert CANARY not in repr(problems)


def test_a_user_name_in_the_address_is_not_repeated() -> None:
    problems = credentials().problems({"auth_url": f"https://ada:{CANARY}@x.example/v3"}, {})

    assert CANARY not in repr(problems)


def test_a_line_end_behind_a_secret_is_a_warning() -> None:
    values = {"auth_url": URL, "username": "ada", "project_name": "web"}

    (problem,) = credentials().problems(values, {"password": Secret(f"{CANARY}\n")})

    assert (problem.code, problem.severity) == ("LT-OS-036", "warning")


def test_a_cloud_that_is_not_in_the_file_is_answered_with_those_that_are(tmp_path: Path) -> None:
    with pytest.raises(LatticeError) as raised:
        credentials().load(CredentialsRef(source="profile", name="prdo"), around(tmp_path, clouds__yaml=CLOUDS))

    assert raised.value.exit_code == ExitCode.CREDENTIALS
    assert raised.value.problem.code == "LT-OS-021"
    assert "prod, credential" in raised.value.problem.fix


@pytest.mark.parametrize("reference", [None, CredentialsRef(source="profile"), CredentialsRef(source="file", name="x")])
def test_credentials_that_are_not_there_are_an_error_that_says_where_they_belong(
    tmp_path: Path, reference: CredentialsRef | None
) -> None:
    with pytest.raises(LatticeError) as raised:
        credentials().load(reference, around(tmp_path))

    assert raised.value.exit_code == ExitCode.CREDENTIALS
    assert raised.value.problem.fix


def test_credentials_that_were_kept_are_found_and_loaded(tmp_path: Path) -> None:
    store = CredentialStore(tmp_path / "store", keyring=False)
    (found,) = credentials().discover(around(tmp_path, os_env()))
    store.save("openstack", "work", found, "file")
    place = Around({}, tmp_path / "home", tmp_path / "cwd", store)

    kept = by_name(credentials().discover(place))["work"]

    assert kept.secrets == found.secrets
    assert credentials().load(CredentialsRef(source="file", name="work"), place).values == found.values


def entry(found: Found, name: str = "openstack") -> dict[str, Any]:
    text = for_cluster(found, name).clouds_yaml.reveal()
    said: dict[str, Any] = yaml.safe_load(text)["clouds"][name]
    return said


def test_the_cluster_gets_one_cloud_that_needs_nothing_beside_it(tmp_path: Path) -> None:
    found = by_name(credentials().discover(around(tmp_path, clouds__yaml=CLOUDS, secure__yaml=SECURE)))

    cloud = entry(found["prod"], "edge")

    assert cloud["auth"]["password"] == CANARY
    assert cloud["region_name"] == "RegionOne"
    assert "profile" not in cloud


def test_an_application_credential_goes_to_the_cluster_without_project_or_user(tmp_path: Path) -> None:
    found = by_name(credentials().discover(around(tmp_path, clouds__yaml=CLOUDS)))

    assert entry(found["credential"]) == {
        "auth_type": "v3applicationcredential",
        "auth": {
            "auth_url": URL,
            "application_credential_id": "21dced0fd20347869b93710d2b98aae0",
            "application_credential_secret": CANARY,
        },
        "interface": "public",
        "identity_api_version": "3",
    }


@pytest.mark.parametrize("secret", ["0123", "no", "a: b", "line\nend", "'\"", "\u00fc\u20ac", " x ", "#c", "1e3"])
def test_any_password_survives_the_way_into_the_cluster(secret: str) -> None:
    values = {"auth_url": URL, "username": "ada", "project_name": "web"}

    assert entry(Found("env", "", "", values, {"password": Secret(secret)}))["auth"]["password"] == secret


def test_what_the_cluster_gets_is_read_by_the_openstack_sdk_as_it_was_meant(tmp_path: Path) -> None:
    from openstack.config import OpenStackConfig

    (found,) = credentials().discover(around(tmp_path, os_env(REGION_NAME="R1")))
    path = tmp_path / "clouds.yaml"
    path.write_text(for_cluster(found, "openstack").clouds_yaml.reveal())

    with warnings.catch_warnings():
        # Of the library's own future.
        warnings.simplefilter("ignore")
        region = OpenStackConfig(config_files=[str(path)], load_envvars=False, secure_files=[]).get_one("openstack")

    assert region.config["auth"]["password"] == CANARY
    assert region.region_name == "R1"


def test_the_authority_goes_to_the_cluster_as_its_text(authority: CertificateAuthority) -> None:
    pem = authority.ca_pem
    values = {"auth_url": URL, "username": "ada", "project_name": "web", "ca_pem": pem}
    made = for_cluster(Found("env", "", "", values, {"password": Secret(CANARY)}), "openstack")

    assert made.cacert.strip() == pem.strip()
    assert yaml.safe_load(made.clouds_yaml.reveal())["clouds"]["openstack"]["cacert"].strip() == pem.strip()
    assert CANARY not in repr(made)


def test_without_an_authority_of_its_own_the_cluster_trusts_the_public_ones() -> None:
    values = {"auth_url": URL, "username": "ada", "project_name": "web"}

    made = for_cluster(Found("env", "", "", values, {"password": Secret(CANARY)}), "openstack")

    assert made.cacert.count("BEGIN CERTIFICATE") > 50
    assert "cacert" not in made.clouds_yaml.reveal()


def test_what_a_cluster_cannot_sign_in_with_is_not_flattened() -> None:
    with pytest.raises(LatticeError) as raised:
        for_cluster(Found("env", "", "", {"auth_url": URL}, {}), "openstack")

    assert {problem.code for problem in raised.value.problems} == {"LT-OS-032"}
