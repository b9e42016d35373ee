"""The same answers give the same cluster.yaml, and a file that was opened keeps what was not asked."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from lattice_tui.errors import DocumentError
from lattice_tui.providers.reading import read_cluster_bytes
from lattice_tui.wizard.composing import document_text, problems_of, to_document
from lattice_tui.wizard.paths import CONTROL_PLANE, NAME, PROVIDER, VERSION, pool_replicas
from lattice_tui.wizard.presets import PRESETS, preset_of
from lattice_tui.wizard.splice import splice
from lattice_tui.wizard.state import WizardState, first_state, state_of_file
from lattice_tui.wizard.steps import STEPS, owner_of, step
from lattice_tui.wizard.versions import version_choices

PERSONS_FILE = b"""\xef\xbb\xbf# my file\r
apiVersion: lattice.dev/v1alpha1\r
kind: LatticeCluster\r
metadata: {name: 'lab'}   # where I try things\r
spec:\r
  nodes:\r
    workerPools:\r
      small: {replicas: 2}\r
      large:\r
        replicas: 1   # the big one\r
        labels: {size: large}\r
    controlPlane: 1\r
  provider:\r
    config: {docker: {}}\r
    kubernetes: {version: "1.35.5"}\r
"""


def opened(data: bytes = PERSONS_FILE) -> WizardState:
    read = read_cluster_bytes(data, "lab.yaml")
    assert read.errors == ()
    assert read.cluster is not None
    return state_of_file("lab.yaml", data, read.cluster)


def test_the_answers_filled_in_make_a_document_without_a_question_asked() -> None:
    state = first_state()

    assert all(problems_of(state, each) == () for each in STEPS)
    assert to_document(state).metadata.name == state.name


def test_the_document_read_back_gives_the_same_answers() -> None:
    state = first_state().with_answer(NAME, "lab").with_answer(CONTROL_PLANE, "3")
    text = document_text(state)

    assert dict(opened(text.encode()).answers) == dict(state.answers)


def test_the_same_answers_give_the_same_bytes() -> None:
    assert document_text(first_state()) == document_text(first_state(rehearsal=True))


@pytest.mark.parametrize(
    ("path", "text", "owner"),
    [
        (NAME, "My Cluster", "where"),
        (NAME, "", "where"),
        (PROVIDER, "aws", "where"),
        (CONTROL_PLANE, "2", "size"),
        (CONTROL_PLANE, "three", "size"),
        (pool_replicas("default"), "-1", "size"),
        (VERSION, "1.12.0", "version"),
    ],
)
def test_a_wrong_answer_is_a_problem_of_the_step_that_asked(path: str, text: str, owner: str) -> None:
    state = first_state().with_answer(path, text)
    problems = {each.id: problems_of(state, each) for each in STEPS}

    assert [each for each, found in problems.items() if found] == [owner]
    assert all(problem.fix for problem in problems[step(owner).id])  # type: ignore[arg-type]


def test_a_problem_that_no_step_asks_about_is_shown_in_the_review() -> None:
    assert owner_of("spec.endpoints.grpcPort").id == "review"


def test_answers_that_make_no_document_are_refused_with_every_problem() -> None:
    state = first_state().with_answer(NAME, "No").with_answer(CONTROL_PLANE, "4")

    with pytest.raises(DocumentError) as caught:
        document_text(state)

    assert len(caught.value.problems) == 2


def test_an_opened_file_that_is_not_changed_stays_the_same_bytes() -> None:
    assert document_text(opened()).encode() == PERSONS_FILE


def test_a_changed_answer_changes_only_its_own_place_in_an_opened_file() -> None:
    state = opened().with_answer(pool_replicas("large"), "4").with_answer(NAME, "workshop")
    expected = PERSONS_FILE.replace(b"'lab'", b"'workshop'").replace(b"replicas: 1 ", b"replicas: 4 ")

    assert document_text(state).encode() == expected


def test_an_answer_whose_place_is_not_written_is_not_spliced() -> None:
    assert splice(b"spec: {nodes: {controlPlane: 1}}\n", {VERSION: "1.35.5"}) is None
    assert splice(b"spec: {nodes: {controlPlane: 1}}\n", {"spec.nodes": "1"}) is None


def test_an_opened_file_shows_its_pools_in_the_order_of_the_file() -> None:
    assert opened().pools == ("small", "large")


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.id)
def test_a_preset_is_recognised_by_its_numbers_and_makes_a_document(preset) -> None:  # type: ignore[no-untyped-def]
    state = first_state()
    for path, text in preset.answers.items():
        state = state.with_answer(path, text)

    assert preset_of(state) == preset
    assert to_document(state).spec.nodes.control_plane == preset.control_planes


def test_own_numbers_are_no_preset() -> None:
    assert preset_of(first_state().with_answer(CONTROL_PLANE, "5")) is None
    assert preset_of(opened()) is None


def test_the_proposed_version_comes_first_and_support_that_has_ended_says_so() -> None:
    choices = version_choices("", "docker", date(2026, 11, 1))

    assert choices[0].version == first_state().answer(VERSION)
    assert choices[0].remark.startswith("proposed")
    assert next(each.remark for each in choices if each.version.startswith("1.34.")) == "support ended 2026-10-27"
    assert [each.version for each in choices] == list(dict.fromkeys(each.version for each in choices))


def test_the_version_of_an_opened_file_is_offered_too() -> None:
    assert version_choices("1.35.2", "docker", date(2026, 11, 1))[-1].version == "1.35.2"


@example("0\x1f", NAME)
@given(st.text(max_size=40), st.sampled_from([NAME, PROVIDER, CONTROL_PLANE, VERSION, pool_replicas("default")]))
def test_any_text_as_an_answer_is_a_document_or_a_problem_with_a_fix(text: str, path: str) -> None:
    state = first_state().with_answer(path, text)
    problems = [problem for each in STEPS for problem in problems_of(state, each)]

    if problems:
        assert all(problem.title and problem.fix and problem.code for problem in problems)
    else:
        document_text(state)
