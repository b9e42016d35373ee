"""`lattice explain [PATH|CODE]`: what a key of cluster.yaml is for, or what a problem code means."""

from __future__ import annotations

from lattice_tui.cli.arguments import Parser, add_output
from lattice_tui.cli.did_you_mean import nearest
from lattice_tui.cli.guarding import write_out
from lattice_tui.errors import UsageError
from lattice_tui.text import safe_text
from schemas.problem import Problem

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from lattice_tui.cli.code_pages import CodePage
    from lattice_tui.providers.explaining import NotFound
    from lattice_tui.providers.key_tree import Key

_SHOWN_MAX_LENGTH = 80


def run(arguments: list[str]) -> int:
    """Explain, and return 0. Raises UsageError for what is neither a key nor a code."""
    parser = Parser("explain", "Explain a key of cluster.yaml or a problem code. Without either: list every key.")
    parser.add_argument(
        "what", metavar="PATH|CODE", nargs="?", help="spec.nodes.controlPlane, controlPlane, LT-DOC-021"
    )
    parser.add_argument("--guide", action="store_true", help="of a provider: how to get everything that it needs")
    add_output(parser)
    parsed = parser.read(arguments)
    as_json = parsed.output == "json"
    if parsed.guide:
        _guide(parsed.what or "", as_json)
    elif parsed.what is None:
        _list(as_json)
    elif parsed.what.upper().startswith("LT-"):
        _explain_code(parsed.what.upper(), as_json)
    else:
        _explain_key(parsed.what, as_json)
    return 0


def _list(as_json: bool) -> None:
    from lattice_tui.providers.explaining import all_keys

    if as_json:
        _write_keys(all_keys())
        return
    from lattice_tui.cli.explain_text import overview

    for line in overview(all_keys()):
        write_out(line)


def _guide(provider: str, as_json: bool) -> None:
    from lattice_tui.providers import registry
    from lattice_tui.providers.guides import guide_text

    if provider not in registry.names():
        fix = f"Name one of: {', '.join(registry.names())}"
        raise UsageError(Problem(code="LT-CLI-002", title="--guide is of a provider", fix=fix))
    text = guide_text(provider)
    if as_json:
        from lattice_tui.cli.json_lines import write_json

        write_json("guide.shown", {"provider": provider, "text": text})
    else:
        write_out(text)


def _explain_key(written: str, as_json: bool) -> None:
    from lattice_tui.providers.explaining import NotFound, explained, find_key

    found = find_key(written)
    if isinstance(found, NotFound):
        raise UsageError(_unknown(found))
    if as_json:
        _write_keys([found])
        return
    from lattice_tui.cli.explain_text import key_text

    for line in key_text(explained(found), found):
        write_out(line)


def _write_keys(keys: Iterable[Key]) -> None:
    from dataclasses import asdict

    from lattice_tui.cli.json_lines import write_json
    from lattice_tui.providers.explaining import explained

    for key in keys:
        write_json("key.explained", asdict(explained(key)))


def _unknown(found: NotFound) -> Problem:
    shown = safe_text(found.written, _SHOWN_MAX_LENGTH) or "an empty text"
    more = "lattice explain lists every key"
    if len(found.meant) > 1:
        title = f"More than one key ends in {shown}"
        return Problem(code="LT-CLI-002", title=title, fix=f"Name one of: {', '.join(found.meant)}")
    hint = f"Did you mean {found.meant[0]}? " if found.meant else ""
    return Problem(code="LT-CLI-002", title=f"cluster.yaml has no key {shown}", fix=f"{hint}{more}")


def _explain_code(code: str, as_json: bool) -> None:
    from lattice_tui.cli.code_pages import code_pages

    pages = code_pages()
    # `LT-NET` alone lists what there is.
    wanted = [pages[code]] if code in pages else [page for page in pages.values() if page.code.startswith(f"{code}-")]
    if not wanted:
        raise UsageError(_unknown_code(code, pages))
    if as_json:
        from dataclasses import asdict

        from lattice_tui.cli.json_lines import write_json

        for page in wanted:
            write_json("code.explained", asdict(page))
        return
    from lattice_tui.cli.explain_text import code_text

    for page in wanted:
        for line in code_text(page, whole=page.code == code):
            write_out(line)


def _unknown_code(code: str, pages: dict[str, CodePage]) -> Problem:
    # `nearest()` compares in lower case.
    by_lower = {known.lower(): known for known in pages}
    meant = nearest(code, by_lower)
    hint = f"Did you mean {by_lower[meant]}? " if meant else ""
    areas = ", ".join(sorted({known.rpartition("-")[0] for known in pages}))
    return Problem(
        code="LT-CLI-002",
        title=f"There is no code {safe_text(code, _SHOWN_MAX_LENGTH)}",
        fix=f"{hint}lattice explain AREA lists those of one area: {areas}",
    )
