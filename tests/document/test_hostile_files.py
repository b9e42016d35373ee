"""Files made to hurt: refused in little time and memory, by libyaml and by the pure loader alike."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from bench.bombs import BOMBS
from bench.hostile import Refusal, refusals, write_bombs
from lattice_tui.document.guard import MAX_DEPTH, MAX_EVENTS
from lattice_tui.document.shape import MAX_ENTRIES
from lattice_tui.providers.reading import read_cluster_bytes
from tests.document.cases import CASES, GOOD
from tests.shared import ROOT

# A machine several times slower than the one of the 0.15 s goal must not fail the test; a quadratic reader must.
CPU_LIMIT_S = 1.0
GROWTH_LIMIT_MIB = 20


@pytest.fixture(scope="module")
def answered(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Refusal]:
    """Every bomb's answer, by its name."""
    files = write_bombs(tmp_path_factory.mktemp("bombs"))
    return {refusal.name: refusal for refusal in refusals(files, ROOT / "examples" / "docker.yaml")}


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_refused_in_little_time_and_memory(name: str, answered: dict[str, Refusal]) -> None:
    refusal = answered[name]

    assert refusal.codes
    assert all(code.startswith("LT-") for code in refusal.codes)
    assert refusal.cpu_s < CPU_LIMIT_S
    assert refusal.grown_mib < GROWTH_LIMIT_MIB


def test_the_measuring_sees_time_and_memory(tmp_path: Path) -> None:
    """A file of a mebibyte costs more than an empty one, and what cannot be read at all is not taken for quick."""
    (tmp_path / "empty.yaml").write_bytes(b"")
    (tmp_path / "text.yaml").write_bytes(b"a: " + b"x" * 1_000_000)
    files = {name: tmp_path / f"{name}.yaml" for name in ("empty", "text", "missing")}

    empty, text, missing = refusals(files, ROOT / "examples" / "docker.yaml")

    assert text.grown_mib > empty.grown_mib + 1
    assert text.cpu_s > empty.cpu_s
    assert missing.codes == ("ended with 1",)


def test_as_many_events_as_allowed_are_read() -> None:
    """Start and end of text, document and list are events too."""
    allowed = MAX_EVENTS - 6
    listed = "[" + "a," * allowed + "]"

    assert read_cluster_bytes(listed.encode()).errors[0].code == "LT-DOC-001"
    assert read_cluster_bytes(("[a," + listed[1:]).encode()).errors[0].code == "LT-YAML-009"


def test_as_many_levels_as_allowed_are_read() -> None:
    assert read_cluster_bytes(b"[" * MAX_DEPTH + b"]" * MAX_DEPTH).errors[0].code == "LT-DOC-001"
    deeper = MAX_DEPTH + 1
    assert read_cluster_bytes(b"[" * deeper + b"]" * deeper).errors[0].code == "LT-YAML-008"


@pytest.mark.parametrize("count", [MAX_ENTRIES, MAX_ENTRIES + 1])
def test_as_many_entries_of_one_list_as_allowed_are_read(count: int) -> None:
    names = ", ".join(f"h{number}.example" for number in range(count))
    labels = ", ".join(f"k{number}: v" for number in range(count))
    text = GOOD.replace("    config:", f"      certSANs: [{names}]\n    config:")
    text = text.replace("  name: practice", f"  name: practice\n  labels: {{{labels}}}")

    codes = [problem.code for problem in read_cluster_bytes(text.encode()).errors]

    assert codes == ([] if count == MAX_ENTRIES else ["LT-DOC-039", "LT-DOC-039"])


def test_without_libyaml_the_pure_loader_gives_the_same_answers() -> None:
    """A Python without libyaml is found in the wild; codes and lines are the same there."""
    script = """
import json, sys, yaml
from lattice_tui.providers.reading import read_cluster_bytes
if sys.argv[1] == "pure":
    del yaml.CSafeLoader
texts = json.load(sys.stdin)
print(json.dumps([[(p.code, p.line) for p in read_cluster_bytes(text.encode()).problems] for text in texts]))
"""
    # libyaml and PyYAML give up at different places on broken syntax; a guard's answer is the same.
    texts = [GOOD, *(case.text for case in CASES if isinstance(case.text, str) and len(case.text) < 10_000)]
    texts = [text for text in texts if not _is_syntax(text)]
    answers = [
        json.loads(
            subprocess.run(
                [sys.executable, "-c", script, which],
                input=json.dumps(texts),
                capture_output=True,
                text=True,
                check=True,
            ).stdout
        )
        for which in ("pure", "libyaml")
    ]

    assert len(texts) > 250
    assert answers[0] == answers[1]


def test_deep_nesting_is_refused_by_the_pure_loader_too() -> None:
    script = """
import yaml; del yaml.CSafeLoader
from lattice_tui.providers.reading import read_cluster_bytes
print(read_cluster_bytes(b"[" * 50_000).problems[0].code, read_cluster_bytes(b"{a: " * 20_000).problems[0].code)
"""

    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)

    assert done.stdout == "LT-YAML-008 LT-YAML-008\n"


def _is_syntax(text: str) -> bool:
    return any(case.text == text and case.code in ("LT-YAML-006", "LT-YAML-007", "LT-YAML-016") for case in CASES)


def test_reading_imports_nothing_it_does_not_need() -> None:
    """`lattice validate` of a small file pays for pydantic and yaml, and hardly more."""
    script = """
import sys
from lattice_tui.providers.reading import read_cluster_bytes
found = read_cluster_bytes(sys.stdin.buffer.read())
assert found.cluster is not None and found.config is not None
heavy = {"argparse", "rich", "textual", "importlib.metadata", "difflib", "json", "subprocess", "asyncio"}
heavy |= {"urllib.request", "schemas.plan", "schemas.fields"}
print(sorted(heavy & set(sys.modules)))
print(bool(found.cluster.__class__.__pydantic_complete__))
"""
    done = subprocess.run([sys.executable, "-c", script], input=GOOD, capture_output=True, text=True, check=True)

    loaded, built = done.stdout.splitlines()
    assert loaded == "[]"
    assert built == "False", "no pydantic schema is built to read a file"
