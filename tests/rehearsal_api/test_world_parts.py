"""The world's clock, its audit log and its certificates."""

from __future__ import annotations

import asyncio
import ipaddress
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import yaml
from cryptography import x509
from cryptography.x509.oid import NameOID

from lattice_tui.rehearsal.api.kubeconfig import admin_kubeconfig
from lattice_tui.rehearsal.audit import Audit, read_audit
from lattice_tui.rehearsal.certificates import CertificateAuthority
from lattice_tui.rehearsal.pace import Pace


async def test_simulated_time_runs_by_the_speed() -> None:
    loop = asyncio.get_running_loop()
    started = loop.time()
    await Pace(speed=10_000).sleep(600)

    assert 0.05 < loop.time() - started < 30


def test_a_seed_repeats_and_streams_are_apart() -> None:
    one, again, other = Pace(seed=7), Pace(seed=7), Pace(seed=8)
    numbers = [one.vary(4, 6) for _ in range(5)]

    assert numbers == [again.vary(4, 6) for _ in range(5)]
    assert numbers != [other.vary(4, 6) for _ in range(5)]
    assert all(4 <= number <= 6 for number in numbers)
    assert one.stream("a").random() == again.stream("a").random()
    assert one.stream("a").random() != Pace(seed=7).stream("a").random()


def test_now_is_what_kubernetes_writes() -> None:
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", Pace().now())


@pytest.mark.parametrize("speed", [0, -1])
def test_a_speed_that_stops_time_is_refused(speed: float) -> None:
    with pytest.raises(ValueError, match="speed must be more than 0"):
        Pace(speed=speed)


def test_the_audit_log_is_appended_to_and_survives_a_torn_line(tmp_path: Path) -> None:
    path = tmp_path / "audit.jsonl"
    first = Audit(path)
    first.created("demo", "Machine", "team-a", "m", "uid", "controller")
    first.tool_started("run-1", "kind", ["create", "cluster"])
    first.close()
    first.close()
    second = Audit(path)
    second.tool_ended("run-1", "kind", 0)
    second.other("image.pull", image="kindest/node")
    with path.open("ab") as stream:
        stream.write(b'{"at": "2026')

    assert [line["what"] for line in read_audit(path)] == ["create", "tool.start", "tool.end", "image.pull"]
    assert read_audit(path)[1]["argv"] == ["create", "cluster"]
    assert path.stat().st_mode & 0o777 == 0o600
    assert read_audit(tmp_path / "none.jsonl") == []


def test_certificates_name_their_users_and_servers_and_live_for_days() -> None:
    authority = CertificateAuthority("demo")
    server = x509.load_pem_x509_certificate(authority.issue_server(["127.0.0.1", "demo.local"])[0].encode())
    client = x509.load_pem_x509_certificate(authority.issue_client("me", ("system:masters",))[0].encode())
    names = server.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    ca = x509.load_pem_x509_certificate(authority.ca_pem.encode())

    assert names.get_values_for_type(x509.IPAddress) == [ipaddress.ip_address("127.0.0.1")]
    assert names.get_values_for_type(x509.DNSName) == ["demo.local"]
    assert client.subject.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)[0].value == "system:masters"
    assert server.not_valid_after_utc - datetime.now(UTC) < timedelta(days=4)
    server.verify_directly_issued_by(ca)
    client.verify_directly_issued_by(ca)


def test_a_kubeconfig_can_be_made_before_any_server_runs() -> None:
    text = admin_kubeconfig(CertificateAuthority(), "kind-lattice", "https://127.0.0.1:6443")
    read = yaml.safe_load(text)

    assert read["current-context"] == "kind-lattice"
    assert read["clusters"][0]["cluster"]["server"] == "https://127.0.0.1:6443"
    assert {"client-certificate-data", "client-key-data"} == read["users"][0]["user"].keys()
