"""One lock for pip and uv: hashed, without an index of anybody's, and in step with pyproject.toml."""

from __future__ import annotations

import re
import tomllib

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.shared import ROOT

LOCK = (ROOT / "requirements.lock").read_text("utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
LOCKED = {
    canonicalize_name(name): (version, block)
    for name, version, block in re.findall(r"^([A-Za-z0-9._-]+)==([^\s;]+)(.*(?:\n    .*)*)", LOCK, flags=re.MULTILINE)
}


def wanted() -> list[Requirement]:
    """What pyproject.toml asks for, the dev group included."""
    asked = [*PROJECT["project"]["dependencies"], *PROJECT["dependency-groups"]["dev"]]
    return [Requirement(text) for text in asked]


def test_the_lock_names_no_package_index() -> None:
    assert re.findall(r"https?://|--index-url|--extra-index-url|--find-links|--trusted-host", LOCK) == []


def test_the_makefile_names_no_package_index() -> None:
    text = (ROOT / "Makefile").read_text("utf-8") + (ROOT / ".ci" / "run").read_text("utf-8")

    assert re.findall(r"https?://|--index-url|--extra-index-url|--find-links|--trusted-host", text) == []


def test_every_locked_package_is_hashed() -> None:
    unhashed = [name for name, (_, block) in LOCKED.items() if "--hash=sha256:" not in block]

    assert len(LOCKED) > 30
    assert unhashed == []


def test_what_pyproject_asks_for_is_locked_at_a_version_it_allows() -> None:
    for requirement in wanted():
        version, _ = LOCKED[canonicalize_name(requirement.name)]

        assert requirement.specifier.contains(version, prereleases=True), f"{requirement} is locked at {version}"


def test_the_project_itself_is_not_in_its_lock() -> None:
    assert "lattice-tui" not in LOCKED
