"""The system's key store (GNOME Keyring, KWallet, macOS Keychain), as far as there is one that keeps secrets."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from lattice_tui.errors import ExitCode, LatticeError
from lattice_tui.text import safe_text
from schemas.problem import Problem

SERVICE = "lattice-tui"
"""Under this name the person finds our entries in the key store's own window."""
T = TypeVar("T")
_IN_PLAIN_TEXT = "keyrings.alt.file"
"""A back end that writes plain files: ours are as safe, and are checked."""


class KeyStore:
    """Entries of one service. `keyring` is imported with the first question, not before."""

    def __init__(self, *, is_wanted: bool) -> None:
        self._is_wanted = is_wanted
        self._backend: Any = None
        self._why_not = "" if is_wanted else "The key store is not used here."
        self._is_probed = not is_wanted

    def state(self) -> tuple[bool, str]:
        """Whether it can be used, and a sentence about it. Asks once; nothing is written."""
        if not self._is_probed:
            self._probe()
        if self._backend is None:
            return False, self._why_not
        return True, f"This computer's key store keeps it: {safe_text(str(self._backend.name), 60)}."

    def set(self, user: str, text: str) -> None:
        """Keep `text`. Raises LatticeError when there is no key store or it refuses; `text` is in no error."""
        self._ask(lambda backend: backend.set_password(SERVICE, user, text))

    def get(self, user: str) -> str | None:
        """What is kept, None when nothing is. Raises LatticeError as `set`."""
        kept = self._ask(lambda backend: backend.get_password(SERVICE, user))
        return kept if isinstance(kept, str) else None

    def delete(self, user: str) -> None:
        """Remove what is kept; nothing kept is fine. Raises LatticeError as `set`."""

        def remove(backend: Any) -> None:
            if backend.get_password(SERVICE, user) is not None:
                backend.delete_password(SERVICE, user)

        self._ask(remove)

    def _ask(self, question: Callable[[Any], T]) -> T:
        is_usable, sentence = self.state()
        if not is_usable:
            raise _refusal("There is no key store to keep credentials in", sentence)
        try:
            return question(self._backend)
        except Exception as error:
            # Back ends raise whatever their library does (D-Bus, Security framework); its words are not ours to trust.
            kind = safe_text(type(error).__name__, 60)
            raise _refusal("The key store did not do what was asked", f"It is locked, or said no: {kind}.") from None

    def _probe(self) -> None:
        self._is_probed = True
        try:
            import keyring  # 165 ms, only where somebody wants it

            backend = keyring.get_keyring()
            has_priority = float(backend.priority) > 0
        except Exception as error:
            self._why_not = f"The key store does not answer ({safe_text(type(error).__name__, 60)})."
            return
        if not has_priority:
            self._why_not = "There is no key store here: it comes with a desktop session."
        elif type(backend).__module__.startswith(_IN_PLAIN_TEXT):
            self._why_not = "The key store here writes plain files."
        else:
            self._backend = backend


def _refusal(title: str, detail: str) -> LatticeError:
    fix = "Keep the credentials in a private file (source: file), or in the environment (source: env)"
    problem = Problem(code="LT-CRED-005", title=title, fix=fix, detail=detail, path="spec.credentials")
    return LatticeError(problem, ExitCode.CREDENTIALS)
