"""`checks`, `tools` and `images`: what can be known and fetched before anything is made."""

from __future__ import annotations

import asyncio
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from lattice_tui.checks.runner import run_checks
from lattice_tui.checks.verdict import exit_code
from lattice_tui.errors import ExitCode, StepFailedError
from lattice_tui.install import files
from lattice_tui.install.context import Context
from lattice_tui.install.scheduler import Done
from lattice_tui.paths import write_atomically
from lattice_tui.providers.docker.engine_api import PullProgress
from lattice_tui.tools.process import FoundTool, ToolMissingError
from lattice_tui.tools.versions import is_same_minor, version_call, version_in
from schemas.checks import CheckResult
from schemas.events import CheckFinished
from schemas.problem import Problem

TOOL_ANSWER_S = 30.0
"""A version takes milliseconds; a first start on a slow disk, or behind a virus scanner, some seconds."""
NOT_SAID = "unknown"


async def probe_checks(ctx: Context) -> Done | None:
    """Once something stands, what was needed to begin is no longer asked; Docker itself still has to answer."""
    if ctx.has_moved:
        return Done("the cluster stands already")
    await asyncio.to_thread(ctx.docker.ping)
    # Machines of this very run would be taken for somebody else's cluster of that name.
    known = ctx.record.snapshot
    if known.state != "empty" and (known.machines or await asyncio.to_thread(_bootstrap_container, ctx)):
        return Done("looked at before; building has begun")
    return None


async def run_all_checks(ctx: Context) -> str:
    """Run the provider's checks; a failed one ends the run, an unknown one never does."""
    results: list[CheckResult] = []
    async for result in run_checks(ctx.hooks.checks(ctx.plan, simulated=ctx.simulated)):
        if result.status == "wait":
            ctx.record.progress("checks", result.title)
            continue
        ctx.record.append(CheckFinished, result=result)
        results.append(result)
    failed = [result for result in results if result.status == "fail"]
    if failed:
        code = exit_code(failed)
        first = next(result for result in failed if exit_code([result]) == code)
        raise StepFailedError(_check_problem(first), code)
    warned = sum(result.status == "warn" for result in results)
    return f"{len(results)} checks" + (f", {warned} with a warning" if warned else ", nothing in the way")


def _check_problem(result: CheckResult) -> Problem:
    return Problem(
        code=result.code or "LT-CHK-001",
        title=result.summary,
        detail=result.why or result.title,
        fix=result.fix or "Mend it, then go on with `lattice resume`.",
        check=result.action,
        path=result.field,
    )


def _bootstrap_container(ctx: Context) -> bool:
    return ctx.docker.container(f"{ctx.plan.bootstrap_cluster_name}-control-plane") is not None


@dataclass(frozen=True, slots=True)
class KnownTool:
    """A tool that said its version; the same file is not asked again."""

    path: str
    size_bytes: int
    modified_ns: int
    version: str


NEEDED = ("kind", "clusterctl", "helm")
WELCOME = ("kubectl",)
"""For the person, not for us."""


async def probe_tools(ctx: Context) -> Done | None:
    """Every tool we need is the file that told its version before."""
    known = _read_known(ctx.folder)
    found = {tool: ctx.toolbox.find(tool) for tool in NEEDED}
    if any(place is None or not _is_same_file(known.get(tool), place) for tool, place in found.items()):
        return None
    return Done(_tools_summary(known))


async def find_tools(ctx: Context) -> str:
    """Find each tool and ask its version, once."""
    missing = [tool for tool in NEEDED if ctx.toolbox.find(tool) is None]
    if missing:
        raise ToolMissingError(missing[0])
    known = _read_known(ctx.folder)
    for tool in (*NEEDED, *WELCOME):
        place = ctx.toolbox.find(tool)
        if place is None:
            ctx.record.note(f"{tool} was not found; only you would need it, afterwards")
            continue
        if not _is_same_file(known.get(tool), place):
            known[tool] = await _ask_version(ctx, tool, place)
            # Saved one by one: what has answered is not asked again, whatever happens to the next.
            _write_known(ctx.folder, known)
    _refuse_old_clusterctl(ctx, known["clusterctl"])
    return _tools_summary(known)


