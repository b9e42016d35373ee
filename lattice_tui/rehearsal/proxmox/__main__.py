"""`python -m lattice_tui.rehearsal.proxmox`: the stand-in on a port, for trying things by hand."""

from __future__ import annotations

import argparse
import asyncio
import sys

from lattice_tui.rehearsal.proxmox import ProxmoxStandIn, default_site
from lattice_tui.rehearsal.proxmox.toggles import TOGGLES


async def _serve(port: int, toggles: list[str]) -> None:
    site = default_site()
    for name in toggles:
        TOGGLES[name](site)
    stand_in = ProxmoxStandIn(site)
    await stand_in.start(port=port)
    values, secrets = stand_in.credentials()
    sys.stdout.write(f"PROXMOX_URL={values['url']}\nPROXMOX_TOKEN={values['token_id']}\n")
    sys.stdout.write(f"PROXMOX_SECRET={secrets['secret'].reveal()}\n{stand_in.ca_pem}")
    sys.stdout.flush()
    try:
        await asyncio.Event().wait()
    finally:
        await stand_in.stop()


def main() -> None:
    """Serve until interrupted."""
    parser = argparse.ArgumentParser(prog="python -m lattice_tui.rehearsal.proxmox")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--toggle", action="append", default=[], choices=sorted(TOGGLES))
    arguments = parser.parse_args()
    try:
        asyncio.run(_serve(arguments.port, arguments.toggle))
    except KeyboardInterrupt:
        sys.stdout.write("\n")


if __name__ == "__main__":
    main()
