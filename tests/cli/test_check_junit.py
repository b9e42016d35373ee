"""`lattice check --junit FILE`: a report that a pipeline can read, whatever the results hold."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import get_args
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lattice_tui.cli.junit import Suite, junit_xml
from schemas.checks import CheckResult, CheckStatus
from tests.checks.fake_engine import ABOUT_THE_ENGINE, FakeEngine, fake_engine
from tests.cli.test_check_door import EXAMPLE, check

AT = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)
SUITE = Suite("practice on docker", "docker", 1.5)
OK = CheckResult("a-check", "A check", "ok", "fine", elapsed_s=0.25)
FAIL = replace(OK, id="b", status="fail", summary="not fine", why="because", fix="mend it", code="LT-TLS-001")
WARN = replace(FAIL, id="c", status="warn")
UNKNOWN = replace(OK, id="d", status="unknown", summary="no answer")
SKIP = replace(OK, id="e", status="skip", summary="waiting on: B")
HELPER = replace(OK, id="helper", status="unknown", summary="the checks could not be finished")


@pytest.fixture
def engine() -> Iterator[FakeEngine]:
    with fake_engine() as running:
        yield running


def read(*results: CheckResult, suite: Suite = SUITE) -> ET.Element:
    return ET.fromstring(junit_xml(results, suite, AT))


def test_every_check_is_a_case_and_every_way_to_end_has_its_place() -> None:
    root = read(OK, FAIL, WARN, UNKNOWN, SKIP)

    cases = {case.get("name"): case for case in root.iter("testcase")}
    assert list(cases) == ["a-check", "b", "c", "d", "e"]
    assert {name: [child.tag for child in case if child.tag != "system-out"] for name, case in cases.items()} == {
        "a-check": [],
        "b": ["failure"],
        "c": [],
        "d": ["skipped"],
        "e": ["skipped"],
    }
    failure = cases["b"].find("failure")
    assert failure is not None
    assert (failure.get("message"), failure.get("type")) == ("A check: not fine", "LT-TLS-001")
    assert "do: mend it" in (failure.text or "")
    assert "mend it" in (cases["c"].findtext("system-out") or "")
    assert root.find("testsuite").attrib.items() >= {  # type: ignore[union-attr]
        ("tests", "5"),
        ("failures", "1"),
        ("errors", "0"),
        ("skipped", "2"),
    }


def test_where_warnings_count_they_are_failures() -> None:
    root = read(OK, WARN, suite=replace(SUITE, strict=True))

    assert root.get("failures") == "1"
    assert root.find(".//failure") is not None


def test_checks_that_broke_off_are_an_error_and_not_merely_skipped() -> None:
    root = read(OK, HELPER)

    assert (root.get("errors"), root.get("skipped")) == ("1", "0")
    assert root.find(".//error") is not None


any_result = st.builds(
    CheckResult,
    id=st.text(max_size=20),
    title=st.text(max_size=30),
    status=st.sampled_from(get_args(CheckStatus)),
    summary=st.text(max_size=60),
    why=st.text(max_size=60),
    fix=st.text(max_size=60),
    evidence=st.text(max_size=60),
    code=st.text(max_size=12),
)


@given(st.lists(any_result, max_size=5), st.text(max_size=30))
def test_no_text_whatever_breaks_the_report(results: list[CheckResult], name: str) -> None:
    text = junit_xml(tuple(results), replace(SUITE, name=name), AT)

    assert len(list(ET.fromstring(text.encode()).iter("testcase"))) == len(results)
    assert not {"\x1b", "\u202e", "\x9b", "\u2066"} & set(text)


def test_markup_in_a_name_stays_text() -> None:
    evil = replace(FAIL, title='<b>"x"]]>', summary="</failure><testcase name='y'/>", why="<!--")

    root = read(evil)
    assert len(list(root.iter("testcase"))) == 1
    assert root.find(".//failure").get("message") == "<b>\"x\"]]>: </failure><testcase name='y'/>"  # type: ignore[union-attr]


def test_the_door_writes_the_report_beside_its_text_and_keeps_its_exit_code(engine: FakeEngine, tmp_path: Path) -> None:
    engine.answers["/info"]["OSType"] = "windows"
    file = tmp_path / "checks.xml"
    file.write_text("of another run")

    said = check(
        tmp_path, engine.endpoint, "--cluster", str(EXAMPLE), "--only", *ABOUT_THE_ENGINE, "--junit", str(file)
    )

    root = ET.parse(file).getroot()
    assert said.returncode == 11
    assert root.get("failures") == "1"
    names = [case.get("name") for case in root.iter("testcase")]
    assert [name for name in names if name in ABOUT_THE_ENGINE] == list(ABOUT_THE_ENGINE)
    assert root.find("testsuite").get("name") == "practice on docker"  # type: ignore[union-attr]
    assert stat.S_IMODE(file.stat().st_mode) == 0o644
    assert [path.name for path in tmp_path.iterdir() if path.name.endswith(".lattice-tmp")] == []


@pytest.mark.parametrize("place", ["none/checks.xml", "folder", "link.xml"])
def test_a_report_that_cannot_be_written_is_told_before_anything_is_looked_at(tmp_path: Path, place: str) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "link.xml").symlink_to(tmp_path / "elsewhere.xml")

    said = check(tmp_path, "unix:///none.sock", "--junit", str(tmp_path / place))

    assert said.returncode == 2
    assert said.stdout == b""
    assert b"LT-CLI-010" in said.stderr
    assert b"--junit" in said.stderr
    assert not (tmp_path / "elsewhere.xml").exists()
