"""What a person has in hand to sign in with, right or wrong, as the cloud's `sign_in` says."""

from __future__ import annotations

from lattice_tui.rehearsal.openstack.cloud import Cloud
from lattice_tui.secrets import Secret


def handed_out(cloud: Cloud, auth_url: str, ca_pem: str, token: str = "") -> tuple[dict[str, str], dict[str, Secret]]:
    """Plain values and secrets by the names of the credential fields. `token`: for the kind that is one."""
    sign_in = cloud.sign_in
    values = {"auth_url": auth_url + sign_in.path, "region_name": sign_in.region}
    if ca_pem and sign_in.has_ca:
        values["ca_pem"] = ca_pem
    if sign_in.kind == "application-credential":
        right = {item.id: item.secret for item in cloud.application_credentials}.get(sign_in.application_credential, "")
        secret = right if sign_in.application_credential_secret is None else sign_in.application_credential_secret
        values |= {
            "auth_type": "v3applicationcredential",
            "application_credential_id": sign_in.application_credential,
        }
        return values, {"application_credential_secret": Secret(secret)}
    if sign_in.kind == "token":
        values |= {"auth_type": "token", "project_name": sign_in.project, "project_domain_name": sign_in.domain}
        return values, {"token": Secret(token if sign_in.token is None else sign_in.token)}
    password = cloud.user(sign_in.user).password if sign_in.password is None else sign_in.password
    values |= {
        "auth_type": "password",
        "username": sign_in.user,
        "project_name": sign_in.project,
        "user_domain_name": sign_in.domain,
        "project_domain_name": sign_in.domain,
    }
    return values, {"password": Secret(password)}
