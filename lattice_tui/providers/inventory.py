"""What was made for the person at a provider, on this computer: so that it can be found and taken away again.

`made.jsonl` in the state folder, a line a change, newest last, mode 0600. It holds no secret. A thing is written down
as soon as it exists, before anything else is done with it.
"""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing
from dataclasses import asdict, dataclass
from pathlib import Path

from lattice_tui.append_only import append_line, open_for_appending
from lattice_tui.paths import private_folder
from lattice_tui.providers.made import MadeThing
from lattice_tui.providers.preparing import News, PrepareRequest, Said, prepare_live, thing_of

FILE = "made.jsonl"


@dataclass(frozen=True, slots=True)
class Entry:
    """A thing that stands, and the cluster that it was made for."""

    cluster: str
    thing: MadeThing


class Inventory:
    """The things of one state folder. Its calls block; they raise OSError."""

    def __init__(self, state: Path, *, rehearsal: bool = False) -> None:
        self._folder = state / "rehearsals" if rehearsal else state
        self.path = self._folder / FILE

    def made(self, cluster: str, thing: MadeThing) -> None:
        """Write down that it exists."""
        self._append("made", cluster, thing)

    def gone(self, cluster: str, thing: MadeThing) -> None:
        """Write down that it does not any more."""
        self._append("gone", cluster, thing)

    def standing(self, cluster: str | None = None) -> tuple[Entry, ...]:
        """What was made and not taken away, oldest first; of one cluster, or of all."""
        found: dict[tuple[str, str, str, str], Entry] = {}
        for change, entry in self._entries():
            key = (entry.cluster, entry.thing.provider, entry.thing.kind, entry.thing.id)
            found.pop(key, None)
            if change == "made":
                found[key] = entry
        return tuple(entry for entry in found.values() if cluster in (None, entry.cluster))

    def _entries(self) -> Iterator[tuple[str, Entry]]:
        try:
            data = self.path.read_bytes()
        except FileNotFoundError:
            return
        for line in data.split(b"\n")[:-1]:
            try:
                said = json.loads(line)
                yield said["change"], Entry(said["cluster"], thing_of(said["thing"]))
            except (ValueError, KeyError, TypeError):
                # A line that a failing disk has spoilt: those before and after it stand on their own.
                continue

    def _append(self, change: str, cluster: str, thing: MadeThing) -> None:
        private_folder(self._folder)
        line = json.dumps({"change": change, "cluster": cluster, "thing": asdict(thing)}, ensure_ascii=True)
        descriptor = open_for_appending(self.path)
        try:
            append_line(descriptor, line.encode("ascii") + b"\n", self.path)
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


async def prepare_on_record(request: PrepareRequest, inventory: Inventory, cluster: str) -> AsyncGenerator[Said, None]:
    """`prepare_live`, with what comes and goes written down before it is told: nothing that exists goes unrecorded.

    Raises OSError when it cannot be written down.
    """
    async with aclosing(prepare_live(request)) as said:
        async for one in said:
            if isinstance(one, News) and one.thing is not None:
                record = inventory.gone if one.is_gone else inventory.made
                await asyncio.to_thread(record, cluster, one.thing)
            yield one
