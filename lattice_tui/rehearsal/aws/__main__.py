"""The simulated AWS for tries by hand: `python -m lattice_tui.rehearsal.aws --port 4566 --toggle key-pair-missing`.

Prints what to export, then answers until it is interrupted.
"""

from __future__ import annotations

import argparse
import asyncio

from lattice_tui.rehearsal.aws.account import default_account
from lattice_tui.rehearsal.aws.server import AwsStandIn
from lattice_tui.rehearsal.aws.toggles import TOGGLES

REGION = "eu-central-1"


async def _serve(port: int, toggles: list[str]) -> None:
    account = default_account()
    for name in toggles:
        TOGGLES[name](account)
    stand_in = AwsStandIn(account)
    await stand_in.start(port=port)
    values, secrets = stand_in.credentials()
    told = {
        "AWS_ENDPOINT_URL": values["endpoint_url"],
        "AWS_ACCESS_KEY_ID": values["access_key_id"],
        "AWS_SECRET_ACCESS_KEY": secrets["secret_access_key"].reveal(),
        "AWS_REGION": REGION,
    }
    if "session_token" in secrets:
        told["AWS_SESSION_TOKEN"] = secrets["session_token"].reveal()
    print("\n".join(f"export {name}={value}" for name, value in told.items()), flush=True)
    try:
        await asyncio.Event().wait()
    finally:
        await stand_in.stop()


def main() -> None:
    """Read the arguments and serve."""
    parser = argparse.ArgumentParser(prog="python -m lattice_tui.rehearsal.aws", description="A simulated AWS account")
    parser.add_argument("--port", type=int, default=0, help="port on 127.0.0.1; 0: any free one")
    parser.add_argument("--toggle", action="append", default=[], choices=sorted(TOGGLES), help="what is wrong there")
    arguments = parser.parse_args()
    try:
        asyncio.run(_serve(arguments.port, arguments.toggle))
    except KeyboardInterrupt:
        # Interrupting is how it is ended.
        return


if __name__ == "__main__":
    main()
