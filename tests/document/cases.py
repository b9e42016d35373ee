"""Bad documents of every sort, each with the code, line and column that it has to be answered with."""

from __future__ import annotations

from tests.document import (
    cases_of_addresses,
    cases_of_hidden,
    cases_of_keys,
    cases_of_ranges,
    cases_of_shape,
    cases_of_strangers,
    cases_of_text,
    cases_of_traps,
    cases_of_values,
)
from tests.document.case import GOOD, TODAY, Case, added, edited
from tests.document.cases_of_warnings import WARNINGS

CASES = (
    *cases_of_text.CASES,
    *cases_of_traps.CASES,
    *cases_of_hidden.CASES,
    *cases_of_strangers.CASES,
    *cases_of_shape.CASES,
    *cases_of_keys.CASES,
    *cases_of_values.CASES,
    *cases_of_ranges.CASES,
    *cases_of_addresses.CASES,
)

__all__ = ["CASES", "GOOD", "TODAY", "WARNINGS", "Case", "added", "edited"]
