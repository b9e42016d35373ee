"""Patterns written for RE2: what they match here is what they match there."""

from __future__ import annotations

import pytest

from lattice_tui.rehearsal.api.schemas.patterns import PatternError, compiled


@pytest.mark.parametrize(
    ("pattern", "matching", "other"),
    [
        ("^a$", "a", "a\n"),
        ("a$|^b", "xa", "xb"),
        ("(?m)^a$", "x\na", "x\nab"),
        ("^(?i)[a-z]+$", "ABC", "1"),
        ("(?i:a)b", "Ab", "AB"),
        (r"\Aa\z", "a", "ab"),
        ("^[[:alpha:]_]+$", "ab_", "a1"),
        (r"^\d+$", "12", "١٢"),
        (r"^\pL+$", "aé", "a1"),
        (r"\Qa.b\E$", "a.b", "axb"),
        ("^[a-z-_.]+$", "a-_.", "a+"),
        ("^[a--b[&&~~||]+$", "a[", "#"),
        (r"^\x{41}$", "A", "a"),
        ("(?P<n>a)b", "ab", "b"),
        ("^a{2,3}$", "aaa", "a"),
        ("^$", "", "a"),
        (r"(v\d\.\d{2})|^$", "v1.33", "v1"),
    ],
)
def test_a_pattern_matches_what_re2_matches(pattern: str, matching: str, other: str) -> None:
    assert compiled(pattern).search(matching)
    assert not compiled(pattern).search(other)


@pytest.mark.parametrize(
    "pattern", ["(", ")", "[", r"(a)\1", "(?=a)", "(?<!a)b", "a++", "(?P=n)", "\\", r"\p{Greek}", "*"]
)
def test_what_re2_has_not_is_refused(pattern: str) -> None:
    with pytest.raises(PatternError, match="error parsing regexp"):
        compiled(pattern)
