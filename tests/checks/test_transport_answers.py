"""What stands in an API's place when its answer is none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lattice_tui.checks.answers import answer_problem
from lattice_tui.checks.clock import server_time
from lattice_tui.text import safe_text

URL = "https://pve.example:8006/api2/json/version"
PAGE = "<!DOCTYPE html><html><head><title>{}</title></head><body>...</body></html>"


@pytest.mark.parametrize(
    ("status", "content_type", "body", "code"),
    [
        (200, "text/html", PAGE.format("Welcome to nginx"), "LT-HTTP-011"),
        (404, "text/html", PAGE.format("Not found"), "LT-HTTP-011"),
        (200, "text/html", PAGE.format("Hotel WiFi: accept the terms"), "LT-HTTP-012"),
        (511, "text/html", PAGE.format("Sign in"), "LT-HTTP-012"),
        (302, "text/html", "", "LT-HTTP-016"),
        (407, "text/html", PAGE.format("Squid"), "LT-HTTP-008"),
        (502, "text/html", PAGE.format("502 Bad Gateway"), "LT-HTTP-013"),
        (503, "text/plain", "upstream connect error", "LT-HTTP-013"),
        (200, "application/json", "", "LT-HTTP-014"),
        (200, "application/json", '{"data": {"ver', "LT-HTTP-015"),
        (200, "text/plain", "hello", "LT-HTTP-015"),
    ],
)
def test_everything_that_is_not_the_apis_answer_has_its_own_words(
    status: int, content_type: str, body: str, code: str
) -> None:
    problem = answer_problem(status, content_type, body, expected="the Proxmox API", url=URL)

    assert problem is not None
    assert problem.code == code
    assert URL in problem.detail


@pytest.mark.parametrize(
    ("status", "content_type", "body"),
    [
        (200, "application/json", '{"data": null}'),
        (200, "text/plain", "[]"),
        (403, "application/json", '{"message": "no"}'),
        (503, "application/json", '{"error": {"code": 503}}'),
        (401, "text/plain", "no ticket"),
        (500, "", ""),
        (204, "", ""),
    ],
)
def test_an_apis_own_answer_is_left_to_whoever_asked(status: int, content_type: str, body: str) -> None:
    assert answer_problem(status, content_type, body, expected="the Proxmox API", url=URL) is None


def test_a_pages_title_is_quoted_and_cannot_steer_the_terminal() -> None:
    body = PAGE.format("\x1b]0;owned\x07[link=http://x]\u202e Login")
    problem = answer_problem(200, "text/html", body, expected="the Proxmox API", url=URL)

    assert problem is not None
    assert "Login" in problem.detail
    assert not {"\x1b", "\x07", "\u202e"} & set(problem.detail)


@given(st.integers(100, 599), st.text(max_size=40), st.text(max_size=300))
def test_no_answer_whatever_breaks_the_reader(status: int, content_type: str, body: str) -> None:
    problem = answer_problem(status, content_type, body, expected="the API", url=URL)

    assert problem is None or (problem.code and safe_text(problem.detail) == problem.detail)


@given(st.text(max_size=60))
def test_no_date_whatever_breaks_the_clock(date: str) -> None:
    said = server_time(date)

    assert said is None or said.tzinfo is not None


@pytest.mark.parametrize("date", ["Sun, 06 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 09:49:37 +0100"])
def test_a_date_is_read_in_whatever_zone(date: str) -> None:
    said = server_time(date)

    assert said is not None
    assert said.isoformat() == "1994-11-06T08:49:37+00:00"
