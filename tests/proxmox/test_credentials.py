"""Where Proxmox credentials are found, what a paste becomes, and how their form is told. No secret is ever shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from lattice_tui.errors import ExitCode, LatticeError
from lattice_tui.providers.credential_store import CredentialStore
from lattice_tui.providers.credentials import Around, Found
from lattice_tui.providers.proxmox.address import place_of
from lattice_tui.providers.proxmox.credentials import CREDENTIALS
from lattice_tui.secrets import Secret
from schemas.document import CredentialsRef
from schemas.problem import Problem

UUID = "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0"
OTHER = "ffffffff-4b5a-6978-8796-a5b4c3d2e1f0"
TOKEN = "lattice@pve!installer"
URL = "https://pve1.example.com:8006"
CAPMOX = {"PROXMOX_URL": "https://pve1.example.com:8006", "PROXMOX_TOKEN": TOKEN, "PROXMOX_SECRET": UUID}


def around(tmp_path: Path, env: dict[str, str] | None = None, store: CredentialStore | None = None) -> Around:
    return Around(env=env or {}, home=tmp_path, cwd=tmp_path, store=store)


def secret_of(found: Found) -> str:
    return found.secrets["secret"].reveal()


def pasted(text: str) -> Found:
    found = CREDENTIALS.parse(text)
    assert isinstance(found, Found), found
    return found


@pytest.mark.parametrize(
    ("written", "url"),
    [
        ("pve1", "https://pve1:8006"),
        ("192.168.1.10", "https://192.168.1.10:8006"),
        ("pve1:443", "https://pve1:443"),
        ("https://pve1.example.com", "https://pve1.example.com:8006"),
        ("https://pve1:8006/", "https://pve1:8006"),
        ("https://pve1:8006/api2/json", "https://pve1:8006"),
        ("https://pve1:8006/#v1:0:=node%2Fpve1:4::::::", "https://pve1:8006"),
        ("  HTTPS://PVE1.Example.com:8006/?x=1 ", "https://pve1.example.com:8006"),
        ("[fd00::10]:8006", "https://[fd00::10]:8006"),
        ("fd00::10", "https://[fd00::10]:8006"),
    ],
)
def test_an_address_is_one_url_with_its_port_however_it_was_pasted(written: str, url: str) -> None:
    assert place_of(written).url == url


@pytest.mark.parametrize(
    "written",
    ["", "http://pve1:8006", "ftp://pve1", "https://", "pve1:99999", "https://root:pw@pve1", "pve 1", "pve1:0"],
)
def test_what_names_no_server_is_refused_with_a_reason(written: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        place_of(written)


@pytest.mark.parametrize(
    ("env", "name"),
    [
        (CAPMOX, ""),
        ({"PROXMOX_VE_ENDPOINT": "https://pve1.example.com/", "PROXMOX_VE_API_TOKEN": f"{TOKEN}={UUID}"}, "PROXMOX_VE"),
        (
            {"PM_API_URL": f"{URL}/api2/json", "PM_API_TOKEN_ID": TOKEN, "PM_API_TOKEN_SECRET": UUID},
            "PM",
        ),
        ({"PROXMOX_HOST": "pve1.example.com", "PROXMOX_TOKEN_ID": TOKEN, "PROXMOX_TOKEN_SECRET": UUID}, "PROXMOX_HOST"),
        ({"PVE_URL": URL, "PVE_TOKEN": f"PVEAPIToken={TOKEN}={UUID}"}, "PVE"),
    ],
)
def test_every_tools_variables_are_found(tmp_path: Path, env: dict[str, str], name: str) -> None:
    (found,) = CREDENTIALS.discover(around(tmp_path, env))

    assert (found.source, found.name) == ("env", name)
    assert found.values == {"url": URL, "token_id": TOKEN}
    assert secret_of(found) == UUID
    assert all(variable in found.label for variable in env)


def test_image_builders_names_are_put_right_and_said(tmp_path: Path) -> None:
    """It calls the secret PROXMOX_TOKEN, which is the token's name to Cluster API."""
    env = {"PROXMOX_URL": f"{URL}/api2/json", "PROXMOX_USERNAME": TOKEN, "PROXMOX_TOKEN": UUID}

    (found,) = CREDENTIALS.discover(around(tmp_path, env))

    assert found.values == {"url": URL, "token_id": TOKEN}
    assert secret_of(found) == UUID
    assert "image-builder" in found.remarks[0]


