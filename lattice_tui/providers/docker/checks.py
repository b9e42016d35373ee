"""Is this computer's Docker good enough for the machines that are asked for?

`python -m lattice_tui.providers.docker.checks ENDPOINT [--simulated] [--machines N]` prints the results as
JSON lines: that is the helper process. Limits and their sources: kind's known issues, Cluster API's
troubleshooting page and quick start.
"""

from __future__ import annotations

import asyncio
import platform
import shutil
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from lattice_tui.checks.runner import Check, run_checks
from lattice_tui.providers.docker.endpoint import DEFAULT_ENDPOINT, socket_path
from lattice_tui.providers.docker.engine_api import DockerEngine, EngineInfo
from schemas.checks import CheckResult

DAEMON = "docker-daemon"
MIN_API = (1, 41)
"""Docker 20.10, the oldest the kind release is tested with."""
MIN_CPUS = 4
GIB = 1024**3
MIN_MEMORY_GIB = 6
"""Cluster API's quick start recommends it for Docker."""
BASE_MEMORY_GIB = 3.0
"""The bootstrap cluster with its controllers, and Docker itself."""
MACHINE_MEMORY_GIB = 1.25
"""One machine with kubelet and its share of the control plane; measured as 1.0 to 1.5."""
MIN_DISK_GIB = 20
MIN_WATCHES = 524_288
MIN_INSTANCES = 512
"""kind's numbers; below them kubelets stop with "too many open files"."""
INOTIFY_FOLDER = Path("/proc/sys/fs/inotify")
ARCHITECTURES = frozenset({"x86_64", "amd64", "aarch64", "arm64"})


@dataclass(frozen=True, slots=True)
class Host:
    """This computer, as far as the checks look at it directly."""

    system: str
    inotify_folder: Path
    free_bytes: Callable[[str], int | None]
    """Free space of the file system that holds a folder, None when that cannot be known."""


def this_host() -> Host:
    return Host(platform.system(), INOTIFY_FOLDER, _free_bytes)


def docker_checks(endpoint: str, *, simulated: bool, machines: int = 2, host: Host | None = None) -> tuple[Check, ...]:
    """The checks of one Docker Engine. `machines` is how many machines the cluster will have at its peak."""
    look = _Look(DockerEngine(endpoint), simulated, machines, host or this_host())

    def check(check_id: str, title: str, run: Callable[[], Awaitable[CheckResult]], *needs: str) -> Check:
        return Check(check_id, title, needs, 10.0, run, simulated)

    return (
        check(DAEMON, "Docker answers", look.daemon),
        check("docker-linux", "Linux containers", look.linux, DAEMON),
        check("docker-version", "Docker version", look.version, DAEMON),
        check("docker-architecture", "Processor type", look.architecture, DAEMON),
        check("docker-cgroup", "Control groups", look.cgroup, DAEMON),
        check("docker-cpu", "Processors", look.cpu, DAEMON),
        check("docker-memory", "Memory", look.memory, DAEMON),
        check("docker-disk", "Disk", look.disk, DAEMON),
        check("docker-inotify", "File watches (inotify)", look.inotify, DAEMON),
    )


