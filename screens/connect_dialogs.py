"""What the connect page asks: whether a certificate is to be trusted, and where the credentials are to be kept."""

from __future__ import annotations

from textual.content import Content

from lattice_tui.text import safe_text
from schemas.checks import CheckResult
from screens.dialogs import Answer, Question
from screens.lines import hang

TRUST = "trust-fingerprint"
"""The action of a result that shows a certificate nobody vouches for."""
TRUST_IT = "trust"
MAX_WIDTH = 66
PAIRS_A_LINE = 16


def fingerprint_of(result: CheckResult) -> str:
    """The SHA-256 fingerprint that its evidence begins with, as 64 hex digits; empty when it does not."""
    first = result.evidence.split(maxsplit=1)[0] if result.evidence.split() else ""
    digits = first.rstrip(",;").replace(":", "").lower()
    return digits if len(digits) == 64 and all(one in "0123456789abcdef" for one in digits) else ""


def grouped(fingerprint: str) -> list[str]:
    """`AB:CD:...`, in lines of 16 pairs, as other programs print it."""
    pairs = [fingerprint[index : index + 2].upper() for index in range(0, len(fingerprint), 2)]
    return [":".join(pairs[index : index + PAIRS_A_LINE]) for index in range(0, len(pairs), PAIRS_A_LINE)]


def trust_question(result: CheckResult, columns: int) -> Question:
    """Asked before a certificate is trusted by its fingerprint; shows what a person can compare."""
    width = min(MAX_WIDTH, columns - 10)
    _, _, more = result.evidence.partition(" ")
    lines = ["SHA-256 fingerprint", *(f"  {line}" for line in grouped(fingerprint_of(result)))]
    if result.action:
        lines += hang("", f"Compare it on the server itself: {result.action}", width)
    lines += [*hang("", more, width), *hang("", result.why or result.summary, width)]
    question = Question(
        "Trust this certificate?",
        Content("\n".join(line for line in lines if line)),
        [
            Answer("no", "Not now"),
            Answer(TRUST_IT, "Trust this certificate", "Only this one: another one is refused from then on."),
        ],
    )
    question.add_class("-of-difference")
    return question


def keep_question(*, has_key_store: bool, about_key_store: str, name: str) -> Question:
    """Asked before going on with a secret that was typed or pasted; `name` is what it will be called."""
    answers = [Answer("keyring", "In this computer's key store", f"As {name}; only you can open it.")]
    answers += [
        Answer("file", "In a file that only you can read", f"~/.config/lattice-tui/credentials, as {name}"),
        Answer("env", "Nowhere", "Set the environment variables yourself before you install."),
    ]
    said = "cluster.yaml only says where it is; the draft of this wizard never holds it."
    return Question(
        "Where to keep the secret?",
        Content(said if has_key_store else f"{said} {safe_text(about_key_store)}"),
        answers if has_key_store else answers[1:],
    )
