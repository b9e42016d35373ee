"""What the environment says about signing in to AWS."""

from __future__ import annotations

from collections.abc import Mapping

from lattice_tui.providers.aws.session import as_time
from lattice_tui.providers.credentials import Found
from lattice_tui.secrets import Secret
from lattice_tui.text import safe_text

_KEY_ID, _SECRET = "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"
_CONTAINER = ("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI")


def found_in_environment(env: Mapping[str, str]) -> Found | None:
    """Keys, a token of a web identity, or a container's own role (CloudShell), in the SDKs' order; None: nothing."""
    if env.get(_KEY_ID) or env.get(_SECRET):
        return _keys(env)
    if env.get("AWS_WEB_IDENTITY_TOKEN_FILE") and env.get("AWS_ROLE_ARN"):
        role = safe_text(env["AWS_ROLE_ARN"].rpartition("/")[2], 60)
        label = "environment: AWS_WEB_IDENTITY_TOKEN_FILE, AWS_ROLE_ARN"
        return Found("env", "", label, {"method": "web-identity"}, remarks=(f"assumes the role {role}",))
    for name in _CONTAINER:
        if env.get(name):
            return Found(
                "env", "", f"environment: {name}", {"method": "container"}, remarks=("the role of this place",)
            )
    return None


def _keys(env: Mapping[str, str]) -> Found:
    token_name = "AWS_SESSION_TOKEN" if env.get("AWS_SESSION_TOKEN") else "AWS_SECURITY_TOKEN"
    names = [name for name in (_KEY_ID, _SECRET, token_name) if env.get(name)]
    secrets = {}
    if env.get(_SECRET):
        secrets["secret_access_key"] = Secret(env[_SECRET].strip())
    if env.get(token_name):
        secrets["session_token"] = Secret(env[token_name].strip())
    values = {"access_key_id": env.get(_KEY_ID, "").strip()}
    remarks = [f"{name} is missing" for name in (_KEY_ID, _SECRET) if not env.get(name)]
    if (expires_at := as_time(env.get("AWS_CREDENTIAL_EXPIRATION", ""))) is not None:
        values["expires_at"] = expires_at.isoformat()
    if region := env.get("AWS_REGION") or env.get("AWS_DEFAULT_REGION"):
        remarks.append(f"region {safe_text(region, 40)}")
    return Found("env", "", f"environment: {', '.join(names)}", values, secrets, tuple(remarks))
