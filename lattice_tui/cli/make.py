"""`lattice make --cluster FILE`: make what is missing at the provider, after it was shown and agreed to; or undo it."""

from __future__ import annotations

import argparse
import asyncio
import sys
from collections.abc import Mapping, Sequence
from contextlib import aclosing
from dataclasses import asdict, dataclass, replace

from lattice_tui.cli.account import account_of
from lattice_tui.cli.arguments import Parser, add_output, add_state_dir
from lattice_tui.cli.guarding import flush_out, write_err, write_out
from lattice_tui.cli.json_lines import problem_fields, write_json
from lattice_tui.cli.problem_text import one_line
from lattice_tui.cli.terminal import can_ask
from lattice_tui.errors import ExitCode, UsageError
from lattice_tui.paths import state_folder
from lattice_tui.providers.inventory import Entry, Inventory, prepare_on_record
from lattice_tui.providers.preparing import CanMake, Failed, News, PrepareRequest, prepare_live
from lattice_tui.providers.reading import read_cluster
from schemas.problem import Problem

WORDS = ("template", "image", "keypair", "app-credential", "stack")
"""What --allow takes."""


@dataclass(frozen=True, slots=True)
class _Job:
    """One run of the command."""

    cluster: str
    request: PrepareRequest
    inventory: Inventory
    allowed: frozenset[str]
    as_json: bool
    may_ask: bool
    says_yes: bool


def run(arguments: list[str]) -> int:
    """Do what `arguments` ask for. Returns the exit code."""
    parsed = _parser().read(arguments)
    allowed = _allowed(parsed.allow)
    inventory = Inventory(state_folder(parsed.state_dir), rehearsal=parsed.rehearse)
    if parsed.list and parsed.cluster is None:
        return _list(inventory.standing(), as_json=parsed.output == "json")
    if parsed.cluster is None:
        title = "lattice make needs a cluster.yaml"
        raise UsageError(Problem(code="LT-CLI-002", title=title, fix="Write: lattice make --cluster cluster.yaml"))
    job = _job(parsed, allowed, inventory)
    if job is None:
        return ExitCode.DOCUMENT
    if parsed.list:
        return _list(inventory.standing(job.cluster), as_json=job.as_json)
    return asyncio.run(_undo(job) if parsed.undo else _make(job))


def _parser() -> Parser:
    parser = Parser("make", "Make what is missing at the provider. Each thing is shown first, and can be undone.")
    parser.add_argument("--cluster", metavar="FILE", help="the cluster.yaml; - reads standard input")
    parser.add_argument("--name", metavar="NAME", help="the cluster's name, where the file has none")
    parser.add_argument("--allow", metavar="WHAT", help=f"make these without asking: {','.join(WORDS)}")
    parser.add_argument("--list", action="store_true", help="what was made and still stands; nothing is asked")
    parser.add_argument("--undo", action="store_true", help="take away what was made for this cluster, newest first")
    parser.add_argument("--yes", action="store_true", help="with --undo: without asking")
    parser.add_argument("--rehearse", action="store_true", help="in a simulated world: nothing real is touched")
    add_state_dir(parser)
    add_output(parser)
    return parser


def _allowed(written: str | None) -> frozenset[str]:
    """The words after --allow. Raises UsageError for one that is none."""
    words = [word.strip() for word in (written or "").split(",") if word.strip()]
    for word in words:
        if word not in WORDS:
            title = "--allow names something that is never made"
            raise UsageError(Problem(code="LT-CLI-002", title=title, fix=f"Use some of: {','.join(WORDS)}"))
    return frozenset(words)


def _job(parsed: argparse.Namespace, allowed: frozenset[str], inventory: Inventory) -> _Job | None:
    """What to do with this document; None when it has errors, which are said."""
    from lattice_tui.providers.registry import load

    read = read_cluster(parsed.cluster, name=parsed.name)
    for problem in read.problems:
        write_err(one_line(problem))
    if read.errors or read.cluster is None or read.config is None:
        return None
    name = read.cluster.provider_name
    account = account_of(name, read.cluster.spec.credentials, rehearse=parsed.rehearse, state_dir=parsed.state_dir)
    params = load(name).check_params(read.cluster, read.config) | dict(account.params)
    params |= {"cluster": read.cluster.metadata.name} | ({"simulated": "1"} if parsed.rehearse else {})
    return _Job(
        cluster=read.cluster.metadata.name,
        request=PrepareRequest(name, "list", params, account.secrets),
        inventory=inventory,
        allowed=allowed,
        as_json=parsed.output == "json",
        may_ask=can_ask() and parsed.cluster != "-" and parsed.output != "json",
        says_yes=parsed.yes,
    )


