"""The computer page with everything real behind it, and what of its pictures is the same on every computer.

`python -m tests.docker.real_page FOLDER` draws the page as whoever runs it: that is how another user looks at it.
"""

from __future__ import annotations

import asyncio
import os
import re
import sys
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path
from typing import Any

from textual.pilot import Pilot

from lattice_tui.checks.request import CheckRequest
from lattice_tui.document.pins import pins
from schemas.checks import CheckResult
from screens.app import LatticeApp
from screens.computer import ComputerPage
from screens.seams import Seams, real_seams
from tests.screens.check_scenes import computer_page
from tests.screens.driving import LARGE, SMALL, begin, until
from tests.screens.fakes import still
from tests.screens.picturing import settled

TOOLS = {
    "kind": f"kind {pins().kind} go1.24.3 linux/amd64",
    "clusterctl": f'clusterctl version: &version.Info{{Major:"1", Minor:"13", GitVersion:"{pins().capi}"}}',
    "helm": f'version.BuildInfo{{Version:"{pins().helm}", GoVersion:"go1.25.1"}}',
    "kubectl": f"Client Version: {pins().kubectl}",
}
OF_THIS_COMPUTER = frozenset(
    {
        "docker-version",
        "docker-architecture",
        "docker-cgroup",
        "docker-settings",
        "docker-cpu",
        "docker-disk",
        "docker-inotify",
        "docker-ports",
        "docker-leftovers",
        "docker-subnets",
        "docker-registry",
    }
)
"""Checks whose outcome is that of the computer the test runs on, and not of the engine it started."""
MEMORY = "docker-memory"
"""Of this computer too, unless a limit was set for the test."""
SAME_EVERYWHERE = (
    (r"\([0-9.]+ there\)", "(16.0 there)"),
    (r"/tmp/engine-[^/]+/", "/run/engine/"),
    (r"/[^ ,]*/tools/", "/opt/tools/"),
    (r"^Docker [0-9]\S*, .+$", "Docker 28.2.2, Debian GNU/Linux 12"),
    (r"(Start Docker(?: again)?): .+$", r"\1: sudo systemctl start docker"),
    (r"^unset DOCKER_HOST$", "docker version"),
)
"""What is the same for a reader, wherever the test runs: where the engine lies, its release, how a service starts,
and whether another engine answers at the usual place."""
_TEXTS = ("summary", "why", "fix", "action", "evidence")


def projected(result: CheckResult) -> CheckResult:
    """The result without what differs from computer to computer."""
    if result.id in OF_THIS_COMPUTER and result.status not in ("wait", "skip"):
        return CheckResult(result.id, result.title, "ok", "as found on this computer")
    if result.id == MEMORY and "control group" not in result.summary:
        return CheckResult(result.id, result.title, "ok", "as found on this computer")
    texts = {name: _projected(getattr(result, name)) for name in _TEXTS}
    return replace(result, elapsed_s=0.0, **texts)  # type: ignore[arg-type]


def _projected(text: str) -> str:
    for pattern, same in SAME_EVERYWHERE:
        text = re.sub(pattern, same, text)
    return text


def seams_for_a_picture(state: Path) -> Seams:
    """The real seams; what they find is projected. They look once."""
    real = real_seams(state)

    async def checks(request: CheckRequest) -> AsyncGenerator[CheckResult, None]:
        async with aclosing(real.checks(request)) as results:
            async for result in results:
                yield projected(result)

    async def never(_seconds: float) -> None:
        await asyncio.Event().wait()

    return replace(real, checks=checks, pause=never)


def surroundings(folder: Path, endpoint: str) -> dict[str, str]:
    """The environment of a person with the pinned tools and nothing else; their files lie in `folder`."""
    tools = folder / "tools"
    tools.mkdir(parents=True)
    for tool, words in TOOLS.items():
        (tools / tool).write_text(f"#!/bin/sh\ncat <<'END'\n{words}\nEND\n")
        (tools / tool).chmod(0o755)
    (folder / "home").mkdir()
    return {
        "HOME": str(folder / "home"),
        "LATTICE_STATE_DIR": str(folder / "state"),
        "PATH": f"{tools}:/usr/sbin:/usr/bin:/sbin:/bin",
        "DOCKER_HOST": endpoint,
        "DOCKER_CONFIG": str(folder / "home" / ".docker"),
        "TZ": "UTC",
        "TEXTUAL_ANIMATIONS": "none",
    }


async def on_the_page(pilot: Pilot[Any]) -> ComputerPage:
    """Go there, and wait until every check has an outcome."""
    await begin(pilot, steps=1)
    page = computer_page(pilot)
    await until(pilot, lambda: page.board.has_all and not page.board.is_looking)
    return page


async def pictures(state: Path) -> dict[str, str]:
    """The page at both sizes, as SVG."""
    app = LatticeApp(seams_for_a_picture(state), clock=still(), theme="dark")
    drawn = {}
    async with app.run_test(size=SMALL) as pilot:
        await on_the_page(pilot)
        for width, height in (SMALL, LARGE):
            await pilot.resize_terminal(width, height)
            await settled(pilot)
            drawn[f"{width}x{height}"] = app.export_screenshot(title="lattice-tui")
    return drawn


def main(folder: str) -> None:
    """Draw into the folder."""
    for size, svg in asyncio.run(pictures(Path(os.environ["LATTICE_STATE_DIR"]))).items():
        Path(folder, f"{size}.svg").write_text(svg)


if __name__ == "__main__":
    main(sys.argv[1])
