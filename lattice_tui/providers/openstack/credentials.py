"""OpenStack's credentials: found in the environment, in clouds.yaml and in our store; pasted; loaded by reference."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from lattice_tui.errors import ExitCode, LatticeError
from lattice_tui.providers.credentials import Around, Found
from lattice_tui.providers.openstack import forms
from lattice_tui.providers.openstack.config_files import (
    SYSTEM_FOLDERS,
    ConfigFiles,
    merged,
    parse_yaml,
    read_files,
    shown_path,
)
from lattice_tui.providers.openstack.credential_fields import FIELDS
from lattice_tui.providers.openstack.entries import entry_of
from lattice_tui.providers.openstack.environment import (
    ENCODED,
    ENVVARS,
    found_encoded,
    found_in_environment,
    of_variables,
    read_ca,
)
from lattice_tui.providers.pasting import exports
from lattice_tui.text import safe_text
from schemas.problem import Problem

if TYPE_CHECKING:
    from lattice_tui.secrets import Secret
    from schemas.document import CredentialsRef
    from schemas.fields import Field

USUAL_CLOUD: Final = "openstack"
"""Taken where nothing names one, as the document's cloudName."""
_LISTED_CLOUDS = 8
_ASKS = re.compile(r"^\s*(?:export\s+)?OS_PASSWORD=\"?\$", re.MULTILINE)


class OpenStackCredentials:
    """See `lattice_tui.providers.credentials.Credentials`."""

    def __init__(self, system: tuple[Path, ...] = SYSTEM_FOLDERS) -> None:
        """`system`: folders of the whole computer that are looked into as well."""
        self._system = system

    @property
    def fields(self) -> tuple[Field, ...]:
        return FIELDS

    def discover(self, around: Around) -> tuple[Found, ...]:
        """The environment first, then every cloud of clouds.yaml, then our store."""
        environment = found_in_environment(around)
        files = read_files(around, self._system)
        clouds = self._clouds(files, around)
        found: list[Found] = []
        chosen = around.env.get("OS_CLOUD", "")
        if environment is not None:
            name = ENVVARS if chosen else ""
            remark = (f"OS_CLOUD is set too: the openstack command takes the cloud {safe_text(chosen, 40)}",)
            found.append(replace(environment, name=name, remarks=(*environment.remarks, *(remark if chosen else ()))))
        found += [_compared(one, environment) for one in clouds]
        if files.trouble:
            label = shown_path(files.path, around) if files.path is not None else "clouds.yaml"
            found.append(Found("profile", "", label, remarks=(files.trouble,)))
        if (encoded := found_encoded(around)) is not None:
            found.append(encoded)
        return (*found, *(_compared(one, environment) for one in _stored(around)))

    def parse(self, text: str) -> Found | Problem:
        """An openrc file or any lines of OS_* variables, a clouds.yaml, one cloud's entry, a part of them."""
        variables = {name: value for name, value in exports(text).items() if name.startswith(("OS_", "OPENSTACK_"))}
        entry = of_variables(variables, None)
        if entry is not None:
            asks = _ASKS.search(text) is not None and "password" not in entry.secrets
            remarks = (*entry.remarks, "the script asks for the password: type it here") if asks else entry.remarks
            label = safe_text(f"pasted: {', '.join(sorted(variables))}", 160)
            return Found("env", "", label, entry.values, entry.secrets, remarks, is_pasted=True)
        if variables.get(ENCODED):
            encoded = found_encoded(Around(variables, Path("/nonexistent"), Path("/nonexistent")))
            if encoded is not None and encoded.values:
                return replace(encoded, name="", is_pasted=True)
        return _pasted_clouds(text)

    def problems(self, values: Mapping[str, str], secrets: Mapping[str, Secret]) -> tuple[Problem, ...]:
        return forms.problems(values, secrets)

    def load(self, reference: CredentialsRef | None, around: Around) -> Found:
        """`env` is what the openstack command would take: the cloud of OS_CLOUD, else the OS_* variables."""
        source, name = (reference.source, reference.name or "") if reference is not None else ("env", "")
        if source == "profile":
            return self._profile(name or around.env.get("OS_CLOUD", ""), around)
        if source in ("keyring", "file"):
            return _of_store(source, name or USUAL_CLOUD, around)
        if name == ENCODED:
            encoded = found_encoded(around)
            if encoded is not None and encoded.values:
                return encoded
            raise _missing(f"{ENCODED} is not set, or holds no cloud", "Set it, or write source: profile.")
        chosen = around.env.get("OS_CLOUD", "")
        if chosen and name != ENVVARS:
            return self._profile(chosen, around)
        if (found := found_in_environment(around)) is not None:
            return found
        if (encoded := found_encoded(around)) is not None and encoded.values:
            return encoded
        raise _missing(
            "There are no OpenStack credentials in the environment",
            f"Run: source openrc.sh; or write spec.credentials: {{source: profile, name: {self._example(around)}}}",
            "Looked for: OS_CLOUD, OS_AUTH_URL (with OS_USERNAME or OS_APPLICATION_CREDENTIAL_ID), " + ENCODED,
        )

    def _profile(self, name: str, around: Around) -> Found:
        files = read_files(around, self._system)
        if files.trouble:
            raise _missing(files.trouble, "Mend it, or name another by OS_CLIENT_CONFIG_FILE.", code="LT-OS-022")
        if files.path is None:
            raise _missing(
                "There is no clouds.yaml",
                "Put the one of your dashboard (API Access) at ~/.config/openstack/clouds.yaml",
                "Looked in: this folder, ~/.config/openstack, /etc/openstack, OS_CLIENT_CONFIG_FILE",
            )
        known = [safe_text(cloud, 40) for cloud in files.clouds]
        wanted = name or (next(iter(files.clouds)) if len(known) == 1 else USUAL_CLOUD)
        for found in self._clouds(files, around):
            if found.name == wanted:
                return found
        raise _missing(
            f"{shown_path(files.path, around)} has no cloud {safe_text(wanted, 40)}",
            f"Write one of: {', '.join(known[:_LISTED_CLOUDS])}" if known else "Add the cloud to the file.",
            code="LT-OS-021",
        )

    def _clouds(self, files: ConfigFiles, around: Around) -> tuple[Found, ...]:
        found = []
        for name, said in files.clouds.items():
            entry = entry_of(said, lambda path: read_ca(path, around))
            where = shown_path(files.path, around) if files.path is not None else "clouds.yaml"
            about = (*entry.remarks, *filter(None, (files.profile_remarks.get(name),)), *files.remarks)
            values = {"cloud": name, **entry.values}
            found.append(
                Found("profile", name, safe_text(f"{where}: {name}", 160), values, entry.secrets, about),
            )
        return tuple(found)

    def _example(self, around: Around) -> str:
        return next((safe_text(name, 40) for name in read_files(around, self._system).clouds), USUAL_CLOUD)


