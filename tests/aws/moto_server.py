"""moto in server mode: AWS's APIs in a process of their own on loopback, with permissions that can be enforced.

What it cannot answer comes back as an error page with status 500, or as `NoSuchResource`: the simulation of
permissions, EC2's quotas, prices. DryRun is honoured by RunInstances alone: other calls do what they were asked.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any

from lattice_tui.secrets import Secret
from tests.aws.planted_images import planted_images
from tests.free_ports import free_ports

ACCOUNT = "123456789012"
"""moto's only account."""
REGION = "eu-central-1"
START_S = 60.0
_POLL_S = 0.1
_LOG_TAIL_CHARACTERS = 2000


class Moto:
    """One server. `reset()` makes it an empty account again, with permissions not enforced."""

    def __init__(self, folder: Path) -> None:
        self._log = folder / "moto.log"
        self._images = folder / "images.json"
        self._images.write_text(json.dumps(planted_images()), encoding="utf-8")
        self._process: subprocess.Popen[bytes] | None = None
        self._keys: tuple[str, str] = ("AKIAAAAAAAAAAAAAAAAA", "a" * 40)
        self.url = ""
        self.region = REGION

    def start(self) -> None:
        """Start it and wait until it answers. Raises RuntimeError with the end of its log."""
        (port,) = free_ports(1)
        self.url = f"http://127.0.0.1:{port}"
        # Nothing of the person's own AWS settings reaches it.
        env = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "MOTO_"))}
        env["MOTO_AMIS_PATH"] = str(self._images)
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)],
                env=env,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        deadline = time.monotonic() + START_S
        while not _answers(port):
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                tail = self._log.read_text(errors="replace")[-_LOG_TAIL_CHARACTERS:]
                raise RuntimeError(f"moto does not answer on port {port}: {tail}")
            time.sleep(_POLL_S)

    def stop(self) -> None:
        """End it."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def reset(self) -> None:
        """An empty account; whatever was enforced is so no longer."""
        self.relax()
        self._post("/moto-api/reset")
        self._keys = ("AKIAAAAAAAAAAAAAAAAA", "a" * 40)
        self.region = REGION

    def enforce(self) -> None:
        """From now on keys, signatures and policies count, as at AWS."""
        self._post("/moto-api/reset-auth", b"0")

    def relax(self) -> None:
        """From now on everybody may do everything."""
        self._post("/moto-api/reset-auth", b"inf")

    def use(self, access_key_id: str, secret_access_key: str) -> None:
        """The keys that `client` and `credentials` use from now on."""
        self._keys = (access_key_id, secret_access_key)

    def client(self, service: str, region: str = "") -> Any:
        """A boto3 client of it with the keys in use."""
        import boto3
        from botocore.config import Config

        return boto3.client(
            service,
            endpoint_url=self.url,
            region_name=region or self.region,
            aws_access_key_id=self._keys[0],
            aws_secret_access_key=self._keys[1],
            config=Config(connect_timeout=5, read_timeout=30, retries={"mode": "standard", "total_max_attempts": 1}),
        )

    def credentials(self) -> tuple[dict[str, str], dict[str, Secret]]:
        """Plain values and secrets, by the names of AWS's credential fields."""
        key_id, secret = self._keys
        return {"access_key_id": key_id, "endpoint_url": self.url}, {"secret_access_key": Secret(secret)}

    def params(self) -> dict[str, str]:
        """The plain values as checks and pick-lists take them, with the region."""
        return {f"credentials.{name}": value for name, value in self.credentials()[0].items()} | {"region": self.region}

    @property
    def secrets(self) -> dict[str, Secret]:
        """The secrets as checks and pick-lists take them."""
        return self.credentials()[1]

    def _post(self, path: str, body: bytes = b"") -> None:
        # A form's content type, urllib's own, would keep the body from moto.
        headers = {"Content-Type": "text/plain"}
        request = urllib.request.Request(self.url + path, data=body, headers=headers, method="POST")
        urllib.request.urlopen(request, timeout=30).close()


def _answers(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1):
            return True
    except OSError:
        return False
