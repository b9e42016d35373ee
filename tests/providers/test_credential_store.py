"""Kept credentials: theirs alone, whole or not at all, and silent about what they hold."""

from __future__ import annotations

import json
import os
import stat
import traceback
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lattice_tui.errors import ExitCode, LatticeError
from lattice_tui.providers.credential_store import CredentialStore, Where, store_folder
from lattice_tui.providers.credentials import Found
from lattice_tui.secrets import Secret
from tests.providers.key_stores import InMemory, key_store

CANARY = "canary-5f8a1c2e-0b7d"
FOUND = Found("env", "", "environment", {"url": "https://pve:8006", "token_id": "a@pve!b"}, {"secret": Secret(CANARY)})


@pytest.fixture
def store(tmp_path: Path) -> CredentialStore:
    return CredentialStore(tmp_path / "config" / "credentials")


@pytest.fixture
def keys() -> Iterator[InMemory]:
    backend = InMemory()
    with key_store(backend):
        yield backend


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def traced(error: BaseException) -> str:
    """What a traceback of it would print, with everything that led to it."""
    return "".join(traceback.format_exception(error))


def entry(store_at: Path) -> Path:
    return store_at / "config" / "credentials" / "proxmox" / "home-lab.json"


def test_what_is_kept_in_a_file_comes_back_and_is_the_persons_alone(store: CredentialStore, tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        kept = store.save("proxmox", "home-lab", FOUND, "file")
    finally:
        os.umask(before)

    loaded = store.load("proxmox", "home-lab", "file")
    assert loaded == kept
    assert loaded is not None
    assert (loaded.source, loaded.name) == ("file", "home-lab")
    assert (loaded.values, loaded.secrets) == (FOUND.values, FOUND.secrets)
    file = entry(tmp_path)
    assert [mode(path) for path in (file, file.parent, file.parent.parent)] == [0o600, 0o700, 0o700]
    assert store.names("proxmox") == (("home-lab", "file"),)
    assert CANARY not in f"{loaded} {kept}"


def test_keeping_again_replaces_and_forgetting_removes(store: CredentialStore) -> None:
    store.save("proxmox", "home-lab", FOUND, "file")
    store.save("proxmox", "home-lab", Found("env", "", "", {"url": "https://other:8006"}), "file")

    again = store.load("proxmox", "home-lab", "file")
    assert again is not None
    assert (dict(again.values), dict(again.secrets)) == ({"url": "https://other:8006"}, {})
    store.forget("proxmox", "home-lab", "file")
    store.forget("proxmox", "home-lab", "file")
    assert store.load("proxmox", "home-lab", "file") is None
    assert store.names("proxmox") == ()


def test_what_is_kept_in_the_key_store_leaves_no_secret_on_the_disk(
    store: CredentialStore, keys: InMemory, tmp_path: Path
) -> None:
    store.save("proxmox", "home-lab", FOUND, "keyring")

    assert list(keys.entries) == [("lattice-tui", "proxmox/home-lab")]
    loaded = store.load("proxmox", "home-lab", "keyring")
    assert loaded is not None
    assert (loaded.source, loaded.secrets) == ("keyring", FOUND.secrets)
    assert store.names("proxmox") == (("home-lab", "keyring"),)
    assert all(CANARY not in path.read_text() for path in tmp_path.rglob("*") if path.is_file())
    store.forget("proxmox", "home-lab", "keyring")
    assert keys.entries == {}
    assert store.names("proxmox") == ()


def test_a_computer_without_a_key_store_says_so_in_a_sentence(store: CredentialStore) -> None:
    with key_store(None):
        is_usable, sentence = store.keyring_state()
        with pytest.raises(LatticeError) as caught:
            store.save("proxmox", "home-lab", FOUND, "keyring")

    assert not is_usable
    assert sentence == "There is no key store here: it comes with a desktop session."
    assert caught.value.problem.code == "LT-CRED-005"
    assert caught.value.exit_code == ExitCode.CREDENTIALS
    assert store.names("proxmox") == ()


def test_a_locked_key_store_is_told_without_its_own_words(store: CredentialStore, keys: InMemory) -> None:
    store.save("proxmox", "home-lab", FOUND, "keyring")
    keys.is_locked = True

    with pytest.raises(LatticeError) as caught:
        store.load("proxmox", "home-lab", "keyring")

    assert caught.value.problem.code == "LT-CRED-005"
    assert CANARY not in repr(caught.value.problem) + traced(caught.value)


def test_files_never_ask_the_key_store(keys: InMemory, tmp_path: Path) -> None:
    for store in (CredentialStore(tmp_path), CredentialStore(tmp_path, keyring=False)):
        store.save("proxmox", "home-lab", FOUND, "file")
        store.load("proxmox", "home-lab", "file")
        store.names("proxmox")

    assert keys.asked == 0
    assert CredentialStore(tmp_path, keyring=False).keyring_state() == (False, "The key store is not used here.")


@pytest.mark.parametrize("bits", [0o640, 0o604, 0o660, 0o644])
def test_a_file_that_others_can_read_is_not_used(store: CredentialStore, tmp_path: Path, bits: int) -> None:
    store.save("proxmox", "home-lab", FOUND, "file")
    entry(tmp_path).chmod(bits)

    with pytest.raises(LatticeError) as caught:
        store.load("proxmox", "home-lab", "file")

    problem = caught.value.problem
    assert problem.code == "LT-CRED-002"
    assert problem.check.startswith("chmod 600 ")
    assert CANARY not in repr(problem)


def test_a_folder_that_others_can_write_to_is_not_read_from(store: CredentialStore, tmp_path: Path) -> None:
    store.save("proxmox", "home-lab", FOUND, "file")
    entry(tmp_path).parent.chmod(0o777)

    with pytest.raises(LatticeError) as caught:
        store.load("proxmox", "home-lab", "file")

    assert caught.value.problem.code == "LT-CRED-004"


def test_a_symbolic_link_is_neither_followed_nor_written_through(store: CredentialStore, tmp_path: Path) -> None:
    store.save("proxmox", "home-lab", FOUND, "file")
    file = entry(tmp_path)
    elsewhere = tmp_path / "elsewhere.json"
    file.rename(elsewhere)
    before = elsewhere.read_bytes()
    file.symlink_to(elsewhere)

    with pytest.raises(LatticeError) as read:
        store.load("proxmox", "home-lab", "file")
    with pytest.raises(LatticeError) as written:
        store.save("proxmox", "home-lab", Found("env", "", ""), "file")

    assert {read.value.problem.code, written.value.problem.code} == {"LT-CRED-006"}
    assert elsewhere.read_bytes() == before


def test_a_linked_folder_is_not_written_through(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "linked").symlink_to(tmp_path / "real")

    with pytest.raises(LatticeError) as caught:
        CredentialStore(tmp_path / "linked").save("proxmox", "home-lab", FOUND, "file")

    assert caught.value.problem.code == "LT-CRED-004"
    assert list((tmp_path / "real").iterdir()) == []


@pytest.mark.parametrize(
    "text",
    [
        *("", "[]", "{", '{"values": {}}', '{"values": {}, "secrets": []}', '{"values": {"a": 1}, "secrets": {}}'),
        *('{"values": {}, "secrets": {"secret": ["' + CANARY + '"]}}', "[" * 100_000, CANARY, "\x00" * 50),
    ],
)
def test_a_broken_entry_is_told_and_nothing_of_it_is_shown(store: CredentialStore, tmp_path: Path, text: str) -> None:
    store.save("proxmox", "home-lab", FOUND, "file")
    entry(tmp_path).write_text(text)

    with pytest.raises(LatticeError) as caught:
        store.load("proxmox", "home-lab", "file")

    assert caught.value.problem.code == "LT-CRED-003"
    assert CANARY not in repr(caught.value.problem) + traced(caught.value)


@pytest.mark.parametrize("name", ["", "..", ".hidden", "a/b", "a b", "x" * 101, "näme", "a\x1b[2J", "-rf", "a\n"])
def test_a_name_that_could_be_a_path_or_steer_a_terminal_is_refused(store: CredentialStore, name: str) -> None:
    with pytest.raises(LatticeError) as caught:
        store.save("proxmox", name, FOUND, "file")

    assert caught.value.problem.code == "LT-CRED-001"
    assert "\x1b" not in caught.value.problem.title


def test_an_entry_that_is_not_there_is_told_with_those_that_are(store: CredentialStore) -> None:
    store.save("proxmox", "home-lab", FOUND, "file")
    for name in ("office", ""):
        with pytest.raises(LatticeError) as caught:
            store.need("proxmox", name, "file")

        assert caught.value.problem.code == "LT-CRED-007"
        assert "home-lab" in caught.value.problem.fix
        assert caught.value.exit_code == ExitCode.CREDENTIALS


def test_a_place_that_cannot_be_written_is_told_with_the_systems_words(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")

    with pytest.raises(LatticeError) as caught:
        CredentialStore(tmp_path / "file" / "credentials").save("proxmox", "home-lab", FOUND, "file")

    assert caught.value.problem.code == "LT-CRED-006"
    assert CANARY not in repr(caught.value.problem) + traced(caught.value)


def test_strangers_in_the_folder_are_not_offered(store: CredentialStore, tmp_path: Path) -> None:
    store.save("proxmox", "home-lab", FOUND, "file")
    for stranger in ("notes.txt", ".json", "a b.json", "x\x1b.json", ".home-lab.json.x.lattice-tmp"):
        (entry(tmp_path).parent / stranger).write_text("{}")

    assert store.names("proxmox") == (("home-lab", "file"),)
    assert store.names("../proxmox") == ()


def test_the_store_lies_where_the_systems_rules_say(tmp_path: Path) -> None:
    home = tmp_path / "home"

    assert store_folder({}, home) == home / ".config/lattice-tui/credentials"
    assert store_folder({"XDG_CONFIG_HOME": "/etc/mine"}, home) == Path("/etc/mine/lattice-tui/credentials")
    assert store_folder({"XDG_CONFIG_HOME": "relative"}, home) == home / ".config/lattice-tui/credentials"


texts = st.text(max_size=60)


@given(values=st.dictionaries(texts, texts, max_size=4), secrets=st.dictionaries(texts, texts, max_size=4))
def test_whatever_is_kept_comes_back_to_the_letter(
    tmp_path_factory: pytest.TempPathFactory, values: dict[str, str], secrets: dict[str, str]
) -> None:
    found = Found("env", "", "", values, {name: Secret(text) for name, text in secrets.items()})
    store = CredentialStore(tmp_path_factory.mktemp("store"))
    where: Where = "file"
    store.save("aws", "any", found, where)

    loaded = store.load("aws", "any", where)
    assert loaded is not None
    assert (loaded.values, loaded.secrets) == (found.values, found.secrets)


def test_an_entry_holds_nothing_but_what_it_says(store: CredentialStore, tmp_path: Path) -> None:
    store.save("proxmox", "home-lab", FOUND, "file")

    said = json.loads(entry(tmp_path).read_text())
    assert said == {"values": dict(FOUND.values), "secrets": {"secret": CANARY}}
