"""How one signs in to AWS: keys in the environment, a profile of ~/.aws, a kept entry, or whatever is pasted.

No SDK is imported here and no network asked: profiles that sign in by a page, a role or a program are found and named,
and used by the checks alone, once they were picked.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from lattice_tui.errors import ExitCode, LatticeError
from lattice_tui.providers.aws import shapes
from lattice_tui.providers.aws.own_files import OwnFiles, Profile, own_files, signs_in
from lattice_tui.providers.aws.session import as_time
from lattice_tui.providers.credentials import Around, Found
from lattice_tui.secrets import Secret
from lattice_tui.text import safe_text
from schemas.fields import Field
from schemas.problem import Problem

if TYPE_CHECKING:
    from schemas.document import CredentialsRef

_PATH: Final = "credentials.aws"
_CREDENTIALS: Final = "spec.credentials"
_IAM = "IAM > Users > your user > Security credentials > Create access key, in the AWS console."

PROFILE: Final = Field(
    path=f"{_PATH}.profile",
    label="Profile",
    help="a profile of ~/.aws; empty to sign in with keys",
    why="Nothing is stored: the AWS command line's own files are used as they are.",
    where="aws configure list-profiles",
    example="default",
)
ACCESS_KEY_ID: Final = Field(
    path=f"{_PATH}.access_key_id",
    label="Access key ID",
    help="20 characters that begin with AKIA or ASIA",
    why="It names the user; the secret that goes with it proves it.",
    where=_IAM,
    example="AKIAIOSFODNN7EXAMPLE",
    notes=("ASIA marks temporary keys: they come with a session token.",),
    pattern=shapes.ACCESS_KEY,
)
SECRET_ACCESS_KEY: Final = Field(
    path=f"{_PATH}.secret_access_key",
    label="Secret access key",
    help="40 characters, shown once when the key is made",
    why="It signs every request, and is never sent itself.",
    where=_IAM,
    kind="secret",
    notes=("Lost ones cannot be shown again: make a new key, then delete the old one.",),
)
SESSION_TOKEN: Final = Field(
    path=f"{_PATH}.session_token",
    label="Session token",
    help="for temporary keys alone: a long text",
    why="Temporary keys (ASIA) are worth nothing without it.",
    where="Where the keys were shown: the access portal, aws sts, or aws configure export-credentials.",
    kind="secret",
)
FIELDS: Final = (PROFILE, ACCESS_KEY_ID, SECRET_ACCESS_KEY, SESSION_TOKEN)


class AwsCredentials:
    """See `lattice_tui.providers.credentials.Credentials`."""

    fields = FIELDS

    def discover(self, around: Around) -> tuple[Found, ...]:
        from lattice_tui.providers.aws.ambient import found_in_environment

        files = own_files(around)
        here = found_in_environment(around.env)
        found = [_with_difference(here, files, around.env)] if here is not None else []
        found += [_found_profile(profile, here, around.env) for profile in files.profiles]
        found += [
            Found("profile", "", safe_text(f"file: {path}", 120), remarks=(trouble,))
            for path, trouble in files.troubles
        ]
        return (*found, *_kept(around))

    def parse(self, text: str) -> Found | Problem:
        from lattice_tui.providers.aws.pasted import read_pasted

        return read_pasted(text)

    def problems(self, values: Mapping[str, str], secrets: Mapping[str, Secret]) -> tuple[Problem, ...]:
        return tuple(_problems(values, secrets))

    def load(self, reference: CredentialsRef | None, around: Around) -> Found:
        if reference is None or reference.source == "env":
            return _load_environment(around)
        if reference.source == "profile":
            return _load_profile(reference.name or "default", around)
        if around.store is None:
            raise _not_found("there is no store of credentials to look in", "Use the environment: source: env")
        return around.store.need("aws", reference.name or "default", reference.source)


CREDENTIALS: Final = AwsCredentials()


def _load_environment(around: Around) -> Found:
    """Keys of the environment; AWS_PROFILE names a profile. Nothing is taken that neither of them says."""
    from lattice_tui.providers.aws.ambient import found_in_environment

    if (found := found_in_environment(around.env)) is not None:
        if not found.remarks or found.secrets or not found.values.get("access_key_id"):
            return found
        raise _not_found(found.remarks[0], "Set both, or neither: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY")
    if named := around.env.get("AWS_PROFILE") or around.env.get("AWS_DEFAULT_PROFILE"):
        return _load_profile(named, around)
    files = own_files(around)
    if files.profiles:
        names = ", ".join(profile.name for profile in files.profiles[:6])
        first = safe_text(files.profiles[0].name, 60)
        raise _not_found(
            "there are no AWS keys in the environment",
            f"Name a profile in the file: credentials: {{source: profile, name: {first}}}",
            f"Looked for AWS_ACCESS_KEY_ID, AWS_PROFILE. Profiles that are there: {safe_text(names, 160)}",
        )
    raise _not_found(
        "there are no AWS keys in the environment",
        "Run aws configure, and write credentials: {source: profile, name: default}; or export AWS_ACCESS_KEY_ID and "
        "AWS_SECRET_ACCESS_KEY",
        f"Looked for AWS_ACCESS_KEY_ID, AWS_PROFILE, {safe_text(' and '.join(files.looked_at), 160)}",
    )


def _load_profile(name: str, around: Around) -> Found:
    files = own_files(around)
    profile = files.profile(name)
    if profile is not None:
        return _found_profile(profile, None, around.env)
    for path, trouble in files.troubles:
        raise _not_found(
            f"{safe_text(path, 60)}: {trouble}", "Mend the file: aws configure list shows what is read of it"
        )
    known = ", ".join(profile.name for profile in files.profiles[:8])
    raise _not_found(
        f"there is no AWS profile called {safe_text(name, 60)} that signs in",
        f"Write one of: {safe_text(known, 160)}"
        if known
        else f"Make it: aws configure --profile {safe_text(name, 60)}",
        f"Looked in {safe_text(' and '.join(files.looked_at), 200)}",
    )


def _found_profile(profile: Profile, here: Found | None, env: Mapping[str, str]) -> Found:
    remarks = [signs_in(profile)] if profile.kind != "keys" or profile.session_token else []
    if profile.keys.get("mfa_serial"):
        remarks.append(
            "asks for a code (MFA), which cannot be typed here: sign in with aws sts get-session-token first"
        )
    if profile.kind == "keys":
        secrets = {"secret_access_key": Secret(profile.keys.get("aws_secret_access_key", ""))}
        if profile.session_token:
            secrets["session_token"] = Secret(profile.session_token)
        remarks += [problem.title for problem in _problems({"access_key_id": profile.access_key_id}, secrets)]
    remarks += _expiry_remarks(profile.expires_at)
    if region := profile.keys.get("region"):
        remarks.append(f"region {safe_text(region, 40)}")
    if here is not None and profile.access_key_id and here.values.get("access_key_id"):
        is_same = here.values["access_key_id"] == profile.access_key_id
        remarks.append(
            "the same keys as the environment's" if is_same else "differs from the environment in: access key"
        )
    if env.get("AWS_PROFILE") == profile.name:
        remarks.append("AWS_PROFILE names it")
    ending = f" ({_ending(profile.access_key_id)})" if profile.access_key_id else ""
    values = {"profile": profile.name}
    if profile.expires_at is not None:
        values["expires_at"] = profile.expires_at.isoformat()
    return Found("profile", profile.name, safe_text(f"profile {profile.name}{ending}", 120), values, {}, tuple(remarks))


def _with_difference(here: Found, files: OwnFiles, env: Mapping[str, str]) -> Found:
    """The environment's keys, and which profile says something else: the SDKs would take the environment's."""
    named = env.get("AWS_PROFILE") or env.get("AWS_DEFAULT_PROFILE") or "default"
    profile = files.profile(named)
    key_id = here.values.get("access_key_id")
    if profile is None or not key_id or key_id == profile.access_key_id:
        return here
    return replace(here, remarks=(*here.remarks, safe_text(f"differs from the profile {named} in: access key", 120)))


def _kept(around: Around) -> Iterator[Found]:
    """Entries of our own store, by name: a key store may ask the person to open it, so nothing is opened here."""
    if around.store is not None:
        for name, where in around.store.names("aws"):
            label = f"key store: {name}" if where == "keyring" else f"kept in a file: {name}"
            yield Found(where, name, safe_text(label, 120))


def _expiry_remarks(expires_at: datetime | None) -> list[str]:
    if expires_at is None:
        return []
    left_min = int((expires_at - datetime.now(UTC)).total_seconds() // 60)
    if left_min <= 0:
        return ["expired"]
    return [f"expires in {left_min} min" if left_min < 180 else f"expires in {left_min // 60} h"]


def _problems(values: Mapping[str, str], secrets: Mapping[str, Secret]) -> Iterator[Problem]:
    key_id = values.get("access_key_id", "").strip()
    secret = secrets.get("secret_access_key", Secret("")).reveal().strip()
    token = secrets.get("session_token", Secret("")).reveal().strip()
    if values.get("profile", "").strip() or values.get("method"):
        return
    if not key_id and not secret:
        yield _problem(
            "LT-AWS-030", "there is nothing to sign in with", "Pick a profile, or give both keys.", "profile"
        )
        return
    if shapes.fits(shapes.SECRET_KEY, key_id) and shapes.fits(shapes.ACCESS_KEY, secret):
        yield _problem(
            "LT-AWS-031",
            "the two keys stand in each other's place",
            "The access key ID is the one that begins with AKIA or ASIA.",
            "access_key_id",
        )
        return
    if not shapes.fits(shapes.ACCESS_KEY, key_id):
        yield _problem("LT-AWS-032", _key_title(key_id), f"Copy it again: {_IAM}", "access_key_id")
    if not shapes.fits(shapes.SECRET_KEY, secret):
        length = f"has {len(secret)} characters, not 40" if secret and len(secret) != 40 else ""
        title = f"the secret access key {length or ('holds a character that none has' if secret else 'is missing')}"
        yield _problem(
            "LT-AWS-033", title, "Copy it again whole, or make a new key: it is shown once.", "secret_access_key"
        )
    if key_id.startswith("ASIA") and not token:
        yield _problem(
            "LT-AWS-034",
            "these are temporary keys, and their session token is missing",
            "Copy it from where the keys were shown: AWS_SESSION_TOKEN.",
            "session_token",
        )
    if key_id.startswith("AKIA") and token:
        yield _problem(
            "LT-AWS-035",
            "there is a session token, and the keys are not temporary",
            "Leave the token empty, or take the keys that came with it: they begin with ASIA.",
            "session_token",
        )


def _key_title(key_id: str) -> str:
    if not key_id:
        return "the access key ID is missing"
    if len(key_id) != 20:
        return f"the access key ID has {len(key_id)} characters, not 20"
    return "the access key ID does not begin with AKIA or ASIA, or holds another character than A to Z, 2 to 7"


def _problem(code: str, title: str, fix: str, name: str) -> Problem:
    return Problem(code, title, fix, path=f"{_PATH}.{name}")


def _not_found(title: str, fix: str, detail: str = "") -> LatticeError:
    return LatticeError(Problem("LT-AWS-036", title, fix, detail, path=_CREDENTIALS), ExitCode.CREDENTIALS)


def _ending(key_id: str) -> str:
    return f"key ending in {safe_text(key_id[-4:], 4)}"


def expires(values: Mapping[str, str]) -> datetime | None:
    """When the keys end, where that is known beforehand."""
    return as_time(values.get("expires_at", ""))
