"""What is found of AWS credentials, where, and what is said of it; nothing is signed in to, and no SDK is imported."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from lattice_tui.errors import ExitCode, LatticeError
from lattice_tui.providers.aws.credentials import CREDENTIALS
from lattice_tui.providers.credential_store import CredentialStore
from lattice_tui.providers.credentials import Around, Found
from lattice_tui.secrets import Secret
from schemas.document import CredentialsRef

KEY_ID, OTHER_ID, TEMPORARY_ID = "AKIAAAAAAAAAAAAAAAAA", "AKIABBBBBBBBBBBBBBBB", "ASIAAAAAAAAAAAAAAAAA"
SECRET = "canary/secret/canary/secret/canary/secre"
TOKEN = "canary-token"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / ".aws").mkdir()
    return tmp_path


def around(home: Path, env: dict[str, str] | None = None, store: CredentialStore | None = None) -> Around:
    return Around(env or {}, home, home, store)


def write(home: Path, *, config: str = "", credentials: str = "") -> None:
    (home / ".aws" / "config").write_text(config)
    (home / ".aws" / "credentials").write_text(credentials)


def keys(key_id: str = KEY_ID) -> dict[str, str]:
    return {"AWS_ACCESS_KEY_ID": key_id, "AWS_SECRET_ACCESS_KEY": SECRET}


def ini(name: str, key_id: str = KEY_ID) -> str:
    return f"[{name}]\naws_access_key_id = {key_id}\naws_secret_access_key = {SECRET}\n"


def by_name(found: tuple[Found, ...]) -> dict[str, Found]:
    return {one.name: one for one in found if one.source == "profile"}


def test_nothing_there_is_nothing_found(tmp_path: Path) -> None:
    assert CREDENTIALS.discover(around(tmp_path)) == ()


def test_keys_of_the_environment_are_found_with_their_token_and_never_shown(home: Path) -> None:
    env = keys(TEMPORARY_ID) | {"AWS_SESSION_TOKEN": TOKEN, "AWS_CREDENTIAL_EXPIRATION": "2026-12-01T00:00:00Z"}

    (found,) = CREDENTIALS.discover(around(home, env))

    assert (found.source, found.values["access_key_id"]) == ("env", TEMPORARY_ID)
    assert found.secrets == {"secret_access_key": Secret(SECRET), "session_token": Secret(TOKEN)}
    assert found.values["expires_at"].startswith("2026-12-01T00:00:00")
    assert "AWS_SESSION_TOKEN" in found.label
    assert SECRET not in repr(found)
    assert TOKEN not in repr(found)


def test_half_of_the_keys_is_found_with_what_is_missing(home: Path) -> None:
    (found,) = CREDENTIALS.discover(around(home, {"AWS_ACCESS_KEY_ID": KEY_ID}))

    assert found.remarks == ("AWS_SECRET_ACCESS_KEY is missing",)


def test_environment_and_file_that_disagree_are_both_there_and_say_so(home: Path) -> None:
    write(home, credentials=ini("default", OTHER_ID))

    found = CREDENTIALS.discover(around(home, keys()))

    assert [one.source for one in found] == ["env", "profile"]
    assert "differs from the profile default in: access key" in found[0].remarks
    assert "differs from the environment in: access key" in found[1].remarks


def test_environment_and_file_that_agree_do_not_warn(home: Path) -> None:
    write(home, credentials=ini("default"))

    found = CREDENTIALS.discover(around(home, keys()))

    assert found[0].remarks == ()
    assert found[1].remarks == ("the same keys as the environment's",)


def test_each_kind_of_profile_says_what_it_would_do(home: Path) -> None:
    write(
        home,
        config=(
            "[default]\nregion = eu-central-1\n"
            "[profile role]\nrole_arn = arn:aws:iam::123456789012:role/builder\nsource_profile = keys\n"
            "mfa_serial = arn:x\n"
            "[profile page]\nsso_start_url = https://example.awsapps.com/start\n"
            "[profile program]\ncredential_process = /opt/bin/fetch --password hunter2\n"
            '[profile "two words"]\nlogin_session = arn:aws:iam::123456789012:user/x\n'
            "[sso-session company]\nsso_region = eu-central-1\n"
        ),
        credentials=ini("keys"),
    )

    found = by_name(CREDENTIALS.discover(around(home)))

    assert set(found) == {"role", "page", "program", "two words", "keys"}
    assert found["role"].remarks[0] == "assumes the role builder by keys"
    assert "asks for a code (MFA)" in found["role"].remarks[1]
    assert found["page"].remarks == ("not signed in yet: aws sso login --profile page",)
    assert found["program"].remarks == ("asks the program fetch",)
    assert found["two words"].remarks == ("signs in by the AWS console (aws login)",)
    assert found["keys"].values == {"profile": "keys"}
    assert found["keys"].secrets == {}
    assert "hunter2" not in repr(found)


@pytest.mark.parametrize(
    ("hours", "said"), [(-1, "the sign-in has ended: aws sso login --profile page"), (5, "signed in until ")]
)
def test_a_sign_in_page_says_until_when_one_is_signed_in(home: Path, hours: int, said: str) -> None:
    url = "https://example.awsapps.com/start"
    write(home, config=f"[profile page]\nsso_start_url = {url}\n")
    cache = home / ".aws" / "sso" / "cache"
    cache.mkdir(parents=True)
    ends_at = (datetime.now(UTC) + timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M:%SZ")
    name = hashlib.sha1(url.encode()).hexdigest()
    (cache / f"{name}.json").write_text(json.dumps({"accessToken": TOKEN, "expiresAt": ends_at}))

    (found,) = CREDENTIALS.discover(around(home))

    assert found.remarks[0].startswith(said)
    assert TOKEN not in repr(found)


def test_keys_that_were_written_with_their_end_say_how_long_they_last(home: Path) -> None:
    soon = (datetime.now(UTC) + timedelta(minutes=41)).isoformat()
    write(
        home,
        credentials=ini("saml", TEMPORARY_ID) + f"aws_session_token = {TOKEN}\nx_security_token_expires = {soon}\n",
    )

    (found,) = CREDENTIALS.discover(around(home))

    assert found.remarks == ("temporary keys", "expires in 40 min")
    assert found.params()["credentials.expires_at"] == soon


def test_keys_of_a_wrong_form_in_a_file_are_found_with_what_is_wrong(home: Path) -> None:
    write(home, credentials="[default]\naws_access_key_id = AKIA123\naws_secret_access_key = short\n")

    (found,) = CREDENTIALS.discover(around(home))

    assert "the access key ID has 7 characters, not 20" in found.remarks


@pytest.mark.parametrize(
    "text", ["[default\nx = 1\n", "[a]\nx = 1\n[a]\ny = 2\n", "no section\n", "[a]\nx = 1\nx = 2\n"]
)
def test_a_broken_file_is_found_with_its_line_and_none_of_its_words(home: Path, text: str) -> None:
    (home / ".aws" / "credentials").write_text(f"{text}aws_secret_access_key = {SECRET}\n")

    found = CREDENTIALS.discover(around(home))

    assert len(found) == 1
    assert "is not understood" in found[0].remarks[0]
    assert SECRET not in repr(found)


def test_files_elsewhere_are_found_by_their_variables(home: Path) -> None:
    (home / "mine").write_text(ini("elsewhere"))

    found = CREDENTIALS.discover(around(home, {"AWS_SHARED_CREDENTIALS_FILE": "~/mine"}))

    assert set(by_name(found)) == {"elsewhere"}


def test_places_that_hand_out_a_role_are_found(home: Path) -> None:
    identity = {"AWS_WEB_IDENTITY_TOKEN_FILE": "/t", "AWS_ROLE_ARN": "arn:aws:iam::123456789012:role/ci"}
    container = {"AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://localhost:1338/latest"}

    assert CREDENTIALS.discover(around(home, identity))[0].values == {"method": "web-identity"}
    assert CREDENTIALS.discover(around(home, container))[0].values == {"method": "container"}


def test_kept_entries_are_listed_without_being_opened_and_loaded_by_name(home: Path) -> None:
    store = CredentialStore(home / "store", keyring=False)
    kept = Found("env", "", "", {"access_key_id": KEY_ID}, {"secret_access_key": Secret(SECRET)})
    store.save("aws", "work", kept, "file")

    (found,) = CREDENTIALS.discover(around(home, store=store))
    loaded = CREDENTIALS.load(CredentialsRef(source="file", name="work"), around(home, store=store))

    assert (found.source, found.name, found.secrets) == ("file", "work", {})
    assert loaded.secrets["secret_access_key"].reveal() == SECRET


class TestLoading:
    """What a document's reference leads to."""

    def test_the_environment_is_taken_when_nothing_else_is_said(self, home: Path) -> None:
        assert CREDENTIALS.load(None, around(home, keys())).values == {"access_key_id": KEY_ID}

    def test_a_profile_is_taken_by_its_name_and_the_environment_left_alone(self, home: Path) -> None:
        write(home, credentials=ini("work", OTHER_ID))

        found = CREDENTIALS.load(CredentialsRef(source="profile", name="work"), around(home, keys()))

        assert (found.values, found.secrets) == ({"profile": "work"}, {})

    def test_aws_profile_names_the_profile_where_there_are_no_keys(self, home: Path) -> None:
        write(home, credentials=ini("work"))

        assert CREDENTIALS.load(None, around(home, {"AWS_PROFILE": "work"})).values == {"profile": "work"}

    def test_the_default_profile_is_never_taken_unasked_but_named(self, home: Path) -> None:
        write(home, credentials=ini("default"))

        with pytest.raises(LatticeError) as caught:
            CREDENTIALS.load(None, around(home))

        assert caught.value.exit_code == ExitCode.CREDENTIALS
        assert "credentials: {source: profile, name: default}" in caught.value.problem.fix

    @pytest.mark.parametrize(
        ("reference", "env", "said"),
        [
            (None, {}, "there are no AWS keys in the environment"),
            (None, {"AWS_ACCESS_KEY_ID": KEY_ID}, "AWS_SECRET_ACCESS_KEY is missing"),
            (CredentialsRef(source="profile", name="gone"), {}, "there is no AWS profile called gone that signs in"),
        ],
    )
    def test_what_is_not_there_is_told_with_where_it_was_looked_for(
        self, home: Path, reference: CredentialsRef | None, env: dict[str, str], said: str
    ) -> None:
        with pytest.raises(LatticeError) as caught:
            CREDENTIALS.load(reference, around(home, env))

        assert (caught.value.exit_code, caught.value.problem.code) == (ExitCode.CREDENTIALS, "LT-AWS-036")
        assert caught.value.problem.title == said
        assert caught.value.problem.fix


