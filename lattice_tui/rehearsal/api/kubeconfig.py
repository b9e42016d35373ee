"""Kubeconfigs of a simulated cluster, with client certificates."""

from __future__ import annotations

import base64
from collections.abc import Sequence

from lattice_tui.rehearsal.certificates import CertificateAuthority

ADMIN = "kubernetes-admin"
ADMIN_GROUP = "system:masters"

_TEMPLATE = """\
apiVersion: v1
kind: Config
clusters:
- name: {name}
  cluster:
    certificate-authority-data: {ca}
    server: {server}
users:
- name: {name}
  user:
    client-certificate-data: {certificate}
    client-key-data: {key}
contexts:
- name: {name}
  context:
    cluster: {name}
    user: {name}
current-context: {name}
preferences: {{}}
"""


def admin_kubeconfig(authority: CertificateAuthority, name: str, server: str) -> str:
    """The administrator's; see `user_kubeconfig`."""
    return user_kubeconfig(authority, name, server, ADMIN, (ADMIN_GROUP,))


def user_kubeconfig(
    authority: CertificateAuthority, name: str, server: str, user: str, groups: Sequence[str] = ()
) -> str:
    """YAML text; cluster, user and context are all called `name`, as kind does it. Works before any server does."""
    certificate, key = authority.issue_client(user, groups)
    return _TEMPLATE.format(
        name=name, server=server, ca=_encoded(authority.ca_pem), certificate=_encoded(certificate), key=_encoded(key)
    )


def _encoded(pem: str) -> str:
    return base64.b64encode(pem.encode("ascii")).decode("ascii")
