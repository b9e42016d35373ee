"""D8 to D10: processors, memory at its peak, disk and inotify limits, of the system that Docker runs on."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from lattice_tui.checks.runner import Check
from lattice_tui.providers.docker.checks.look import DAEMON, GIB, PROBE_S, Look, check, ok, unknown, wrong
from lattice_tui.providers.docker.checks.probe import TRY_IMAGE
from lattice_tui.providers.docker.engine_api import EngineInfo
from lattice_tui.providers.docker.host import Host
from lattice_tui.providers.docker.memory import peak_of, room_for_containers
from lattice_tui.providers.docker.seen import Seen
from schemas.checks import CheckResult

MIN_CPUS = 4
MIN_DISK_GIB = 20
MIN_WATCHES = 524_288
MIN_INSTANCES = 512
"""kind's numbers; below them kubelets stop with "too many open files"."""
SYSCTL = "sysctl -w fs.inotify.max_user_watches=1048576 fs.inotify.max_user_instances=8192"
"""Cluster API's numbers for many machines. Source: its troubleshooting page."""
_INSIDE = "Docker's own system is a virtual machine or another computer, and only a container can look into it"


def checks(look: Look) -> tuple[Check, ...]:
    """Four rows."""
    resources = _Resources(look)
    sizes = ("control_planes", "workers", "management", "try_image")
    seen_s = PROBE_S + 5
    return (
        check(look, "docker-cpu", "Processors", resources.cpu, DAEMON),
        check(look, "docker-memory", "Memory at its peak", resources.memory, DAEMON, inputs=sizes, timeout_s=seen_s),
        check(look, "docker-disk", "Disk", resources.disk, DAEMON, inputs=("try_image",), timeout_s=seen_s),
        check(
            look,
            "docker-inotify",
            "File watches (inotify)",
            resources.inotify,
            DAEMON,
            inputs=("try_image",),
            timeout_s=seen_s,
        ),
    )


