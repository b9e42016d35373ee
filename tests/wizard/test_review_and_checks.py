"""The words of the review, and what checks mean for going on."""

from __future__ import annotations

import shlex

from lattice_tui.wizard import marks
from lattice_tui.wizard.computer import verdict
from lattice_tui.wizard.paths import CONTROL_PLANE, NAME
from lattice_tui.wizard.state import WizardState, first_state
from lattice_tui.wizard.steps import after, before, number, way
from lattice_tui.wizard.summary import command, sentence
from schemas.checks import CheckResult


def check(status: str, check_id: str = "docker") -> CheckResult:
    return CheckResult(check_id, "Docker", status, "")  # type: ignore[arg-type]


def test_the_review_says_what_is_built_in_one_sentence() -> None:
    state = first_state().with_answer(NAME, "lab").with_answer(CONTROL_PLANE, "3")

    assert sentence(state, "Docker") == (
        "Build the cluster lab on Docker, with 3 control planes and 1 worker, running Kubernetes 1.35.5."
    )


def test_several_pools_are_named_in_the_sentence() -> None:
    answers = {NAME: "lab", CONTROL_PLANE: "1", "spec.nodes.workerPools.a.replicas": "1"}
    state = WizardState({**answers, "spec.nodes.workerPools.b.replicas": "2"}, rehearsal=True)

    assert "with 1 control plane, 1 worker in a and 2 workers in b" in sentence(state, "Docker")
    assert sentence(state, "Docker").startswith("Rehearse building")


def test_the_command_survives_a_path_that_a_shell_would_read() -> None:
    state = first_state(rehearsal=True)
    words = shlex.split(command(state, "my files/$(id).yaml"))

    assert words == ["lattice", "install", "--cluster", "my files/$(id).yaml", "--rehearse"]


def test_what_is_unknown_or_left_out_never_blocks() -> None:
    assert verdict([check("unknown"), check("skip"), check("ok")]).is_clear


def test_a_failed_check_blocks_and_a_warning_is_soft() -> None:
    found = verdict([check("fail", "a"), check("warn", "b"), check("wait", "c")])

    assert ([one.id for one in found.blocking], [one.id for one in found.soft]) == (["a"], ["b"])
    assert [one.id for one in found.running] == ["c"]


def test_the_steps_lead_forth_and_back_and_stop_at_both_ends() -> None:
    ids = [each.id for each in way("docker")]

    assert ids == ["where", "computer", "size", "version", "review"]
    assert [after(each, "docker") for each in ids] == [*ids[1:], ids[-1]]
    assert [before(each, "docker") for each in ids] == [None, *ids[:-1]]
    assert [number(each, "docker") for each in ids] == [1, 2, 3, 4, 5]


def test_a_step_tells_how_it_stands() -> None:
    state = first_state().at("computer").at("size").with_answer(NAME, "No")
    from lattice_tui.wizard.composing import read_answers

    errors = read_answers(state).errors
    words = {each: marks.word(state, each, errors) for each in ("where", "computer", "size", "version", "review")}

    assert words == {"where": "fail", "computer": "ok", "size": "here", "version": "open", "review": "open"}


def test_going_back_loses_no_answer() -> None:
    state = first_state().with_answer(NAME, "lab").at("computer").at("where")

    assert state.name == "lab"
    assert state.visited == {"where", "computer"}
