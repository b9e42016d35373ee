"""The line a door sends to the helper, and the lines that come back: whole, strict, and safe to show."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lattice_tui.checks.lines import from_line, to_line
from lattice_tui.checks.request import CheckRequest
from lattice_tui.secrets import Secret
from schemas.checks import CheckResult

PLAIN = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=80)
ANY = st.text(max_size=40)
STATUSES = st.sampled_from(["wait", "ok", "warn", "fail", "skip", "unknown"])
RESULTS = st.builds(CheckResult, PLAIN, PLAIN, STATUSES, PLAIN, why=PLAIN, elapsed_s=st.floats(0, 1e6), action_id=PLAIN)
REQUESTS = st.builds(
    CheckRequest,
    provider=ANY,
    params=st.dictionaries(ANY, ANY, max_size=4),
    secrets=st.dictionaries(ANY, st.builds(Secret, ANY), max_size=3),
    before=st.dictionaries(ANY, ANY, max_size=4),
    results=st.lists(RESULTS, max_size=3).map(tuple),
    again=st.lists(ANY, max_size=3).map(tuple),
    only=st.lists(ANY, max_size=3).map(tuple),
    deadline_s=st.floats(0.001, 9e5),
)


@given(REQUESTS)
def test_a_request_survives_the_pipe_as_one_line(request_: CheckRequest) -> None:
    line = request_.to_bytes()

    assert line.count(b"\n") == 1
    assert line.endswith(b"\n")
    assert CheckRequest.from_bytes(line) == request_


@given(st.binary(max_size=60))
def test_any_other_line_is_no_request(line: bytes) -> None:
    with pytest.raises(ValueError, match=r"^not a check re(quest|sult)$"):
        CheckRequest.from_bytes(line)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("provider", 1),
        ("params", []),
        ("params", {"a": 1}),
        ("secrets", {"token": None}),
        ("before", "x"),
        ("results", {}),
        ("results", [{"id": "a"}]),
        ("again", "docker-disk"),
        ("only", [1]),
        ("deadline_s", 0),
        ("deadline_s", True),
        ("deadline_s", "60"),
        ("deadline_s", 10**400),
        ("more", 1),
    ],
)
def test_a_request_with_one_wrong_part_is_refused_without_repeating_it(name: str, value: object) -> None:
    request = CheckRequest("docker", secrets={"token": Secret("hunter2hunter2")})
    said = json.loads(request.to_bytes()) | {name: value}

    with pytest.raises(ValueError) as caught:  # noqa: PT011  the words are looked at below
        CheckRequest.from_bytes(json.dumps(said).encode())

    assert "hunter2" not in repr(caught.value)


def test_a_secret_shows_in_no_repr() -> None:
    request = CheckRequest("docker", secrets={"token": Secret("hunter2hunter2")})

    assert "hunter2" not in repr(request)
    assert "hunter2" not in str(request)
    assert b"hunter2" in request.to_bytes()


@given(RESULTS)
def test_a_result_survives_the_pipe(result: CheckResult) -> None:
    assert from_line(to_line(result).encode()) == result


GOOD = json.loads(to_line(CheckResult("a", "A", "ok", "fine")))


@pytest.mark.parametrize(
    "line",
    [
        "",
        "null",
        "[]",
        '"ok"',
        "[" * 100_000,
        "9" * 10_000,
        "\ud800".encode("utf-8", "surrogatepass").decode("utf-8", "replace"),
        json.dumps({"status": "ok"}),
        json.dumps(GOOD | {"status": "perfect"}),
        json.dumps(GOOD | {"status": ["ok"]}),
        json.dumps(GOOD | {"more": "x"}),
        json.dumps(GOOD | {"id": 1}),
        json.dumps(GOOD | {"summary": None}),
        json.dumps(GOOD | {"simulated": "yes"}),
        json.dumps(GOOD | {"simulated": 1}),
        json.dumps(GOOD | {"elapsed_s": "1"}),
        json.dumps(GOOD | {"elapsed_s": True}),
        json.dumps(GOOD | {"elapsed_s": float("nan")}),
        json.dumps(GOOD | {"elapsed_s": float("inf")}),
        json.dumps(GOOD | {"elapsed_s": 10**400}),
    ],
)
def test_a_line_that_is_no_result_is_refused_with_a_value_error(line: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  json's own error is one too
        from_line(line.encode())


@given(ANY, ANY)
def test_what_a_helper_says_is_one_printable_line_each(title: str, summary: str) -> None:
    result = from_line(json.dumps(GOOD | {"title": title + "\x1b[31m", "summary": summary + "\n\x9b\u202e"}).encode())

    assert not {"\x1b", "\n", "\x9b", "\u202e"} & set(result.title + result.summary)
