"""Looking again at only what changed: the same answers as looking at everything, and never a look too many."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import get_args

from hypothesis import given
from hypothesis import strategies as st

from lattice_tui.checks.runner import Check, run_checks
from lattice_tui.checks.stale import still_true
from schemas.checks import CheckResult, CheckStatus

OUTCOMES: tuple[CheckStatus, ...] = tuple(status for status in get_args(CheckStatus) if status not in ("wait", "skip"))
PARAMS = ("machines", "version", "ports")

World = Mapping[tuple[str, str], CheckStatus]
"""What a check finds, by its id and the values of its inputs."""


@dataclass(frozen=True)
class Graph:
    """Checks by number: each with the numbers it needs and the parameters it looks at."""

    nodes: tuple[tuple[tuple[int, ...], tuple[str, ...]], ...]
    outcomes: tuple[tuple[CheckStatus, ...], ...]
    """Of each check, by how its inputs stand."""

    def checks(self, params: Mapping[str, str], looked_at: list[str]) -> tuple[Check, ...]:
        """Checks that note their id in `looked_at` when they are run."""

        def run_of(number: int, inputs: tuple[str, ...]) -> Callable[[], Awaitable[CheckResult]]:
            async def run() -> CheckResult:
                looked_at.append(f"c{number}")
                found = self.outcomes[number]
                values = sum(len(params.get(name, "")) for name in inputs)
                return CheckResult("", "", found[values % len(found)], f"{inputs} are {values}")

            return run

        return tuple(
            Check(
                f"c{number}",
                f"C{number}",
                tuple(f"c{need}" for need in needs),
                5.0,
                run_of(number, inputs),
                False,
                inputs,
            )
            for number, (needs, inputs) in enumerate(self.nodes)
        )


@st.composite
def graphs(draw: st.DrawFn) -> Graph:
    size = draw(st.integers(1, 9))
    nodes, outcomes = [], []
    for number in range(size):
        needs = draw(st.sets(st.integers(0, number - 1), max_size=3)) if number else set()
        nodes.append((tuple(sorted(needs)), tuple(sorted(draw(st.sets(st.sampled_from(PARAMS), max_size=2))))))
        # Mostly good, or nearly everything behind would be skipped.
        outcomes.append(tuple(draw(st.lists(st.sampled_from(("ok", "ok", "ok", *OUTCOMES)), min_size=1, max_size=3))))
    return Graph(tuple(nodes), tuple(outcomes))


params = st.dictionaries(st.sampled_from(PARAMS), st.text("x", max_size=3))


async def outcomes(checks: tuple[Check, ...], known: Mapping[str, CheckResult] | None = None) -> dict[str, CheckResult]:
    run = run_checks(checks, known=known or {})
    return {result.id: result async for result in run if result.status != "wait"}


@given(graphs(), params, params, st.sets(st.integers(0, 8)))
def test_looking_at_what_changed_finds_what_looking_at_everything_finds(
    graph: Graph, before: Mapping[str, str], now: Mapping[str, str], named: set[int]
) -> None:
    again = {f"c{number}" for number in named}
    first = asyncio.run(outcomes(graph.checks(before, [])))
    looked_at: list[str] = []
    checks = graph.checks(now, looked_at)
    known = still_true(checks, tuple(first.values()), before=before, now=now, again=again)
    second = asyncio.run(outcomes(checks, known))
    everything = asyncio.run(outcomes(graph.checks(now, [])))

    merged = {check_id: (known | second)[check_id].status for check_id in everything}
    assert merged == {check_id: result.status for check_id, result in everything.items()}
    assert {result.status for result in known.values()} <= {"ok", "warn"}
    assert known.keys() & second.keys() == set()
    assert len(looked_at) == len(set(looked_at))
    assert set(looked_at) <= may_be_looked_at(graph, first, before, now, again)


def may_be_looked_at(
    graph: Graph, first: Mapping[str, CheckResult], before: Mapping[str, str], now: Mapping[str, str], again: set[str]
) -> set[str]:
    """Said another way than the code says it: a check that has its own reason, or needs one that has."""
    reasons: set[str] = set()
    for number, (needs, inputs) in enumerate(graph.nodes):
        check_id = f"c{number}"
        changed = any((before.get(name) or "") != (now.get(name) or "") for name in inputs)
        was_good = first[check_id].status in ("ok", "warn")
        if changed or not was_good or check_id in again or any(f"c{need}" in reasons for need in needs):
            reasons.add(check_id)
    return reasons


def checks_of(
    *ids_and_needs: tuple[str, ...], inputs: Mapping[str, tuple[str, ...]] | None = None
) -> tuple[Check, ...]:
    async def run() -> CheckResult:
        return CheckResult("", "", "ok", "mended")

    return tuple(
        Check(one, one, tuple(needs), 5.0, run, False, (inputs or {}).get(one, ())) for one, *needs in ids_and_needs
    )


def found(check_id: str, status: CheckStatus) -> CheckResult:
    return CheckResult(check_id, check_id, status, "as before")


async def test_what_was_skipped_runs_once_its_need_is_mended() -> None:
    checks = checks_of(("daemon",), ("disk", "daemon"))
    results = (found("daemon", "fail"), found("disk", "skip"))

    known = still_true(checks, results, before={}, now={})
    after = await outcomes(checks, known)

    assert {check_id: result.status for check_id, result in after.items()} == {"daemon": "ok", "disk": "ok"}


def test_only_what_looks_at_a_changed_answer_is_looked_at_again() -> None:
    checks = checks_of(("daemon",), ("memory", "daemon"), ("ports", "daemon"), inputs={"memory": ("workers",)})
    results = (found("daemon", "ok"), found("memory", "warn"), found("ports", "ok"))

    assert still_true(checks, results, before={"workers": "1"}, now={"workers": "2"}).keys() == {"daemon", "ports"}
    assert still_true(checks, results, before={"workers": "1"}, now={"workers": "1"}).keys() == {
        "daemon",
        "memory",
        "ports",
    }


def test_an_absent_answer_is_an_empty_one() -> None:
    checks = checks_of(("memory",), inputs={"memory": ("workers",)})

    assert still_true(checks, (found("memory", "ok"),), before={}, now={"workers": ""}).keys() == {"memory"}


def test_naming_a_check_takes_along_what_needs_it_however_far() -> None:
    checks = checks_of(("far", "disk"), ("disk", "daemon"), ("daemon",), ("cpu",))
    results = tuple(found(check.id, "ok") for check in checks)

    assert still_true(checks, results, before={}, now={}, again=("daemon",)).keys() == {"cpu"}


def test_the_result_of_a_check_that_is_no_more_is_forgotten() -> None:
    assert still_true(checks_of(("a",)), (found("b", "ok"),), before={}, now={}) == {}
