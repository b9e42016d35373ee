"""Names and messages of servers that mean ill, through everything that `lattice check` writes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
import yaml

from lattice_tui.providers.credential_store import CredentialStore
from lattice_tui.providers.credentials import Found
from lattice_tui.rehearsal.accounts import STAND_INS
from lattice_tui.secrets import Secret
from tests.cli.test_check_credentials import check, outcome
from tests.counterparts.hosting import BesideLoop
from tests.shared import ROOT

EVIL = "\x1b]0;owned\x07\x1b[2J[@click=app.bell]x[/]\u202egnp.exe\x9b31m\u2066\u2028\u200b"
"""A title, a cleared screen, a button of Textual, a turned-round name, an 8-bit escape, a line end and a nothing."""
NEVER = set("\x1b\x07\x9b\u202e\u2066\u2028\u200b")


def _proxmox(stand_in: Any) -> None:
    for guest in stand_in.site.guests.values():
        guest.name = EVIL
        guest.config["tags"] = guest.config["description"] = EVIL
    stand_in.site.cluster_name = EVIL


def _openstack(stand_in: Any) -> None:
    for image in stand_in.cloud.images:
        # What is shown of it is short.
        image.status = "\x1b[2J\u202egnp.exe"
    for named in (*stand_in.cloud.flavors, *stand_in.cloud.key_pairs, *stand_in.cloud.networks):
        named.name = EVIL


def _aws(stand_in: Any) -> None:
    # AWS answers in XML, which holds neither ESC nor BEL.
    stand_in.account.arn = f"arn:aws:iam::210987654321:user/{EVIL.translate({0x1B: None, 7: None})}"


@pytest.mark.parametrize(
    ("provider", "spoil"),
    [("proxmox", _proxmox), ("openstack", _openstack), ("aws", _aws)],
    ids=["proxmox", "openstack", "aws"],
)
def test_text_of_a_hostile_server_cannot_steer_the_terminal_or_break_a_report(
    tmp_path: Path, provider: str, spoil: Callable[[Any], None]
) -> None:
    loop = BesideLoop()
    stand_in = STAND_INS[provider]()
    loop.run(stand_in.start())
    try:
        spoil(stand_in)
        values, secrets = stand_in.credentials()
        found = Found("env", "", "", values, {name: _secret(value) for name, value in secrets.items()})
        folder = tmp_path / "config" / "lattice-tui" / "credentials"
        CredentialStore(folder).save(provider, "lab", found, "file")
        cluster = yaml.safe_load((ROOT / "examples" / f"{provider}.yaml").read_text("utf-8"))
        cluster["spec"]["credentials"] = {"source": "file", "name": "lab"}
        file, report = tmp_path / "cluster.yaml", tmp_path / "checks.xml"
        file.write_text(yaml.safe_dump(cluster))

        text = check(tmp_path, "--cluster", str(file), "--junit", str(report))
        lines = check(tmp_path, "--cluster", str(file), "-o", "json")
    finally:
        loop.run(stand_in.stop())
        loop.close()

    said = "".join(one.decode() for one in (text.stdout, text.stderr, report.read_bytes()))
    said += "".join(str(value) for row in outcome(lines).values() for value in row.values())
    assert "gnp.exe" in said, "none of it was shown, so nothing was proven"
    assert not NEVER & set(said)
    ET.parse(report)


def _secret(value: object) -> Secret:
    return value if isinstance(value, Secret) else Secret(str(value))
