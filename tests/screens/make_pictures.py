"""Draws the pictures in docs/pictures: `python -m tests.screens.make_pictures`, called by `make pictures`.

The progress is that of a real rehearsal, run for the purpose; the wizard needs none.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from lattice_tui.install.fold import fold
from lattice_tui.install.tail import read_journal
from schemas.events import ProgressEvent
from schemas.snapshot import Snapshot
from tests.screens.driving import LARGE, SMALL, Scene
from tests.screens.picturing import settled
from tests.screens.recording import Recorder
from tests.screens.scenes import SCENES, watch

FOLDER = Path(__file__).parents[2] / "docs" / "pictures"
SIZES = {"80x24": SMALL, "120x40": LARGE}


async def draw(scene: Scene, size: str) -> str:
    """The screen as SVG."""
    make, visit = scene
    app = make()
    async with app.run_test(size=SIZES[size]) as pilot:
        await visit(pilot)
        await settled(pilot)
        return app.export_screenshot(title="lattice-tui")


def rehearsed(state: Path) -> list[ProgressEvent]:
    """The events of a rehearsal of the shipped example."""
    environment = {**os.environ, "LATTICE_STATE_DIR": str(state)}
    command = [sys.executable, "-m", "lattice_tui", "rehearse", "docker"]
    subprocess.run(command, env=environment, stdin=subprocess.DEVNULL, check=True)
    return list(read_journal(state / "rehearsals" / "practice" / "journal.jsonl"))


def first_moment(events: Sequence[ProgressEvent], when: Callable[[Snapshot], bool]) -> Callable[[], Recorder]:
    """The run up to the first moment at which something holds."""
    count = next(count for count in range(1, len(events) + 1) if when(fold(events[:count])))

    def record() -> Recorder:
        recorder = Recorder()
        recorder.events.extend(events[:count])
        return recorder.until(events[count - 1].at)

    return record


def is_half_way(snapshot: Snapshot) -> bool:
    """The control plane is ready, the workers are on their way."""
    states = {row.role: row.state for row in snapshot.machines.values()}
    return states.get("control-plane") == "ready" and states.get("worker") == "joining"


def main() -> None:
    """Draw the screens that the README shows, at both sizes."""
    os.environ.update(TZ="UTC", TEXTUAL_ANIMATIONS="none")
    time.tzset()
    work = Path(tempfile.mkdtemp(prefix="lattice-pictures-"))
    os.chdir(work)
    events = rehearsed(work)
    scenes = {
        "where": SCENES["where"],
        "computer": SCENES["checks-forbidden"],
        "connect": SCENES["connect-refused"],
        "picker": SCENES["picker"],
        "addresses": SCENES["addresses-drawn"],
        "review": SCENES["review"],
        "building": watch(first_moment(events, is_half_way)),
        "done": watch(first_moment(events, lambda snapshot: snapshot.state == "done"), text="was rehearsed"),
    }
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, scene in scenes.items():
        for size in SIZES:
            path = FOLDER / f"{name}-{size}.svg"
            path.write_text(asyncio.run(draw(scene, size)))
            print(path.name)


if __name__ == "__main__":
    main()
