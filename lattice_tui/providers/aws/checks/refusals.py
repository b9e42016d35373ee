"""Why AWS did not let somebody in: one result for each way in which a sign-in goes wrong."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

from lattice_tui.providers.aws import shapes
from lattice_tui.providers.aws.answers import NOT_OF_AWS, AwsAnswerError
from lattice_tui.providers.aws.checks.look import BLOCK, Look, could_not, wrong
from lattice_tui.text import safe_text
from schemas.checks import CheckResult

_PATH: Final = "credentials.aws"


class _Words(NamedTuple):
    code: str
    summary: str
    why: str
    fix: str
    field: str
    action: str = ""


def refused(error: AwsAnswerError, look: Look) -> CheckResult:
    """The result of a sign-in that was not accepted; `unknown` when nobody answered that."""
    words = _words(error, look)
    if words is None:
        return could_not(error)
    return wrong(
        "fail",
        words.code,
        words.summary,
        why=words.why,
        fix=words.fix,
        action=words.action,
        field=words.field,
        evidence=str(error),
    )


def _words(error: AwsAnswerError, look: Look) -> _Words | None:
    if error.code == "SignatureDoesNotMatch" and _is_about_time(error.words):
        return _clock()
    if (say := _BY_CODE.get(error.code)) is not None:
        return say(look)
    if error.kind == "denied":
        return _role(look)
    if error.kind == "unreachable":
        return _Words(
            "LT-AWS-110",
            f"AWS is not reached in the region {safe_text(look.wish.region, 30)}",
            "A region that does not exist has no address; a firewall or a proxy may be in the way of one that does.",
            "Pick the region from the list, and look at the proxy (HTTPS_PROXY)",
            f"{BLOCK}.region",
            "aws sts get-caller-identity",
        )
    if error.code == NOT_OF_AWS:
        return _Words(
            "LT-AWS-116",
            "Something else answers in the place of AWS",
            "A proxy, the sign-in page of a network, or another server gives answers that are none of AWS.",
            "Look at HTTPS_PROXY and AWS_ENDPOINT_URL, and open any page in a browser to sign in to the network",
            f"{BLOCK}.region",
            "aws sts get-caller-identity",
        )
    return None


def _is_about_time(words: str) -> bool:
    return "expired" in words.lower() or "not yet current" in words.lower()


def _clock(_look: Look | None = None) -> _Words:
    return _Words(
        "LT-AWS-103",
        "AWS refuses the signature: this computer's clock is wrong",
        "Signatures hold for 15 minutes.",
        "Set the clock, best by itself: timedatectl set-ntp true",
        "",
        "timedatectl status",
    )


def _key_unknown(look: Look) -> _Words:
    partition = shapes.partition_of(look.wish.region)
    fix = "Look whether the key is active: IAM > Users > your user > Security credentials"
    if partition != "aws":
        fix += (
            f"; the region {safe_text(look.wish.region, 30)} belongs to {partition}, with accounts and keys of its own"
        )
    return _Words(
        "LT-AWS-101",
        "AWS does not know this access key",
        "It was deleted, made inactive, or belongs to another part of AWS.",
        fix,
        f"{_PATH}.access_key_id",
        "aws iam list-access-keys",
    )


def _secret(_look: Look) -> _Words:
    return _Words(
        "LT-AWS-102",
        "The secret does not belong to this access key",
        "AWS knows the key, and computes another signature.",
        "Copy the secret again whole, or make a new key: it is shown once",
        f"{_PATH}.secret_access_key",
    )


def _expired(look: Look) -> _Words:
    profile = look.session.profile
    return _Words(
        "LT-AWS-104",
        "The temporary keys have expired",
        "They last from one to twelve hours.",
        f"Sign in again: {_login(look)}" if profile else "Fetch new ones, all three parts of them",
        f"{_PATH}.{'profile' if profile else 'session_token'}",
        _login(look) if profile else "",
    )


def _role(look: Look) -> _Words:
    return _Words(
        "LT-AWS-105",
        "These keys may not assume the profile's role"
        if look.session.profile
        else "These keys may not say who they are",
        "The role's trust policy, or a policy of the organization, does not allow it.",
        "Ask whoever gave you the role, or take another profile",
        f"{_PATH}.profile",
        "aws sts get-caller-identity",
    )


def _page(look: Look) -> _Words:
    return _Words(
        "LT-AWS-106",
        "You are not signed in at the access portal, or no longer",
        "The profile signs in by a page in the browser (SSO), and that sign-in has ended.",
        f"Sign in, then look again: {_login(look)}",
        f"{_PATH}.profile",
        _login(look),
    )


def _profile(look: Look) -> _Words:
    name = safe_text(look.session.profile, 60)
    return _Words(
        "LT-AWS-107",
        f"There is no AWS profile called {name}" if name else "AWS's own files cannot be used as they are",
        "It is in neither ~/.aws/config nor ~/.aws/credentials, or what it needs is not written there.",
        "Pick one that is there, or make it: aws configure --profile NAME",
        f"{_PATH}.profile",
        "aws configure list-profiles",
    )


def _program(_look: Look) -> _Words:
    return _Words(
        "LT-AWS-108",
        "The profile's program did not hand out keys",
        "credential_process names a program; it failed, or printed something else.",
        "Run it by hand, and mend what it says",
        f"{_PATH}.profile",
        "aws configure export-credentials",
    )


def _no_keys(_look: Look) -> _Words:
    return _Words(
        "LT-AWS-109",
        "The profile holds no keys, and no other way to sign in",
        "It may only set a region.",
        "Give it keys: aws configure; or pick another profile",
        f"{_PATH}.profile",
        "aws configure list",
    )


def _code(_look: Look) -> _Words:
    return _Words(
        "LT-AWS-111",
        "The profile asks for a code (MFA), which cannot be typed here",
        "The code has to be typed where the keys are fetched.",
        "Fetch temporary keys with it, and paste them: aws sts get-session-token --serial-number ARN --token-code CODE",
        f"{_PATH}.profile",
    )


def _login(look: Look) -> str:
    return f"aws sso login --profile {shlex.quote(safe_text(look.session.profile, 80))}"


_BY_CODE: Final[Mapping[str, Callable[[Look], _Words]]] = {
    **dict.fromkeys(
        ("InvalidClientTokenId", "UnrecognizedClientException", "InvalidAccessKeyId", "AuthFailure"), _key_unknown
    ),
    **dict.fromkeys(("SignatureDoesNotMatch", "InvalidSignatureException", "IncompleteSignature"), _secret),
    **dict.fromkeys(("ExpiredToken", "ExpiredTokenException"), _expired),
    **dict.fromkeys(("RequestExpired", "RequestTimeTooSkewed"), _clock),
    **dict.fromkeys(
        (
            "LoginRefreshRequired",
            "LoginTokenLoadError",
            "NoAuthTokenError",
            "SSOError",
            "SSOTokenLoadError",
            "TokenRetrievalError",
            "UnauthorizedSSOTokenError",
        ),
        _page,
    ),
    **dict.fromkeys(("ProfileNotFound", "ConfigParseError", "InvalidConfigError", "InfiniteLoopConfigError"), _profile),
    "CredentialRetrievalError": _program,
    **dict.fromkeys(("NoCredentialsError", "PartialCredentialsError"), _no_keys),
    "RefreshWithMFAUnsupportedError": _code,
}
