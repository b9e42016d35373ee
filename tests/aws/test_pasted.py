"""Whatever a person pastes of AWS keys lands in the right fields, and nothing of it is shown."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lattice_tui.providers.aws.credentials import CREDENTIALS
from lattice_tui.providers.credentials import Found
from schemas.problem import Problem

KEY_ID, TEMPORARY_ID = "AKIAAAAAAAAAAAAAAAAA", "ASIAAAAAAAAAAAAAAAAA"
SECRET = "canary/secret/canary/secret/canary/secre"
TOKEN = "canary-token" * 12
JSON = {
    "AccessKeyId": TEMPORARY_ID,
    "SecretAccessKey": SECRET,
    "SessionToken": TOKEN,
    "Expiration": "2026-12-01T00:00:00+00:00",
}
PASTED = {
    "sh": f"export AWS_ACCESS_KEY_ID={KEY_ID}\nexport AWS_SECRET_ACCESS_KEY='{SECRET}'\n",
    "powershell": f'$Env:AWS_ACCESS_KEY_ID="{KEY_ID}"\n$Env:AWS_SECRET_ACCESS_KEY="{SECRET}"\n',
    "cmd": f"SET AWS_ACCESS_KEY_ID={KEY_ID}\r\nSET AWS_SECRET_ACCESS_KEY={SECRET}\r\n",
    "ini": f"[default]\naws_access_key_id={KEY_ID}\naws_secret_access_key={SECRET}\n",
    "ini without a section": f"aws_access_key_id = {KEY_ID}\naws_secret_access_key = {SECRET}\n",
    "csv": f"\ufeffAccess key ID,Secret access key\n{KEY_ID},{SECRET}\n",
    "old csv": (
        "User name,Password,Access key ID,Secret access key,Console login link\n"
        f"lattice,,{KEY_ID},{SECRET},https://x.signin.aws.amazon.com/console\n"
    ),
    "json of iam": json.dumps({"AccessKey": {"UserName": "lattice", "AccessKeyId": KEY_ID, "SecretAccessKey": SECRET}}),
    "two words": f"{KEY_ID} {SECRET}",
    "two lines": f"Access key\n{KEY_ID}\nSecret access key\n{SECRET}\n",
}


def found_in(text: str) -> Found:
    found = CREDENTIALS.parse(text)
    assert isinstance(found, Found), found
    return found


@pytest.mark.parametrize("form", PASTED)
def test_both_keys_are_read_from_each_form(form: str) -> None:
    found = found_in(PASTED[form])

    assert found.values == {"access_key_id": KEY_ID}
    assert found.secrets["secret_access_key"].reveal() == SECRET
    assert found.is_pasted
    assert found.remarks == ()
    assert SECRET not in repr(found)


@pytest.mark.parametrize("text", [json.dumps({"Credentials": JSON}), json.dumps({"Version": 1, **JSON})])
def test_temporary_keys_come_with_their_token_and_their_end(text: str) -> None:
    found = found_in(text)

    assert found.secrets["session_token"].reveal() == TOKEN
    assert found.values == {"access_key_id": TEMPORARY_ID, "expires_at": "2026-12-01T00:00:00+00:00"}
    assert CREDENTIALS.problems(found.values, found.secrets) == ()


def test_the_access_portals_block_is_read_with_its_profile_name() -> None:
    text = (
        f"[123456789012_Admin]\naws_access_key_id={TEMPORARY_ID}\naws_secret_access_key={SECRET}\n"
        f"aws_session_token={TOKEN}\n"
    )

    found = found_in(text)

    assert found.label == "pasted: profile 123456789012_Admin"
    assert set(found.secrets) == {"secret_access_key", "session_token"}


def test_of_several_profiles_the_first_is_taken_and_the_others_named() -> None:
    text = PASTED["ini"] + PASTED["ini"].replace("default", "work")

    assert found_in(text).remarks == ("left out: work",)


def test_one_key_alone_is_taken_and_the_other_asked_for() -> None:
    assert found_in(f"AWS_ACCESS_KEY_ID={KEY_ID}").remarks == ("secret_access_key is not in it",)


@pytest.mark.parametrize(
    "text", ["", "hello", "{", "[", "[default]\nregion = eu-central-1", "a,b\n1,2", '{"Credentials": 3}']
)
def test_what_holds_no_keys_is_answered_with_what_could_be_pasted(text: str) -> None:
    problem = CREDENTIALS.parse(text)

    assert isinstance(problem, Problem)
    assert problem.code == "LT-AWS-037"


@given(st.text(max_size=400) | st.sampled_from(sorted(PASTED)).map(lambda form: PASTED[form][::2]))
def test_no_text_makes_it_stumble(text: str) -> None:
    assert isinstance(CREDENTIALS.parse(text), Found | Problem)
