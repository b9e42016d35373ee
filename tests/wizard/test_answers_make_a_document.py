"""The same answers give the same cluster.yaml, and a file that was opened keeps what was not asked."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from lattice_tui.document.editing import ABSENT, value_at
from lattice_tui.errors import DocumentError
from lattice_tui.providers.reading import read_cluster_bytes
from lattice_tui.wizard.composing import document_text, problems_of, read_answers, to_document
from lattice_tui.wizard.paths import BOOTSTRAP, CONTROL_PLANE, NAME, POOLS, PROVIDER, VERSION, pool_replicas
from lattice_tui.wizard.pools import problem_with_pool, proposed_pool
from lattice_tui.wizard.presets import PRESETS, preset_of
from lattice_tui.wizard.state import WizardState, answers_of, first_state, state_of_file
from lattice_tui.wizard.steps import owner_of, step, way
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


NO_POOLS = b"""apiVersion: lattice.dev/v1alpha1
kind: LatticeCluster
metadata: {name: lab}
spec:
  provider: {config: {docker: {}}, kubernetes: {version: "1.35.5"}}
  nodes:
    controlPlane: 1   # nothing more
"""


def opened(data: bytes = PERSONS_FILE) -> WizardState:
    read = read_cluster_bytes(data, "lab.yaml")
    assert read.errors == ()
    assert read.cluster is not None
    return state_of_file("lab.yaml", data, read.cluster)


def test_the_answers_filled_in_make_a_document_without_a_question_asked() -> None:
    state = first_state()

    assert all(problems_of(state, each) == () for each in way("docker"))
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
        (PROVIDER, "gcp", "where"),
        (CONTROL_PLANE, "2", "size"),
        (CONTROL_PLANE, "three", "size"),
        (pool_replicas("default"), "-1", "size"),
        (VERSION, "1.12.0", "version"),
    ],
)
def test_a_wrong_answer_is_a_problem_of_the_step_that_asked(path: str, text: str, owner: str) -> None:
    state = first_state().with_answer(path, text)
    problems = {each.id: problems_of(state, each) for each in way("docker")}

    assert [each for each, found in problems.items() if found] == [owner]
    assert all(problem.fix for problem in problems[step(owner).id])  # type: ignore[arg-type]


def test_a_problem_that_no_step_asks_about_is_shown_in_the_review() -> None:
    assert owner_of("spec.endpoints.grpcPort", "docker").id == "review"


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


def test_an_answer_whose_place_is_not_written_is_added_and_the_rest_stays() -> None:
    read = read_answers(opened().with_answer(BOOTSTRAP, "rke2"))

    assert read.data == PERSONS_FILE.replace(b'{version: "1.35.5"}', b'{version: "1.35.5", bootstrap: rke2}')


def test_another_place_keeps_the_file() -> None:
    """`aws` is not built yet: the file says so with its own line, and is not lost."""
    read = read_answers(opened().with_answer(PROVIDER, "aws"))

    assert read.data == PERSONS_FILE.replace(b"{docker: {}}", b"{aws: {}}")


def test_a_pool_is_added_to_an_opened_file_in_the_style_of_the_last_one() -> None:
    changed = document_text(opened().with_pool("gpu", 3)).encode()

    own = b"      gpu:\r\n        replicas: 3\r\n"
    assert changed == PERSONS_FILE.replace(b"{size: large}\r\n", b"{size: large}\r\n" + own)


def test_a_pool_is_removed_from_an_opened_file_and_comes_back_as_it_was() -> None:
    state = opened().without_pool("large")
    own = b"      large:\r\n        replicas: 1   # the big one\r\n        labels: {size: large}\r\n"

    assert document_text(state).encode() == PERSONS_FILE.replace(own, b"")
    assert document_text(state.with_pool("large", 1)).encode() == PERSONS_FILE


def test_without_any_pool_the_file_says_so_and_no_usual_pool_comes_back() -> None:
    state = opened().without_pool("large").without_pool("small")
    changed = document_text(state).encode()

    assert b"    workerPools: {}\r\n    controlPlane: 1\r\n" in changed
    assert to_document(state).spec.nodes.worker_pools == {}
    assert answers_of(to_document(state)) == state.answers


def test_without_any_pool_a_fresh_file_says_so_too() -> None:
    state = first_state().without_pool("default")

    assert state.pools == ()
    assert to_document(state).spec.nodes.worker_pools == {}
    assert "workerPools: {}" in document_text(state)
    assert dict(opened(document_text(state).encode()).answers) == dict(state.answers)


@pytest.mark.parametrize(
    ("change", "pools"),
    [
        (lambda state: state.with_pool("big", 4), {"default": 2, "big": 4}),
        (lambda state: state.with_pool("big", 4).without_pool("default"), {"big": 4}),
        (lambda state: state.without_pool("default"), {}),
        (lambda state: state.with_answer(pool_replicas("default"), "5"), {"default": 5}),
        (lambda state: state.with_answer(NAME, "other"), None),
    ],
)
def test_a_file_that_names_no_pool_means_the_usual_one_until_pools_change(change, pools) -> None:  # type: ignore[no-untyped-def]
    state = change(opened(NO_POOLS))

    written = value_at(document_text(state).encode(), POOLS)

    assert opened(NO_POOLS).answer(pool_replicas("default")) == "2"
    assert written is ABSENT if pools is None else written == {name: {"replicas": size} for name, size in pools.items()}
    assert "# nothing more" in document_text(state)


def test_a_name_for_a_pool_follows_the_documents_own_rules() -> None:
    state = opened()

    assert problem_with_pool(state, "gpu") is None
    found = {name: problem_with_pool(state, name) for name in ("Big One", "", "a.b", "x" * 60, "small", "\ud800")}
    codes = {name: problem.code if problem is not None else "" for name, problem in found.items()}
    assert codes == {
        "Big One": "LT-DOC-022",
        "": "LT-DOC-022",
        "a.b": "LT-DOC-022",
        "x" * 60: "LT-DOC-022",
        "small": "LT-EDT-010",
        "\ud800": "LT-EDT-003",
    }


def test_a_name_is_proposed_that_no_pool_has() -> None:
    assert proposed_pool(opened()) == "default"
    assert proposed_pool(first_state()) == "pool-2"
    assert proposed_pool(first_state().with_pool("pool-2")) == "pool-3"


def test_an_answer_that_cannot_be_written_is_a_problem_of_its_step_and_the_file_is_whole() -> None:
    state = opened().with_answer(NAME, "\ud800")

    [problem] = problems_of(state, step("where"))

    assert problem.code == "LT-EDT-003"
    assert read_answers(state).data == PERSONS_FILE


PLACES = [NAME, PROVIDER, CONTROL_PLANE, VERSION, BOOTSTRAP, pool_replicas("small"), pool_replicas("new")]


TEXTS = st.sampled_from(["aws", "rke2", "lab-2", "3", "no"]) | st.text(max_size=8)


@given(st.dictionaries(st.sampled_from(PLACES), TEXTS), st.sets(st.sampled_from(["small", "large"])))
def test_whatever_is_answered_an_opened_file_keeps_its_comments(answers: dict[str, str], gone: set[str]) -> None:
    state = opened()
    for path, text in answers.items():
        state = state.with_answer(path, text)
    for pool in gone:
        state = state.without_pool(pool)

    data = read_answers(state).data

    assert data.startswith(b"\xef\xbb\xbf# my file\r\n")
    assert b"   # where I try things\r\n" in data
    assert (b"# the big one" in data) is ("large" not in gone)


def test_an_opened_file_shows_its_pools_in_the_order_of_the_file() -> None:
    assert opened().pools == ("small", "large")


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.id)
def test_a_preset_is_recognised_by_its_numbers_and_makes_a_document(preset) -> None:  # type: ignore[no-untyped-def]
    state = first_state()
    for path, text in preset.answers_for(state).items():
        state = state.with_answer(path, text)

    assert preset_of(state) == preset
    assert to_document(state).spec.nodes.control_plane == preset.control_planes


def test_a_preset_counts_the_workers_of_the_one_pool_whatever_it_is_called() -> None:
    state = first_state().without_pool("default").with_pool("small", 1)
    home = next(preset for preset in PRESETS if preset.id == "home")

    assert preset_of(state) is not None
    assert home.answers_for(state) == {CONTROL_PLANE: "1", pool_replicas("small"): "2"}
    assert home.answers_for(state.without_pool("small")) == {CONTROL_PLANE: "1", pool_replicas("default"): "2"}


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
    problems = [problem for each in way("docker") for problem in problems_of(state, each)]

    if problems:
        assert all(problem.title and problem.fix and problem.code for problem in problems)
    else:
        document_text(state)
