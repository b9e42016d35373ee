"""Results of checks as JUnit XML, for a pipeline that shows them: `lattice check --junit FILE`.

Source of the form: the schema of the Jenkins xUnit plugin, which GitLab, GitHub's reporters and Azure read alike.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

from lattice_tui.checks.process import HELPER_ID
from lattice_tui.errors import UsageError
from lattice_tui.paths import UnsafePathError, refuse_unsafe_target, write_atomically
from lattice_tui.text import safe_text
from schemas.checks import CheckResult
from schemas.problem import Problem

READABLE = 0o644
"""A report is for others, and holds no secret."""
_NO_XML = re.compile("[\ufffe\uffff\U0001fffe\U0001ffff]")
"""What XML 1.0 does not allow (2.2), beside the control characters that `safe_text` takes out."""


@dataclass(frozen=True, slots=True)
class Suite:
    """What the checks were for."""

    name: str
    """`practice on docker`."""
    provider: str
    elapsed_s: float
    strict: bool = False
    """Warnings count as failures."""


def refuse_unwritable(path: Path) -> None:
    """Raises UsageError before anything is looked at, when the report could not be written to `path`."""
    try:
        if not path.absolute().parent.is_dir():
            raise UnsafePathError(0, "the folder it is in does not exist", str(path))
        refuse_unsafe_target(path)
    except OSError as error:
        shown = safe_text(str(path))
        problem = Problem(
            code="LT-CLI-010",
            title=f"The report cannot be written to {shown}",
            detail=error.strerror or str(error),
            fix="Name a regular file, new or old, in a folder that exists: --junit ./checks.xml",
            check=f"ls -ld {shown}",
        )
        raise UsageError(problem) from error


def write_junit(path: Path, results: Iterable[CheckResult], suite: Suite) -> None:
    """Write the report in one stroke. Raises OSError with the file's name."""
    write_atomically(path, junit_xml(tuple(results), suite, datetime.now(UTC)).encode(), READABLE)


def junit_xml(results: tuple[CheckResult, ...], suite: Suite, at: datetime) -> str:
    """One test case a check, in the order of the rows. `fail` is a failure; `unknown` and `skip` are skipped."""
    counts = {
        "tests": len(results),
        "failures": sum(_is_failure(result, suite) for result in results),
        "errors": sum(result.id == HELPER_ID for result in results),
        "skipped": sum(_is_skipped(result) for result in results),
    }
    numbers = " ".join(f'{name}="{count}"' for name, count in counts.items())
    simulated = "true" if any(result.simulated for result in results) else "false"
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<testsuites name="lattice check" {numbers} time="{suite.elapsed_s:.3f}">',
        f"  <testsuite name={_attribute(suite.name)} {numbers} "
        f'time="{suite.elapsed_s:.3f}" timestamp="{at:%Y-%m-%dT%H:%M:%S}">',
        f'    <properties><property name="simulated" value="{simulated}"/></properties>',
        *(line for result in results for line in _case(result, suite)),
        "  </testsuite>",
        "</testsuites>",
    ]
    return "\n".join(lines) + "\n"


def _case(result: CheckResult, suite: Suite) -> Iterable[str]:
    head = (
        f"    <testcase classname={_attribute(f'lattice.{suite.provider}')} "
        f'name={_attribute(result.id)} time="{result.elapsed_s:.3f}"'
    )
    message = _attribute(f"{result.title}: {result.summary}")
    words = _text("\n".join(_words(result)))
    yield f"{head}>"
    if result.id == HELPER_ID:
        yield f'      <error message={message} type="{HELPER_ID}">{words}</error>'
    elif _is_failure(result, suite):
        yield f"      <failure message={message} type={_attribute(result.code or result.status)}>{words}</failure>"
    elif _is_skipped(result):
        yield f"      <skipped message={message}/>"
    yield f"      <system-out>{_text(f'{result.status}  {result.title}: {result.summary}')}"
    if result.status == "warn":
        yield words
    yield "</system-out>"
    yield "    </testcase>"


def _words(result: CheckResult) -> Iterable[str]:
    labelled = (
        ("why", result.why),
        ("said", result.evidence),
        ("where", result.field),
        ("do", result.fix),
        ("copy", result.action),
        ("code", result.code),
    )
    return (f"{label}: {safe_text(text)}" for label, text in labelled if text)


def _is_failure(result: CheckResult, suite: Suite) -> bool:
    return result.status == "fail" or (suite.strict and result.status == "warn")


def _is_skipped(result: CheckResult) -> bool:
    return result.status in ("unknown", "skip", "wait") and result.id != HELPER_ID


def _attribute(text: str) -> str:
    return quoteattr(_NO_XML.sub("\ufffd", safe_text(text)))


def _text(text: str) -> str:
    return escape(_NO_XML.sub("\ufffd", "\n".join(safe_text(line) for line in text.split("\n"))))
