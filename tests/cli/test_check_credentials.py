"""`lattice check` of a provider that one signs in to: where credentials come from, and that no secret gets out."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from lattice_tui.checks.tls import fingerprint_in
from lattice_tui.providers.credential_store import CredentialStore
from lattice_tui.providers.credentials import Found
from lattice_tui.rehearsal.launch import stop_world
from lattice_tui.rehearsal.proxmox import ProxmoxStandIn, default_site
from lattice_tui.secrets import Secret
from tests.checks.fake_engine import silent_engine
from tests.checks.processes import PROC, descendants, needs_proc
from tests.checks.tls_servers import certificate
from tests.cli.echoing import echoing_server, silent_server
from tests.cli.program import PROGRAM, TIMEOUT_S, environment
from tests.counterparts.hosting import BesideLoop
from tests.house.test_lazy_imports import DUMP
from tests.polling import eventually
from tests.shared import ROOT

CANARY = "0dd5ecec-cafe-4a4a-9b9b-c0ffee5ec2e7"
FEW = ("proxmox-credentials", "proxmox-certificate", "proxmox-clock")
DOCUMENT = """
apiVersion: lattice.dev/v1alpha1
kind: LatticeCluster
metadata: {{name: practice}}
spec:
  provider:
    kubernetes: {{version: "1.35.5"}}
    config:
      proxmox:
        sourceNode: pve1
        templateId: 9000
        ipv4Pool: {{start: 192.168.1.50, end: 192.168.1.69, gateway: 192.168.1.1, prefix: 24}}
  nodes: {{controlPlane: 1}}
  endpoints: {{host: 192.168.1.40}}
  networking: {{lbPool: {{start: 192.168.1.70, end: 192.168.1.75}}}}
{credentials}
"""


@pytest.fixture(scope="module")
def _running() -> Iterator[ProxmoxStandIn]:
    loop = BesideLoop()
    stand_in = ProxmoxStandIn(default_site())
    loop.run(stand_in.start())
    yield stand_in
    loop.run(stand_in.stop())
    loop.close()


@pytest.fixture
def proxmox(_running: ProxmoxStandIn) -> ProxmoxStandIn:
    """A site whose token has a secret that stands nowhere else."""
    site = default_site()
    user, token = site.token_of_credentials
    site.users[user].tokens[token].secret = CANARY
    site.secret_of_credentials = CANARY
    _running.use(site)
    return _running


def document(folder: Path, credentials: str = "") -> str:
    file = folder / "cluster.yaml"
    reference = f"  credentials: {{{credentials}}}" if credentials else ""
    file.write_text(DOCUMENT.format(credentials=reference))
    return str(file)


def keep(folder: Path, values: dict[str, str], secret: str = CANARY) -> Path:
    """Keep credentials under the name `lab`; answers the file."""
    store = CredentialStore(folder / "config" / "lattice-tui" / "credentials")
    store.save("proxmox", "lab", Found("env", "", "", values, {"secret": Secret(secret)}), "file")
    return folder / "config" / "lattice-tui" / "credentials" / "proxmox" / "lab.json"


def surroundings(folder: Path, **more: str) -> dict[str, str]:
    """A home of the test's own, and nothing of the person's about any provider."""
    theirs = ("PROXMOX", "PVE_", "PM_", "OS_", "OPENSTACK_", "AWS_")
    # Nobody's own metadata service is asked for keys.
    own = {"HOME": str(folder), "XDG_CONFIG_HOME": str(folder / "config"), "AWS_EC2_METADATA_DISABLED": "true"}
    env = environment(folder / "state", own)
    return {name: text for name, text in env.items() if not name.startswith(theirs) or name in own} | more


def check(folder: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [*PROGRAM, "check", *arguments],
        cwd=folder,
        env=surroundings(folder, **more),
        input=b"",
        capture_output=True,
        timeout=TIMEOUT_S,
    )


def outcome(said: subprocess.CompletedProcess[bytes]) -> dict[str, dict[str, Any]]:
    records = [json.loads(line) for line in said.stdout.splitlines()]
    return {record["id"]: record for record in records if record["event"] == "check.result"}


def trusted(proxmox: ProxmoxStandIn) -> dict[str, str]:
    values, _ = proxmox.credentials()
    return {**values, "ca_pem": proxmox.ca_pem}


def test_kept_credentials_sign_in_and_their_secret_is_in_nothing_that_is_written(
    proxmox: ProxmoxStandIn, tmp_path: Path
) -> None:
    keep(tmp_path, trusted(proxmox))
    file = document(tmp_path, "source: file, name: lab")
    report = tmp_path / "checks.xml"

    said = check(tmp_path, "--cluster", file, "-o", "json", "--junit", str(report))
    text = check(tmp_path, "--cluster", file, "--only", "proxmox-sign-in")

    rows = outcome(said)
    assert [rows[row]["status"] for row in (*FEW, "proxmox-sign-in")] == ["ok"] * 4, said.stdout.decode()
    assert list(rows)[:5] == [f"proxmox-{word}" for word in ("credentials", "name", "port", "certificate", "clock")]
    assert len(list(ET.parse(report).getroot().iter("testcase"))) == len(rows)
    written = [said.stdout, said.stderr, text.stdout, text.stderr, report.read_bytes()]
    written += [path.read_bytes() for path in (tmp_path / "state").rglob("*") if path.is_file()]
    assert all(CANARY.encode() not in one for one in written)


def test_a_fingerprint_that_was_trusted_once_signs_in_and_another_one_sends_no_secret(
    proxmox: ProxmoxStandIn, tmp_path: Path
) -> None:
    values, _ = proxmox.credentials()
    values = {name: text for name, text in values.items() if name != "ca_pem"}
    keep(tmp_path, values)
    arguments = ("--cluster", document(tmp_path, "source: file, name: lab"), "--only", "proxmox-sign-in", "-o", "json")
    refused = outcome(check(tmp_path, *arguments))["proxmox-certificate"]

    keep(tmp_path, {**values, "fingerprint": fingerprint_in(refused["evidence"])})
    trusting = outcome(check(tmp_path, *arguments))
    proxmox.requests = []
    keep(tmp_path, {**values, "fingerprint": "ab" * 32})
    other = outcome(check(tmp_path, *arguments))

    assert (refused["status"], refused["code"]) == ("fail", "LT-TLS-001")
    assert [trusting[row]["status"] for row in ("proxmox-certificate", "proxmox-sign-in")] == ["ok", "ok"]
    assert (other["proxmox-certificate"]["code"], other["proxmox-sign-in"]["status"]) == ("LT-TLS-005", "skip")
    assert proxmox.requests == []


def test_credentials_of_the_environment_are_what_a_document_without_a_word_means(
    proxmox: ProxmoxStandIn, tmp_path: Path
) -> None:
    values, _ = proxmox.credentials()
    env = {"PROXMOX_URL": values["url"], "PROXMOX_TOKEN": values["token_id"], "PROXMOX_SECRET": CANARY}

    said = check(tmp_path, "--cluster", document(tmp_path), "-o", "json", **env)

    rows = outcome(said)
    assert rows["proxmox-credentials"]["status"] == "ok"
    # Nothing of the environment says what to trust, so nothing secret was sent.
    assert (rows["proxmox-certificate"]["status"], rows["proxmox-sign-in"]["status"]) == ("fail", "skip")
    assert rows["proxmox-certificate"]["action_id"] == "trust-fingerprint"
    assert CANARY.encode() not in said.stdout + said.stderr


def test_without_credentials_the_first_row_says_what_was_looked_for_and_exits_11(tmp_path: Path) -> None:
    said = check(tmp_path, "--cluster", document(tmp_path), "-o", "json")

    rows = outcome(said)
    assert said.returncode == 11
    assert rows["proxmox-credentials"]["status"] == "fail"
    assert "PROXMOX_URL" in rows["proxmox-credentials"]["why"]
    assert rows["proxmox-name"]["status"] == "skip"


def test_a_name_that_is_not_kept_is_told_with_those_that_are(tmp_path: Path) -> None:
    keep(tmp_path, {"url": "https://pve.example:8006"})

    said = check(tmp_path, "--cluster", document(tmp_path, "source: file, name: office"), "-o", "json")

    assert said.returncode == 11
    assert "lab" in outcome(said)["proxmox-credentials"]["why"]


def test_kept_credentials_that_others_can_read_are_not_used(proxmox: ProxmoxStandIn, tmp_path: Path) -> None:
    keep(tmp_path, trusted(proxmox)).chmod(0o644)

    said = check(tmp_path, "--cluster", document(tmp_path, "source: file, name: lab"), "-o", "json")

    rows = outcome(said)
    assert rows["proxmox-credentials"]["status"] == "fail"
    assert "Others on this computer" in rows["proxmox-credentials"]["why"]
    assert rows["proxmox-sign-in"]["status"] == "skip"
    assert CANARY.encode() not in said.stdout + said.stderr


@needs_proc
def test_the_secret_is_in_no_argument_and_in_no_environment_while_the_checks_run(tmp_path: Path) -> None:
    with silent_server() as port:
        keep(tmp_path, {"url": f"https://127.0.0.1:{port}", "token_id": "lattice@pve!installer"})
        file = document(tmp_path, "source: file, name: lab")
        child = subprocess.Popen(
            [*PROGRAM, "check", "--cluster", file, "--only", "proxmox-certificate", "-o", "json"],
            cwd=tmp_path,
            env=surroundings(tmp_path),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        try:
            helpers = eventually(lambda: [pid for pid in descendants(child.pid) if b"checking" in _seen(pid)], bool)
            seen = b"".join(_seen(pid) for pid in (child.pid, *descendants(child.pid)))
        finally:
            child.terminate()
            said = child.communicate(timeout=30)

    assert helpers
    assert b"XDG_CONFIG_HOME" in seen
    assert CANARY.encode() not in seen + b"".join(said)


def _seen(pid: int) -> bytes:
    try:
        return b"".join((PROC / str(pid) / name).read_bytes() for name in ("cmdline", "environ"))
    except OSError:
        # Ended while we were looking.
        return b""


def test_a_server_that_says_the_secret_back_cannot_get_it_shown(tmp_path: Path) -> None:
    made = certificate(tmp_path, "127.0.0.1")
    report = tmp_path / "checks.xml"
    with echoing_server(made.context) as (port, heard):
        values = {"url": f"https://127.0.0.1:{port}", "token_id": "lattice@pve!installer", "ca_pem": made.ca_pem}
        keep(tmp_path, values)
        file = document(tmp_path, "source: file, name: lab")
        said = check(tmp_path, "--cluster", file, "--junit", str(report))

    assert any(CANARY in line for line in heard), "it was never sent, so nothing was proven"
    assert said.returncode in (0, 11)
    assert CANARY.encode() not in said.stdout + said.stderr + report.read_bytes()


@pytest.mark.parametrize("provider", ["proxmox", "openstack", "aws"])
def test_without_credentials_the_first_row_fails_and_nothing_that_needs_them_is_tried(
    tmp_path: Path, provider: str
) -> None:
    said = check(tmp_path, "--cluster", str(ROOT / "examples" / f"{provider}.yaml"), "-o", "json")

    rows = outcome(said)
    first = next(iter(rows.values()))
    assert said.returncode == 11
    assert (first["id"], first["status"]) == (f"{provider}-credentials", "fail")
    assert first["fix"]
    assert first["code"]
    assert [row["id"] for row in rows.values() if row["status"] == "fail"] == [first["id"]]
    transport = [f"{provider}-{word}" for word in ("name", "port", "certificate", "clock")]
    assert [rows[row]["status"] for row in transport] == ["skip"] * 4


@pytest.mark.parametrize("provider", ["proxmox", "openstack", "aws"])
def test_the_door_imports_no_library_of_a_provider_and_no_screen(tmp_path: Path, provider: str) -> None:
    arguments = ("check", "--cluster", str(ROOT / "examples" / f"{provider}.yaml"), "--only", f"{provider}-credentials")
    subprocess.run(
        [sys.executable, "-c", DUMP, json.dumps(arguments)],
        cwd=tmp_path,
        env=surroundings(tmp_path),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=TIMEOUT_S,
    )

    code, imported = json.loads((tmp_path / "modules.json").read_text())
    assert code == 11
    heavy = {"boto3", "botocore", "openstack", "keystoneauth1", "keyring", "aiohttp", "cryptography", "textual", "rich"}
    assert heavy & set(imported) == set()


def test_a_rehearsed_check_signs_in_to_every_simulated_provider(tmp_path: Path) -> None:
    try:
        for provider in ("proxmox", "openstack", "aws"):
            file = ROOT / "examples" / f"{provider}.yaml"
            said = check(tmp_path, "--cluster", str(file), "--rehearse", "-o", "json")

            rows = outcome(said)
            transport = [f"{provider}-{word}" for word in ("credentials", "name", "port", "certificate", "clock")]
            assert [rows[row]["status"] for row in transport] == ["ok"] * 5, said.stdout.decode()
            assert "skip" not in {row["status"] for row in rows.values()}, said.stdout.decode()
            assert {row["simulated"] for row in rows.values()} == {True}
    finally:
        stop_world(tmp_path / "state" / "wizard" / "world")
        shutil.rmtree(tmp_path / "state", ignore_errors=True)


def test_docker_needs_no_credentials_and_reads_none(tmp_path: Path) -> None:
    folder = tmp_path / "config" / "lattice-tui" / "credentials" / "docker"
    folder.mkdir(parents=True)
    folder.chmod(0o777)
    with silent_engine() as endpoint:
        said = check(tmp_path, "--only", "docker-endpoint", DOCKER_HOST=endpoint, DOCKER_CONTEXT="")

    assert said.returncode == 0
