"""Providers that one signs in to: their way, their defaults, their block of the document, their secrets."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from lattice_tui.document.editing import value_at
from lattice_tui.providers.credential_store import CredentialStore
from lattice_tui.providers.credentials import Around, Found
from lattice_tui.providers.reading import read_cluster_bytes
from lattice_tui.secrets import Secret
from lattice_tui.wizard import steps
from lattice_tui.wizard.answering import SIZES, answered
from lattice_tui.wizard.asking import questions
from lattice_tui.wizard.composing import bare_document, document_text, problems_of, read_answers
from lattice_tui.wizard.paths import CONTROL_PLANE, NAME, PROVIDER, VERSION, pool_replicas
from lattice_tui.wizard.signing_in import discovered, given, kept, picked
from lattice_tui.wizard.state import WizardState, first_state, state_of_file
from lattice_tui.wizard.subjects import subject_of
from tests.document.case import on

OTHERS = ("proxmox", "openstack", "aws")
CANARY = "hunter2-canary-5f1d"


def chosen(provider: str) -> WizardState:
    return answered(first_state(), {PROVIDER: provider})


@pytest.mark.parametrize("provider", OTHERS)
def test_the_way_leads_through_connect_build_and_addresses(provider: str) -> None:
    ids = [step.id for step in steps.way(provider)]

    assert ids == ["where", "computer", "connect", "size", "build", "addresses", "review"]
    assert steps.number("review", provider) == 7
    assert steps.on_way("version", provider) == "build"
    assert steps.on_way("build", "docker") == "version"


@pytest.mark.parametrize("provider", OTHERS)
def test_everything_that_is_asked_has_one_step_and_one_declaration(provider: str) -> None:
    asked = [
        question for step in ("connect", "size", "build", "addresses") for question in questions(chosen(provider), step)
    ]
    paths = [question.path for question in asked]

    assert len(paths) == len(set(paths))
    assert all(question.field.label and question.field.help for question in asked)
    for step in ("connect", "build", "addresses"):
        for question in questions(chosen(provider), step):
            assert steps.owner_of(question.path, provider).id == step, question.path


@pytest.mark.parametrize("provider", OTHERS)
def test_what_the_document_needs_is_asked(provider: str) -> None:
    asked = {question.path for step in steps.ORDER for question in questions(chosen(provider), step)}
    missing = [problem.path for problem in read_answers(chosen(provider)).errors]

    assert missing
    assert [
        path
        for path in missing
        if not any(path == each or path.startswith(f"{each}.") or each.startswith(f"{path}.") for each in asked)
    ] == []


@pytest.mark.parametrize("provider", OTHERS)
def test_another_provider_brings_its_size_and_going_back_brings_the_old_one(provider: str) -> None:
    state = chosen(provider)

    assert SIZES[provider].answers().items() <= state.answers.items()
    assert SIZES["docker"].answers().items() <= answered(state, {PROVIDER: "docker"}).answers.items()


def test_a_size_that_the_person_chose_stays() -> None:
    state = answered(first_state(), {CONTROL_PLANE: "5"})

    assert answered(state, {PROVIDER: "aws"}).answer(CONTROL_PLANE) == "5"


def test_another_provider_s_answers_wait_and_are_not_written() -> None:
    state = answered(chosen("aws"), {"spec.provider.config.aws.region": "eu-central-1"})
    back = answered(state, {PROVIDER: "docker"})

    assert yaml.safe_load(document_text(back))["spec"]["provider"]["config"] == {"docker": {}}
    assert back.answer("spec.provider.config.aws.region") == "eu-central-1"


def test_answers_become_the_types_of_their_keys() -> None:
    state = answered(
        chosen("proxmox"),
        {
            "spec.provider.config.proxmox.templateId": "9000",
            "spec.provider.config.proxmox.allowedNodes": "pve1, pve2",
            "spec.provider.config.proxmox.ipv4Pool.prefix": "24",
            "spec.provider.config.proxmox.vlan": "",
        },
    )
    block = bare_document(state)["spec"]["provider"]["config"]["proxmox"]

    assert (block["templateId"], block["allowedNodes"], block["ipv4Pool"]) == (9000, ["pve1", "pve2"], {"prefix": 24})
    assert "vlan" not in block


@pytest.mark.parametrize("provider", OTHERS)
def test_a_file_s_answers_are_found_and_changing_one_changes_one(provider: str) -> None:
    data = on(provider).encode()
    read = read_cluster_bytes(data, "cluster.yaml")
    assert read.cluster is not None
    state = state_of_file("cluster.yaml", data, read.cluster)

    assert document_text(state) == on(provider)
    renamed = document_text(answered(state, {NAME: "other"}))
    assert renamed == on(provider).replace("practice", "other")


def test_a_key_of_the_block_is_changed_added_and_taken_out_again() -> None:
    data = on("aws").encode()
    read = read_cluster_bytes(data, "cluster.yaml")
    assert read.cluster is not None
    state = state_of_file("cluster.yaml", data, read.cluster)
    path = "spec.provider.config.aws.availabilityZoneCount"

    added = document_text(answered(state, {path: "1", "spec.provider.config.aws.region": "eu-west-1"}))
    assert value_at(added.encode(), path) == 1
    assert value_at(added.encode(), "spec.provider.config.aws.region") == "eu-west-1"
    assert document_text(answered(answered(state, {path: "1"}), {path: ""})) == on("aws")


def test_what_was_picked_replaces_what_was_given_and_never_reaches_the_document() -> None:
    found = Found(
        "env", "", "environment", {"url": "https://pve1:8006", "token_id": "a@pve!b"}, {"secret": Secret(CANARY)}
    )
    before = chosen("proxmox").with_secret("credentials.proxmox.other", Secret("old"))
    state = picked(before, found)

    values, secrets = given(state)
    assert values == {"url": "https://pve1:8006", "token_id": "a@pve!b"}
    assert {name: secret.reveal() for name, secret in secrets.items()} == {"secret": CANARY}
    assert bare_document(state)["spec"]["credentials"] == {"source": "env"}
    for text in (repr(state), yaml.safe_dump(bare_document(state)), str(subject_of(state, "connect"))):
        assert CANARY not in text


@pytest.mark.parametrize("provider", OTHERS)
def test_each_step_asks_its_own_rows_and_those_before(provider: str) -> None:
    only = [subject_of(chosen(provider), step).only for step in ("connect", "build", "addresses")]
    from lattice_tui.providers.registry import load

    subject = subject_of(chosen(provider), "review")
    known = [check.id for check in load(provider).checks(subject.params, subject.secrets)]

    assert only[0]
    assert only[0] == only[1][: len(only[0])] == only[2][: len(only[0])]
    assert set(only[2]) <= set(known)
    assert subject.only == ()


def test_secrets_are_in_no_draft(tmp_path: Path) -> None:
    from lattice_tui.wizard.drafts import DraftStore
    from lattice_tui.wizard.drafts_keeping import DraftKeeper

    state = chosen("proxmox").with_secret("credentials.proxmox.secret", Secret(CANARY))
    state = state.with_answer("credentials.proxmox.url", "https://pve1:8006")
    keeper = DraftKeeper(DraftStore(tmp_path), first_state(), None)
    keeper.keep(state)
    keeper.close()

    kept = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert b"https://pve1:8006" in kept
    assert CANARY.encode() not in kept


@pytest.mark.parametrize("provider", OTHERS)
def test_a_problem_of_its_block_belongs_to_the_step_that_asks(provider: str) -> None:
    state = answered(chosen(provider), {VERSION: "1.12.0", pool_replicas("default"): "-1"})

    assert problems_of(state, steps.step("build"))
    assert problems_of(state, steps.step("size"))


@pytest.mark.parametrize("provider", OTHERS)
def test_what_was_kept_is_found_again_whole_and_the_document_only_refers_to_it(provider: str, tmp_path: Path) -> None:
    around = Around({}, tmp_path, tmp_path, CredentialStore(tmp_path / "store", keyring=False))
    typed = {
        "proxmox": ({"url": "https://pve1:8006", "token_id": "a@pve!b"}, "secret"),
        "openstack": ({"auth_url": "https://cloud:5000/v3", "auth_type": "password", "username": "sam"}, "password"),
        "aws": ({"access_key_id": "AKIAABCDEFGHIJKLMNOP"}, "secret_access_key"),
    }
    values, secret = typed[provider]
    given_here = picked(chosen(provider), Found("env", "", "", values, {secret: Secret(CANARY)}, is_pasted=True))

    state = kept(given_here, "file", around)

    assert bare_document(state)["spec"]["credentials"] == {"source": "file", "name": state.name}
    (found,) = [one for one in discovered(provider, around) if one.source == "file"]
    assert found.secrets[secret].reveal() == CANARY
    assert kept(given_here, "env", around).answer("spec.credentials.source") == "env"
