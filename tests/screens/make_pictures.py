"""Draws the pictures in docs/pictures: `python -m tests.screens.make_pictures`, called by `make pictures`."""

from __future__ import annotations

import asyncio
import os
import tempfile
import time
from pathlib import Path

from tests.screens.driving import LARGE, SMALL
from tests.screens.scenes import SCENES

FOLDER = Path(__file__).parents[2] / "docs" / "pictures"
SHOWN = ("where", "review", "building", "done")
SIZES = {"80x24": SMALL, "120x40": LARGE}


async def draw(scene: str, size: str) -> str:
    """The screen as SVG."""
    make, visit = SCENES[scene]
    app = make()
    async with app.run_test(size=SIZES[size]) as pilot:
        await visit(pilot)
        return app.export_screenshot(title="lattice-tui")


def main() -> None:
    """Draw the screens that the README shows, at both sizes."""
    os.environ.update(TZ="UTC", TEXTUAL_ANIMATIONS="none")
    time.tzset()
    os.chdir(tempfile.mkdtemp())
    FOLDER.mkdir(parents=True, exist_ok=True)
    for scene in SHOWN:
        for size in SIZES:
            path = FOLDER / f"{scene}-{size}.svg"
            path.write_text(asyncio.run(draw(scene, size)))
            print(path.name)


if __name__ == "__main__":
    main()
