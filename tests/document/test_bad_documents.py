"""Every way to be wrong is told apart: its code, its place, and what to write instead."""

from __future__ import annotations

import pytest

from lattice_tui.providers.reading import ReadCluster, read_cluster_bytes
from schemas.problem import Problem
from tests.document.cases import CASES, GOOD, TODAY, WARNINGS, Case, added, edited


def read(text: str | bytes, *, name: str | None = None) -> ReadCluster:
    data = text if isinstance(text, bytes) else text.encode()
    return read_cluster_bytes(data, name=name, today=TODAY)


def own_errors(case: Case) -> tuple[Problem, ...]:
    """Every error of the document."""
    return tuple(each for each in read(case.text).errors)


def facts(problem: Problem) -> tuple[str, int | None, int | None]:
    return problem.code, problem.line, problem.column


def test_the_good_document_has_no_problem() -> None:
    assert read(GOOD).problems == ()
    assert read(GOOD).cluster is not None
    assert read(GOOD).config is not None


@pytest.mark.parametrize("case", CASES, ids=[case.id for case in CASES])
def test_a_mistake_is_answered_with_its_code_place_and_fix(case: Case) -> None:
    first, *_ = own_errors(case)

    assert facts(first) == (case.code, case.line, case.column)
    assert case.words in f"{first.title} {first.fix}"
    assert read(case.text).cluster is None
    assert read(case.text).config is None


@pytest.mark.parametrize("case", CASES, ids=[case.id for case in CASES])
def test_one_mistake_is_one_error(case: Case) -> None:
    """A mistake does not drag others behind it: a misspelt or misplaced key is not missing as well."""
    codes = [problem.code for problem in own_errors(case)]

    assert codes == [case.code]


@pytest.mark.parametrize("case", WARNINGS, ids=[case.id for case in WARNINGS])
def test_a_warning_leaves_the_cluster_usable(case: Case) -> None:
    found = read(case.text)

    assert [facts(problem) for problem in found.problems] == [(case.code, case.line, case.column)]
    assert case.words in f"{found.warnings[0].title} {found.warnings[0].fix}"
    assert found.cluster is not None


@pytest.mark.parametrize("case", [*CASES, *WARNINGS], ids=[case.id for case in (*CASES, *WARNINGS)])
def test_every_problem_is_a_printable_line_with_a_fix(case: Case) -> None:
    for problem in read(case.text).problems:
        assert problem.title.isprintable()
        assert problem.fix.isprintable()
        assert problem.path.isprintable()
        assert problem.fix
        assert "invalid" not in problem.title.lower()
        assert "hunter2" not in f"{problem}"


def test_all_problems_come_in_one_pass_in_order_of_place() -> None:
    text = (
        edited('"1.35.5"', "1.32")
        .replace("kubeadm", "no")
        .replace("docker: {}", "docker: {image: x}")
        .replace("controlPlane: 1", "controlPlane: 2")
        .replace("replicas: 2", "replicas: -1")
        .replace("name: practice", "name: Practice")
    )

    found = [(problem.line, problem.code) for problem in read(text).errors]

    assert found == [
        (4, "LT-DOC-018"),
        (8, "LT-DOC-010"),
        (9, "LT-YAML-015"),
        (11, "LT-DOC-008"),
        (13, "LT-DOC-021"),
        (16, "LT-DOC-017"),
    ]


def test_every_missing_key_is_listed_with_an_example() -> None:
    found = read("metadata: {name: a}\n").errors

    assert [problem.path for problem in found] == [
        "spec.provider.kubernetes.version",
        "spec.provider.config",
        "spec.nodes.controlPlane",
    ]
    assert all("for example" in problem.fix for problem in found)


def test_the_documented_fragment_is_read_with_one_warning_that_shows_both_lines() -> None:
    """People paste the documented part, which begins at `spec:`."""
    fragment = "spec:" + GOOD.partition("spec:")[2]

    found = read(fragment, name="mine")

    assert [problem.code for problem in found.problems] == ["LT-DOC-002"]
    assert found.cluster is not None
    assert found.cluster.metadata.name == "mine"


def test_a_name_from_the_command_line_wins() -> None:
    found = read(GOOD, name="other")

    assert found.cluster is not None
    assert found.cluster.metadata.name == "other"
    assert found.data == GOOD.encode()


def test_a_wrong_name_from_the_command_line_has_no_line() -> None:
    [problem] = read(GOOD, name="Not This").errors

    assert facts(problem) == ("LT-DOC-018", None, None)


def test_a_hundred_problems_are_enough() -> None:
    text = added("  extra:\n" + "".join(f"  e{number}: 1\n" for number in range(500)))

    found = read(text)

    assert len(found.problems) == 101
    assert found.problems[-1].code == "LT-DOC-032"


def test_bom_and_crlf_are_accepted_with_true_places() -> None:
    text = "\ufeff" + edited("controlPlane: 1", "controlPlane: 2").replace("\n", "\r\n")

    [problem] = read(text).errors

    assert facts(problem) == ("LT-DOC-021", 13, 19)
    assert read("\ufeff" + GOOD.replace("\n", "\r\n")).problems == ()


def test_a_problem_on_the_first_line_after_a_bom_is_not_off_by_one() -> None:
    [problem] = read("\ufeff" + edited("lattice.dev/v1alpha1", "v1")).errors

    assert facts(problem) == ("LT-DOC-016", 1, 13)


def test_seed_version_stays_accepted_with_the_date_its_support_ended() -> None:
    assert [problem.code for problem in read(edited("1.35.5", "1.32.0")).problems] == ["LT-VER-003"]
    before = read_cluster_bytes(edited("1.35.5", "1.32.0").encode(), today="2026-02-27")
    assert before.problems == ()


@pytest.mark.parametrize("version", ["v1.35.5", "1.35.5"])
def test_a_leading_v_is_accepted(version: str) -> None:
    assert read(edited("1.35.5", version)).problems == ()


@pytest.mark.parametrize("host", ["10.0.0.1", "fd00::1", "api.example.com", "..."])
def test_a_host_is_a_name_an_address_or_left_open(host: str) -> None:
    found = read(added(f'  endpoints: {{host: "{host}"}}\n'))

    assert found.problems == ()
    assert found.cluster is not None
    assert found.cluster.spec.endpoints.host == (None if host == "..." else host)
