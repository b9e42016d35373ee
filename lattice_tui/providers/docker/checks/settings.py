"""D6, D7 and D14: control groups, rootless Docker, and settings of the engine that machines trip over."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

from lattice_tui.checks.runner import Check
from lattice_tui.providers.docker.checks.look import DAEMON, PROBE_S, Look, check, ok, unknown, wrong
from lattice_tui.providers.docker.checks.proxies import proxy_traps
from lattice_tui.providers.docker.checks.trap import Trap
from lattice_tui.providers.docker.endpoint import read_settings, shown_path
from lattice_tui.providers.docker.engine_api import EngineInfo
from lattice_tui.providers.docker.host import Host
from schemas.checks import CheckResult

INIT_NAMES = frozenset({"docker-init", "tini", "catatonit"})
DEVICE_DRIVERS = frozenset({"btrfs", "zfs"})


def checks(look: Look) -> tuple[Check, ...]:
    """Two rows."""
    settings = _Settings(look)
    inputs = ("pod_cidr", "service_cidr", "try_image")
    title = "Docker's own settings"
    return (
        check(look, "docker-cgroup", "Control groups", settings.cgroup, DAEMON),
        check(look, "docker-settings", title, settings.traps, DAEMON, inputs=inputs, timeout_s=PROBE_S + 5),
    )


class _Settings:
    """Every method is the `run` of one check."""

    def __init__(self, look: Look) -> None:
        self._look = look

    async def cgroup(self) -> CheckResult:
        info = await self._look.info()
        if info.is_rootless and (missing := _not_delegated(info)):
            return wrong(
                "fail",
                "LT-DOCKER-014",
                f"Rootless Docker may not limit {missing} here",
                why="kind refuses rootless Docker without cgroup v2 and delegated controllers; without them a machine "
                'stops before its log reaches "Multi-User System"',
                fix="Delegate the controllers to your user service, then log out and in again: sudo systemctl edit "
                'user@.service, and write: [Service] Delegate="cpu cpuset io memory pids"',
                action="docker info --format '{{.CgroupVersion}} {{.Warnings}}'",
            )
        if info.cgroup_version == "1":
            return wrong(
                "warn",
                "LT-DOCKER-013",
                "This computer uses control groups of version 1",
                why="Kubernetes 1.35 and newer refuse cgroup v1 by default; kind warns of it",
                fix="Start Linux with systemd.unified_cgroup_hierarchy=1, or update the system",
                action="docker info --format '{{.CgroupVersion}}'",
            )
        if not info.cgroup_version:
            return unknown("Docker does not say which version it uses")
        return ok(f"version {info.cgroup_version}" + (", rootless with its controllers" if info.is_rootless else ""))

    async def traps(self) -> CheckResult:
        """The worst of what was found is the result's; the others stand beside it."""
        info, is_local = await self._look.info(), await self._look.is_local_linux()
        seen = await self._look.seen()
        has_init = seen is not None and seen.first_process in INIT_NAMES
        found = await asyncio.to_thread(lambda: tuple(_traps(info, self._look.host, is_local, has_init)))
        networks = await asyncio.to_thread((await self._look.engine()).read, "/networks/kind")
        found += proxy_traps(info, self._look.host, self._look.wish, networks)
        if not found:
            return ok("nothing that machines trip over")
        first = found[0]
        return wrong(
            "warn",
            first.code,
            "; ".join(trap.summary for trap in found),
            why="; ".join(trap.why for trap in found),
            fix="; ".join(trap.fix for trap in found),
            action=first.action,
            evidence=", ".join(f"{trap.code}: {trap.evidence}" for trap in found if trap.evidence),
        )


def _not_delegated(info: EngineInfo) -> str:
    """What rootless Docker may not limit, in words; empty when it may. Source: kind, docker/provider.go."""
    if info.cgroup_version != "2":
        return "anything: control groups of version 2 are needed"
    held = {"memory": info.memory_limit, "processes": info.pids_limit, "CPU": info.cpu_shares}
    return " and ".join(name for name, is_there in held.items() if not is_there)


