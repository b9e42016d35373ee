"""A draft of a cluster.yaml, and what has become of that file meanwhile."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from lattice_tui.providers.reading import read_cluster, read_cluster_bytes
from lattice_tui.wizard.composing import document_text
from lattice_tui.wizard.drafts_origin import from_new_file, origin_of, with_new_file
from lattice_tui.wizard.paths import CONTROL_PLANE, NAME, VERSION
from lattice_tui.wizard.state import WizardState, first_state, state_of_file
from tests.wizard.draft_files import store_in


@pytest.fixture
def state(tmp_path: Path) -> WizardState:
    """A file on the disk, opened, with another name given since."""
    file = tmp_path / "lab.yaml"
    data = document_text(first_state().with_answer(NAME, "lab")).encode()
    file.write_bytes(data)
    cluster = read_cluster_bytes(data, str(file)).cluster
    assert cluster is not None
    opened = state_of_file(str(file), data, cluster, rehearsal=True)
    return replace(opened.with_answer(NAME, "shop").at("size"), save_to="elsewhere.yaml")


def file_of(state: WizardState) -> Path:
    assert state.opened is not None
    return Path(state.opened.file)


def test_a_draft_without_a_file_has_none_to_ask_about() -> None:
    assert origin_of(first_state(), None).standing == "none"


def test_a_file_that_stands_as_it_did_is_the_same(state: WizardState) -> None:
    assert origin_of(state, None).standing == "same"


def test_a_file_that_holds_what_the_draft_was_saved_as_has_not_changed(state: WizardState, tmp_path: Path) -> None:
    draft = store_in(tmp_path).create(state)
    data = document_text(state).encode()
    file_of(state).write_bytes(data)
    draft.mark_saved(str(file_of(state)), data)
    draft.close()
    again = store_in(tmp_path).resume(draft.id)
    again.close()

    assert origin_of(again.state, again.saved).standing == "saved"
    assert origin_of(again.state, None).standing == "changed"


@pytest.mark.parametrize("how", ["removed", "a dangling link"])
def test_a_file_that_is_not_there_has_gone(how: str, state: WizardState) -> None:
    file_of(state).unlink()
    if how == "a dangling link":
        file_of(state).symlink_to("nothing")

    assert origin_of(state, None).standing == "gone"


@pytest.mark.parametrize("data", [b"", b"spec: [", b"kind: Other\n", b"\xff\xfe"])
def test_a_file_that_makes_no_cluster_now_is_told_apart(data: bytes, state: WizardState) -> None:
    file_of(state).write_bytes(data)
    origin = origin_of(state, None)

    assert origin.standing == "unreadable"
    assert origin.now is not None
    assert origin.now.errors


def test_a_folder_in_the_place_of_the_file_is_not_waited_for(state: WizardState) -> None:
    file_of(state).unlink()
    file_of(state).mkdir()

    assert origin_of(state, None).standing == "unreadable"


def test_answers_are_laid_over_a_new_file_and_the_rest_is_taken_from_it(state: WizardState) -> None:
    text = file_of(state).read_text().replace("controlPlane: 1", "controlPlane: 3")
    file_of(state).write_text(text + "# mine\n")
    now = read_cluster(file_of(state))
    over, fresh = with_new_file(state, now), from_new_file(state, now)

    assert (over.name, over.answer(CONTROL_PLANE), over.answer(VERSION)) == ("shop", "3", state.answer(VERSION))
    assert (over.step, sorted(over.visited)) == ("size", ["where"])
    assert (over.save_to, over.rehearsal) == ("elsewhere.yaml", True)
    assert dict(over.changed) == {NAME: "shop"}
    assert document_text(over).endswith("# mine\n")
    assert (fresh.name, fresh.answer(CONTROL_PLANE), fresh.step) == ("lab", "3", "where")


def test_pools_that_were_removed_stay_removed_and_new_ones_come_in(state: WizardState) -> None:
    text = file_of(state).read_text()
    (pool,) = state.pools
    file_of(state).write_text(text.replace(f"      {pool}:", f"      more: {{replicas: 2}}\n      {pool}:"))
    over = with_new_file(state.without_pool(pool), read_cluster(file_of(state)))

    assert over.pools == ("more",)


def test_a_file_with_a_secret_in_it_is_not_opened_and_so_reaches_no_draft(tmp_path: Path) -> None:
    text = document_text(first_state()).replace("docker: {}", "docker: {password: canary-7c1}")
    file = tmp_path / "lab.yaml"
    file.write_text(text)
    read = read_cluster(file)

    assert "canary-7c1" in text
    assert (read.cluster, bool(read.errors)) == (None, True)