async def _ask_version(ctx: Context, tool: str, place: FoundTool) -> KnownTool:
    ctx.record.progress("tools", f"asking {tool} for its version")
    result = await ctx.bench.run("tools", version_call(tool, TOOL_ANSWER_S))
    stat = Path(place.path).stat()
    version = version_in(result.stdout, result.stderr_tail) or NOT_SAID
    return KnownTool(place.path, stat.st_size, stat.st_mtime_ns, version)


def _refuse_old_clusterctl(ctx: Context, clusterctl: KnownTool) -> None:
    pinned = ctx.pins.capi.removeprefix("v")
    if not version_in(clusterctl.version) or is_same_minor(clusterctl.version, pinned):
        return
    raise StepFailedError(
        Problem(
            code="LT-TOL-005",
            title=f"clusterctl {clusterctl.version} does not fit Cluster API {pinned}",
            detail=f"{clusterctl.path}: the tool and what it installs have to be of one minor version.",
            fix=f"Install clusterctl v{pinned}: https://github.com/kubernetes-sigs/cluster-api/releases/tag/v{pinned}",
            check="clusterctl version",
        ),
        ExitCode.TOOL_MISSING,
    )


def _tools_summary(known: dict[str, KnownTool]) -> str:
    return ", ".join(f"{tool} {known[tool].version}" for tool in NEEDED if tool in known)


def _is_same_file(known: KnownTool | None, place: FoundTool) -> bool:
    if known is None or known.path != place.path:
        return False
    try:
        stat = Path(place.path).stat()
    except OSError:
        # Not there, or not ours to look at: running it will say which.
        return False
    return (stat.st_size, stat.st_mtime_ns) == (known.size_bytes, known.modified_ns)


def _read_known(folder: Path) -> dict[str, KnownTool]:
    try:
        raw: dict[str, dict[str, Any]] = json.loads((folder / files.TOOLS).read_bytes())
        return {tool: KnownTool(**facts) for tool, facts in raw.items()}
    except (OSError, ValueError, TypeError, AttributeError):
        # Only a memory: without it the tools are asked once more.
        return {}


def _write_known(folder: Path, known: dict[str, KnownTool]) -> None:
    data = json.dumps({tool: asdict(facts) for tool, facts in known.items()}, indent=1)
    write_atomically(folder / files.TOOLS, data.encode() + b"\n")


def _wanted_images(ctx: Context) -> tuple[str, ...]:
    return tuple(dict.fromkeys((ctx.pins.bootstrap_node_image.reference, *ctx.hooks.images(ctx.plan))))


async def probe_images(ctx: Context) -> Done | None:
    """Every image is there."""
    if ctx.has_moved:
        return Done("the cluster stands already")
    for image in _wanted_images(ctx):
        if await asyncio.to_thread(ctx.docker.image, image) is None:
            return None
    return Done("every image is here")


async def pull_images(ctx: Context) -> str:
    """Pull what is missing, side by side."""
    images = _wanted_images(ctx)
    missing = [image for image in images if await asyncio.to_thread(ctx.docker.image, image) is None]
    loop = asyncio.get_running_loop()
    tally: dict[str, PullProgress] = {}

    def tell(progress: PullProgress) -> None:
        tally[progress.image] = progress
        done = sum(known.layers_done for known in tally.values())
        total = sum(known.layers_total for known in tally.values())
        ctx.record.progress("images", f"pulling {', '.join(_short(image) for image in missing)}", done, total)

    def on_progress(progress: PullProgress) -> None:
        loop.call_soon_threadsafe(tell, progress)

    await asyncio.gather(*(asyncio.to_thread(ctx.docker.pull, image, on_progress) for image in missing))
    return f"pulled {', '.join(_short(image) for image in missing)}"


def _short(image: str) -> str:
    """Without the digest, which says nothing to a person."""
    return image.partition("@")[0]
