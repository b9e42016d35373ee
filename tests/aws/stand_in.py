"""The simulated AWS beside a test: its account, and boto3 clients of it."""

from __future__ import annotations

from typing import Any

from lattice_tui.rehearsal.aws.account import Account, default_account
from lattice_tui.rehearsal.aws.server import AwsStandIn
from lattice_tui.secrets import Secret
from tests.counterparts.hosting import BesideLoop

REGION = "eu-central-1"


class SimulatedAws:
    """One stand-in that runs; `account` is what it answers from."""

    def __init__(self, loop: BesideLoop) -> None:
        self._loop = loop
        self.account: Account = default_account()
        self.server = AwsStandIn(self.account)
        loop.run(self.server.start())

    def stop(self) -> None:
        self._loop.run(self.server.stop())

    @property
    def url(self) -> str:
        return self.server.url

    def client(self, service: str, region: str = REGION) -> Any:
        """A boto3 client of it, that asks once."""
        import boto3
        from botocore.config import Config

        values, secrets = self.server.credentials()
        return boto3.client(
            service,
            endpoint_url=self.url,
            region_name=region,
            aws_access_key_id=values["access_key_id"],
            aws_secret_access_key=secrets["secret_access_key"].reveal(),
            aws_session_token=secrets["session_token"].reveal() if "session_token" in secrets else None,
            config=Config(connect_timeout=5, read_timeout=20, retries={"mode": "standard", "total_max_attempts": 1}),
        )

    def params(self) -> dict[str, str]:
        """The plain values as checks and pick-lists take them, with the region."""
        values = self.server.credentials()[0]
        return {f"credentials.{name}": value for name, value in values.items()} | {"region": REGION}

    @property
    def secrets(self) -> dict[str, Secret]:
        """The secrets as checks and pick-lists take them."""
        return self.server.credentials()[1]
