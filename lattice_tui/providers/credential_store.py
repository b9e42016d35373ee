"""Our own store of credentials: entries in the system's key store, or private files. Never in cluster.yaml.

An entry is one JSON object with plain values and secrets, under a provider and a name. In the key store its service
is `lattice-tui` and its user `<provider>/<name>`; as a file it is `<folder>/<provider>/<name>.json`, 0600 in folders
of 0700. A key store cannot be listed, so an empty `<name>.keyring` beside the files marks each entry there. What a
key store does may take long (it may ask the person to unlock it): call it off the event loop.
"""

from __future__ import annotations

import json
import os
import re
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from lattice_tui.errors import ExitCode, LatticeError
from lattice_tui.paths import private_folder, write_atomically
from lattice_tui.providers.credentials import Found
from lattice_tui.providers.key_store import KeyStore
from lattice_tui.secrets import Secret
from lattice_tui.text import safe_text
from schemas.problem import Problem

Where = Literal["keyring", "file"]
MAX_ENTRY_BYTES = 256 * 1024
"""A certificate authority's PEM and some words; nothing of ours is larger."""
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@!+-]{0,99}")
_PROVIDER = re.compile(r"[a-z][a-z0-9]{0,30}")
_ENTRY, _MARK = ".json", ".keyring"


def store_folder(env: Mapping[str, str], home: Path) -> Path:
    """`$XDG_CONFIG_HOME/lattice-tui/credentials`, else below `~/.config`. A relative one is to be ignored (XDG)."""
    base = env.get("XDG_CONFIG_HOME", "")
    return (Path(base) if os.path.isabs(base) else home / ".config") / "lattice-tui" / "credentials"


def default_store() -> CredentialStore:
    """The store of whoever runs the program. Reads and makes nothing. Raises RuntimeError where there is no home."""
    return CredentialStore(store_folder(os.environ, Path.home()))


class CredentialStore:
    """The entries below one folder. Every error is a LatticeError with words that hold nothing of an entry."""

    def __init__(self, folder: Path, *, keyring: bool | None = None) -> None:
        """`keyring`: False never asks the key store; None and True use one where there is one."""
        self._folder = folder
        self._key_store = KeyStore(is_wanted=keyring is not False)

    def keyring_state(self) -> tuple[bool, str]:
        """Whether the system's key store can be used, and a sentence for the person."""
        return self._key_store.state()

    def save(self, provider: str, name: str, found: Found, where: Where) -> Found:
        """Keep the values and secrets of `found`, in the place of what was there. Answers what is kept.

        Raises LatticeError: a name that is none, a key store that refuses, a folder open to others, a full disk.
        """
        path = self._path(provider, name, where)
        entry = {
            "values": dict(found.values),
            "secrets": {key: secret.reveal() for key, secret in found.secrets.items()},
        }
        text = json.dumps(entry, ensure_ascii=True)
        self._make_folders(path)
        if where == "keyring":
            self._key_store.set(f"{provider}/{name}", text)
        try:
            write_atomically(path, b"" if where == "keyring" else text.encode())
        except OSError as error:
            raise _unwritable(path, error) from None
        return self._found(path, name, where, entry)

    def load(self, provider: str, name: str, where: Where) -> Found | None:
        """The entry, None when there is none of that name.

        Raises LatticeError for a file that others can read, for a broken entry, for a key store that refuses.
        """
        path = self._path(provider, name, where)
        text = self._key_store.get(f"{provider}/{name}") if where == "keyring" else _private_text(path)
        if text is None:
            return None
        return self._found(path, name, where, _entry(text, path if where == "file" else None, name))

    def need(self, provider: str, name: str, where: Where) -> Found:
        """As `load`, but an entry that is not there is a LatticeError that names those that are."""
        if name and (found := self.load(provider, name, where)) is not None:
            return found
        known = ", ".join(known for known, place in self.names(provider) if place == where)
        place = "key store" if where == "keyring" else str(self._folder)
        raise _error(
            "LT-CRED-007",
            f"There are no {provider} credentials {f'called {name} ' if name else ''}in the {_PLACES[where]}",
            f"Write spec.credentials.name as one of: {known}"
            if known
            else "Run lattice, fill in the page Connect, and keep the secret there; or use source: env",
            detail=f"Looked in: {safe_text(place)}",
        )

    def names(self, provider: str) -> tuple[tuple[str, Where], ...]:
        """Every entry of a provider by name, files and key store; nothing is opened."""
        if not _PROVIDER.fullmatch(provider):
            return ()
        try:
            files = sorted(path.name for path in (self._folder / provider).iterdir())
        except OSError:
            # No folder, or one that is closed to us: nothing can be offered from it.
            return ()
        endings: tuple[tuple[str, Where], ...] = ((_ENTRY, "file"), (_MARK, "keyring"))
        named = (
            (file.removesuffix(ending), where) for file in files for ending, where in endings if file.endswith(ending)
        )
        return tuple((name, where) for name, where in named if _NAME.fullmatch(name))

    def forget(self, provider: str, name: str, where: Where) -> None:
        """Remove an entry; one that is not there is gone already. Raises LatticeError when it cannot be removed."""
        path = self._path(provider, name, where)
        if where == "keyring":
            self._key_store.delete(f"{provider}/{name}")
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            raise _unwritable(path, error) from None

    def _path(self, provider: str, name: str, where: Where) -> Path:
        if not _NAME.fullmatch(name) or not _PROVIDER.fullmatch(provider):
            raise _error(
                "LT-CRED-001",
                f"{safe_text(name, 40) or 'an empty text'} cannot be the name of kept credentials",
                "Use letters, digits and . _ - @, beginning with a letter or digit, for example: home-lab",
            )
        return self._folder / provider / f"{name}{_MARK if where == 'keyring' else _ENTRY}"

    def _make_folders(self, path: Path) -> None:
        for folder in (self._folder, path.parent):
            try:
                if folder.is_symlink():
                    raise _error(
                        "LT-CRED-004",
                        f"{safe_text(str(folder), 60)} is a symbolic link: no secret is written through it",
                        "Replace it by a folder of its own",
                    )
                private_folder(folder)
            except OSError as error:
                raise _unwritable(folder, error) from None

    def _found(self, path: Path, name: str, where: Where, entry: Mapping[str, Mapping[str, str]]) -> Found:
        return Found(
            source=where,
            name=name,
            label=f"key store: {name}" if where == "keyring" else safe_text(f"file: {path}"),
            values=dict(entry["values"]),
            secrets={key: Secret(value) for key, value in entry["secrets"].items()},
        )