class _Look:
    """Every method is the `run` of one check."""

    def __init__(self, engine: DockerEngine, simulated: bool, machines: int, host: Host) -> None:
        self._engine = engine
        self._simulated = simulated
        self._machines = machines
        self._host = host
        self._info: asyncio.Task[EngineInfo] | None = None

    async def daemon(self) -> CheckResult:
        await asyncio.to_thread(self._engine.ping)
        info = await self._get_info()
        where = "simulated" if self._simulated else self._engine.endpoint
        return _ok(f"Docker {info.server_version}, {info.operating_system or info.os_type} ({where})")

    async def linux(self) -> CheckResult:
        info = await self._get_info()
        if info.os_type == "linux":
            return _ok("runs Linux containers")
        return _wrong(
            "fail",
            "LT-DOCKER-010",
            f"Docker runs {info.os_type or 'no'} containers, not Linux ones",
            why="machines are Linux containers",
            fix="Docker Desktop: click the whale in the taskbar, Switch to Linux containers",
            action="docker info --format '{{.OSType}}'",
        )

    async def version(self) -> CheckResult:
        version = await asyncio.to_thread(self._engine.version)
        said = f"Docker {version.version}, API {version.api_version}"
        if _numbers(version.api_version) >= MIN_API:
            return _ok(said)
        return _wrong(
            "warn",
            "LT-DOCKER-011",
            f"{said} is older than 20.10",
            why="kind is tested with Docker 20.10 (API 1.41) and newer",
            fix="Update Docker: https://docs.docker.com/engine/install/",
            action="docker version",
        )

    async def architecture(self) -> CheckResult:
        info = await self._get_info()
        if info.architecture in ARCHITECTURES:
            return _ok(info.architecture)
        return _wrong(
            "fail",
            "LT-DOCKER-012",
            f"There are no machine images for {info.architecture or 'this processor'}",
            why="the node images are made for x86_64 and arm64 alone",
            fix="Use a Docker Engine on an x86_64 or arm64 computer",
            action="docker info --format '{{.Architecture}}'",
        )

    async def cgroup(self) -> CheckResult:
        info = await self._get_info()
        if info.is_rootless and not (
            info.cgroup_version == "2" and info.memory_limit and info.pids_limit and info.cpu_shares
        ):
            return _wrong(
                "fail",
                "LT-DOCKER-014",
                "Rootless Docker may not limit memory, processes or CPU here",
                why="kind refuses rootless Docker without cgroup v2 and delegated controllers",
                fix='Set Delegate=yes for your user service: systemctl edit user@.service, [Service] "Delegate=yes"',
                action="docker info",
            )
        if info.cgroup_version == "1":
            return _wrong(
                "warn",
                "LT-DOCKER-013",
                "This computer uses control groups of version 1",
                why="Kubernetes 1.35 and newer refuse cgroup v1 by default; kind warns of it",
                fix="Start Linux with systemd.unified_cgroup_hierarchy=1, or update the system",
                action="docker info --format '{{.CgroupVersion}}'",
            )
        if not info.cgroup_version:
            return CheckResult("", "", "unknown", "Docker does not say which version it uses")
        return _ok(f"version {info.cgroup_version}")

    async def cpu(self) -> CheckResult:
        info = await self._get_info()
        if info.cpus >= MIN_CPUS:
            return _ok(f"{info.cpus} processors")
        return _wrong(
            "warn",
            "LT-DOCKER-015",
            f"{info.cpus} processors, {MIN_CPUS} or more are usual",
            why="it will work, and take about twice as long",
            fix="Give Docker more processors (Docker Desktop: Settings, Resources), or build fewer machines",
            action="docker info --format '{{.NCPU}}'",
        )

    async def memory(self) -> CheckResult:
        info = await self._get_info()
        have_gib = info.memory_bytes / GIB
        need_gib = max(BASE_MEMORY_GIB + self._machines * MACHINE_MEMORY_GIB, float(MIN_MEMORY_GIB))
        said = f"{have_gib:.1f} GiB for Docker; {self._machines} machines and the bootstrap cluster take {need_gib:.1f}"
        if have_gib >= need_gib:
            return _ok(said)
        # Half of what is usual is where machines are killed instead of merely being slow.
        status, code = ("fail", "LT-DOCKER-016") if have_gib < need_gib / 2 else ("warn", "LT-DOCKER-017")
        return _wrong(
            status,
            code,
            said,
            why="during the move the bootstrap cluster and the new cluster run side by side",
            fix="Build fewer machines (1 control plane, 1 worker), or give Docker more memory",
            action="docker info --format '{{.MemTotal}}'",
            field="spec.nodes",
        )

    async def disk(self) -> CheckResult:
        if self._simulated:
            return _ok("200 GiB free")
        info = await self._get_info()
        free = None
        if self._is_local_linux() and info.root_folder:
            free = await asyncio.to_thread(self._host.free_bytes, info.root_folder)
        if free is None:
            return CheckResult("", "", "unknown", "Docker's disk is inside a virtual machine or on another computer")
        said = f"{free / GIB:.0f} GiB free in {info.root_folder}"
        if free >= MIN_DISK_GIB * GIB:
            return _ok(said)
        return _wrong(
            "fail" if free < MIN_DISK_GIB * GIB / 4 else "warn",
            "LT-DOCKER-018",
            f"{said}, {MIN_DISK_GIB} GiB or more are usual",
            why="node images take about 1 GiB each, and a full disk evicts what runs on the machines",
            fix="Remove what is not used: docker system prune",
            action="docker system df",
        )

    async def inotify(self) -> CheckResult:
        if self._simulated:
            return _ok("1048576 watches, 8192 instances")
        if not self._is_local_linux():
            return CheckResult("", "", "unknown", "the limits are those of Docker's virtual machine")
        watches = self._inotify_limit("max_user_watches")
        instances = self._inotify_limit("max_user_instances")
        said = f"{watches} watches, {instances} instances"
        if watches >= MIN_WATCHES and instances >= MIN_INSTANCES:
            return _ok(said)
        sysctl = "sudo sysctl fs.inotify.max_user_watches=1048576 fs.inotify.max_user_instances=8192"
        return _wrong(
            "warn",
            "LT-DOCKER-019",
            f"{said}; {MIN_WATCHES} and {MIN_INSTANCES} are needed",
            why='machines stop while they start, with "too many open files" in their log',
            fix=f"{sysctl}, and put both into /etc/sysctl.d/ to keep them",
            action=sysctl,
        )

    def _inotify_limit(self, name: str) -> int:
        return int((self._host.inotify_folder / name).read_text())

    def _is_local_linux(self) -> bool:
        """Whether Docker's files and limits are those of this very system."""
        path = socket_path(self._engine.endpoint)
        is_desktop = path is not None and ".docker/" in path
        return self._host.system == "Linux" and path is not None and not is_desktop

    async def _get_info(self) -> EngineInfo:
        # Asked once: eight checks read the same answer.
        if self._info is None:
            self._info = asyncio.ensure_future(asyncio.to_thread(self._engine.info))
        return await asyncio.shield(self._info)