@pytest.mark.parametrize(
    ("key_id", "secret", "token", "code"),
    [
        ("", "", "", "LT-AWS-030"),
        (SECRET, KEY_ID, "", "LT-AWS-031"),
        ("AKIA1", SECRET, "", "LT-AWS-032"),
        (KEY_ID, "short", "", "LT-AWS-033"),
        (KEY_ID, "", "", "LT-AWS-033"),
        (TEMPORARY_ID, SECRET, "", "LT-AWS-034"),
        (KEY_ID, SECRET, TOKEN, "LT-AWS-035"),
    ],
)
def test_the_form_of_keys_is_looked_at_before_anybody_is_asked(key_id: str, secret: str, token: str, code: str) -> None:
    secrets = {"secret_access_key": Secret(secret), "session_token": Secret(token)}

    (problem,) = CREDENTIALS.problems({"access_key_id": key_id}, secrets)

    assert problem.code == code
    assert problem.path.startswith("credentials.aws.")
    assert SECRET not in repr(problem)


def test_keys_of_the_right_form_and_any_profile_have_no_problems() -> None:
    assert CREDENTIALS.problems({"access_key_id": KEY_ID}, {"secret_access_key": Secret(SECRET)}) == ()
    assert CREDENTIALS.problems({"profile": "anything"}, {}) == ()