_PLACES: Mapping[Where, str] = {"keyring": "key store", "file": "files of this program"}


def _private_text(path: Path) -> str | None:
    """The text of a file that nobody else can read or swap; None when there is none."""
    try:
        _refuse_open_folder(path.parent)
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise _unreadable(path, error) from None
    with os.fdopen(descriptor, "rb") as file:
        status = os.fstat(file.fileno())
        if not stat.S_ISREG(status.st_mode):
            raise _unreadable(path, OSError(0, "it is not a file"))
        if status.st_uid not in (os.geteuid(), 0):
            raise _error(
                "LT-CRED-004",
                f"{safe_text(str(path), 60)} belongs to another user",
                "Keep the credentials anew: run lattice, and fill in the page Connect",
            )
        if stat.S_IMODE(status.st_mode) & 0o077:
            raise _error(
                "LT-CRED-002",
                "Others on this computer can read your kept credentials",
                "Close the file; if others use this computer, make a new secret too",
                detail=f"{safe_text(str(path))} has the mode {stat.S_IMODE(status.st_mode):04o}",
                check=f"chmod 600 {safe_text(str(path))}",
            )
        return file.read(MAX_ENTRY_BYTES + 1).decode("utf-8", "replace")


def _refuse_open_folder(folder: Path) -> None:
    status = folder.stat()
    if stat.S_IMODE(status.st_mode) & 0o022 or status.st_uid not in (os.geteuid(), 0):
        raise _error(
            "LT-CRED-004",
            f"Others can change what is in {safe_text(str(folder), 60)}",
            "Make the folder yours alone: nothing is read from it before",
            check=f"chmod 700 {safe_text(str(folder))}",
        )


def _entry(text: str, path: Path | None, name: str) -> dict[str, dict[str, str]]:
    said: Any = None
    if len(text) <= MAX_ENTRY_BYTES:
        try:
            said = json.loads(text)
        except (ValueError, RecursionError):
            # The reader's own words carry the text along, and with it the secret.
            said = None
    if (
        isinstance(said, dict)
        and said.keys() == {"values", "secrets"}
        and all(_is_texts(part) for part in said.values())
    ):
        return said
    where = f"file {safe_text(str(path))}" if path is not None else "key store"
    raise _error(
        "LT-CRED-003",
        f"The kept credentials {name} cannot be read any more",
        "Keep them anew: run lattice, and fill in the page Connect",
        detail=f"The entry in the {where} is not one that this program has written.",
    )


def _is_texts(part: object) -> bool:
    return isinstance(part, dict) and all(isinstance(value, str) for value in part.values())


def _unwritable(path: Path, error: OSError) -> LatticeError:
    return _error(
        "LT-CRED-006",
        f"{safe_text(str(path), 60)} cannot be written",
        "Give the folder back to you, or use the environment: source: env",
        detail=safe_text(error.strerror or "the system gave no reason"),
    )


def _unreadable(path: Path, error: OSError) -> LatticeError:
    return _error(
        "LT-CRED-006",
        f"{safe_text(str(path), 60)} cannot be read",
        "Give the file back to you, or use the environment: source: env",
        detail=safe_text(error.strerror or "the system gave no reason"),
    )


def _error(code: str, title: str, fix: str, *, detail: str = "", check: str = "") -> LatticeError:
    problem = Problem(code=code, title=title, fix=fix, detail=detail, check=check, path="spec.credentials")
    return LatticeError(problem, ExitCode.CREDENTIALS)