def _traps(info: EngineInfo, host: Host, is_local: bool, has_init: bool) -> Iterator[Trap]:
    """Source: kind's known issues, unless another one is named."""
    if info.root_folder.startswith("/var/snap/"):
        yield Trap(
            "LT-DOCKER-060",
            "Docker is installed as a snap",
            why="a snap may not read /tmp and hidden folders of your home, where tools hand it their files",
            fix="Install Docker's own package: sudo snap remove docker, then https://docs.docker.com/engine/install/",
            action="snap list docker",
            evidence=info.root_folder,
        )
    if where := (_init_setting(info, host, is_local) or ("a container that was tried" if has_init else "")):
        yield Trap(
            "LT-DOCKER-061",
            "Docker puts an init process into every container",
            why="machines have to be process 1 of their container; the pinned kind asks for that, other tools do not",
            fix='Remove "init": true from /etc/docker/daemon.json (or --init from dockerd) and restart Docker',
            action="docker run --rm busybox:1.37 cat /proc/1/comm",
            evidence=f"seen in {where}",
        )
    if info.is_rootless:
        yield Trap(
            "LT-DOCKER-068",
            "Rootless Docker does not listen where Cluster API's controllers look for it",
            why="machines are made through /var/run/docker.sock of Docker's own system, and a rootless Docker has its "
            "socket below /run/user; not tested",
            fix="Use a Docker that runs as root, or one in a virtual machine (Docker Desktop, Colima)",
            action="docker context ls",
        )
    if info.has_user_namespaces:
        yield Trap(
            "LT-DOCKER-062",
            "Docker maps users of containers to others (userns-remap), machines excepted",
            why="machines are started in this computer's own user namespace: their root is this computer's root",
            fix="Nothing, if that is fine here; else use a Docker in a virtual machine",
            action="docker info --format '{{.SecurityOptions}}'",
        )
    yield from _driver_traps(info)
    if is_local and _has_nftables_firewalld(host):
        yield Trap(
            "LT-DOCKER-065",
            "firewalld filters with nftables, beside Docker's own rules",
            why="on such systems machines could not reach each other, above all with Docker older than 20.10",
            fix="If machines do not find each other: sudo sed -i 's/^FirewallBackend=.*/FirewallBackend=iptables/' "
            "/etc/firewalld/firewalld.conf; sudo systemctl restart firewalld docker",
            action="sudo firewall-cmd --get-active-zones",
        )


def _driver_traps(info: EngineInfo) -> Iterator[Trap]:
    if info.driver in DEVICE_DRIVERS:
        yield Trap(
            "LT-DOCKER-063",
            f"Docker keeps its images on {info.driver}",
            why='a kubelet may not find the device below it and then ends with "failed to get rootfs info"',
            fix='Put Docker\'s folder on ext4 or xfs: "data-root" in /etc/docker/daemon.json, then restart Docker',
            action="docker info --format '{{.Driver}} {{.DockerRootDir}}'",
        )
    if info.driver == "vfs":
        yield Trap(
            "LT-DOCKER-066",
            "Docker copies the whole image for every container (driver vfs)",
            why="each machine then takes more than 1 GB of disk and a minute more to start",
            fix="Put Docker's folder on a file system that overlay2 works on (ext4, xfs), then restart Docker",
            action="docker info --format '{{.Driver}}'",
        )


def _init_setting(info: EngineInfo, host: Host, is_local: bool) -> str:
    """The settings file of the engine that says `"init": true`, empty when none does."""
    if info.is_desktop:
        files = [host.home / ".docker" / "daemon.json"]
    elif info.is_rootless:
        config = Path(host.environment.get("XDG_CONFIG_HOME") or host.home / ".config")
        files = [config / "docker" / "daemon.json"]
    else:
        files = [host.etc / "docker" / "daemon.json"] if is_local else []
    for path in files:
        try:
            settings = read_settings(path) or {}
        except ValueError:
            # Closed to us, or broken; the engine has read it, and a container that is tried shows the same.
            continue
        if settings.get("init") is True:
            return shown_path(path, host)
    return ""


def _has_nftables_firewalld(host: Host) -> bool:
    """Whether firewalld runs, with the backend that is its default. Source: firewalld.conf(5)."""
    settings = host.text_of(host.etc / "firewalld" / "firewalld.conf")
    rows = [line.partition("=") for line in settings.splitlines() if line.startswith("FirewallBackend")]
    if not settings or (rows and rows[-1][2].strip() != "nftables"):
        return False
    return any(host.text_of(path).strip() == "firewalld" for path in host.proc.glob("[0-9]*/comm"))
