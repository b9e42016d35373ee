"""The computer page against real Docker Engines, with the real helper process: what a person sees, and what they
see without pressing a key. Pictures are renewed with --snapshot-update, and looked at."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_textual_snapshot import SVGImageExtension  # type: ignore[import-untyped]
from syrupy.assertion import SnapshotAssertion

from screens.app import LatticeApp
from screens.seams import real_seams
from tests.docker.conftest import MakeEngine
from tests.docker.engines import BUSYBOX, OwnEngine
from tests.docker.real_page import on_the_page, pictures, surroundings
from tests.docker.test_real_engines import small_group
from tests.polling import eventually
from tests.screens.driving import SMALL, begin, shows
from tests.shared import ROOT

needs_busybox = pytest.mark.skipif(not BUSYBOX.exists(), reason="needs busybox-static, to make an image from")
GIB = 1024**3
NOBODY = 65534


@pytest.fixture
def svg(snapshot: SnapshotAssertion) -> SnapshotAssertion:
    """Compares SVG pictures."""
    return snapshot.use_extension(SVGImageExtension)


class AsPerson:
    """One person with a home, tools and an engine."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.state = folder / "state"
        self._folder = folder
        self._monkeypatch = monkeypatch

    def means(self, engine: OwnEngine) -> None:
        for name, value in surroundings(self._folder, engine.endpoint).items():
            self._monkeypatch.setenv(name, value)
        for name in ("DOCKER_CONTEXT", "XDG_RUNTIME_DIR", "NO_COLOR", "COLORFGBG"):
            self._monkeypatch.delenv(name, raising=False)


@pytest.fixture
def as_person(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsPerson:
    """Makes this process look as a person's does who means an engine."""
    return AsPerson(tmp_path, monkeypatch)


@pytest.fixture
def folder_of_nobody() -> Iterator[Path]:
    """A folder of another user's own, which the folders of the tests are closed to."""
    with tempfile.TemporaryDirectory(dir="/tmp", prefix="nobody-") as name:
        os.chown(name, NOBODY, NOBODY)
        yield Path(name)


def same(drawn: dict[str, str], svg: SnapshotAssertion) -> bool:
    """Every picture is compared (and renewed), whatever the one before it said."""
    answers = {size: picture == svg(name=size) for size, picture in drawn.items()}
    return all(answers.values())


@needs_busybox
async def test_a_running_engine(running_engine: OwnEngine, as_person: AsPerson, svg: SnapshotAssertion) -> None:
    as_person.means(running_engine)

    assert same(await pictures(as_person.state), svg)


async def test_a_stopped_engine(make_engine: MakeEngine, as_person: AsPerson, svg: SnapshotAssertion) -> None:
    engine = make_engine()
    engine.start()
    engine.stop()
    as_person.means(engine)

    assert same(await pictures(as_person.state), svg)


async def test_a_crashed_engine(make_engine: MakeEngine, as_person: AsPerson, svg: SnapshotAssertion) -> None:
    engine = make_engine()
    engine.start()
    engine.kill()
    as_person.means(engine)

    assert same(await pictures(as_person.state), svg)


@needs_busybox
async def test_an_engine_with_little_memory(
    make_engine: MakeEngine, as_person: AsPerson, svg: SnapshotAssertion
) -> None:
    """A control group above every container allows 2 GiB; the engine itself knows nothing of it."""
    with small_group(2 * GIB) as parent:
        engine = make_engine("--cgroup-parent", parent)
        engine.start()
        engine.load_probe_image()
        as_person.means(engine)
        drawn = await pictures(as_person.state)
        engine.stop()

    assert same(drawn, svg)


@pytest.mark.skipif(shutil.which("setpriv") is None, reason="needs setpriv, to become another user")
def test_an_engine_that_another_user_may_not_use(
    make_engine: MakeEngine, folder_of_nobody: Path, svg: SnapshotAssertion
) -> None:
    """The page and its helper run as nobody, who may read what root wrote, and nothing more."""
    engine = make_engine("--group", "daemon")
    engine.start()
    engine.folder.chmod(0o711)
    env = surroundings(folder_of_nobody, engine.endpoint)
    other = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
    reading = ["--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search"]
    page = [sys.executable, "-B", "-m", "tests.docker.real_page", str(folder_of_nobody)]
    done = subprocess.run([*other, *reading, *page], cwd=ROOT, env=env, capture_output=True, text=True, timeout=150)

    assert done.returncode == 0, done.stderr[-2000:]
    assert same({size: (folder_of_nobody / f"{size}.svg").read_text() for size in ("80x24", "120x40")}, svg)


async def test_rows_turn_ok_without_a_key_once_docker_is_started_and_f3_tells_when_it_is_gone(
    make_engine: MakeEngine, as_person: AsPerson
) -> None:
    engine = make_engine()
    engine.start()
    engine.stop()
    as_person.means(engine)
    app = LatticeApp(real_seams(as_person.state))
    async with app.run_test(size=SMALL) as pilot:
        page = await on_the_page(pilot)
        await shows(pilot, "Docker is not running", "Looks again by itself in")
        assert {row.result.id: row.result.status for row in page.board.rows}["docker-linux"] == "skip"

        await asyncio.to_thread(engine.start)
        await shows(pilot, "ok       Docker answers", "ok       Linux containers")

        await asyncio.to_thread(engine.kill)
        await pilot.press("f3")
        await shows(pilot, "fail     Docker answers", "Docker has stopped")


@pytest.mark.parametrize("way", ["escape", "quit"])
async def test_leaving_ends_the_process_that_still_looks(
    make_engine: MakeEngine, as_person: AsPerson, way: str
) -> None:
    """The engine takes connections and answers none."""
    engine = make_engine()
    engine.start()
    as_person.means(engine)
    pid = int((engine.folder / "pid").read_text())
    os.kill(pid, signal.SIGSTOP)
    try:
        app = LatticeApp(real_seams(as_person.state))
        async with app.run_test(size=SMALL) as pilot:
            await begin(pilot, steps=1)
            await shows(pilot, "Waiting", "Docker answers")
            assert len(helpers_of(engine)) >= 1
            if way == "escape":
                await pilot.press("escape")
                await shows(pilot, "Step 1 of 5")
                await asyncio.to_thread(eventually, lambda: helpers_of(engine), lambda left: not left)
            else:
                app.exit()
        eventually(lambda: helpers_of(engine), lambda left: not left, timeout_s=20)
    finally:
        os.kill(pid, signal.SIGCONT)


def helpers_of(engine: OwnEngine) -> list[int]:
    """Processes that run checks on this engine."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            is_helper = b"lattice_tui.providers.checking" in (process / "cmdline").read_bytes()
            if is_helper and engine.endpoint.encode() in (process / "environ").read_bytes():
                found.append(int(process.name))
        except OSError:
            # It has just ended.
            continue
    return found
