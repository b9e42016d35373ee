"""Formats of strings that a real API server checks, and how.

Source: k8s.io/kube-openapi/pkg/validation/strfmt, and the list of formats that CRDs may use
(k8s.io/apiextensions-apiserver/pkg/apiserver/validation/formats.go). `int32`, `int64`, `float`, `double` and every
other name are ignored there, and here.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable
from datetime import date
from typing import Final
from urllib.parse import urlsplit

_UUID: Final = r"(?i)\A[0-9a-f]{8}-?[0-9a-f]{4}-?%s[0-9a-f]{3}-?%s[0-9a-f]{3}-?[0-9a-f]{12}\Z"
_TIME: Final = re.compile(r"\A([0-9]{2}):([0-9]{2}):([0-9]{2})(.[0-9]+)?(z|([+-][0-9]{2}:[0-9]{2}))\Z")
_BASE64: Final = re.compile(r"\A(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{4})\Z")
_HOSTNAME: Final = re.compile(
    r"\A([a-zA-Z0-9]((-?[a-zA-Z0-9]{0,62})?)|([a-zA-Z0-9](([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)(\.))+([a-zA-Z]){2,63})\Z"
)
_GO_DURATION: Final = re.compile(r"\A[+-]?(?:0|(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+)\Z")
_SCALA_DURATION: Final = re.compile(r"\d+\s*([A-Za-zµ]+)")
_SCALA_UNITS: Final = re.compile(
    r"\A(?:n[as]?[nos]*s?|nanos?|nanosecs?|nanoseconds?|us|µs|μs|micros?|microsecs?|microseconds?|ms|millis?|millisecs?"
    r"|milliseconds?|s|secs?|seconds?|m|mins?|minutes?|h|hr|hours?|d|days?|w|wks?|weeks?)\Z"
)
_EMAIL: Final = re.compile(r"\A(?:.*<)?[^\s@<>]+@[^\s@<>]+>?\Z")
_MAC: Final = re.compile(
    r"\A(?:[0-9A-Fa-f]{2}([:-])(?:[0-9A-Fa-f]{2}\1){4}(?:(?:[0-9A-Fa-f]{2}\1){2})?[0-9A-Fa-f]{2}"
    r"|(?:[0-9A-Fa-f]{4}\.){2,3}[0-9A-Fa-f]{4})\Z"
)
_SHORT_NAME: Final = r"[a-z0-9](?:[-a-z0-9]*[a-z0-9])?"


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return len(text) == 10


def _is_date_time(text: str) -> bool:
    day, divider, rest = text.lower().partition("t")
    if not divider or not _is_date(day):
        return False
    parts = _TIME.match(rest.partition("t")[0])
    return parts is not None and parts[1] <= "23" and parts[2] <= "59" and parts[3] <= "59"


def _is_ipv4(text: str) -> bool:
    parts = text.split(".")
    return len(parts) == 4 and all(part.isascii() and part.isdigit() and int(part) <= 255 for part in parts)


def _is_ipv6(text: str) -> bool:
    try:
        ipaddress.IPv6Address(text)
    except ValueError:
        return False
    return "%" not in text


def _is_cidr(text: str) -> bool:
    address, divider, bits = text.partition("/")
    if not divider or not (bits.isascii() and bits.isdigit()):
        return False
    return int(bits) <= 32 if _is_ipv4(address) else _is_ipv6(address) and int(bits) <= 128


def _is_uri(text: str) -> bool:
    """As net/url.ParseRequestURI: an absolute path, or a scheme with something behind it."""
    if not text or not text.isprintable() or " " in text:
        return False
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return text.startswith("/") or bool(parts.scheme)


def _is_hostname(text: str) -> bool:
    return _HOSTNAME.match(text) is not None and len(text) <= 255 and all(len(part) <= 63 for part in text.split("."))


def _is_duration(text: str) -> bool:
    if _GO_DURATION.match(text):
        return True
    units = _SCALA_DURATION.findall(text)
    return bool(units) and all(_SCALA_UNITS.match(unit) for unit in units)


def _is_isbn10(text: str) -> bool:
    digits = re.sub(r"[\s-]+", "", text)
    if not re.fullmatch(r"\d{9}[\dX]", digits, re.ASCII):
        return False
    return sum((place + 1) * (10 if digit == "X" else int(digit)) for place, digit in enumerate(digits)) % 11 == 0


def _is_isbn13(text: str) -> bool:
    digits = re.sub(r"[\s-]+", "", text)
    if not re.fullmatch(r"\d{13}", digits, re.ASCII):
        return False
    return sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(digits)) % 10 == 0


def _is_credit_card(text: str) -> bool:
    digits = re.sub(r"[^0-9]+", "", text)
    if not 13 <= len(digits) <= 19:
        return False
    doubled = (int(digit) * (2 if place % 2 else 1) for place, digit in enumerate(reversed(digits)))
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0


def _matches(pattern: str) -> Callable[[str], bool]:
    found = re.compile(pattern).match
    return lambda text: found(text) is not None


def _is_anything(_text: str) -> bool:
    return True


CHECKS: Final[dict[str, Callable[[str], bool]]] = {
    "bsonobjectid": _matches(r"\A[0-9a-fA-F]{24}\Z"),
    "uri": _is_uri,
    "email": _matches(_EMAIL.pattern),
    "hostname": _is_hostname,
    "ipv4": _is_ipv4,
    "ipv6": _is_ipv6,
    "cidr": _is_cidr,
    "mac": _matches(_MAC.pattern),
    "uuid": _matches(_UUID.replace("%s[0-9a-f]{3}", "[0-9a-f]{4}")),
    "uuid3": _matches(_UUID % ("3", "[0-9a-f]")),
    "uuid4": _matches(_UUID % ("4", "[89ab]")),
    "uuid5": _matches(_UUID % ("5", "[89ab]")),
    "isbn": lambda text: _is_isbn10(text) or _is_isbn13(text),
    "isbn10": _is_isbn10,
    "isbn13": _is_isbn13,
    "creditcard": _is_credit_card,
    "ssn": _matches(r"\A\d{3}[- ]?\d{2}[- ]?\d{4}\Z"),
    "hexcolor": _matches(r"\A#?([0-9a-fA-F]{3}|[0-9a-fA-F]{6})\Z"),
    "rgbcolor": _matches(
        r"\Argb\(\s*(0|[1-9]\d?|1\d\d?|2[0-4]\d|25[0-5])\s*,\s*(0|[1-9]\d?|1\d\d?|2[0-4]\d|25[0-5])\s*,"
        r"\s*(0|[1-9]\d?|1\d\d?|2[0-4]\d|25[0-5])\s*\)\Z"
    ),
    "byte": lambda text: _BASE64.match(text) is not None,
    "password": _is_anything,
    "date": _is_date,
    "duration": _is_duration,
    "datetime": _is_date_time,
    "k8sshortname": lambda text: len(text) <= 63 and re.fullmatch(_SHORT_NAME, text) is not None,
    "k8slongname": lambda text: (
        len(text) <= 253 and re.fullmatch(rf"{_SHORT_NAME}(?:\.{_SHORT_NAME})*", text) is not None
    ),
}
"""By the name without its dashes, as the server compares names."""


def check_of(name: str) -> Callable[[str], bool] | None:
    """What a format asks of a string; None for a format that is ignored."""
    return CHECKS.get(name.replace("-", ""))
