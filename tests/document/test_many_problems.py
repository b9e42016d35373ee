"""A file with hundreds of problems: a list that can be read, in order, each in its own line, the end said."""

from __future__ import annotations

import json
import re
from pathlib import Path

from lattice_tui.cli.problem_text import one_line
from lattice_tui.providers.reading import read_cluster_bytes
from tests.cli.program import lattice
from tests.document.cases import CASES, GOOD, TODAY, added, edited

LINE = re.compile(r"cluster\.yaml:(?P<line>\d+):\d+ \S+  .+  .+  LT-[A-Z]+-\d{3}")
MIXED = edited("name: practice", "name: Practice").replace('"1.35.5"', "1.35").replace(
    "replicas: 2", "replicas: no"
).replace(
    "      default:", "".join(f"      P{number}: {{replicas: -1}}\n" for number in range(60)) + "      default:"
) + "".join(f"  key{number}: 1\n" for number in range(300))


def said(folder: Path, text: str) -> list[str]:
    (folder / "cluster.yaml").write_text(text, "utf-8")
    done = lattice(folder, "validate", "cluster.yaml")
    assert done.returncode == 10
    assert done.stdout == b""
    return done.stderr.decode().splitlines()


def test_hundreds_of_problems_are_a_hundred_lines_in_order_and_two_that_end_them(tmp_path: Path) -> None:
    *problems, more, summary = said(tmp_path, MIXED)

    places = [match for line in problems if (match := LINE.fullmatch(line))]
    assert len(places) == len(problems) == 100
    assert [int(place["line"]) for place in places] == sorted(int(place["line"]) for place in places)
    assert "there are more problems: these are the first 100" in more
    assert summary == "cluster.yaml: more than 100 errors, 0 warnings"


def test_the_first_lines_are_what_stands_first_in_the_file(tmp_path: Path) -> None:
    first, second, *_ = said(tmp_path, MIXED)

    assert first.startswith("cluster.yaml:4:9 metadata.name ")
    assert second.startswith("cluster.yaml:8:16 spec.provider.kubernetes.version ")


def test_what_could_be_written_is_listed_once_and_not_a_hundred_times(tmp_path: Path) -> None:
    lines = said(tmp_path, added("".join(f"  key{number}: 1\n" for number in range(50))))

    assert len(lines) == 51
    assert sum("use one of" in line for line in lines) == 1
    assert max(map(len, lines[1:])) < 120


def test_the_count_is_exact_where_all_are_listed(tmp_path: Path) -> None:
    lines = said(tmp_path, added("".join(f"  key{number}: 1\n" for number in range(99))))

    assert lines[-1] == "cluster.yaml: 99 errors, 0 warnings"


def test_as_json_every_problem_is_a_line_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "cluster.yaml").write_text(MIXED, "utf-8")

    *problems, summary = [
        json.loads(line) for line in lattice(tmp_path, "validate", "cluster.yaml", "-o", "json").stdout.splitlines()
    ]

    assert len(problems) == 101
    assert {line["event"] for line in problems} == {"document.problem"}
    assert summary["ok"] is False


def test_no_problem_of_the_corpus_is_longer_than_three_lines_of_a_terminal() -> None:
    """Place, path, what is wrong, what to write instead, code: on a terminal of 120 columns three lines at most."""
    for case in CASES:
        data = case.text if isinstance(case.text, bytes) else case.text.encode()
        longest = max((one_line(problem) for problem in read_cluster_bytes(data).problems), key=len)
        assert len(longest) <= 360, longest


def test_the_good_file_says_one_line(tmp_path: Path) -> None:
    (tmp_path / "cluster.yaml").write_text(GOOD, "utf-8")

    assert lattice(tmp_path, "validate", "cluster.yaml").stderr == b""


def test_hundreds_of_warnings_leave_the_cluster_usable() -> None:
    names = ", ".join(["a.example"] * 300)
    found = read_cluster_bytes(edited("    config:", f"      certSANs: [{names}]\n    config:").encode(), today=TODAY)

    assert found.errors == ()
    assert len(found.warnings) == 101
    assert found.cluster is not None


def test_an_error_behind_hundreds_of_warnings_is_not_lost() -> None:
    names = ", ".join(["a.example"] * 300)
    text = edited("    config:", f"      certSANs: [{names}]\n    config:").replace("replicas: 2", "replicas: -1")
    found = read_cluster_bytes(text.encode(), today=TODAY)

    assert found.cluster is None
    assert [problem.code for problem in found.errors] == ["LT-DOC-032"]