def test_swapped_token_and_secret_are_put_right_and_said(tmp_path: Path) -> None:
    (found,) = CREDENTIALS.discover(around(tmp_path, {**CAPMOX, "PROXMOX_TOKEN": UUID, "PROXMOX_SECRET": TOKEN}))

    assert found.values["token_id"] == TOKEN
    assert secret_of(found) == UUID
    assert "PROXMOX_TOKEN held the secret" in found.remarks[0]


def test_a_token_with_its_secret_in_one_variable_is_taken_apart(tmp_path: Path) -> None:
    (found,) = CREDENTIALS.discover(around(tmp_path, {"PROXMOX_URL": URL, "PROXMOX_TOKEN": f"{TOKEN}={UUID}"}))

    assert (found.values["token_id"], secret_of(found)) == (TOKEN, UUID)


def test_an_address_alone_is_no_credential(tmp_path: Path) -> None:
    assert CREDENTIALS.discover(around(tmp_path, {"PROXMOX_URL": URL})) == ()


@pytest.mark.parametrize("folder", [".config/cluster-api", ".cluster-api"])
def test_clusterctls_file_is_found(tmp_path: Path, folder: str) -> None:
    file = tmp_path / folder / "clusterctl.yaml"
    file.parent.mkdir(parents=True)
    file.write_text(f'PROXMOX_URL: "{URL}"\nPROXMOX_TOKEN: "{TOKEN}"\nPROXMOX_SECRET: "{UUID}"\nproviders: []\n')
    file.chmod(0o600)

    (found,) = CREDENTIALS.discover(around(tmp_path))

    assert (found.source, found.name, found.label) == ("profile", "clusterctl", f"~/{folder}/clusterctl.yaml")
    assert (found.values["token_id"], secret_of(found)) == (TOKEN, UUID)
    assert found.remarks == ()
    assert CREDENTIALS.load(CredentialsRef(source="profile", name="clusterctl"), around(tmp_path)) == found


def test_a_file_that_others_can_read_is_said_to_be(tmp_path: Path) -> None:
    file = tmp_path / ".cluster-api" / "clusterctl.yaml"
    file.parent.mkdir()
    file.write_text(f"PROXMOX_TOKEN: {TOKEN}\nPROXMOX_SECRET: {UUID}\n")
    file.chmod(0o644)

    (found,) = CREDENTIALS.discover(around(tmp_path))

    assert "chmod 600" in found.remarks[0]


@pytest.mark.parametrize("content", ["PROXMOX_TOKEN: [", "PROXMOX: &a [*a, *a]"])
def test_a_broken_file_is_found_with_what_is_wrong(tmp_path: Path, content: str) -> None:
    file = tmp_path / ".cluster-api" / "clusterctl.yaml"
    file.parent.mkdir()
    file.write_text(content)

    (found,) = CREDENTIALS.discover(around(tmp_path))

    assert found.secrets == {}
    assert "cannot be read" in found.remarks[0]


def test_a_folder_in_the_files_place_is_found_with_what_is_wrong(tmp_path: Path) -> None:
    (tmp_path / ".cluster-api" / "clusterctl.yaml").mkdir(parents=True)

    (found,) = CREDENTIALS.discover(around(tmp_path))

    assert "cannot be read" in found.remarks[0]


def test_sources_that_disagree_are_all_shown_with_what_differs(tmp_path: Path) -> None:
    env = {**CAPMOX, "PM_API_URL": URL, "PM_API_TOKEN_ID": "root@pam!old", "PM_API_TOKEN_SECRET": OTHER}

    first, second = CREDENTIALS.discover(around(tmp_path, env))

    assert first.remarks == ()
    assert second.remarks == ("differs from the environment in: token, secret",)


