"""One engine at work on one run: from the journal's lock to the run's last record."""

from __future__ import annotations

import asyncio
import errno
import os
import signal
import sys
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from pathlib import Path

from lattice_tui.document.pins import pins
from lattice_tui.errors import ExitCode, LatticeError
from lattice_tui.install.bench import Bench
from lattice_tui.install.clusters import Clusters
from lattice_tui.install.context import Context
from lattice_tui.install.files import load_plan
from lattice_tui.install.following import Follower
from lattice_tui.install.ground import Ground, while_it_stands
from lattice_tui.install.hooks import hooks_for
from lattice_tui.install.journal import Journal, utc_now
from lattice_tui.install.plan_steps import STEPS, PlannedStep, is_wanted, needs_of
from lattice_tui.install.recorder import Recorder
from lattice_tui.install.scheduler import Failure, Halt, RecordError, Scheduler, Work, unforeseen
from lattice_tui.install.steps.finishing import settle
from lattice_tui.install.steps.table import DEEDS
from lattice_tui.install.stopping import SIGNALS, StopRequest
from lattice_tui.install.whereabouts import whereabouts
from lattice_tui.providers.docker.engine_api import DockerEngine
from lattice_tui.tools.process import Toolbox, ToolRunner
from schemas.events import EngineStarted, EngineStopped, RunFinished
from schemas.plan import ClusterPlan

OVERDUE_FACTOR = 1.5
"""Of the usual range's upper end: from then on a step is said to take unusually long. Nothing is stopped for it."""
OVERDUE_AT_LEAST_S = 5.0
"""However fast a rehearsed world is, processes take their time to start."""
BLOCKING_CALLS = 16
"""Threads for requests and pulls: more than ever run at once."""
SKIP_WHY = "the cluster is managed from the bootstrap cluster (spec.management: external)"


def run_engine(
    folder: Path,
    *,
    toolbox: Toolbox,
    docker_endpoint: str,
    journal: Journal | None = None,
    stop: StopRequest | None = None,
    ground: Ground | None = None,
) -> int:
    """Take up the run in `folder` and bring it to its end; returns the exit code. To be called on the main thread.

    A first SIGINT or SIGTERM stops at the journal's next point (51), a second one at once (130, 143); SIGHUP is
    ignored. `ground` tells when what the run stands on has gone. Raises RunHeldError when another engine is at work.
    """
    with journal or Journal(folder) as opened:
        try:
            plan = load_plan(folder)
        except LatticeError as error:
            return could_not_begin(opened, error)
        engine = _Engine(folder, plan, Recorder(opened), toolbox, docker_endpoint, stop or StopRequest(), ground)
        loop = asyncio.new_event_loop()
        # Not waited for at the end: a request that hangs must not keep a stopped engine alive.
        threads = ThreadPoolExecutor(BLOCKING_CALLS)
        loop.set_default_executor(threads)
        try:
            return loop.run_until_complete(engine.run())
        finally:
            threads.shutdown(wait=False, cancel_futures=True)
            loop.close()


def could_not_begin(journal: Journal, error: LatticeError) -> int:
    """Nobody who watches looks into a log: the run's own record says why nothing began. Returns the exit code."""
    journal.append(RunFinished, outcome="failed", exit_code=int(error.exit_code), elapsed_s=0.0, problem=error.problem)
    return int(error.exit_code)