def test_both_of_two_wrong_keys_are_told_at_once() -> None:
    problems = CREDENTIALS.problems({"access_key_id": "x"}, {"secret_access_key": Secret("y")})

    assert [problem.code for problem in problems] == ["LT-AWS-032", "LT-AWS-033"]


def test_looking_around_imports_no_sdk(home: Path) -> None:
    write(home, config="[profile page]\nsso_start_url = https://x.example\n", credentials=ini("default"))
    program = (
        "import sys, pathlib\n"
        "from lattice_tui.providers.aws import PROVIDER\n"
        "from lattice_tui.providers.credentials import Around\n"
        "PROVIDER.fields, PROVIDER.parts, PROVIDER.rules, PROVIDER.config_model, PROVIDER.stages, PROVIDER.asked\n"
        f"here = pathlib.Path({str(home)!r})\n"
        "assert len(PROVIDER.credentials.discover(Around({}, here, here))) == 2\n"
        "PROVIDER.credentials.parse('export AWS_ACCESS_KEY_ID=x')\n"
        "PROVIDER.checks({'region': 'eu-central-1'}, {}), PROVIDER.choices({}, {})\n"
        "print([name for name in sys.modules if name.split('.')[0] in ('boto3', 'botocore', 'keyring', 'aiohttp')])\n"
    )

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60)

    assert (done.stdout.strip(), done.stderr) == ("[]", "")
