"""G13: a provider's whole check beside its slowest chain of checks, and how soon the first verdict is there."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator, Mapping
from contextlib import aclosing, suppress
from dataclasses import dataclass
from urllib.parse import urlsplit, urlunsplit

from bench.documents import Measured
from lattice_tui.checks.request import CheckRequest
from lattice_tui.providers.checking import check_live
from lattice_tui.providers.examples import shipped
from lattice_tui.providers.reading import read_cluster
from lattice_tui.providers.registry import load
from lattice_tui.rehearsal.accounts import STAND_INS
from schemas.checks import CheckResult

CHAIN_LIMIT = 1.1
"""G13: wall time of all checks beside the sum of the slowest chain of them."""
FIRST_LIMIT_S = 0.1
"""G13: the first verdict after the first row was announced, beyond one round trip."""
LATENCY_S = 0.05
"""Added to every answer: a provider is never on the same computer."""
ROUNDS = 3
_PLACES: Mapping[str, str] = {"proxmox": "url", "openstack": "auth_url", "aws": "endpoint_url"}


@dataclass(frozen=True, slots=True)
class Timed:
    """One run of all checks."""

    whole_s: float
    chain_s: float
    first_s: float

    @property
    def ratio(self) -> float:
        return self.whole_s / self.chain_s


def measured_checks() -> Iterator[Measured]:
    """The lines of G13, for every provider that one signs in to."""
    for provider in STAND_INS:
        best = min((asyncio.run(_timed(provider)) for _ in range(ROUNDS)), key=lambda timed: timed.ratio)
        yield Measured("G13", f"{provider} checks beside their slowest chain", best.ratio, CHAIN_LIMIT)
        yield Measured("G13", f"{provider} first verdict, s", best.first_s, LATENCY_S + FIRST_LIMIT_S)


async def _timed(provider: str) -> Timed:
    stand_in = STAND_INS[provider]()
    await stand_in.start()
    values, secrets = stand_in.credentials()
    place = urlsplit(values[_PLACES[provider]])
    server = await _slow_door(place.hostname or "", place.port or 0)
    port = server.sockets[0].getsockname()[1]
    slow = urlunsplit(place._replace(netloc=f"{place.hostname}:{port}"))
    read = read_cluster(shipped()[provider])
    assert read.cluster is not None
    assert read.config is not None
    params = load(provider).check_params(read.cluster, read.config) | {"simulated": "1"}
    params |= {f"credentials.{name}": value for name, value in {**values, _PLACES[provider]: slow}.items()}
    try:
        return await _run(CheckRequest(provider, params, secrets=dict(secrets)))
    finally:
        server.close()
        await stand_in.stop()


async def _run(request: CheckRequest) -> Timed:
    results: dict[str, CheckResult] = {}
    began = first = 0.0
    async with aclosing(check_live(request)) as said:
        async for result in said:
            began = began or time.monotonic()
            if result.status != "wait":
                first = first or time.monotonic() - began
                results[result.id] = result
    needs = {check.id: check.needs for check in load(request.provider).checks(request.params, request.secrets)}
    chains: dict[str, float] = {}
    for check_id, result in results.items():
        before_s = max((chains.get(need, 0.0) for need in needs.get(check_id, ())), default=0.0)
        chains[check_id] = before_s + result.elapsed_s
    return Timed(time.monotonic() - began, max(chains.values()), first)


async def _slow_door(host: str, port: int) -> asyncio.Server:
    """A door in front of a server: what the server says arrives later."""

    async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, delay_s: float) -> None:
        # Either end may hang up: that is an end like any other.
        with suppress(ConnectionError):
            while chunk := await reader.read(65536):
                await asyncio.sleep(delay_s)
                writer.write(chunk)
                await writer.drain()
        writer.close()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_connection(host, port)
        await asyncio.gather(carry(reader, far_writer, 0.0), carry(far_reader, writer, LATENCY_S))

    return await asyncio.start_server(serve, "127.0.0.1", 0)
