"""docs/codes.md explains every code of the document, and only codes that exist."""

from __future__ import annotations

import re
from pathlib import Path

from lattice_tui.document.pins import pins

ROOT = Path(__file__).resolve().parents[2]
AREAS = ("FILE", "YAML", "DOC", "NET", "VER", "PRV")
_CODE = re.compile(rf"LT-(?:{'|'.join(AREAS)})-[0-9]{{3}}")


def codes_in_source() -> set[str]:
    files = [*(ROOT / "lattice_tui" / "document").glob("*.py"), *(ROOT / "lattice_tui" / "providers").rglob("*.py")]
    return {code for path in files for code in _CODE.findall(path.read_text())}


def test_every_code_has_its_section() -> None:
    page = (ROOT / "docs" / "codes.md").read_text()
    sections = set(re.findall(rf"^### ({_CODE.pattern})\b", page, re.MULTILINE))

    assert sections == codes_in_source()


def test_the_page_of_the_document_names_every_key() -> None:
    from lattice_tui.document.fields import COMMON_FIELDS

    page = (ROOT / "docs" / "cluster-yaml.md").read_text()
    for field in COMMON_FIELDS:
        path = field.path.replace("workerPools.default", "workerPools.<name>").removeprefix("spec.")
        assert f"`{path}`" in page, path


def test_pages_and_example_name_the_proposed_version() -> None:
    proposed = pins().kubernetes.proposed["docker"]

    for file in ("docs/cluster-yaml.md", "examples/docker.yaml"):
        assert f'version: "{proposed}"' in (ROOT / file).read_text()
