"""`CertificateAuthority`: the CA of one simulated cluster. Elliptic keys (P-256), valid for days, made in memory."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

LIFETIME = timedelta(days=3)
"""Longer than any rehearsal, too short to be mistaken for a real credential."""
CLOCK_SKEW = timedelta(minutes=5)


class CertificateAuthority:
    """Signs server and client certificates. All texts are PEM."""

    def __init__(self, name: str = "kubernetes") -> None:
        self.name = name
        self._key = ec.generate_private_key(ec.SECP256R1())
        subject = _subject(name, ())
        self._certificate = self._sign(
            subject,
            self._key.public_key(),
            [(x509.BasicConstraints(ca=True, path_length=0), True), (_key_usage(signs_certificates=True), True)],
            issuer=subject,
        )
        self.ca_pem = _certificate_pem(self._certificate)
        self.ca_key_pem = _key_pem(self._key)

    def issue_server(self, names: Iterable[str]) -> tuple[str, str]:
        """A certificate and its key for a server that is called by these DNS names and IP addresses."""
        listed = list(names)
        alternatives = x509.SubjectAlternativeName([_general_name(name) for name in listed])
        return self._issue(listed[0], (), ExtendedKeyUsageOID.SERVER_AUTH, [(alternatives, False)])

    def issue_client(self, common_name: str, organizations: Sequence[str] = ()) -> tuple[str, str]:
        """A certificate and its key for a user (`common_name`) and the user's groups (`organizations`)."""
        return self._issue(common_name, organizations, ExtendedKeyUsageOID.CLIENT_AUTH, [])

    def _issue(
        self,
        common_name: str,
        organizations: Sequence[str],
        usage: x509.ObjectIdentifier,
        more: list[tuple[x509.ExtensionType, bool]],
    ) -> tuple[str, str]:
        key = ec.generate_private_key(ec.SECP256R1())
        extensions: list[tuple[x509.ExtensionType, bool]] = [
            (x509.BasicConstraints(ca=False, path_length=None), True),
            (_key_usage(signs_certificates=False), True),
            (x509.ExtendedKeyUsage([usage]), False),
            *more,
        ]
        certificate = self._sign(
            _subject(common_name, organizations), key.public_key(), extensions, issuer=self._certificate.subject
        )
        return _certificate_pem(certificate), _key_pem(key)

    def _sign(
        self,
        subject: x509.Name,
        public_key: ec.EllipticCurvePublicKey,
        extensions: list[tuple[x509.ExtensionType, bool]],
        *,
        issuer: x509.Name,
    ) -> x509.Certificate:
        now = datetime.now(UTC)
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(issuer)
            .public_key(public_key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - CLOCK_SKEW)
            .not_valid_after(now + LIFETIME)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(public_key), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key()), critical=False)
        )
        for extension, critical in extensions:
            builder = builder.add_extension(extension, critical=critical)
        return builder.sign(self._key, hashes.SHA256())


def _subject(common_name: str, organizations: Sequence[str]) -> x509.Name:
    groups = [x509.NameAttribute(NameOID.ORGANIZATION_NAME, group) for group in organizations]
    # X.509 allows 64 characters; cluster names may be longer.
    return x509.Name([*groups, x509.NameAttribute(NameOID.COMMON_NAME, common_name[:64])])


def _general_name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _key_usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )


def _certificate_pem(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(serialization.Encoding.PEM).decode("ascii")


def _key_pem(key: ec.EllipticCurvePrivateKey) -> str:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode("ascii")
