"""The world's own door: health, and the runs of the simulated tools. Loopback HTTP, a token in every request."""

from __future__ import annotations

import asyncio
import hmac
import json
import os
import sys
import traceback
from collections.abc import Awaitable, Callable
from itertools import count
from pathlib import Path
from typing import Any

from aiohttp import web

from lattice_tui.rehearsal.accounts import STAND_INS, Accounts
from lattice_tui.rehearsal.audit import Audit
from lattice_tui.rehearsal.simulated.tool_run import Stream, ToolExitError, ToolRun
from lattice_tui.rehearsal.simulated.use import Use

Tool = Callable[[ToolRun], Awaitable[None]]
"""A simulated tool: returns when it has succeeded, raises ToolExitError otherwise."""
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
KILLED = -9
"""Exit code in the audit log of a tool whose program went away."""
CRASHED = 70
"""Exit code of a tool that a bug of ours ended."""
MAX_ORDER_BYTES = 1024 * 1024


class Control:
    """The control API. `port` is known once it has been started."""

    def __init__(self, tools: dict[str, Tool], audit: Audit, token: str, use: Use, accounts: Accounts) -> None:
        self._accounts = accounts
        self._tools = tools
        self._audit = audit
        self._token = token
        self._runs = count(1)
        app = web.Application(middlewares=[self._authenticate, use.middleware()], client_max_size=MAX_ORDER_BYTES)
        app.router.add_get("/health", self._health)
        app.router.add_get("/provider/{name}", self._provider)
        app.router.add_post("/tool", self._tool)
        # A program that is killed closes its connection: its handler is to be cancelled where it stands.
        self.runner = web.AppRunner(app, handler_cancellation=True, access_log=None, shutdown_timeout=0.1)
        self.port = 0

    async def start(self) -> None:
        """Listen on a free port of the loopback interface."""
        await self.runner.setup()
        await web.TCPSite(self.runner, "127.0.0.1", 0).start()
        self.port = self.runner.addresses[0][1]

    async def stop(self) -> None:
        await self.runner.cleanup()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @web.middleware
    async def _authenticate(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        given = request.headers.get("Authorization", "")
        if not hmac.compare_digest(given.encode(), f"Bearer {self._token}".encode()):
            raise web.HTTPUnauthorized(text="the token in world.json is needed")
        return await handler(request)

    async def _health(self, _request: web.Request) -> web.StreamResponse:
        return web.json_response({"pid": os.getpid()})

    async def _provider(self, request: web.Request) -> web.StreamResponse:
        name = request.match_info["name"]
        if name not in STAND_INS:
            raise web.HTTPNotFound(text=f"there is no simulated {name!r}")
        return web.json_response(await self._accounts.open(name))

    async def _tool(self, request: web.Request) -> web.StreamResponse:
        order = _read_order(await request.read())
        tool = self._tools.get(order["tool"])
        if tool is None:
            raise web.HTTPNotFound(text=f"there is no simulated {order['tool']!r}")
        response = web.StreamResponse(headers={"Content-Type": "application/x-ndjson"})
        await response.prepare(request)

        async def write(stream: Stream, line: str) -> None:
            await response.write(json.dumps({"stream": stream, "line": line}).encode() + b"\n")

        run = ToolRun(tuple(order["argv"]), Path(order["cwd"]), order["env"], write)
        exit_code = await self._audited(order["tool"], tool, run)
        await response.write(json.dumps({"exit": exit_code}).encode() + b"\n")
        return response

    async def _audited(self, name: str, tool: Tool, run: ToolRun) -> int:
        number = str(next(self._runs))
        self._audit.tool_started(number, name, run.argv)
        exit_code = KILLED
        try:
            exit_code = await _to_the_end(name, tool, run)
        finally:
            self._audit.tool_ended(number, name, exit_code)
        return exit_code


async def _to_the_end(name: str, tool: Tool, run: ToolRun) -> int:
    try:
        await tool(run)
    except ToolExitError as error:
        await run.err(*error.lines)
        return error.exit_code
    except (asyncio.CancelledError, ConnectionError):
        raise
    except Exception:
        # The person sees a failed tool with its words; the whole story is in world.log.
        traceback.print_exc(file=sys.stderr)
        await run.err(f"{name}: a bug in the rehearsed world: {traceback.format_exc(limit=1).splitlines()[-1]}")
        return CRASHED
    return 0


def _read_order(body: bytes) -> dict[str, Any]:
    try:
        order = json.loads(body)
    except ValueError:
        order = None
    if not isinstance(order, dict) or not _is_order(order):
        raise web.HTTPBadRequest(text="an order has tool, argv, cwd and env")
    return order


def _is_order(order: dict[str, Any]) -> bool:
    argv, env = order.get("argv"), order.get("env")
    texts = [order.get("tool"), order.get("cwd")]
    texts += argv if isinstance(argv, list) else [None]
    texts += [*env, *env.values()] if isinstance(env, dict) else [None]
    return all(isinstance(text, str) for text in texts)
