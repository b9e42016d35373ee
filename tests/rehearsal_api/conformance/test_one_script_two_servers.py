"""The conformance script, asked of the rehearsal API, and compared with a real API server where there is one."""

from __future__ import annotations

import ssl

import pytest

from tests.rehearsal_api.conformance.accepted import ACCEPTED, SOMETIMES_EQUAL
from tests.rehearsal_api.conformance.asking import Answers
from tests.rehearsal_api.conformance.client import Client
from tests.rehearsal_api.conformance.script import run
from tests.rehearsal_api.conformance.stated import CODES, DIFFERENT, MESSAGES
from tests.rehearsal_api.real_server import TOKEN, needs_real_server, real_server
from tests.rehearsal_api.served import Served


def _client(url: str) -> Client:
    # Both servers make their certificates at every start, and only this test speaks to them.
    return Client(url, ssl._create_unverified_context(), TOKEN)


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> Answers:
    served = Served(tmp_path_factory.mktemp("conformance"))
    served.run(lambda: served.server.accept_token(TOKEN, "admin", ("system:masters",)))
    try:
        return run(_client(served.server.url))
    finally:
        served.close()


def test_every_request_of_the_script_is_answered_with_the_code_of_a_real_server(ours: Answers) -> None:
    stated = {name: code for code, names in CODES.items() for name in names} | DIFFERENT

    assert {name: answer["code"] for name, answer in ours.items()} == stated


def test_refusals_are_worded_as_a_real_server_words_them(ours: Answers) -> None:
    said = {name: ours[name]["body"]["message"] for name in MESSAGES if name not in ACCEPTED}

    assert said == {name: words for name, words in MESSAGES.items() if name not in ACCEPTED}


@needs_real_server
def test_both_servers_answer_alike_but_for_what_is_accepted(
    ours: Answers, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with real_server(tmp_path_factory.mktemp("real")) as real:
        theirs = run(_client(real.url))
    different = {name for name in theirs if ours.get(name) != theirs[name]}

    assert sorted(different - ACCEPTED.keys()) == []
    assert ours.keys() == theirs.keys()
    assert sorted(ACCEPTED.keys() - different - SOMETIMES_EQUAL) == [], "accepted as different, and equal by now"
