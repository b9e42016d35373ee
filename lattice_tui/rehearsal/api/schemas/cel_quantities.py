"""Functions of CEL on quantities (`1500m`, `2Gi`). Source: k8s.io/apiserver/pkg/cel/library/quantity.go."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any, Final

_KIND = "kubernetes.Quantity"
_FORM: Final = re.compile(r"\A([+-]?(?:\d+(?:\.\d*)?|\.\d+))((?:[KMGTPE]i)|[numkMGTPE]|[eE][+-]?\d{1,4})?\Z", re.ASCII)
_FACTORS: Final = {
    **{unit: Decimal(1024) ** (power + 1) for power, unit in enumerate(("Ki", "Mi", "Gi", "Ti", "Pi", "Ei"))},
    **{unit: Decimal(10) ** power for unit, power in zip("numkMGTPE", (-9, -6, -3, 3, 6, 9, 12, 15, 18), strict=True)},
    "": Decimal(1),
}
Quantity = dict[str, str]


def _parsed(text: str) -> Quantity:
    parts = _FORM.match(text)
    if parts is None:
        raise ValueError("quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'")
    unit = parts[2] or ""
    factor = _FACTORS.get(unit)
    value = Decimal(parts[1]) * (factor if factor is not None else Decimal(f"1{unit}"))
    return {_KIND: str(value)}


def _is_quantity(text: str) -> bool:
    return _FORM.match(text) is not None


def _value(quantity: Any) -> Decimal:
    if isinstance(quantity, int):
        return Decimal(quantity)
    if _KIND not in quantity:
        raise ValueError("no such overload")
    return Decimal(quantity[_KIND])


def _compared(one: Quantity, other: Quantity) -> int:
    return int(_value(one).compare(_value(other)))


def _whole(quantity: Quantity) -> int:
    value = _value(quantity)
    if value != value.to_integral_value():
        raise ValueError("cannot convert value to integer")
    return int(value)


FUNCTIONS: Final[tuple[tuple[str, str, Callable[..., Any]], ...]] = (
    ("quantity", "(string)->dyn", _parsed),
    ("isQuantity", "(string)->bool", _is_quantity),
    ("sign", "(map)->int", lambda one: _compared(one, {_KIND: "0"})),
    ("isInteger", "map.()->bool", lambda one: _value(one) == _value(one).to_integral_value()),
    ("asInteger", "map.()->int", _whole),
    ("asApproximateFloat", "map.()->double", lambda one: float(_value(one))),
    ("isGreaterThan", "map.(map)->bool", lambda one, other: _compared(one, other) > 0),
    ("isLessThan", "map.(map)->bool", lambda one, other: _compared(one, other) < 0),
    ("compareTo", "map.(map)->int", _compared),
    ("add", "map.(map)->dyn", lambda one, other: {_KIND: str(_value(one) + _value(other))}),
    ("add", "map.(int)->dyn", lambda one, other: {_KIND: str(_value(one) + other)}),
    ("sub", "map.(map)->dyn", lambda one, other: {_KIND: str(_value(one) - _value(other))}),
    ("sub", "map.(int)->dyn", lambda one, other: {_KIND: str(_value(one) - other)}),
)