async def _make(job: _Job) -> int:
    """Show what is missing, make what was agreed to, and say what is left."""
    found = await _offers(job)
    if found is None:
        return ExitCode.CHECK_FAILED
    wanted = [each for each in found if each.missing or each.id in job.allowed]
    _refuse_what_is_not_offered(job, found)
    if not wanted:
        _say(job, "make.finished", {"made": [], "left": []}, "Nothing is missing that could be made.")
        return ExitCode.OK
    left = []
    for each in wanted:
        _show(job, each)
        if each.id in job.allowed or (job.may_ask and _agreed("Make it now?")):
            if not await _do(job, replace(job.request, work="make", ids=(each.id,))):
                return ExitCode.CHECK_FAILED
        else:
            left.append(each)
    ids = [each.id for each in left]
    _say(job, "make.finished", {"made": [each.id for each in wanted if each.id not in ids], "left": ids}, "")
    if left:
        write_err(f"Not made, because nobody allowed it. To make it: --allow {','.join(ids)}")
        return ExitCode.CHECK_FAILED
    return ExitCode.OK


async def _offers(job: _Job) -> list[CanMake] | None:
    """What can be made there; None when that could not be asked, which is said."""
    found: list[CanMake] = []
    async with aclosing(prepare_live(job.request)) as said:
        async for one in said:
            if isinstance(one, Failed):
                _tell_problem(job, one.problem)
                return None
            if isinstance(one, CanMake):
                found.append(one)
    return found


def _refuse_what_is_not_offered(job: _Job, found: Sequence[CanMake]) -> None:
    known = {each.id for each in found}
    if missing := sorted(job.allowed - known):
        offered = ", ".join(sorted(known)) or "nothing"
        title = f"There is no {missing[0]} to make on {job.request.provider}"
        raise UsageError(Problem(code="LT-CLI-002", title=title, fix=f"It can make: {offered}"))


async def _undo(job: _Job) -> int:
    """Take away what was made for this cluster, newest first."""
    entries = [
        each for each in reversed(job.inventory.standing(job.cluster)) if each.thing.provider == job.request.provider
    ]
    if not entries:
        _say(job, "make.finished", {"made": [], "left": []}, "Nothing that was made for this cluster stands.")
        return ExitCode.OK
    left = 0
    for entry in entries:
        _say(job, "make.standing", {"thing": asdict(entry.thing)}, f"{_words(entry)}")
        if not job.says_yes and not (job.may_ask and _agreed("Take it away?")):
            left += 1
            continue
        if not await _do(job, replace(job.request, work="undo", thing=entry.thing)):
            return ExitCode.UNINSTALL_LEFTOVERS
    if left:
        write_err("Left as it was, because nobody agreed. To take it away without being asked: --yes")
        return ExitCode.UNINSTALL_LEFTOVERS
    return ExitCode.OK


async def _do(job: _Job, request: PrepareRequest) -> bool:
    """Run one piece of work and write down what comes and goes. False when it failed, which is said."""
    async with aclosing(prepare_on_record(request, job.inventory, job.cluster)) as said:
        async for one in said:
            if isinstance(one, News):
                thing = None if one.thing is None else asdict(one.thing)
                _say(job, "make.progress", {"text": one.text, "thing": thing, "gone": one.is_gone}, f"  {one.text}")
            elif isinstance(one, Failed):
                _tell_problem(job, one.problem)
                return False
    return True


def _show(job: _Job, each: CanMake) -> None:
    if job.as_json:
        write_json("make.offered", asdict(each))
        return
    write_out(each.title)
    if each.missing:
        write_out(f"  why      {each.missing}")
    for number, step in enumerate(each.will, 1):
        write_out(f"  {'will' if number == 1 else '':<8} {step}")
    write_out(f"  changes  {each.changes}")
    write_out(f"  undo     {each.undo_words}")
    flush_out()


def _list(entries: Sequence[Entry], *, as_json: bool) -> int:
    for entry in entries:
        if as_json:
            write_json("make.standing", {"cluster": entry.cluster, "thing": asdict(entry.thing)})
        else:
            write_out(f"{entry.cluster}: {_words(entry)}")
    if not entries and not as_json:
        write_out("Nothing that was made from here stands.")
    return ExitCode.OK


def _words(entry: Entry) -> str:
    thing = entry.thing
    return f"{thing.kind} {thing.name} ({thing.id}) at {thing.where} on {thing.provider}"


def _agreed(question: str) -> bool:
    sys.stderr.write(f"{question} [y/N] ")
    sys.stderr.flush()
    return sys.stdin.readline().strip().lower() in ("y", "yes")


def _say(job: _Job, event: str, fields: Mapping[str, object], text: str) -> None:
    if job.as_json:
        write_json(event, fields)
    elif text:
        write_out(text)
    flush_out()


def _tell_problem(job: _Job, problem: Problem) -> None:
    if job.as_json:
        write_json("make.failed", problem_fields(problem))
    write_err(one_line(problem))
