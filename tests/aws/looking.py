"""Running AWS's checks in a test: the example's wish, against whichever counterpart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from lattice_tui.checks.runner import Check, run_checks
from lattice_tui.document.reader import read_file
from lattice_tui.document.report import Report
from lattice_tui.document.shape import Shape
from lattice_tui.document.tree import find
from lattice_tui.providers.aws import PROVIDER
from lattice_tui.secrets import Secret
from schemas.checks import CheckResult
from tests.aws.stand_in import SimulatedAws

EXAMPLE = Path(__file__).parents[2] / "examples" / "aws.yaml"
RKE2_EXAMPLE = EXAMPLE.with_name("aws-rke2.yaml")
Results = Mapping[str, CheckResult]


def example_params(path: Path = EXAMPLE) -> dict[str, str]:
    """The parameters of a shipped example, read as the product reads it."""
    document = read_file(str(path))
    report = Report(str(path))
    block = find(document.root, "spec", "provider", "config", "aws")
    config = Shape(report, PROVIDER.rules).read(PROVIDER.config_model, block, "spec.provider.config.aws")
    assert document.cluster is not None, document.problems
    assert config is not None, report.problems()
    return PROVIDER.check_params(document.cluster, config)


def made_checks(params: Mapping[str, str], secrets: Mapping[str, Secret]) -> tuple[Check, ...]:
    """AWS's checks of these parameters."""
    return PROVIDER.checks(params, secrets)


async def looked(checks: Sequence[Check]) -> Results:
    """The outcome of each check by its id, in the order of the rows."""
    found = {result.id: result async for result in run_checks(checks) if result.status != "wait"}
    return {check.id: found[check.id] for check in checks}


def not_ok(results: Results) -> dict[str, str]:
    """Rows that are not ok, by their status.

    A clock that could not be read is left out: on a busy computer the counterpart answers too late for that row.
    """
    rows = {row: result.status for row, result in results.items() if result.status != "ok"}
    return {row: status for row, status in rows.items() if (row, status) != ("aws-clock", "unknown")}


def asked(aws: SimulatedAws, **more: str) -> dict[str, str]:
    """The example's wish, asked of the stand-in in a rehearsal."""
    return {**example_params(), **aws.params(), "simulated": "1", **more}


async def look(aws: SimulatedAws, **more: str) -> Results:
    """Every row, looked at once."""
    return await looked(made_checks(asked(aws, **more), aws.secrets))


def waiting_on(checks: Sequence[Check], row: str) -> set[str]:
    """Rows that need this one, or one that does."""
    waiting: set[str] = set()
    for check in checks:
        if row in check.needs or waiting.intersection(check.needs):
            waiting.add(check.id)
    return waiting
