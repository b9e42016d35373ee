"""AWS's refusals, told apart: what an error code means to somebody who only wanted to look.

AwsAnswerError is expected: a check makes a result of it, a pick-list a reason. It never carries a secret.
"""

from __future__ import annotations

from typing import Any, Final, Literal

from lattice_tui.text import safe_text

AnswerKind = Literal["denied", "credentials", "absent", "busy", "unreachable", "not understood", "refused"]
"""`denied`: these keys may not look. `not understood`: whoever answers does not have that question, or broke."""

_DENIED: Final = frozenset(
    (
        "AccessDenied",
        "AccessDeniedException",
        "AuthorizationError",
        "AuthorizationErrorException",
        "Client.UnauthorizedOperation",
        "OptInRequired",
        "UnauthorizedOperation",
    )
)
_CREDENTIALS: Final = frozenset(
    (
        "AuthFailure",
        "ExpiredToken",
        "ExpiredTokenException",
        "IncompleteSignature",
        "InvalidAccessKeyId",
        "InvalidClientTokenId",
        "InvalidSecurity",
        "InvalidSignatureException",
        "MissingAuthenticationToken",
        "RequestExpired",
        "RequestTimeTooSkewed",
        "SignatureDoesNotMatch",
        "UnrecognizedClientException",
    )
)
_BUSY: Final = frozenset(
    (
        "BandwidthLimitExceeded",
        "EC2ThrottledException",
        "RequestLimitExceeded",
        "RequestThrottled",
        "SlowDown",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
    )
)
_ABSENT: Final = frozenset(
    ("NoSuchEntity", "NoSuchResourceException", "NotFoundException", "ResourceNotFoundException")
)
_BROKEN: Final = frozenset(
    ("InternalError", "InternalFailure", "InternalServerError", "NotImplemented", "ServiceUnavailable", "Unavailable")
)
_NOT_SIGNED_IN: Final = frozenset(
    (
        "CredentialRetrievalError",
        "InvalidConfigError",
        "LoginRefreshRequired",
        "LoginTokenLoadError",
        "NoAuthTokenError",
        "NoCredentialsError",
        "PartialCredentialsError",
        "ProfileNotFound",
        "RefreshWithMFAUnsupportedError",
        "SSOError",
        "SSOTokenLoadError",
        "TokenRetrievalError",
        "UnauthorizedSSOTokenError",
        "UnknownCredentialError",
        "ConfigParseError",
        "InfiniteLoopConfigError",
    )
)
"""botocore's exceptions while it looks for keys. Source: botocore/exceptions.py."""
_UNREACHABLE: Final = frozenset(
    (
        "ConnectTimeoutError",
        "ConnectionClosedError",
        "EndpointConnectionError",
        "HTTPClientError",
        "ProxyConnectionError",
        "ReadTimeoutError",
        "SSLError",
    )
)
NOT_OF_AWS: Final = "NoRequestId"
"""The code of an answer that somebody else gave: AWS's carry the id of their request."""
_TOO_MANY_5XX = 500


class AwsAnswerError(Exception):
    """A question that was not answered. Its words are safe to print."""

    def __init__(self, kind: AnswerKind, code: str, words: str, operation: str) -> None:
        self.kind = kind
        self.code = safe_text(code, 80)
        """As AWS, or the SDK's exception, calls it: `UnauthorizedOperation`."""
        self.words = safe_text(words, 240)
        self.operation = operation
        """As a policy writes it: `ec2:DescribeImages`; empty where there was none."""
        super().__init__(f"{self.code}: {self.words}" if self.words else self.code)

    @property
    def because(self) -> str:
        """Why it is not known, for the end of a sentence."""
        if self.kind == "denied":
            return f"these keys may not {self.operation or 'look'}"
        if self.kind == "busy":
            return "AWS asks for fewer questions at a time"
        if self.kind == "not understood":
            return f"{self.operation or 'it'} got no answer that makes sense"
        if self.kind == "credentials":
            return (
                "there are no keys" if self.code == "NoCredentialsError" else f"the keys are not accepted ({self.code})"
            )
        if self.kind == "absent":
            return "AWS has no such thing here"
        if self.kind == "unreachable":
            return f"no connection ({self.code})"
        return f"{self.code}"


def answer_error(error: Exception, service: str, operation: str) -> AwsAnswerError | None:
    """What an exception of the SDK means; None for one that is no answer, which is a bug of ours.

    `operation` is the SDK's method: `describe_images`.
    """
    action = as_action(service, operation)
    response: dict[str, Any] | None = getattr(error, "response", None)
    if isinstance(response, dict) and "Error" in response:
        said = response["Error"]
        code, words = str(said.get("Code", "")), str(said.get("Message", ""))
        status = response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        return AwsAnswerError(_kind(code, status), code or str(status), words, action)
    names = [kind.__name__ for kind in type(error).__mro__]
    # botocore's readers expect what AWS writes: of a page that is XML by chance they miss an element (KeyError), and
    # of one that comes with an error's number they make a refusal without a reason.
    if not {"ResponseParserError", "ClientError", "KeyError"}.isdisjoint(names):
        status = response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0) if isinstance(response, dict) else 0
        number = f", with the status {status}" if status else ""
        return AwsAnswerError("not understood", NOT_OF_AWS, f"the answer is no answer of AWS{number}", action)
    if "BotoCoreError" not in names and "HTTPClientError" not in names:
        return None
    if not _NOT_SIGNED_IN.isdisjoint(names):
        return AwsAnswerError("credentials", names[0], str(error), action)
    if not _UNREACHABLE.isdisjoint(names):
        return AwsAnswerError("unreachable", names[0], str(error), action)
    return AwsAnswerError("refused", names[0], str(error), action)


def as_action(service: str, operation: str) -> str:
    """`ec2`, `describe_images` -> `ec2:DescribeImages`, as a policy writes it."""
    if not operation:
        return ""
    prefix = {"elbv2": "elasticloadbalancing", "resourcegroupstaggingapi": "tag", "service-quotas": "servicequotas"}
    return f"{prefix.get(service, service)}:{''.join(word.capitalize() for word in operation.split('_'))}"


def _kind(code: str, status: int) -> AnswerKind:
    if code in _DENIED:
        return "denied"
    if code in _CREDENTIALS:
        return "credentials"
    if code in _BUSY:
        return "busy"
    if code in _BROKEN or code.isdecimal() or status >= _TOO_MANY_5XX:
        return "not understood"
    return "absent" if code in _ABSENT or code.endswith(("NotFound", ".Malformed")) else "refused"