def test_kept_entries_are_found_and_loaded(tmp_path: Path) -> None:
    store = CredentialStore(tmp_path / "store", keyring=False)
    values = {"url": URL, "token_id": TOKEN, "fingerprint": "ab" * 32}
    store.save("proxmox", "homelab", Found("env", "", "", values, {"secret": Secret(UUID)}), "file")

    (found,) = CREDENTIALS.discover(around(tmp_path, store=store))
    by_name = CREDENTIALS.load(CredentialsRef(source="file", name="homelab"), around(tmp_path, store=store))
    the_only_one = CREDENTIALS.load(CredentialsRef(source="file"), around(tmp_path, store=store))

    assert (found.source, found.name) == ("file", "homelab")
    assert by_name.values == the_only_one.values == values
    assert secret_of(by_name) == UUID


@pytest.mark.parametrize(
    "reference",
    [
        None,
        CredentialsRef(source="env"),
        CredentialsRef(source="env", name="PM"),
        CredentialsRef(source="profile", name="prod"),
        CredentialsRef(source="profile"),
        CredentialsRef(source="file", name="homelab"),
        CredentialsRef(source="keyring", name="homelab"),
    ],
)
def test_what_is_not_there_is_told_with_what_was_looked_for(tmp_path: Path, reference: CredentialsRef | None) -> None:
    with pytest.raises(LatticeError) as caught:
        CREDENTIALS.load(reference, around(tmp_path))

    assert caught.value.exit_code == ExitCode.CREDENTIALS
    assert caught.value.problem.code == "LT-PVE-101"
    assert caught.value.problem.fix
    assert caught.value.problem.detail


@pytest.mark.parametrize(
    "text",
    [
        f"{TOKEN}={UUID}",
        f"PVEAPIToken={TOKEN}={UUID}",
        f"Authorization: PVEAPIToken={TOKEN}={UUID}",
        f'curl -H "Authorization: PVEAPIToken={TOKEN}={UUID}" -k',
        f"export PROXMOX_TOKEN='{TOKEN}'\nexport PROXMOX_SECRET={UUID}",
        f"PROXMOX_USERNAME={TOKEN}\nPROXMOX_TOKEN={UUID}",
        f"$env:PM_API_TOKEN_ID = '{TOKEN}'\n$env:PM_API_TOKEN_SECRET = '{UUID}'",
        f'api_token = "{TOKEN}={UUID}"',
        f'{{"full-tokenid": "{TOKEN}", "info": {{"privsep": "0"}}, "value": "{UUID}"}}',
        f'│ full-tokenid │ {TOKEN}    │\n│ info         │ {{"privsep":"1"}} │\n│ value        │ {UUID} │',
        f"api_host: 192.168.1.10\napi_user: lattice@pve\napi_token_id: installer\napi_token_secret: {UUID}",
        f"PROXMOX_TOKEN: {TOKEN}\nPROXMOX_SECRET: {UUID}\n",
    ],
    ids=range(12),
)
def test_whatever_shows_a_token_lands_in_the_right_fields(text: str) -> None:
    found = pasted(text)

    assert found.values["token_id"] == TOKEN
    assert secret_of(found) == UUID
    assert found.is_pasted
    assert UUID not in repr(found)


def test_a_whole_block_brings_its_address_along() -> None:
    found = pasted(
        f"export PROXMOX_URL={URL}/api2/json\nexport PROXMOX_TOKEN='{TOKEN}'\nexport PROXMOX_SECRET={UUID}\n"
    )

    assert found.values == {"url": URL, "token_id": TOKEN}


def test_a_browsers_address_alone_is_an_address() -> None:
    found = pasted("https://192.168.1.10:8006/#v1:0:18:4:::::::")

    assert found.values == {"url": "https://192.168.1.10:8006"}
    assert found.secrets == {}


@pytest.mark.parametrize(
    "text",
    ["", "hello", "AWS_SECRET_ACCESS_KEY=abc", "a" * 200_000, "a" * 60_000, "{" * 5000, f"{UUID} {OTHER}"],
    ids=range(7),
)
def test_a_paste_without_a_token_is_a_problem_and_not_a_guess(text: str) -> None:
    problem = CREDENTIALS.parse(text)

    assert isinstance(problem, Problem)
    assert problem.code == "LT-PVE-107"


