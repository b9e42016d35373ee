"""A key store in memory, as `keyring` knows its back ends: nothing of the person's own is touched."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import keyring
from keyring.backend import KeyringBackend
from keyring.backends.fail import Keyring as NoKeyring
from keyring.errors import KeyringLocked, PasswordDeleteError


class InMemory(KeyringBackend):
    """Keeps entries by service and user; locked, it refuses everything."""

    priority = 5

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.entries: dict[tuple[str, str], str] = {}
        self.is_locked = False
        self.asked = 0

    def get_password(self, service: str, username: str) -> str | None:
        self._look()
        return self.entries.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self._look()
        self.entries[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        self._look()
        if self.entries.pop((service, username), None) is None:
            raise PasswordDeleteError("no such password")

    def _look(self) -> None:
        self.asked += 1
        if self.is_locked:
            # Words of a back end may repeat anything.
            raise KeyringLocked(f"cannot unlock, kept is {list(self.entries.values())}")


@contextmanager
def key_store(backend: KeyringBackend | None) -> Iterator[None]:
    """Makes `backend` the computer's key store; None: a computer without one."""
    before = keyring.get_keyring()
    keyring.set_keyring(backend if backend is not None else NoKeyring())  # type: ignore[no-untyped-call]
    try:
        yield
    finally:
        keyring.set_keyring(before)