CREDENTIALS: Final = OpenStackCredentials()


def _compared(found: Found, environment: Found | None) -> Found:
    """With a remark that names what the environment says differently; never what it says."""
    if environment is None:
        return found
    names = [
        name
        for name in (*environment.values, *environment.secrets)
        if (name in found.values and found.values[name] != environment.values.get(name))
        or (name in found.secrets and found.secrets[name] != environment.secrets.get(name))
    ]
    if not names:
        return found
    return replace(found, remarks=(*found.remarks, f"differs from the environment in: {', '.join(names)}"))


def _pasted_clouds(text: str) -> Found | Problem:
    said, trouble = parse_yaml(text)
    # Part of a clouds.yaml: a list of clouds without its head, or one cloud alone.
    clouds = (said or {}).get("clouds", said)
    if not isinstance(clouds, dict) or trouble:
        return _not_understood()
    if "auth" in clouds:
        clouds = {USUAL_CLOUD: clouds}
    entries = {name: entry for name, entry in clouds.items() if isinstance(entry, dict) and "auth" in entry}
    if not entries:
        return _not_understood()
    name = USUAL_CLOUD if USUAL_CLOUD in entries else next(iter(entries))
    entry = entry_of(merged({}, entries[name]))
    shown = [safe_text(str(one), 40) for one in entries]
    more = (f"holds {len(shown)} clouds, {safe_text(name, 40)} is taken: {', '.join(shown[:_LISTED_CLOUDS])}",)
    return Found(
        "profile",
        str(name),
        safe_text(f"pasted: clouds.yaml, cloud {name}", 160),
        {"cloud": str(name), **entry.values},
        entry.secrets,
        (*entry.remarks, *(more if len(shown) > 1 else ())),
        is_pasted=True,
    )


def _not_understood() -> Problem:
    return Problem(
        code="LT-OS-023",
        title="this is neither an openrc file nor a clouds.yaml",
        fix="Paste lines like export OS_AUTH_URL=https://..., or a clouds.yaml from its first line, clouds:",
    )


def _stored(around: Around) -> tuple[Found, ...]:
    if around.store is None:
        return ()
    found = []
    for name, where in around.store.names("openstack"):
        try:
            kept = around.store.load("openstack", name, where)
        except LatticeError as error:
            kept = Found(where, name, f"{where}: {safe_text(name, 60)}", remarks=(error.problem.title,))
        if kept is not None:
            found.append(kept)
    return tuple(found)


def _of_store(source: str, name: str, around: Around) -> Found:
    if around.store is None:
        raise _missing("There is no store of credentials here", "Write spec.credentials: {source: env}.")
    return around.store.need("openstack", name, "keyring" if source == "keyring" else "file")


def _missing(title: str, fix: str, detail: str = "", *, code: str = "LT-OS-020") -> LatticeError:
    return LatticeError(
        Problem(code=code, title=title, fix=fix, detail=detail, path="spec.credentials"), ExitCode.CREDENTIALS
    )
