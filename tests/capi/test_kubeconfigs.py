"""Which kubeconfigs are used, and which certificates are believed."""

from __future__ import annotations

import hashlib
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any

import pytest
import yaml
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from lattice_tui.capi.client import KubeClient
from lattice_tui.capi.errors import ApiUnreachableError
from lattice_tui.capi.kubeconfig import Kubeconfig, KubeconfigError, read_kubeconfig, with_server
from lattice_tui.errors import ExitCode

_GOOD: dict[str, Any] = {
    "apiVersion": "v1",
    "kind": "Config",
    "current-context": "c",
    "clusters": [{"name": "k", "cluster": {"server": "https://127.0.0.1:6443/"}}],
    "contexts": [{"name": "c", "context": {"cluster": "k", "user": "u"}}],
    "users": [{"name": "u", "user": {"token": "canary-token"}}],
}


def _written(tmp_path: Path, **changes: Any) -> Path:
    path = tmp_path / "kubeconfig"
    path.write_text(yaml.safe_dump({**_GOOD, **changes}))
    return path


def _cluster(**keys: Any) -> list[dict[str, Any]]:
    return [{"name": "k", "cluster": {"server": "https://127.0.0.1:6443", **keys}}]


def test_a_good_one_is_read(tmp_path: Path) -> None:
    found = read_kubeconfig(_written(tmp_path))

    assert found.server == "https://127.0.0.1:6443"
    assert found.token is not None
    assert found.token.reveal() == "canary-token"


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"clusters": []}, "names no cluster"),
        ({"current-context": "other"}, "no context called 'other'"),
        ({"users": []}, "no user called 'u'"),
        ({"clusters": _cluster(**{"insecure-skip-tls-verify": True})}, "insecure-skip-tls-verify"),
        ({"clusters": [{"name": "k", "cluster": {"server": "http://10.0.0.1"}}]}, "plain http://"),
        ({"clusters": [{"name": "k", "cluster": {"server": "ftp://x"}}]}, "not an https:// address"),
        ({"clusters": _cluster(**{"certificate-authority-data": "%%%"})}, "not base64"),
        ({"clusters": _cluster(**{"certificate-authority": "absent.pem"})}, "'absent.pem' cannot be read"),
    ],
)
def test_one_that_cannot_be_used_says_why_and_never_a_secret(
    tmp_path: Path, changes: dict[str, Any], told: str
) -> None:
    with pytest.raises(KubeconfigError) as caught:
        read_kubeconfig(_written(tmp_path, **changes))

    assert told in caught.value.problem.detail
    assert caught.value.exit_code == ExitCode.CREDENTIALS
    assert "canary" not in f"{caught.value.problem} {caught.value.__cause__!r}"


@pytest.mark.parametrize("data", [b"", b"[", b"- a\n- b\n", b"\xff\xfe\x00", b"token: canary: [\n", b"x" * (2 << 20)])
def test_what_is_no_kubeconfig_is_refused(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "kubeconfig"
    path.write_bytes(data)

    with pytest.raises(KubeconfigError) as caught:
        read_kubeconfig(path)

    assert "canary" not in str(caught.value.problem)


def test_a_missing_one_and_a_folder_are_told(tmp_path: Path) -> None:
    for path in (tmp_path / "absent", tmp_path):
        with pytest.raises(KubeconfigError):
            read_kubeconfig(path)


def test_files_beside_the_kubeconfig_are_found_from_its_folder(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("PEM")
    (tmp_path / "token").write_text("from-file\n")
    users = [{"name": "u", "user": {"tokenFile": "token"}}]

    found = read_kubeconfig(_written(tmp_path, clusters=_cluster(**{"certificate-authority": "ca.pem"}), users=users))

    assert found.ca_pem == "PEM"
    assert found.token is not None
    assert found.token.reveal() == "from-file"


def test_another_server_changes_nothing_else(tmp_path: Path) -> None:
    before = _written(tmp_path).read_bytes()

    after = yaml.safe_load(with_server(before, "https://127.0.0.1:32770"))

    assert after["clusters"][0]["cluster"]["server"] == "https://127.0.0.1:32770"
    assert {key: value for key, value in after.items() if key != "clusters"} == {
        key: value for key, value in _GOOD.items() if key != "clusters"
    }


def _self_signed(*, from_days: int, to_days: int) -> tuple[str, str]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + timedelta(days=from_days))
        .not_valid_after(now + timedelta(days=to_days))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    key_pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return certificate.public_bytes(serialization.Encoding.PEM).decode(), key_pem.decode()


@contextmanager
def _tls_server(tmp_path: Path, certificate: str, key: str) -> Iterator[str]:
    """Shakes hands, answers 200 with `{}` where the client believes it."""
    (tmp_path / "server.pem").write_text(certificate + key)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "server.pem")
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                connection, _address = listener.accept()
            except OSError:
                return
            try:
                with context.wrap_socket(connection, server_side=True) as stream:
                    stream.recv(4096)
                    stream.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}")
            except OSError:
                connection.close()

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield f"https://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()


