"""Causes of a refusal in the words of a server: triples of field, reason and words. Source: util/validation/field."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any

Cause = tuple[str, str, str]

_LABEL = re.compile(r"[a-z0-9]([-a-z0-9]*[a-z0-9])?")
_LABEL_NAME = re.compile(r"([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]")
_DATA_KEY = re.compile(r"[-._a-zA-Z0-9]+")
LABEL_WORDS = (
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with "
    "an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is "
    "'[a-z0-9]([-a-z0-9]*[a-z0-9])?')"
)
_LABEL_NAME_WORDS = (
    "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric "
    "character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is "
    "'([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"
)
_DATA_KEY_WORDS = (
    "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or "
    "'key-name', regex used for validation is '[-._a-zA-Z0-9]+')"
)
IMMUTABLE = "field is immutable"


def shown(value: Any) -> str:
    """A value as a server shows it: JSON without spaces."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def required(field: str, why: str = "") -> Cause:
    """A field that must be there."""
    return (field, "FieldValueRequired", f"Required value: {why}" if why else "Required value")


def invalid(field: str, value: Any, why: str) -> Cause:
    """A value that makes no sense."""
    return (field, "FieldValueInvalid", f"Invalid value: {shown(value)}: {why}")


def forbidden(field: str, why: str) -> Cause:
    """A field that may not be there, or may not change."""
    return (field, "FieldValueForbidden", f"Forbidden: {why}")


def duplicate(field: str, value: Any) -> Cause:
    """A value that is there already."""
    return (field, "FieldValueDuplicate", f"Duplicate value: {shown(value)}")


def not_found(field: str, value: Any) -> Cause:
    """A name of something that is not there."""
    return (field, "FieldValueNotFound", f"Not found: {shown(value)}")


def unsupported(field: str, value: Any, supported: Iterable[str]) -> Cause:
    """A word that is none of the known ones."""
    listed = ", ".join(f'"{one}"' for one in supported)
    words = f"Unsupported value: {shown(value or '')}: supported values: {listed}"
    return (field, "FieldValueNotSupported", words)


def label_words(text: Any) -> str:
    """Why a text is no DNS label; empty when it is one."""
    return "" if isinstance(text, str) and _LABEL.fullmatch(text) else LABEL_WORDS


def label_key_words(text: str) -> str:
    """Why the name part of a label's key is none; empty when it is one."""
    return "" if _LABEL_NAME.fullmatch(text.rpartition("/")[2]) else _LABEL_NAME_WORDS


def data_key_words(text: str) -> str:
    """Why a text is no key of a ConfigMap or Secret; empty when it is one."""
    return "" if _DATA_KEY.fullmatch(text) else _DATA_KEY_WORDS
