"""The profiles of ~/.aws: what is in AWS's own files, read as botocore reads them, without it and without a network.

Nothing here signs in anywhere, runs a program or follows a role: a profile is found, and said what it would do.
"""

from __future__ import annotations

import configparser
import hashlib
import json
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from lattice_tui.providers.aws.session import as_time
from lattice_tui.providers.credentials import Around
from lattice_tui.text import safe_text

MAX_FILE_BYTES = 4 * 1024 * 1024
"""Of one file: companies write a profile for each account and role."""
ProfileKind = Literal["role", "web identity", "sign-in page", "keys", "console sign-in", "program"]
"""In the order in which botocore asks. Source: botocore credentials.py, ProfileProviderBuilder."""


@dataclass(frozen=True, slots=True)
class Profile:
    """One profile that says how to sign in."""

    name: str
    kind: ProfileKind
    keys: Mapping[str, str] = field(repr=False)
    """What is written in it, both files together; secrets among it."""
    sign_in_ends_at: datetime | None = None
    """Of a sign-in page's cached token; None: never signed in, or none of that kind."""
    is_renewed: bool = False
    """The token is made anew by itself, until the person's session at that page ends."""
    files: tuple[str, ...] = ()

    @property
    def access_key_id(self) -> str:
        return self.keys.get("aws_access_key_id", "") if self.kind == "keys" else ""

    @property
    def session_token(self) -> str:
        return self.keys.get("aws_session_token", "") or self.keys.get("aws_security_token", "")

    @property
    def expires_at(self) -> datetime | None:
        """Of temporary keys, where whoever wrote them wrote that, too (saml2aws, gimme-aws-creds, okta)."""
        for key in ("aws_expiration", "aws_credential_expiration", "expiration", "x_security_token_expires"):
            if moment := as_time(self.keys.get(key, "")):
                return moment
        return None


@dataclass(frozen=True, slots=True)
class OwnFiles:
    """What both files hold."""

    profiles: tuple[Profile, ...]
    troubles: tuple[tuple[str, str], ...] = ()
    """(file, what is wrong with it)."""
    looked_at: tuple[str, ...] = ()

    def profile(self, name: str) -> Profile | None:
        """The profile of that name, None when there is none that signs in."""
        return next((profile for profile in self.profiles if profile.name == name), None)


def own_files(around: Around) -> OwnFiles:
    """Read both files; a broken one is a trouble, an absent one is nothing."""
    config_path = _path(around, "AWS_CONFIG_FILE", "config")
    keys_path = _path(around, "AWS_SHARED_CREDENTIALS_FILE", "credentials")
    config, config_trouble = _sections(config_path)
    shared, shared_trouble = _sections(keys_path)
    written: dict[str, dict[str, str]] = {}
    origins: dict[str, list[str]] = {}
    for section, keys in config.items():
        if name := _profile_name(section):
            written.setdefault(name, {}).update(keys)
            origins.setdefault(name, []).append(str(config_path))
    for name, keys in shared.items():
        written.setdefault(name, {}).update(keys)
        origins.setdefault(name, []).append(str(keys_path))
    troubles = [
        (str(path), trouble)
        for path, trouble in ((config_path, config_trouble), (keys_path, shared_trouble))
        if trouble
    ]
    profiles = tuple(_profiles(written, origins, config, around.home))
    return OwnFiles(profiles, tuple(troubles), (str(keys_path), str(config_path)))


def _profiles(
    written: Mapping[str, dict[str, str]],
    origins: Mapping[str, list[str]],
    config: Mapping[str, dict[str, str]],
    home: Path,
) -> Iterator[Profile]:
    for name, keys in written.items():
        kind = _kind(keys)
        if kind is None:
            continue
        ends_at, is_renewed = _signed_in_until(keys, config, home) if kind == "sign-in page" else (None, False)
        yield Profile(name, kind, keys, ends_at, is_renewed, tuple(origins[name]))


def _kind(keys: Mapping[str, str]) -> ProfileKind | None:
    if "role_arn" in keys and ("source_profile" in keys or "credential_source" in keys):
        return "role"
    if "web_identity_token_file" in keys:
        return "web identity"
    if "sso_session" in keys or "sso_start_url" in keys:
        return "sign-in page"
    if "aws_access_key_id" in keys or "aws_secret_access_key" in keys:
        return "keys"
    if "login_session" in keys:
        return "console sign-in"
    return "program" if "credential_process" in keys else None


