"""Functions of CEL on strings. Source: cel-go ext/strings.go and k8s.io/apiserver/pkg/cel/library/regex.go."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from lattice_tui.rehearsal.api.schemas.patterns import compiled
from lattice_tui.rehearsal.api.schemas.words import number, quoted


def _char_at(text: str, place: int) -> str:
    if not 0 <= place <= len(text):
        raise ValueError(f"index out of range: {place}")
    return text[place : place + 1]


def _index_of(text: str, wanted: str, start: int = 0) -> int:
    if not 0 <= start <= len(text):
        raise ValueError(f"index out of range: {start}")
    return text.find(wanted, start)


def _last_index_of(text: str, wanted: str, start: int | None = None) -> int:
    if start is None:
        return text.rfind(wanted)
    if not 0 <= start <= len(text):
        raise ValueError(f"index out of range: {start}")
    return text.rfind(wanted, 0, start + len(wanted))


def _substring(text: str, start: int, end: int | None = None) -> str:
    last = len(text) if end is None else end
    if not 0 <= start <= last <= len(text):
        raise ValueError(f"invalid substring range. start: {start}, end: {last}")
    return text[start:last]


def _split(text: str, divider: str, limit: int = -1) -> list[str]:
    if limit == 0:
        return []
    if divider == "":
        letters = list(text)
        return letters if limit < 0 or limit >= len(letters) else [*letters[: limit - 1], text[limit - 1 :]]
    return text.split(divider, -1 if limit < 0 else limit - 1)


def _ascii(text: str, *, upper: bool) -> str:
    return "".join((letter.upper() if upper else letter.lower()) if letter.isascii() else letter for letter in text)


def _find(text: str, pattern: str) -> str:
    found = compiled(pattern).search(text)
    return found[0] if found else ""


def _find_all(text: str, pattern: str, limit: int = -1) -> list[str]:
    found = [match[0] for match in compiled(pattern).finditer(text)]
    return found if limit < 0 else found[:limit]


def _formatted(template: str, values: list[Any]) -> str:
    """`%s %d %f %e %x %X %o %b`, with a precision where there is one."""
    out: list[str] = []
    at, used = 0, 0
    while at < len(template):
        if template[at] != "%":
            out.append(template[at])
            at += 1
            continue
        verb_at = at + 1
        while template[verb_at : verb_at + 1] in (*"0123456789", "."):
            verb_at += 1
        verb, precision = template[verb_at : verb_at + 1], template[at + 1 : verb_at].removeprefix(".")
        at = verb_at + 1
        if verb == "%":
            out.append("%")
            continue
        if used >= len(values):
            raise ValueError(f"index {used} out of range")
        out.append(_one_formatted(verb, precision, values[used]))
        used += 1
    return "".join(out)


def _one_formatted(verb: str, precision: str, value: Any) -> str:
    if verb == "s":
        return _as_text(value)
    if verb == "d" and isinstance(value, int):
        return str(value)
    if verb in ("f", "e") and isinstance(value, int | float):
        return f"{value:.{precision or 6}{verb}}"
    if verb in ("x", "X", "o", "b") and isinstance(value, int):
        return f"{value:{verb}}"
    if verb in ("x", "X") and isinstance(value, str | bytes | bytearray):
        text = (value.encode() if isinstance(value, str) else bytes(value)).hex()
        return text.upper() if verb == "X" else text
    raise ValueError(f"could not parse formatting clause: unrecognized formatting clause {quoted(verb)}")


def _as_text(value: Any, *, inside: bool = False) -> str:
    if isinstance(value, str):
        return quoted(value) if inside else value
    if value is None:
        return "null"
    if isinstance(value, list):
        return f"[{', '.join(_as_text(each, inside=True) for each in value)}]"
    if isinstance(value, dict):
        pairs = sorted((_as_text(key, inside=True), _as_text(each, inside=True)) for key, each in value.items())
        return f"{{{', '.join(f'{key}: {each}' for key, each in pairs)}}}"
    if isinstance(value, bytes | bytearray):
        return value.decode("utf-8", "replace")
    return str(value).lower() if isinstance(value, bool) else number(value)


FUNCTIONS: Final[tuple[tuple[str, str, Callable[..., Any]], ...]] = (
    ("charAt", "string.(int)->string", _char_at),
    ("indexOf", "string.(string)->int", _index_of),
    ("indexOf", "string.(string,int)->int", _index_of),
    ("lastIndexOf", "string.(string)->int", _last_index_of),
    ("lastIndexOf", "string.(string,int)->int", _last_index_of),
    ("lowerAscii", "string.()->string", lambda text: _ascii(text, upper=False)),
    ("upperAscii", "string.()->string", lambda text: _ascii(text, upper=True)),
    ("replace", "string.(string,string)->string", str.replace),
    ("replace", "string.(string,string,int)->string", str.replace),
    ("split", "string.(string)->list", _split),
    ("split", "string.(string,int)->list", _split),
    ("substring", "string.(int)->string", _substring),
    ("substring", "string.(int,int)->string", _substring),
    ("trim", "string.()->string", str.strip),
    ("format", "string.(list)->string", _formatted),
    ("strings.quote", "(string)->string", quoted),
    ("join", "list.()->string", "".join),
    ("join", "list.(string)->string", lambda values, divider: divider.join(values)),
    ("find", "string.(string)->string", _find),
    ("findAll", "string.(string)->list", _find_all),
    ("findAll", "string.(string,int)->list", _find_all),
)