class _Resources:
    """Every method is the `run` of one check."""

    def __init__(self, look: Look) -> None:
        self._look = look

    async def cpu(self) -> CheckResult:
        info = await self._look.info()
        if info.cpus >= MIN_CPUS:
            return ok(f"{info.cpus} processors")
        return wrong(
            "warn",
            "LT-DOCKER-015",
            f"{info.cpus} processors, {MIN_CPUS} or more are usual",
            why="it will work, and take about twice as long",
            fix=_how_to_give(info, self._look.host, "processors", f"colima stop; colima start --cpu {MIN_CPUS}")
            or "Build fewer machines, or stop other programs meanwhile",
            action="docker info --format '{{.NCPU}}'",
        )

    async def memory(self) -> CheckResult:
        info, host, wish = await self._look.info(), self._look.host, self._look.wish
        is_local = await self._look.is_local_linux()
        room = room_for_containers(info, await self._look.seen(), host if is_local else None)
        peak = peak_of(wish.control_planes, wish.workers, moves=wish.management == "self")
        if room.bytes is None:
            return unknown("Docker does not say how much memory it has", why=peak.words)
        said = f"{room.words}; {peak.total_gib:.1f} GiB are needed at the peak"
        if room.bytes >= peak.total_gib * GIB:
            if room.available_bytes is None or room.available_bytes >= peak.total_gib * GIB:
                return ok(said, why=peak.words)
            return wrong(
                "warn",
                "LT-DOCKER-020",
                f"{room.available_bytes / GIB:.1f} GiB are free now; {peak.total_gib:.1f} are needed at the peak",
                why=f"{room.words} in all, but other programs hold the rest. {peak.words}",
                fix="End programs that are not needed meanwhile, or build fewer machines",
                action="free -h" if is_local else "docker stats --no-stream",
                field="spec.nodes",
            )
        # Half of what is usual is where machines are killed instead of merely being slow.
        is_hopeless = room.bytes < peak.total_gib / 2 * GIB
        give = _how_to_give(info, host, "memory", f"colima stop; colima start --memory {peak.whole_gib}")
        smaller = "Build fewer machines (1 control plane, 1 worker)" if wish.control_planes + wish.workers > 2 else ""
        limit = f"Raise the limit of Docker's control group to {peak.whole_gib} GiB or more" if room.is_limited else ""
        return wrong(
            "fail" if is_hopeless else "warn",
            "LT-DOCKER-016" if is_hopeless else "LT-DOCKER-017",
            said,
            why=peak.words,
            fix="; or ".join(filter(None, (smaller, limit or give))) or "Use a computer with more memory",
            action="docker info --format '{{.MemTotal}}'",
            field="spec.nodes",
        )

    async def disk(self) -> CheckResult:
        info = await self._look.info()
        free: int | None = None
        if info.root_folder and await self._look.is_local_linux():
            free = await asyncio.to_thread(self._look.host.free_bytes, info.root_folder)
        if free is None:
            seen = await self._look.seen()
            free = seen.disk_free_bytes if seen else None
        if free is None:
            return _inside("Docker's disk is inside a virtual machine or on another computer")
        said = f"{free / GIB:.0f} GiB free in {info.root_folder or 'Docker'}"
        if free >= MIN_DISK_GIB * GIB:
            return ok(said)
        return wrong(
            "fail" if free < MIN_DISK_GIB * GIB / 4 else "warn",
            "LT-DOCKER-018",
            f"{said}, {MIN_DISK_GIB} GiB or more are usual",
            why="node images take about 1 GiB each, and a full disk evicts what runs on the machines",
            fix="Remove what is not used: docker system prune",
            action="docker system df",
        )

    async def inotify(self) -> CheckResult:
        is_local = await self._look.is_local_linux()
        limits = _own_limits(self._look.host) if is_local else None
        seen = None if limits else await self._look.seen()
        limits = limits or _limits_of(seen)
        if limits is None:
            return _inside("the limits are those of Docker's own system")
        said = f"{limits.watches} watches, {limits.instances} instances"
        if limits.watches >= MIN_WATCHES and limits.instances >= MIN_INSTANCES:
            return ok(said)
        if is_local:
            sudo = "" if self._look.host.uid == 0 else "sudo "
            action, fix = f"{sudo}{SYSCTL}", f"{sudo}{SYSCTL}, and put both into /etc/sysctl.d/ to keep them"
        else:
            action = f"docker run --rm --privileged busybox:1.37 {SYSCTL}"
            fix = f"Raise them where Docker runs, anew after each start of its system: {action}"
        return wrong(
            "warn",
            "LT-DOCKER-019",
            f"{said}; {MIN_WATCHES} and {MIN_INSTANCES} are needed",
            why='machines stop while they start, with "too many open files" in their log',
            fix=fix,
            action=action,
        )


@dataclass(frozen=True, slots=True)
class _Limits:
    watches: int
    instances: int


def _own_limits(host: Host) -> _Limits | None:
    folder = host.proc / "sys" / "fs" / "inotify"
    texts = [host.text_of(folder / name).strip() for name in ("max_user_watches", "max_user_instances")]
    return _Limits(int(texts[0]), int(texts[1])) if all(text.isdecimal() for text in texts) else None


def _limits_of(seen: Seen | None) -> _Limits | None:
    if seen is None or seen.watches is None or seen.instances is None:
        return None
    return _Limits(seen.watches, seen.instances)


def _inside(summary: str) -> CheckResult:
    return unknown(summary, why=_INSIDE, action_id=TRY_IMAGE)


def _how_to_give(info: EngineInfo, host: Host, what: str, colima: str) -> str:
    """How Docker gets more of something; empty where it has all that the computer has."""
    if info.name.startswith("colima"):
        return f"Give Docker more {what}: {colima}"
    if host.is_wsl:
        return f"Give WSL2 more {what}: [wsl2] in %UserProfile%\\.wslconfig, then wsl --shutdown in Windows"
    if info.is_desktop or host.system == "Darwin":
        return f"Give Docker more {what}: Docker Desktop, Settings, Resources"
    return ""
