"""`lattice draft PROVIDER`: a commented cluster.yaml with every key, to start from."""

from __future__ import annotations

import os
from pathlib import Path

from lattice_tui.cli.arguments import Parser
from lattice_tui.cli.did_you_mean import nearest
from lattice_tui.cli.guarding import write_err, write_out
from lattice_tui.errors import ExitCode, LatticeError, UsageError
from lattice_tui.providers import registry
from lattice_tui.text import safe_text
from schemas.problem import Problem

_NAME_EXAMPLE = "practice"


def run(arguments: list[str]) -> int:
    """Print the draft, or write it to a new file with its schema beside it. Returns 0."""
    parser = Parser("draft", "Write a commented cluster.yaml with every key. Lines that begin with # are optional.")
    parser.add_argument("provider", metavar="PROVIDER", help=f"{', '.join(registry.names())}")
    parser.add_argument("--name", metavar="NAME", default=_NAME_EXAMPLE, help=f"default: {_NAME_EXAMPLE}")
    parser.add_argument("-o", "--output", metavar="FILE", default="-", help="a new file; - is standard output")
    parsed = parser.read(arguments)
    provider = _provider(parsed.provider)
    name = _name(parsed.name)
    from lattice_tui.providers.drafting import draft_text

    if parsed.output == "-":
        write_out(draft_text(provider, name, has_schema=False).rstrip("\n"))
        return 0
    _write(Path(parsed.output), draft_text(provider, name, has_schema=True).encode())
    return 0


def _provider(word: str) -> str:
    """A provider that can be built on. Raises UsageError that says which can."""
    if word in registry.names():
        return word
    known = ", ".join(registry.names())
    card = registry.card(word)
    if card is not None:
        title = f"A draft for {card.title} is {card.note}"
        raise UsageError(Problem(code="LT-CLI-009", title=title, fix=f"This version has drafts for: {known}"))
    meant = nearest(word, (each.name for each in registry.cards()))
    title = f"There is no provider {safe_text(word, 40)}"
    hint = f"Did you mean {meant}? " if meant else ""
    raise UsageError(Problem(code="LT-CLI-002", title=title, fix=f"{hint}This version has drafts for: {known}"))


def _name(word: str) -> str:
    """A name that the document takes. Raises UsageError with one that it would take."""
    import re

    from lattice_tui.document.naming import suggested_name
    from schemas.document import NAME_MAX_LENGTH, NAME_PATTERN

    if len(word) <= NAME_MAX_LENGTH and re.fullmatch(NAME_PATTERN, word):
        return word
    title = f"{safe_text(word, 40) or 'An empty text'} cannot be a cluster's name"
    form = f"Lower-case letters, digits and dashes, at most {NAME_MAX_LENGTH}, beginning with a letter"
    raise UsageError(
        Problem(code="LT-CLI-002", title=title, fix=f"{form}: --name {suggested_name(word, _NAME_EXAMPLE)}")
    )


def _write(path: Path, data: bytes) -> None:
    """The draft, whole or not at all, and never over another file; then the schema beside it."""
    try:
        _write_new(path, data)
    except FileExistsError as error:
        raise UsageError(_is_there(path)) from error
    except OSError as error:
        raise LatticeError(_refused(path, error), ExitCode.OUTPUT) from error
    shown = safe_text(str(path))
    write_err(f"lattice: {shown} is written{_schema_beside(path)}; look with: lattice validate {shown}")


def _schema_beside(path: Path) -> str:
    """Lay the schema beside the draft; says what became of it. The draft is as good without."""
    from lattice_tui.document.writer import SCHEMA_FILE
    from lattice_tui.providers.schema import lay_beside

    try:
        schema = lay_beside(path)
    except OSError as error:
        return f", without {SCHEMA_FILE} for your editor ({error.strerror or error})"
    return f", and {SCHEMA_FILE} for your editor beside it" if schema is not None else ""


def _write_new(path: Path, data: bytes) -> None:
    """Write a file that is not there yet. A rename would replace what stands there, a second name never does."""
    from lattice_tui.paths import sync_folder, write_atomically

    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    write_atomically(unfinished, data)
    try:
        os.link(unfinished, path)
    finally:
        unfinished.unlink()
    sync_folder(path.parent)


def _is_there(path: Path) -> Problem:
    shown = safe_text(str(path))
    return Problem(
        code="LT-CLI-013",
        title=f"{shown} is there already; nothing was written",
        fix=f"Name another file: -o {safe_text(f'{path.stem}-2{path.suffix}')}, or look at it first and move it away",
        check=f"ls -l {shown}",
    )


def _refused(path: Path, error: OSError) -> Problem:
    folder = safe_text(str(path.parent))
    return Problem(
        code="LT-CLI-012",
        title=f"Cannot write {safe_text(str(path))}",
        detail=f"The system said: {error.strerror or error}",
        fix="Make room or allow access there, name another file, or print it: lattice draft docker > FILE",
        check=f"ls -ld {folder}",
    )