def problems(url: str = URL, token_id: str = TOKEN, secret: str = UUID, **more: str) -> list[tuple[str, str, str]]:
    found = CREDENTIALS.problems({"url": url, "token_id": token_id, **more}, {"secret": Secret(secret)})
    assert secret == UUID or not secret or all(secret not in repr(problem) for problem in found)
    return [(problem.code, problem.path.rpartition(".")[2], problem.severity) for problem in found]


def test_good_credentials_have_no_problem() -> None:
    assert problems() == []
    assert problems(fingerprint="AB:" * 31 + "AB", ca_pem="-----BEGIN CERTIFICATE-----\n...") == []


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"url": "http://pve1:8006"}, ("LT-PVE-102", "url", "error")),
        ({"url": ""}, ("LT-PVE-102", "url", "error")),
        ({"url": "https://pbs:8007"}, ("LT-PVE-102", "url", "warning")),
        ({"token_id": ""}, ("LT-PVE-103", "token_id", "error")),
        ({"token_id": "root@pam"}, ("LT-PVE-103", "token_id", "error")),
        ({"token_id": "installer"}, ("LT-PVE-103", "token_id", "error")),
        ({"token_id": f"{TOKEN}={UUID}"}, ("LT-PVE-103", "token_id", "error")),
        ({"token_id": f"{TOKEN} {UUID}"}, ("LT-PVE-103", "token_id", "error")),
        ({"token_id": f"{TOKEN}x" + "y" * 3, "secret": ""}, ("LT-PVE-104", "secret", "error")),
        ({"token_id": "root@pam!TOKENID"}, ("LT-PVE-103", "token_id", "warning")),
        ({"token_id": "joe@example.com@pve!t1"}, ("LT-PVE-103", "token_id", "warning")),
        ({"token_id": f"root@{'a' * 33}!t1"}, ("LT-PVE-103", "token_id", "error")),
        ({"secret": "my password"}, ("LT-PVE-104", "secret", "error")),
        ({"token_id": UUID, "secret": TOKEN}, ("LT-PVE-105", "token_id", "error")),
        ({"fingerprint": "ab:cd"}, ("LT-PVE-106", "fingerprint", "error")),
        ({"ca_pem": "/etc/pve/pve-root-ca.pem"}, ("LT-PVE-106", "ca_pem", "error")),
    ],
)
def test_the_form_of_each_value_is_told_at_its_field(given: dict[str, str], expected: tuple[str, str, str]) -> None:
    assert problems(**given) == [expected]


def test_every_problem_is_told_at_once() -> None:
    assert [code for code, _, _ in problems(url="", token_id="", secret="")] == [
        "LT-PVE-102",
        "LT-PVE-103",
        "LT-PVE-104",
    ]


@pytest.mark.parametrize("token", [f"{TOKEN}={UUID}", f"{TOKEN} {UUID}", UUID, f"root@pam!x:{UUID}"])
def test_a_secret_in_the_tokens_field_is_not_shown_again(token: str) -> None:
    found = CREDENTIALS.problems({"url": URL, "token_id": token}, {"secret": Secret("x")})

    assert found
    assert UUID not in repr(found)


def test_whom_to_trust_is_found_beside_the_token(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("-----BEGIN CERTIFICATE-----\n")
    env = {**CAPMOX, "PROXMOX_FINGERPRINT": "AB:" * 31 + "AB", "PROXMOX_CA_FILE": "ca.pem"}

    (found,) = CREDENTIALS.discover(around(tmp_path, env))

    assert found.values["fingerprint"] == "ab" * 32
    assert found.values["ca_pem"] == "-----BEGIN CERTIFICATE-----\n"
    assert CREDENTIALS.load(None, around(tmp_path, env)) == found
    assert "PROXMOX_CA_FILE" in found.label


def test_a_ca_file_at_home_is_found_and_one_that_is_not_there_is_said(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("-----BEGIN CERTIFICATE-----\n")

    (at_home,) = CREDENTIALS.discover(around(tmp_path, {**CAPMOX, "PROXMOX_CA_FILE": "~/ca.pem"}))
    (absent,) = CREDENTIALS.discover(around(tmp_path, {**CAPMOX, "PROXMOX_CA_FILE": "/no/such/ca.pem"}))

    assert "ca_pem" in at_home.values
    assert absent.remarks == ("PROXMOX_CA_FILE cannot be read: No such file or directory",)
