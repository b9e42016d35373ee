"""Watching without a screen: what is printed, and every way it ends."""

from __future__ import annotations

import os
import signal

import pytest

from lattice_tui.cli.following import LeftAtOnceError, Watched, Watching, watch
from lattice_tui.cli.run_door import seen_seq
from tests.cli.journal_lines import DONE, FAILED, PLANNED, STARTED, STOPPED, FakeEngine, FakeTime, event, lines

STEP = {"event": "step.started", "step": "images"}


def watched(engine: FakeEngine, how: Watching | None = None, time: FakeTime | None = None) -> Watched:
    time = time or FakeTime()
    return watch(engine, how or Watching(), clock=time.clock, pause=time.pause)


def test_a_finished_run_ends_with_its_own_exit_code() -> None:
    done = watched(FakeEngine(lines(PLANNED, STARTED), lines(DONE, first=3)))
    failed = watched(FakeEngine(lines(PLANNED, STARTED, FAILED)))

    assert (done.how, done.exit_code, done.snapshot.state) == ("finished", 0, "done")
    assert (failed.how, failed.exit_code, failed.snapshot.state) == ("finished", 42, "failed")


def test_an_engine_that_vanishes_is_a_death_not_an_end() -> None:
    ended = watched(FakeEngine(lines(PLANNED, STARTED, STEP)))

    assert (ended.how, ended.exit_code) == ("died", 70)
    assert ended.snapshot.steps[1].state == "running"


def test_last_words_written_while_its_death_is_noticed_are_still_heard() -> None:
    class Dying(FakeEngine):
        """Writes its last record and ends between two looks."""

        def is_alive(self) -> bool:
            self.looks += 1
            if self.looks == 2:
                self.write(lines(DONE, first=3))
            return self.looks < 2

    ended = watched(Dying(lines(PLANNED, STARTED)))

    assert (ended.how, ended.exit_code) == ("finished", 0)


def test_what_an_earlier_engine_wrote_ends_nothing() -> None:
    past = lines(PLANNED, STARTED, FAILED)
    present = lines({**STARTED, "resumed": True}, DONE, first=4)
    ended = watched(FakeEngine(past, present), Watching(seen_seq=3))

    assert (ended.how, ended.exit_code) == ("finished", 0)


def test_the_past_is_replayed_as_json_and_never_told_again_in_words(
    capfdbinary: pytest.CaptureFixture[bytes],
) -> None:
    past, present = lines(PLANNED, STARTED, FAILED), lines({**STARTED, "resumed": True}, DONE, first=4)
    watched(FakeEngine(past, present), Watching(seen_seq=3))
    words = capfdbinary.readouterr()
    watched(FakeEngine(past, present), Watching(seen_seq=3, as_json=True))
    json = capfdbinary.readouterr()

    assert words.out == b""
    assert len(words.err.splitlines()) == 2
    assert json.out.splitlines() == past + present
    assert json.err == b""


def test_lines_that_are_no_events_are_passed_over(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    ended = watched(FakeEngine([b"{torn", *lines(PLANNED, STARTED, DONE)]), Watching(as_json=True))

    assert ended.exit_code == 0
    assert b"torn" not in capfdbinary.readouterr().out


def test_silence_is_broken_every_minute(capsys: pytest.CaptureFixture[str]) -> None:
    time = FakeTime()
    batches: list[list[bytes]] = [lines(PLANNED, STARTED, STEP)]
    batches += [[] for _ in range(1_250)]
    watched(FakeEngine(*batches, lines(DONE, first=4)), time=time)
    alive = [line for line in capsys.readouterr().err.splitlines() if " alive " in line]

    assert len(alive) == 2
    assert "step 2/2 alive  images; watched for 1 min 0 s" in alive[0]


def test_after_the_time_limit_the_engine_goes_on() -> None:
    engine = FakeEngine(lines(PLANNED, STARTED), alive_after=True)
    ended = watched(engine, Watching(timeout_s=90))

    assert (ended.how, ended.exit_code) == ("timeout", 50)
    assert engine.signals == []


@pytest.mark.parametrize("signum", [signal.SIGINT, signal.SIGTERM])
def test_the_first_signal_is_passed_on_and_the_stop_awaited(signum: int) -> None:
    engine, time = FakeEngine(lines(PLANNED, STARTED), alive_after=True), FakeTime()
    engine.on_signal = lambda _signum: lines(STOPPED, first=3)
    time.on_pause = lambda _now: os.kill(os.getpid(), signum) if not engine.signals else None
    ended = watched(engine, time=time)

    assert engine.signals == [signum]
    assert (ended.how, ended.exit_code) == ("stopped", 51)


def test_a_signal_that_comes_before_the_engine_is_passed_on_once_it_is_there() -> None:
    class Late(FakeEngine):
        """Takes no signal before it has begun."""

        has_begun = False

        def send(self, signum: int) -> bool:
            return self.has_begun and super().send(signum)

        def begin(self) -> None:
            os.kill(os.getpid(), signal.SIGINT)
            self.has_begun = True

    engine, time = Late(lines(PLANNED, STARTED), alive_after=True), FakeTime()
    engine.on_signal = lambda _signum: lines(STOPPED, first=3)
    ended = watch(engine, Watching(), begin=engine.begin, clock=time.clock, pause=time.pause)

    assert engine.signals == [signal.SIGINT]
    assert (ended.how, ended.exit_code) == ("stopped", 51)


def test_a_second_signal_leaves_at_once() -> None:
    engine, time = FakeEngine(lines(PLANNED, STARTED), alive_after=True), FakeTime()
    time.on_pause = lambda _now: os.kill(os.getpid(), signal.SIGTERM)
    with pytest.raises(LeftAtOnceError) as stop:
        watched(engine, time=time)

    assert stop.value.signum == signal.SIGTERM
    assert len(engine.signals) == 2


def test_signals_mean_what_they_meant_once_the_watching_is_over() -> None:
    before = signal.getsignal(signal.SIGTERM)
    watched(FakeEngine(lines(PLANNED, STARTED, DONE)))

    assert signal.getsignal(signal.SIGTERM) is before


def test_a_stop_that_somebody_else_asked_for_is_told_apart_from_a_death() -> None:
    ended = watched(FakeEngine(lines(PLANNED, STARTED, STOPPED)))

    assert (ended.how, ended.exit_code) == ("stopped", 51)


@pytest.mark.parametrize(
    ("join", "past"),
    [(None, 3), (4242, 1), (5151, 3)],
    ids=["a new engine", "the engine that wrote last", "an engine that has not written yet"],
)
def test_only_what_an_earlier_engine_wrote_is_the_past(join: int | None, past: int) -> None:
    written = [event(seq, **fields) for seq, fields in enumerate((PLANNED, STARTED, FAILED), start=1)]

    assert past == seen_seq(written, join)


def test_a_plan_alone_is_no_past() -> None:
    assert seen_seq([event(1, **PLANNED)], None) == 0