@pytest.mark.parametrize(
    ("from_days", "to_days", "is_trusted", "told"),
    [
        (-9, -1, True, "its certificate has expired"),
        (1, 9, True, "its certificate is not valid yet"),
        (-1, 9, False, "its certificate is self-signed"),
        (-1, 9, True, ""),
    ],
)
def test_certificates_that_are_not_believed_are_told_apart(
    tmp_path: Path, from_days: int, to_days: int, is_trusted: bool, told: str
) -> None:
    certificate, key = _self_signed(from_days=from_days, to_days=to_days)
    authority = certificate if is_trusted else _self_signed(from_days=-1, to_days=9)[0]
    with _tls_server(tmp_path, certificate, key) as url:
        client = KubeClient(Kubeconfig(server=url, ca_pem=authority))
        if not told:
            assert client.version() == ""
            return
        with pytest.raises(ApiUnreachableError) as caught:
            client.version()

    shown = hashlib.sha256(ssl.PEM_cert_to_DER_cert(certificate)).digest().hex(":").upper()
    assert (caught.value.kind, caught.value.detail) == ("tls", f"{told} (SHA-256 {shown})")
    assert caught.value.problem.fix


def test_a_server_that_does_not_speak_tls_or_http_is_told(tmp_path: Path) -> None:
    listener = socket.create_server(("127.0.0.1", 0))

    def babble() -> None:
        while True:
            try:
                connection, _address = listener.accept()
            except OSError:
                return
            with connection:
                connection.recv(4096)
                connection.sendall(b"SSH-2.0-nope\r\n\r\n")

    threading.Thread(target=babble, daemon=True).start()
    try:
        for scheme in ("https", "http"):
            client = KubeClient(Kubeconfig(server=f"{scheme}://127.0.0.1:{listener.getsockname()[1]}"), timeout_s=5)
            with pytest.raises(ApiUnreachableError):
                client.version()
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()


def test_an_answer_that_is_cut_off_is_asked_for_again_unless_that_might_do_it_twice() -> None:
    listener = socket.create_server(("127.0.0.1", 0))
    asked: list[bytes] = []

    def serve() -> None:
        while True:
            try:
                connection, _address = listener.accept()
            except OSError:
                return
            with connection:
                asked.append(connection.recv(4096).split(b" ")[0])
                if len(asked) % 2 == 0:
                    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}")

    threading.Thread(target=serve, daemon=True).start()
    client = KubeClient(Kubeconfig(server=f"http://127.0.0.1:{listener.getsockname()[1]}"), timeout_s=5)
    try:
        assert client.version() == ""
        with pytest.raises(ApiUnreachableError) as caught:
            client.create({"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a", "namespace": "n"}})
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()

    assert caught.value.kind == "lost"
    assert asked == [b"GET", b"GET", b"POST"]