def _signed_in_until(
    keys: Mapping[str, str], config: Mapping[str, dict[str, str]], home: Path
) -> tuple[datetime | None, bool]:
    """(end of the cached token, whether it renews itself). Its file is named after the session, or its address.

    Source: botocore tokens.py and utils.py, SSOTokenLoader.
    """
    session = keys.get("sso_session", "")
    named_after = session or keys.get("sso_start_url", "")
    name = hashlib.sha1(named_after.encode(), usedforsecurity=False).hexdigest()
    try:
        said = json.loads((home / ".aws" / "sso" / "cache" / f"{name}.json").read_text("utf-8"))
    except (OSError, ValueError, RecursionError):
        # Never signed in, or a file that is none: botocore would ask for a new sign-in as well.
        return None, False
    if not isinstance(said, dict):
        return None, False
    is_renewed = bool(said.get("refreshToken")) and f"sso-session {session}" in config
    return as_time(str(said.get("registrationExpiresAt" if is_renewed else "expiresAt", ""))), is_renewed


def _path(around: Around, variable: str, name: str) -> Path:
    given = around.env.get(variable, "")
    if not given:
        return around.home / ".aws" / name
    if given == "~" or given.startswith("~/"):
        return around.home / given[2:]
    return around.cwd / given


def _profile_name(section: str) -> str:
    """`profile x`, `profile "a b"` or `default` -> the name; empty for a section of another kind."""
    if section == "default":
        return section
    try:
        words = shlex.split(section)
    except ValueError:
        return ""
    return words[1] if len(words) == 2 and words[0] == "profile" else ""


def _sections(path: Path) -> tuple[dict[str, dict[str, str]], str]:
    """(section -> keys, what is wrong). Nested lines stay out: no key of ours is in one."""
    try:
        with path.open("rb") as file:
            data = file.read(MAX_FILE_BYTES + 1)
    except FileNotFoundError:
        return {}, ""
    except OSError as error:
        return {}, safe_text(f"it cannot be read: {error.strerror or type(error).__name__}", 120)
    if len(data) > MAX_FILE_BYTES:
        return {}, "it is longer than any such file"
    parser = configparser.RawConfigParser(default_section="\0")
    try:
        parser.read_string(data.decode("utf-8-sig"))
    except UnicodeDecodeError:
        return {}, "it is not text in UTF-8"
    except configparser.Error as error:
        # The reader's own words quote the line, which may hold a secret.
        line = getattr(error, "lineno", None) or next((at for at, _ in getattr(error, "errors", ())), None)
        return {}, f"line {line} is not understood" if line else "it is not understood"
    return {section: dict(parser.items(section)) for section in parser.sections()}, ""


def signs_in(profile: Profile, now: datetime | None = None) -> str:
    """What using the profile would do, and what it would need first; a few words."""
    keys = profile.keys
    if profile.kind == "role":
        by = keys.get("source_profile") or keys.get("credential_source", "")
        return safe_text(f"assumes the role {keys['role_arn'].rpartition('/')[2]} by {by}", 120)
    if profile.kind == "sign-in page":
        return _signed_in(profile, now or datetime.now(UTC))
    if profile.kind == "program":
        # With arguments it may carry a password: its name alone is shown.
        words = keys["credential_process"].split()
        return safe_text(f"asks the program {Path(words[0]).name if words else '(none)'}", 120)
    if profile.kind == "console sign-in":
        return "signs in by the AWS console (aws login)"
    if profile.kind == "web identity":
        return "assumes a role by a token in a file"
    return "temporary keys" if profile.session_token else "keys"


def _signed_in(profile: Profile, now: datetime) -> str:
    command = f"aws sso login --profile {shlex.quote(profile.name)}"
    if profile.sign_in_ends_at is None:
        return f"not signed in yet: {command}"
    if profile.sign_in_ends_at <= now:
        return f"the sign-in has ended: {command}"
    if profile.is_renewed:
        return "signed in; the sign-in renews itself for a while"
    return f"signed in until {profile.sign_in_ends_at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
