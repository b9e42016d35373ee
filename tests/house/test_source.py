"""What every module of the house keeps to."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from tests.house.source import all_modules, product_modules, prose_files, shown, tree
from tests.shared import ROOT

MAX_MODULE_LINES = 400
MAX_FUNCTION_LINES = 60
# The project speaks of itself alone: of no machine, and not of how the work on it is organised. In pieces, so that
# this file does not hold the words it looks for.
FOREIGN = re.compile(
    r"/wor[k]/|/far[m]/|bash_job[s]|before-sto[p]|issues sho[w]|duplicates -[-]|subagen[t]|INTERFACE[S]\.md"
)
UNDONE = re.compile(r"\b(TOD[O]|FIXM[E]|XX[X]|NotImplementedErro[r])\b")
CODE = re.compile(r"\bLT-[A-Z]+-\d{3}\b")

Offenders = dict[str, list[str]]


def offenders(paths: Iterable[Path], look: Callable[[Path], Iterable[str]]) -> Offenders:
    """What `look` finds, by file; files where it finds nothing are left out."""
    return {shown(path): found for path in paths if (found := list(look(path)))}


def test_a_module_is_split_before_400_lines() -> None:
    def look(path: Path) -> Iterator[str]:
        length = len(path.read_text("utf-8").splitlines())
        if length >= MAX_MODULE_LINES:
            yield f"{length} lines"

    assert offenders(product_modules(), look) == {}


def test_a_function_ends_within_60_lines() -> None:
    def look(path: Path) -> Iterator[str]:
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or node.lineno) - node.lineno + 1
                if length > MAX_FUNCTION_LINES:
                    yield f"{node.name}: {length} lines"

    assert offenders(product_modules(), look) == {}


def test_a_module_says_what_it_is_for_and_a_package_for_whom() -> None:
    def look(path: Path) -> Iterator[str]:
        words = (ast.get_docstring(tree(path)) or "").split()
        # What lives here, what may not, who may import it: no single word says that.
        if len(words) < (8 if path.name == "__init__.py" else 1):
            yield "no docstring, or too short a one"

    assert offenders(product_modules(), look) == {}


def test_every_folder_of_modules_is_a_package() -> None:
    folders = {path.parent for path in product_modules()}

    assert {shown(folder) for folder in folders if not (folder / "__init__.py").is_file()} == set()


def test_nothing_is_left_undone_or_swallowed() -> None:
    def look(path: Path) -> Iterator[str]:
        yield from UNDONE.findall(path.read_text("utf-8"))
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.ExceptHandler) and all(isinstance(line, ast.Pass) for line in node.body):
                yield f"swallowed at {node.lineno}"

    assert offenders(all_modules(), look) == {}


def test_the_project_speaks_of_itself_alone() -> None:
    assert offenders([*all_modules(), *prose_files()], lambda path: FOREIGN.findall(path.read_text("utf-8"))) == {}


def test_our_own_code_is_never_patched_from_outside() -> None:
    def look(path: Path) -> Iterator[str]:
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Import | ast.ImportFrom) and _is_mock(node):
                yield f"line {node.lineno}"

    assert offenders(all_modules(), look) == {}


def test_problems_are_worded_for_people() -> None:
    """Never "invalid", which names no allowed form; no exclamation marks; a title is no sentence with a full stop."""

    def look(path: Path) -> Iterator[str]:
        for name, text in _problem_texts(path):
            if "invalid" in text.lower() or text.rstrip().endswith("!") or (name == "title" and text.endswith(".")):
                yield f"{name}: {text}"

    assert offenders(product_modules(), look) == {}


def test_every_code_has_its_line_in_the_documentation() -> None:
    codes = {code for path in product_modules() for code in CODE.findall(path.read_text("utf-8"))}
    pages = sorted((ROOT / "docs").glob("codes*.md"))
    documented = {code for page in pages for code in CODE.findall(page.read_text("utf-8"))}

    assert codes - documented == set()
    assert documented - codes == set()


def test_links_between_pages_lead_somewhere() -> None:
    def look(path: Path) -> Iterator[str]:
        targets = re.findall(r"\]\((?!https?://|#)([^)#\s]+)", path.read_text("utf-8"))
        return (target for target in targets if not (path.parent / target).exists())

    assert offenders([path for path in prose_files() if path.suffix == ".md"], look) == {}


def _is_mock(node: ast.Import | ast.ImportFrom) -> bool:
    names = [alias.name for alias in node.names]
    return "unittest.mock" in names or (
        isinstance(node, ast.ImportFrom) and node.module in ("unittest", "unittest.mock")
    )


def _problem_texts(path: Path) -> Iterator[tuple[str, str]]:
    """The literal words of every `Problem(...)` in the module, by argument."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Problem":
            for keyword in node.keywords:
                if keyword.arg in ("title", "fix", "detail", "check"):
                    yield from ((keyword.arg, text) for text in _literals(keyword.value))


def _literals(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.JoinedStr):
        yield "".join(str(part.value) if isinstance(part, ast.Constant) else "x" for part in node.values)
