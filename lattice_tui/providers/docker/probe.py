"""One privileged container, tried and removed: whether Docker runs such ones, and what the host looks like inside.

Machines are privileged containers that mount; no setting of the engine says for certain that it lets them.
"""

from __future__ import annotations

import asyncio
import secrets
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Literal

from lattice_tui.document.pins import pins
from lattice_tui.providers.docker.engine_api import (
    DockerEngine,
    DockerError,
    DockerRefusedError,
    DockerUnreachableError,
)
from lattice_tui.providers.docker.probe_guard import ProbeGuard
from lattice_tui.providers.docker.seen import SCRIPT, Seen, seen_from
from lattice_tui.providers.docker.wish import DockerWish
from lattice_tui.text import safe_text

PROBE_IMAGE = "busybox:1.37"
PROBE_IMAGE_SIZE = "2 MB"
PROBE_LABEL = "dev.lattice.probe"
PUT_AWAY_S = 3.0
"""How long a container that is tried may take to go when nobody waits for its answer any more."""

Outcome = Literal["seen", "refused", "no-image", "not-pulled", "broken"]


@dataclass(frozen=True, slots=True)
class Probed:
    """How the try ended."""

    outcome: Outcome
    image: str = ""
    words: str = ""
    """Docker's own, where it said no or the container failed; safe to print."""
    seen: Seen | None = None


async def probe(engine: DockerEngine, wish: DockerWish) -> Probed:
    """Try a container of the first image that is there. Cancelled, it removes the container before it ends.

    Raises DockerUnreachableError when Docker goes away meanwhile.
    """
    image = await asyncio.to_thread(find_image, engine, wish)
    if not image:
        if not wish.try_image:
            return Probed("no-image", PROBE_IMAGE)
        try:
            await asyncio.to_thread(engine.pull, PROBE_IMAGE, lambda _: None)
        except DockerUnreachableError:
            raise
        except DockerError as error:
            return Probed("not-pulled", PROBE_IMAGE, error.problem.detail)
        image = PROBE_IMAGE
    has_user_namespaces = (await asyncio.to_thread(engine.info)).has_user_namespaces
    trial = Trial(engine, image, container_spec(image, has_user_namespaces=has_user_namespaces))
    return await trial.run()


def find_image(engine: DockerEngine, wish: DockerWish) -> str:
    """The first image that is there of: the machines' own, any other node image, the small one; else empty."""
    wanted = wish.node_image or pins().node_image(wish.version or pins().kubernetes.proposed["docker"]).tag
    if engine.image(wanted) is not None:
        return wanted
    repository = pins().bootstrap_node_image.repository
    for tag in sorted(engine.image_tags(repository), reverse=True):
        return tag
    return PROBE_IMAGE if engine.image(PROBE_IMAGE) is not None else ""


def container_spec(image: str, *, has_user_namespaces: bool) -> Mapping[str, Any]:
    """A container like a machine's, but with nothing lasting. Source: Docker Engine API, ContainerCreate."""
    host: dict[str, Any] = {
        "Privileged": True,
        "NetworkMode": "none",
        # The engine removes it when it has ended, also when we are gone, and when the engine comes back after a crash.
        "AutoRemove": True,
        # Only from there the limits that are set above Docker's own group can be read.
        "CgroupnsMode": "host",
        "LogConfig": {"Type": "json-file", "Config": {}},
    }
    if has_user_namespaces:
        # As kind and Cluster API do: a privileged container has to be root of the host.
        host["UsernsMode"] = "host"
    return {
        "Image": image,
        "Entrypoint": ["/bin/sh", "-c", SCRIPT],
        "Cmd": [],
        "Labels": {PROBE_LABEL: "1"},
        "AttachStdout": True,
        "AttachStderr": True,
        "HostConfig": host,
    }


class Trial:
    """One container from its making to its removal."""

    def __init__(self, engine: DockerEngine, image: str, spec: Mapping[str, Any]) -> None:
        self._engine = engine
        self._image = image
        self._spec = spec
        self._given_up = threading.Event()
        self.name = f"lattice-probe-{secrets.token_hex(4)}"

    async def run(self) -> Probed:
        """Try it in a thread. Cancelled, the container is put away first, which takes up to 3 s."""
        thread = asyncio.ensure_future(asyncio.to_thread(self._run))
        try:
            return await asyncio.shield(thread)
        except asyncio.CancelledError:
            self._given_up.set()
            # Ends the script too, so that the thread stops listening to it.
            await asyncio.wait({asyncio.ensure_future(asyncio.to_thread(self._remove))}, timeout=PUT_AWAY_S)
            await asyncio.wait({thread}, timeout=PUT_AWAY_S)
            raise

    def _run(self) -> Probed:
        with ProbeGuard(self._engine.endpoint, self.name):
            try:
                return self._try()
            finally:
                self._remove()

    def _try(self) -> Probed:
        try:
            self._engine.create_container(self.name, self._spec)
            if self._given_up.is_set():
                return Probed("broken", self._image, "it was given up")
            with self._engine.attached(self.name) as output:
                self._engine.start_container(self.name)
                printed = output()
        except DockerRefusedError as error:
            # Another hand removed the image or the container: that is no judgement on privileges.
            is_gone = error.status in (HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT)
            return Probed("broken" if is_gone else "refused", self._image, error.message)
        seen = seen_from(printed)
        if seen is None:
            # The line also ends with the engine itself, which is another thing than a container that failed.
            self._engine.ping()
            return Probed("broken", self._image, safe_text(printed.strip() or "it printed nothing", 200))
        return Probed("seen", self._image, seen=seen)

    def _remove(self) -> None:
        deadline = time.monotonic() + PUT_AWAY_S
        while True:
            with suppress(DockerRefusedError):
                # Refused is what a container is that another hand is removing already.
                try:
                    self._engine.remove_container(self.name)
                except DockerUnreachableError:
                    # It has gone; when it comes back it removes what was marked so. A moment's silence is waited for.
                    if time.monotonic() < deadline and not self._given_up.wait(0.2):
                        continue
            return
