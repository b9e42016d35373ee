"""`python -m lattice_tui.rehearsal.openstack`: the stand-in cloud for trying things by hand, until interrupted."""

from __future__ import annotations

import argparse
import asyncio
import sys

from lattice_tui.rehearsal.openstack.default_cloud import default_cloud
from lattice_tui.rehearsal.openstack.server import OpenStackStandIn
from lattice_tui.rehearsal.openstack.toggles import TOGGLES


async def _serve(port: int, toggles: list[str], with_tls: bool) -> None:
    cloud = default_cloud()
    for name in toggles:
        TOGGLES[name](cloud)
    stand_in = OpenStackStandIn(cloud, with_tls=with_tls)
    await stand_in.start(port=port)
    values, secrets = stand_in.credentials()
    # These open nothing but this stand-in: printing them is what the command is for.
    for name, value in [*values.items(), *((name, secret.reveal()) for name, secret in secrets.items())]:
        sys.stdout.write(f"{name}: {value}\n")
    sys.stdout.flush()
    try:
        await asyncio.Event().wait()
    finally:
        await stand_in.stop()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m lattice_tui.rehearsal.openstack")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--plain-http", action="store_true")
    parser.add_argument("--toggle", action="append", default=[], choices=sorted(TOGGLES), metavar="NAME")
    arguments = parser.parse_args()
    try:
        asyncio.run(_serve(arguments.port, arguments.toggle, not arguments.plain_http))
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