def _ok(summary: str) -> CheckResult:
    return CheckResult("", "", "ok", summary)


def _wrong(status: str, code: str, summary: str, *, why: str, fix: str, action: str, field: str = "") -> CheckResult:
    return CheckResult(
        id="",
        title="",
        status="fail" if status == "fail" else "warn",
        summary=summary,
        why=why,
        fix=fix,
        action=action,
        field=field,
        code=code,
    )


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".") if part.isdecimal())


def _free_bytes(folder: str) -> int | None:
    try:
        return shutil.disk_usage(folder).free
    except OSError:
        # Docker's own folder is closed to us, or in another mount namespace: its file system cannot be asked.
        return None


async def _print_results(endpoint: str, simulated: bool, machines: int) -> None:
    from lattice_tui.checks.process import to_line

    async for result in run_checks(docker_checks(endpoint, simulated=simulated, machines=machines)):
        print(to_line(result), flush=True)


def main(argv: list[str]) -> int:
    """The helper process."""
    import argparse

    parser = argparse.ArgumentParser(prog="python -m lattice_tui.providers.docker.checks")
    parser.add_argument("endpoint", nargs="?", default=DEFAULT_ENDPOINT)
    parser.add_argument("--simulated", action="store_true")
    parser.add_argument("--machines", type=int, default=2)
    given = parser.parse_args(argv)
    asyncio.run(_print_results(given.endpoint, given.simulated, given.machines))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
