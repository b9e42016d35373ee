"""What the environment says of a cloud: OS_* as openrc scripts set them, and the variables of Cluster API's guides."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from pathlib import Path

from lattice_tui.providers.credentials import Around, Found
from lattice_tui.providers.openstack.config_files import parse_yaml
from lattice_tui.providers.openstack.entries import PEM, Entry, entry_of
from lattice_tui.text import safe_text

ENVVARS = "envvars"
"""Name of the cloud that OS_* variables make. Source: openstacksdk's config/loader.py."""
ENCODED = "OPENSTACK_CLOUD_YAML_B64"
"""Of Cluster API's OpenStack provider, templates/env.rc: a whole clouds.yaml in base64."""
_MEANINGFUL = ("OS_AUTH_URL", "OS_USERNAME", "OS_USER_ID", "OS_APPLICATION_CREDENTIAL_ID", "OS_TOKEN", "OS_AUTH_TOKEN")
"""Without any of them the other OS_* variables only choose among what is elsewhere."""
_SELECTORS = ("OS_CLOUD", "OS_CLOUD_NAME", "OS_CLIENT_CONFIG_FILE", "OS_CLIENT_SECURE_FILE")
_MAX_CA_BYTES = 1024 * 1024


def of_variables(env: Mapping[str, str], around: Around | None) -> Entry | None:
    """The cloud of the OS_* variables, None where they name none. `around` None: no file is read."""
    if not any(env.get(name) for name in _MEANINGFUL):
        return None
    said = {name[3:].lower(): value for name, value in env.items() if name.startswith("OS_")}
    if "default_domain" in said:
        said.setdefault("domain_name", said["default_domain"])
    if ca := env.get("OPENSTACK_CACERT", ""):
        said.setdefault("cacert", ca)
    return entry_of(said, None if around is None else lambda path: read_ca(path, around))


def found_in_environment(around: Around) -> Found | None:
    """The OS_* variables as one set of credentials."""
    entry = of_variables(around.env, around)
    if entry is None:
        return None
    names = sorted(name for name in around.env if name.startswith("OS_") and name not in _SELECTORS)
    label = safe_text(f"environment: {', '.join(names)}", 160)
    return Found("env", "", label, entry.values, entry.secrets, entry.remarks)


def found_encoded(around: Around) -> Found | None:
    """The clouds.yaml that OPENSTACK_CLOUD_YAML_B64 holds, as Cluster API's own guide sets it."""
    text = around.env.get(ENCODED, "")
    if not text:
        return None
    wanted = around.env.get("OPENSTACK_CLOUD", "")
    label = f"environment: {ENCODED}"
    said, trouble = parse_yaml(_decoded(text)) if _decoded(text) else (None, "is not base64")
    clouds = (said or {}).get("clouds")
    entries = clouds if isinstance(clouds, dict) else {}
    name = wanted or next(iter(entries), "")
    entry = entries.get(name)
    if not isinstance(entry, dict):
        why = trouble or (f"holds no cloud {safe_text(wanted, 40)}" if wanted else "holds no clouds")
        return Found("env", ENCODED, label, remarks=(f"{ENCODED} {why}",))
    made = entry_of(entry, lambda path: read_ca(path, around))
    values = {"cloud": str(name), **made.values}
    if ca := _decoded(around.env.get("OPENSTACK_CLOUD_CACERT_B64", "")):
        values["ca_pem"] = ca
    return Found("env", ENCODED, safe_text(f"{label}, cloud {name}", 160), values, made.secrets, made.remarks)


def read_ca(path: str, around: Around) -> tuple[str, str]:
    """(PEM, "") or ("", why not) of a certificate file."""
    file = around.home / path[2:] if path.startswith("~/") else around.cwd / Path(path)
    try:
        with file.open("rb") as opened:
            text = opened.read(_MAX_CA_BYTES).decode("ascii", "replace")
    except OSError as error:
        return "", f"cannot be read: {error.strerror}"
    return (text, "") if PEM in text else ("", "holds no certificate (PEM)")


def _decoded(text: str) -> str:
    try:
        return base64.b64decode("".join(text.split()), validate=True).decode("utf-8", "replace")
    except (binascii.Error, ValueError):
        # Whoever asks says that it is none.
        return ""
