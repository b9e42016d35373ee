"""`lattice rehearse --serve`: a simulated management cluster for kubectl, clusterctl, helm, or any other client."""

from __future__ import annotations

import argparse
import asyncio
import errno
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lattice_tui.cli.arguments import Parser
from lattice_tui.cli.guarding import flush_out, write_err, write_out
from lattice_tui.errors import ExitCode, LatticeError, UsageError
from lattice_tui.paths import write_atomically
from lattice_tui.text import safe_text
from schemas.problem import Problem

if TYPE_CHECKING:
    from lattice_tui.rehearsal.serving import Served, ServeOrder

ONLY_WITH_SERVE = ("crds", "viewer_kubeconfig_out", "port")


def add_serve(parser: Parser) -> None:
    """The options of serving."""
    parser.add_argument(
        "--serve", action="store_true", help="build nothing: serve an empty simulated cluster until Ctrl-C"
    )
    parser.add_argument(
        "--crds", metavar="DIR", type=Path, help="with --serve: the CustomResourceDefinitions (YAML) to serve"
    )
    parser.add_argument("--port", metavar="N", type=_port, help="with --serve: where it answers (default: a free one)")
    parser.add_argument(
        "--viewer-kubeconfig-out", metavar="FILE", type=Path, help="with --serve: a kubeconfig that may only read"
    )


def refuse_without_serve(parsed: argparse.Namespace) -> None:
    """Raises UsageError for options of serving where nothing is served."""
    for name in ONLY_WITH_SERVE:
        if getattr(parsed, name) is not None:
            flag = f"--{name.replace('_', '-')}"
            raise UsageError(
                Problem(code="LT-CLI-002", title=f"{flag} is of --serve", fix=f"Add --serve, or leave {flag} out")
            )


def serve(parsed: argparse.Namespace, order: ServeOrder) -> int:
    """Serve until Ctrl-C or SIGTERM, both of which end it well. Returns the exit code."""
    from lattice_tui.rehearsal import serving

    if parsed.kubeconfig_out is None:
        raise UsageError(
            Problem(
                code="LT-CLI-002",
                title="--serve needs to know where its kubeconfig goes",
                fix="Add --kubeconfig-out ./rehearsal.kubeconfig",
            )
        )
    if parsed.timeout is not None:
        title = "--timeout is of a run that is watched; nothing is built here"
        raise UsageError(
            Problem(code="LT-CLI-002", title=title, fix="Leave it out: timeout(1) ends a program after a time")
        )
    door = _Door(parsed)
    try:
        asyncio.run(serving.serve(order, door.opened))
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise
        raise _port_taken(order.port) from error
    finally:
        door.closed()
    write_err("The simulated cluster has ended; nothing of it is left.")
    return ExitCode.OK


class _Door:
    """Writes the kubeconfigs, says how to use them, and takes them away again."""

    def __init__(self, parsed: argparse.Namespace) -> None:
        self._out: Path = parsed.kubeconfig_out
        self._viewer_out: Path | None = parsed.viewer_kubeconfig_out
        self._as_json = parsed.output == "json"
        self._written: dict[Path, bytes] = {}

    def opened(self, served: Served) -> None:
        self._write(self._out, served.admin_kubeconfig)
        if self._viewer_out is not None:
            self._write(self._viewer_out, served.viewer_kubeconfig)
        if self._as_json:
            from lattice_tui.cli.json_lines import write_json

            facts = {"url": served.url, "kubeconfig": str(self._out), "skipped_rules": list(served.skipped_rules)}
            write_json("rehearse.serving", facts)
        else:
            self._say(served)
        flush_out()

    def _say(self, served: Served) -> None:
        shown = safe_text(str(self._out))
        write_out(f"A simulated Kubernetes {served.version} with Cluster API answers at {served.url}")
        write_out(f"  kubectl --kubeconfig {shown} get providers -A")
        write_out(f"  lattice plan --cluster cluster.yaml --manifests | kubectl --kubeconfig {shown} apply -f -")
        if self._viewer_out is not None:
            write_out(f"  {safe_text(str(self._viewer_out))} may only read, and no Secrets")
        if served.skipped_rules:
            write_out(f"{len(served.skipped_rules)} validation rules of the definitions are not evaluated:")
        for rule in served.skipped_rules:
            write_out(f"  {safe_text(rule)}")
        write_out("Nothing in it is real. Ctrl-C ends it.")

    def _write(self, path: Path, text: str) -> None:
        self._written[path] = text.encode()
        write_atomically(path, text.encode())

    def closed(self) -> None:
        """Take away what leads nowhere from now on, unless somebody has written there since."""
        for path, data in self._written.items():
            try:
                if path.read_bytes() == data:
                    path.unlink()
            except FileNotFoundError:
                continue


def order_of(parsed: argparse.Namespace) -> ServeOrder:
    """What the command line asks for. Raises UsageError, and LatticeError for definitions that cannot be read."""
    from lattice_tui.cli.install import world_options
    from lattice_tui.rehearsal.faults import fault
    from lattice_tui.rehearsal.serving import ServeOrder

    options = world_options(parsed)
    return ServeOrder(options.speed, options.seed, fault(options.fault), parsed.port or 0, _crds(parsed.crds))


def _crds(folder: Path | None) -> tuple[dict[str, Any], ...]:
    if folder is None:
        return ()
    from lattice_tui.rehearsal.crd_folder import load_crds

    return load_crds(folder).crds


def _port(text: str) -> int:
    """A port number. Raises argparse's error with the allowed range."""
    if text.isdecimal() and 1 <= int(text) <= 65_535:
        return int(text)
    raise argparse.ArgumentTypeError(f"{text!r} is no port: write a number from 1 to 65535")


def _port_taken(port: int) -> LatticeError:
    return UsageError(
        Problem(
            code="LT-REH-005",
            title=f"Another program listens on port {port}",
            fix="Name another --port, or leave it out: a free one is taken",
            check=f"ss -ltnp sport = :{port}",
        )
    )
