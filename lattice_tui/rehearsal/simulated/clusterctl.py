"""Simulated clusterctl: `version`, `init` and `move`. Source of words: clusterctl v1.13."""

from __future__ import annotations

from lattice_tui.document.pins import pins
from lattice_tui.rehearsal.faults import MOVE_FAILS_ONCE
from lattice_tui.rehearsal.simulated.clusterctl_init import ProviderWish, init
from lattice_tui.rehearsal.simulated.clusterctl_move import move
from lattice_tui.rehearsal.simulated.clusters import Clusters
from lattice_tui.rehearsal.simulated.kubeconfigs import kubeconfig_path, reach
from lattice_tui.rehearsal.simulated.provider_components import COMPONENTS, component
from lattice_tui.rehearsal.simulated.tool_run import Arguments, ToolExitError, ToolRun, duration_s, unknown_command

INIT_FLAGS = (
    *("core", "bootstrap", "control-plane", "infrastructure", "ipam", "addon", "runtime-extension"),
    *("wait-providers", "wait-provider-timeout", "target-namespace", "validate"),
    *("kubeconfig", "kubeconfig-context", "config", "v"),
)
MOVE_FLAGS = (
    *("kubeconfig", "kubeconfig-context", "to-kubeconfig", "to-kubeconfig-context"),
    *("namespace", "dry-run", "to-directory", "from-directory", "hide-api-warnings", "config", "v"),
)


class Clusterctl:
    """The program `clusterctl`."""

    def __init__(self, clusters: Clusters) -> None:
        self._clusters = clusters
        self._moves_to_refuse = 1 if clusters.room.fault.id == MOVE_FAILS_ONCE else 0

    async def __call__(self, run: ToolRun) -> None:
        switches = ("wait-providers", "validate", "dry-run")
        short = {"b": "bootstrap", "c": "control-plane", "i": "infrastructure", "n": "namespace", "o": "output"}
        arguments = Arguments(run.argv, switches=switches, short=short)
        match arguments.words:
            case ["version"]:
                await self._version(run, arguments)
            case ["init"]:
                await self._init(run, arguments)
            case ["move"]:
                await self._move(run, arguments)
            case [*words]:
                unknown_command("clusterctl", words[0] if words else "")

    async def _version(self, run: ToolRun, arguments: Arguments) -> None:
        version = pins().capi
        if arguments.value("output") == "short":
            await run.out(version)
            return
        major, minor, _ = version.removeprefix("v").split(".", 2)
        facts = f'Major:"{major}", Minor:"{minor}", GitVersion:"{version}", GitCommit:"simulated"'
        state = 'GitTreeState:"clean", BuildDate:"2026-08-11T00:00:00Z", GoVersion:"go1.25.7", Compiler:"gc"'
        await run.out(f'clusterctl version: &version.Info{{{facts}, {state}, Platform:"linux/amd64"}}')

    async def _init(self, run: ToolRun, arguments: Arguments) -> None:
        arguments.refuse_unknown(INIT_FLAGS)
        path = kubeconfig_path(run, arguments.value("kubeconfig"))
        cluster = reach(self._clusters, path, "Error: management cluster not available: ")
        wishes = []
        for flag in ("core", "bootstrap", "control-plane", "infrastructure", "ipam", "addon"):
            wishes += [_wish(flag, text) for text in arguments.values(flag) if text != "-"]
        wait_s = duration_s(arguments.value("wait-provider-timeout"), 300.0)
        await init(run, self._clusters, cluster, wishes, wait_s=wait_s if arguments.has("wait-providers") else None)

    async def _move(self, run: ToolRun, arguments: Arguments) -> None:
        arguments.refuse_unknown(MOVE_FLAGS)
        source = reach(self._clusters, kubeconfig_path(run, arguments.value("kubeconfig")), "Error: ")
        directory, dry_run = arguments.value("to-directory"), arguments.has("dry-run")
        if not directory and not dry_run and not arguments.value("to-kubeconfig"):
            raise ToolExitError(
                1,
                "Error: please specify a target cluster using the --to-kubeconfig flag when not using --dry-run, "
                "--to-directory or --from-directory",
            )
        if directory and not run.path(directory).exists():
            raise ToolExitError(1, f"Error: stat {directory}: no such file or directory")
        # Not even looked at when nothing is to be written there.
        is_local = bool(directory) or dry_run
        target = None if is_local else reach(self._clusters, run.path(arguments.value("to-kubeconfig")), "Error: ")
        await move(
            run,
            self._clusters.pace,
            source.store,
            None if target is None else target.store,
            namespace=arguments.value("namespace") or "default",
            directory=run.path(directory) if directory else None,
            dry_run=dry_run,
            is_refused=self._is_refused(is_real=target is not None),
        )

    def _is_refused(self, *, is_real: bool) -> bool:
        if not (is_real and self._moves_to_refuse):
            return False
        self._moves_to_refuse -= 1
        return True


def _wish(flag: str, text: str) -> ProviderWish:
    """`--infrastructure docker:v1.13.5`."""
    name, _, version = text.partition(":")
    found = component(flag, name)
    if found is None:
        known = ", ".join(known.name for known in COMPONENTS if known.flag == flag)
        raise ToolExitError(
            1,
            f'Error: failed to get configuration for the provider with name "{name}": it is not one the rehearsed '
            f"clusterctl has for --{flag} (it has: {known or 'none'})",
        )
    return ProviderWish(found, version or pins().capi)