class _Engine:
    """The run while it runs."""

    def __init__(
        self,
        folder: Path,
        plan: ClusterPlan,
        record: Recorder,
        toolbox: Toolbox,
        docker_endpoint: str,
        stop: StopRequest,
        ground: Ground | None,
    ) -> None:
        self._folder = folder
        self._plan = plan
        self._record = record
        self._toolbox = toolbox
        self._docker_endpoint = docker_endpoint
        self._halt = Halt()
        self._stop = stop
        self._ground = ground

    async def run(self) -> int:
        work = asyncio.ensure_future(self._work())
        self._listen(asyncio.get_running_loop(), work)
        try:
            return await work
        except asyncio.CancelledError:
            if self._stop.signal is None:
                raise RecordError(errno.EIO, "the journal could not be written", str(self._folder)) from None
            self._record.append(EngineStopped, signal=self._stop.signal.name)
            return ExitCode.STOPPED

    def _listen(self, loop: asyncio.AbstractEventLoop, work: asyncio.Future[int]) -> None:
        def halt() -> None:
            self._halt.why = "signal"
            work.cancel()

        def stop(signum: signal.Signals) -> None:
            self._stop.take(signum)
            halt()

        self._stop.listen()
        for signum in SIGNALS:
            loop.add_signal_handler(signum, stop, signum)
        if self._stop.signal is not None:
            # It came before there was anything to stop.
            halt()

        def broken(_loop: asyncio.AbstractEventLoop, context: dict[str, object]) -> None:
            # An observer's report that could not be written: without a journal nothing may go on.
            print(f"engine: {context.get('message')}: {context.get('exception')!r}", file=sys.stderr, flush=True)
            if isinstance(context.get("exception"), OSError):
                work.cancel()

        loop.set_exception_handler(broken)

    async def _work(self) -> int:
        record = self._record
        before = record.snapshot
        resumed = record.was_started
        done_before = frozenset(row.info.id for row in before.steps if row.state in ("done", "adopted", "skipped"))
        record.append(EngineStarted, pid=os.getpid(), resumed=resumed)
        clusters = Clusters(self._folder)
        hooks = hooks_for(self._plan, docker_endpoint=self._docker_endpoint)
        follower = Follower(record, clusters, self._plan, hooks.kinds)
        try:
            where = await asyncio.to_thread(whereabouts, self._plan, clusters, hooks, record)
            context = Context(
                folder=self._folder,
                plan=self._plan,
                pins=pins(),
                hooks=hooks,
                record=record,
                toolbox=self._toolbox,
                bench=Bench(ToolRunner(self._toolbox), record, self._halt),
                docker=DockerEngine(self._docker_endpoint),
                clusters=clusters,
                follower=follower,
                has_moved=where == "target",
                is_moving=where == "both",
                usual_s={row.info.id: row.info.usual_s for row in before.steps},
            )
            scheduler = Scheduler(
                [_bound(step, context) for step in STEPS],
                record,
                halt=self._halt,
                done_before=done_before,
                resumed=resumed,
            )
            failure = await while_it_stands(scheduler.run(), self._ground, self._halt)
            await follower.stop()
            if failure is None:
                await settle(context)
        except LatticeError as error:
            failure = Failure("", error.problem, int(error.exit_code))
        except OSError:
            raise
        except Exception as error:
            failure = Failure("", unforeseen("The engine", error), int(ExitCode.BUG))
        finally:
            with suppress(asyncio.CancelledError):
                await follower.stop()
            clusters.close()
        return self._finish(failure)

    def _finish(self, failure: Failure | None) -> int:
        planned_at = self._record.snapshot.planned_at or utc_now()
        exit_code = failure.exit_code if failure is not None else int(ExitCode.OK)
        self._record.append(
            RunFinished,
            outcome="done" if failure is None else "failed",
            exit_code=exit_code,
            elapsed_s=round((utc_now() - planned_at).total_seconds(), 3),
            problem=failure.problem if failure is not None else None,
            kubeconfig=str(Clusters(self._folder).path("target")) if failure is None else "",
        )
        return exit_code


def _bound(step: PlannedStep, context: Context) -> Work:
    """The step with everything it works with."""
    deed = DEEDS[step.id]
    return Work(
        id=step.id,
        needs=needs_of(step, context.plan),
        exit_code=deed.exit_code,
        probe=partial(deed.probe, context),
        run=partial(_run_with_warnings, step.id, partial(deed.run, context), context),
        skip_why="" if is_wanted(step, context.plan) else SKIP_WHY,
    )


async def _run_with_warnings(step: str, run: Callable[[], Awaitable[str]], context: Context) -> str:
    warning = asyncio.ensure_future(_warn_when_overdue(step, context))
    try:
        return await run()
    finally:
        warning.cancel()


async def _warn_when_overdue(step: str, context: Context) -> None:
    usual_s = context.usual_s.get(step)
    if usual_s is None:
        return
    overdue_s = max(usual_s[1] * OVERDUE_FACTOR, OVERDUE_AT_LEAST_S)
    await asyncio.sleep(overdue_s)
    while True:
        text = next((row.text for row in context.record.snapshot.steps if row.info.id == step), "")
        context.record.warn(f"{step} takes longer than the usual {usual_s[1]:g} s: {text or 'still at it'}")
        # Said again ever more rarely: after 1.5, 3, 6, 12 times the usual.
        await asyncio.sleep(overdue_s)
        overdue_s *= 2
