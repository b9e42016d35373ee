"""Running `lattice check` in a home of the test's own, and reading what it says."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

from tests.cli.program import PROGRAM, environment
from tests.live_checks.accounts import Account
from tests.shared import ROOT

LIMIT_S = 60.0
"""No look takes longer, whatever answers."""
THEIRS = ("PROXMOX", "PVE_", "PM_", "DOCKER_", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "ALL_PROXY", "SSL_CERT")
"""More variables of whoever runs the tests that would change what is found."""
OUTSIDE = {"AWS_EC2_METADATA_DISABLED": "true"}
"""Nobody's own metadata service is asked for keys."""


@dataclass
class Said:
    """One run that has ended."""

    code: int
    out: str
    errors: str
    elapsed_s: float
    home: Path
    report: Path = field(default_factory=Path)

    @cached_property
    def cases(self) -> dict[str, str]:
        """Row -> status, as the JUnit file has them."""
        cases = ET.parse(self.report).getroot().iter("testcase")
        return {case.get("name", ""): (case.findtext("system-out") or "").split()[0] for case in cases}

    @cached_property
    def records(self) -> list[dict[str, Any]]:
        """The JSON lines."""
        return [json.loads(line) for line in self.out.splitlines()]

    @cached_property
    def rows(self) -> dict[str, dict[str, Any]]:
        """The results among the JSON lines, by their id."""
        return {record["id"]: record for record in self.records if record["event"] == "check.result"}

    def __repr__(self) -> str:
        return f"exit {self.code} after {self.elapsed_s:.1f} s\n{self.out}\n{self.errors}"


def example(provider: str) -> str:
    """The shipped document."""
    return str(ROOT / "examples" / f"{provider}.yaml")


def surroundings(home: Path, variables: Mapping[str, str]) -> dict[str, str]:
    """Nothing of the person's own about any provider; a home, and what is said of this one."""
    own = {"HOME": str(home), "XDG_CONFIG_HOME": str(home / ".config"), **OUTSIDE, **variables}
    kept = environment(home / "state")
    return {name: text for name, text in kept.items() if not name.upper().startswith(THEIRS)} | own


def check(home: Path, provider: str, variables: Mapping[str, str], *arguments: str) -> Said:
    """`lattice check --cluster examples/<provider>.yaml`, which also writes its JUnit file."""
    report = home / "checks.xml"
    report.unlink(missing_ok=True)
    command = [*PROGRAM, "check", "--cluster", example(provider), "--junit", str(report), *arguments]
    started = time.monotonic()
    done = subprocess.run(
        command, cwd=home, env=surroundings(home, variables), input=b"", capture_output=True, timeout=LIMIT_S
    )
    elapsed_s = time.monotonic() - started
    return Said(done.returncode, done.stdout.decode(), done.stderr.decode(), elapsed_s, home, report)


def check_as_is(home: Path, account: Account, *arguments: str) -> Said:
    """The same with what signs in to the account where people keep it."""
    return check(home, account.provider, account.at_home(home), *arguments)


def not_ok(statuses: Mapping[str, str]) -> dict[str, str]:
    return {row: status for row, status in statuses.items() if status != "ok"}
