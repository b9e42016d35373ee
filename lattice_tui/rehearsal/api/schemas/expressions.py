"""CEL expressions, compiled once and evaluated with the reference implementation (`cel_expr_python`, C++).

It is imported when the first rule is compiled; where it is not installed (there is no wheel for every platform) every
rule is skipped, and says so. What it lacks is put in here: an optional `oldSelf`, Kubernetes' own functions, and the
words of cel-go, which the real server uses.
"""

from __future__ import annotations

import importlib
import re
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any, Final

from lattice_tui.rehearsal.api.schemas import cel_functions

_TOKENS: Final = re.compile(
    r"""(?P<text>[rRbB]{0,2}(?:\"\"\"(?:\\.|[^\\])*?\"\"\"|'''(?:\\.|[^\\])*?'''|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'))"""
    r"""|(?P<comment>//[^\n]*)|(?P<name>(?:\.\s*\??\s*)?[A-Za-z_][A-Za-z0-9_]*)|(?P<other>.)""",
    re.DOTALL,
)
_OPTIONAL_OLD: Final = "(oldSelves[?0])"
_CACHED_EXPRESSIONS = 4000
_RESULTS: Final = ("BOOL", "STRING")


class ExpressionError(ValueError):
    """An expression that cannot be compiled."""


class EvaluationError(Exception):
    """An expression that has no value for these variables; the words are cel-go's."""


class BudgetExceededError(EvaluationError):
    """An expression that takes too long."""


@dataclass(frozen=True, slots=True)
class Expression:
    """One compiled expression."""

    source: str
    uses_old: bool
    optional_old: bool
    program: Any

    def value(self, new: Any, old: Any, has_old: bool) -> Any:
        """True, False or a string. Raises EvaluationError, also when it is of another type."""
        variables: dict[str, Any] = {"self": new}
        if self.optional_old:
            variables["oldSelves"] = [old] if has_old else []
        elif self.uses_old:
            variables["oldSelf"] = old
        try:
            result = self.program.eval(data=variables)
        except RuntimeError as failed:
            raise _told(str(failed)) from failed
        if result.type().name() == "ERROR":
            raise _told(str(result.value()))
        if result.type().name() not in _RESULTS:
            raise EvaluationError("cel expression evaluated to another type than expected")
        return result.value()


@lru_cache(maxsize=_CACHED_EXPRESSIONS)
def compiled(source: str, optional_old: bool) -> Expression:
    """The expression, ready to be evaluated. Raises ExpressionError with the reason."""
    try:
        environment = _environment()
    except ImportError as missing:
        raise ExpressionError(f"the library that evaluates CEL is not installed here ({missing})") from missing
    names = identifiers(source)
    text = _with_optional_old(source) if optional_old else source
    try:
        program = environment.compile(text)
    except RuntimeError as broken:
        raise ExpressionError(_first_line(str(broken))) from broken
    returned = program.return_type().name()
    if returned not in ("BOOL", "STRING", "DYN"):
        raise ExpressionError(f"must evaluate to a bool, not to {returned.lower()}")
    return Expression(source, "oldSelf" in names, optional_old, program)


def identifiers(source: str) -> frozenset[str]:
    """Every name in an expression, outside strings and comments: variables, fields and functions."""
    found = (match["name"] for match in _TOKENS.finditer(source))
    return frozenset(name.lstrip(".? \t\r\n") for name in found if name)


def _with_optional_old(source: str) -> str:
    """`oldSelf` as an optional: the library takes no optional as a variable, but makes one by an index."""
    return "".join(_OPTIONAL_OLD if match["name"] == "oldSelf" else match[0] for match in _TOKENS.finditer(source))


@cache
def _environment() -> Any:
    cel = importlib.import_module("cel_expr_python.cel")
    ext_optional = importlib.import_module("cel_expr_python.ext.ext_optional")
    anything = cel.Type.DYN
    return cel.NewEnv(
        variables={"self": anything, "oldSelf": anything, "oldSelves": cel.Type.LIST},
        extensions=[ext_optional.ExtOptional()],
        functions=cel_functions.declarations(cel),
    )


_WORDS: Final = (
    (re.compile(r'Key not found in map : "?(.*?)"?$'), r"no such key: \1"),
    (re.compile(r"Index error: index=(-?\d+) size=\d+"), r"index out of bounds: \1"),
    (re.compile(r"No matching overloads found.*|Applying SELECT to non-message type.*"), "no such overload"),
    (re.compile(r"divide by zero"), "division by zero"),
)
_CODE: Final = re.compile(r"^[A-Z_]+: |\s*\[[A-Z_]+\]$")


def _told(words: str) -> EvaluationError:
    text = _CODE.sub("", words)
    if "teration budget exceeded" in text:
        return BudgetExceededError(text)
    for pattern, said in _WORDS:
        if pattern.search(text):
            return EvaluationError(pattern.sub(said, _first_line(text)))
    return EvaluationError(_first_line(text))


def _first_line(words: str) -> str:
    return _CODE.sub("", words.partition("\n")[0])
