"""What holds of everything that `lattice check` writes: JSON lines as documented, a strict JUnit file, narrow text."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import Any, Final
from xml.etree import ElementTree as ET

RESULT: Final[dict[str, type | tuple[type, ...]]] = {
    "v": int,
    "event": str,
    "id": str,
    "title": str,
    "status": str,
    "summary": str,
    "why": str,
    "fix": str,
    "action": str,
    "field": str,
    "evidence": str,
    "code": str,
    "elapsed_s": (int, float),
    "simulated": bool,
    "action_id": str,
}
FINISHED: Final[dict[str, type | tuple[type, ...]]] = {
    "v": int,
    "event": str,
    "provider": str,
    "cluster": (str, type(None)),
    "simulated": bool,
    "counts": dict,
    "elapsed_s": (int, float),
    "exit_code": int,
}
"""docs/json-output.md: every field, in its order, with its types."""
STATUSES: Final = ("ok", "warn", "fail", "skip", "unknown")
CODE: Final = re.compile(r"LT-[A-Z]+-\d{3}")
ROW: Final = re.compile(r"[a-z]+(-[a-z0-9]+)+")
CUT: Final = re.compile(r"(\u2026|\.\.\.)\W*$")
"""A sentence that was cut off."""
COLUMNS: Final = 80
_SUITE: Final = {"name", "tests", "failures", "errors", "skipped", "time"}
_SECONDS: Final = re.compile(r"\d+\.\d{3}")


def check_lines(records: list[dict[str, Any]], provider: str, exit_code: int, *, may_be_cut: bool = False) -> None:
    """Every line is of the documented shape, and the last one counts the others. No sentence is cut off."""
    *results, last = records
    for record in results:
        _of_shape(record, RESULT)
        assert (record["v"], record["event"]) == (1, "check.result"), record
        assert record["status"] in STATUSES, record
        assert ROW.fullmatch(record["id"]), record
        assert record["title"], record
        assert record["summary"], record
        _words(record)
        assert may_be_cut or not CUT.search(record["summary"]), record
    assert len({record["id"] for record in results}) == len(results)
    _of_shape(last, FINISHED)
    assert (last["v"], last["event"], last["provider"]) == (1, "checks.finished", provider), last
    counts = Counter(record["status"] for record in results)
    assert set(last["counts"]) == set(STATUSES)
    assert {status: count for status, count in last["counts"].items() if count} == counts
    assert last["exit_code"] == exit_code


def _of_shape(record: dict[str, Any], shape: dict[str, type | tuple[type, ...]]) -> None:
    assert list(record) == list(shape), record
    assert [name for name, kind in shape.items() if not isinstance(record[name], kind)] == [], record


def _words(record: dict[str, Any]) -> None:
    """What is wrong says what to do about it."""
    if record["status"] in ("fail", "warn"):
        assert CODE.fullmatch(record["code"]), record
        assert record["fix"] or record["action"], record
    # One line is one line: only evidence may have several, and a command that is several lines.
    assert "\n" not in record["summary"] + record["title"] + record["fix"] + record["field"], record


def check_junit(path: Path, statuses: dict[str, str], provider: str, *, strict: bool = False) -> None:
    """The file is what readers of JUnit XML take, and its numbers are those of its cases and of the rows."""
    data = path.read_bytes()
    assert data.startswith(b'<?xml version="1.0" encoding="UTF-8"?>\n')
    root = ET.fromstring(data)
    assert root.tag == "testsuites"
    assert set(root.attrib) == _SUITE
    [suite] = root
    assert suite.tag == "testsuite"
    assert set(suite.attrib) == _SUITE | {"timestamp"}
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", suite.attrib["timestamp"])
    properties, *cases = suite
    assert [(item.tag, item.get("name")) for item in properties] == [("property", "simulated")]
    ended = [_case(case, provider) for case in cases]
    fails = {"fail", "warn"} if strict else {"fail"}
    expected = [
        "failure" if status in fails else "skipped" if status in ("unknown", "skip") else ""
        for status in statuses.values()
    ]
    assert [case.get("name") for case in cases] == list(statuses)
    assert ended == expected
    for element in (root, suite):
        assert _SECONDS.fullmatch(element.attrib["time"])
        counts = {name: int(element.attrib[name]) for name in ("tests", "failures", "errors", "skipped")}
        assert counts == {
            "tests": len(statuses),
            "failures": expected.count("failure"),
            "errors": 0,
            "skipped": expected.count("skipped"),
        }


def _case(case: ET.Element, provider: str) -> str:
    """How it ended: `failure`, `skipped`, or nothing."""
    assert case.tag == "testcase"
    assert set(case.attrib) == {"classname", "name", "time"}
    assert case.attrib["classname"] == f"lattice.{provider}"
    assert _SECONDS.fullmatch(case.attrib["time"])
    *ended, said = case
    assert said.tag == "system-out"
    assert said.text
    assert len(ended) <= 1
    if not ended:
        return ""
    assert ended[0].get("message")
    if ended[0].tag == "failure":
        assert ended[0].text
        assert ended[0].get("type")
    return ended[0].tag


def wide_lines(text: str, columns: int = COLUMNS) -> list[str]:
    """Lines that are too wide and could have been broken: no command to copy, no single long word."""
    return [
        line
        for line in text.splitlines()
        if len(line) > columns and not line.startswith("  copy") and len(line.split()) > 2
    ]
