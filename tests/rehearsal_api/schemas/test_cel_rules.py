"""CEL: Kubernetes' own functions, errors as refusals, and rules that cannot be evaluated."""

from __future__ import annotations

from typing import Any

import pytest

from lattice_tui.rehearsal.api.schemas.schema import Schema
from tests.rehearsal_api.schemas.things import JsonObject, fields, ruled, text

TRUE = [
    "url('https://me@a.example:80/x?q=1&q=2').getHost() == 'a.example:80'",
    "url('https://[::1]:80/x').getHostname() == '::1'",
    "url('https://a/x?q=1&q=2').getQuery()['q'] == ['1', '2']",
    "url('https://a:80/x').getPort() == '80' && url('/x/y').getEscapedPath() == '/x/y'",
    "isURL('https://a') && !isURL('a b') && !isURL('../x')",
    "ip('127.0.0.1').isLoopback() && ip('::1').family() == 6",
    "isIP('::1') && !isIP('1.2.3') && !isIP('010.0.0.1')",
    "ip.isCanonical('::1') && !ip.isCanonical('::01')",
    "cidr('10.0.0.0/8').containsIP('10.1.1.1') && !cidr('10.0.0.0/8').containsIP(ip('11.1.1.1'))",
    "cidr('10.0.0.0/8').containsCIDR('10.1.0.0/16') && !cidr('10.0.0.0/8').containsCIDR(cidr('0.0.0.0/0'))",
    "cidr('192.168.1.5/24').masked() == cidr('192.168.1.0/24') && cidr('10.0.0.0/8').prefixLength() == 8",
    "isCIDR('10.0.0.0/8') && !isCIDR('10.0.0.0')",
    "isQuantity('1.5Gi') && !isQuantity('1.5G i')",
    "quantity('1Gi').isGreaterThan(quantity('1G')) && quantity('1M').isLessThan(quantity('1Mi'))",
    "quantity('1500m').add(quantity('1')).compareTo(quantity('2.5')) == 0 && quantity('3').sub(1).asInteger() == 2",
    "quantity('50k').asInteger() == 50000 && quantity('1e3').isInteger() && sign(quantity('-1')) == -1",
    "'abc-123'.find('[0-9]+') == '123' && '1a2b'.findAll('[0-9]') == ['1', '2'] && 'x'.find('[0-9]') == ''",
    "[1, 2, 2].isSorted() && ![2, 1].isSorted() && [1, 2].sum() == 3 && [3, 1].min() == 1 && ['a', 'b'].max() == 'b'",
    "['a', 'b'].indexOf('b') == 1 && [1, 2, 1].lastIndexOf(1) == 2 && [1].indexOf(7) == -1",
    "sets.contains([1, 2], [2]) && sets.intersects([1], [1, 2]) && sets.equivalent([1, 1], [1])",
    "'%s: %d of %.2f, %x'.format(['a', 3, 1.5, 255]) == 'a: 3 of 1.50, ff'",
    "'a-b-c'.split('-', 2) == ['a', 'b-c'] && ['a', 'b'].join('+') == 'a+b' && 'abc'.substring(1, 2) == 'b'",
    "'aB'.lowerAscii() == 'ab' && 'aB'.upperAscii() == 'AB' && ' a '.trim() == 'a'",
    "'aa'.replace('a', 'b', 1) == 'ba' && 'aa'.lastIndexOf('a') == 1",
    "'abc'.charAt(1) == 'b' && 'tacocat'.indexOf('a', 2) == 5",
    "size('é😀') == 2 && 'x'.matches('^[a-z]$') && [1, 2, 3].exists(x, x / 0 == 1 || x == 2)",
    "self.?missing.orValue(3) == 3 && self.?a.hasValue()",
    "self.x__dash__y == 'dashed' && self.__if__ == 'word' && self.a__dot__b == 'dotted'",
]


def schema_of(rule: str, **more: Any) -> Schema:
    """A schema with one rule about the whole object."""
    known = {name: text() for name in ("x-y", "if", "a.b")}
    return Schema(
        ruled(fields(a={"type": "integer"}, l={"type": "array", "items": {"type": "integer"}}, **known), rule, **more)
    )


OBJECT: JsonObject = {"a": 1, "l": [1], "x-y": "dashed", "if": "word", "a.b": "dotted"}


@pytest.mark.parametrize("rule", TRUE)
def test_a_function_of_kubernetes_gives_what_it_gives_there(rule: str) -> None:
    schema = schema_of(rule)
    assert schema.skipped_rules == ()
    assert schema.violations(OBJECT) == ()
    refused = schema_of(f"!({rule})").violations(OBJECT)
    assert [each.message for each in refused] == [f"Invalid value: failed rule: !({rule})"]


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        ("self.none == 1", "no such key: none evaluating rule: self.none == 1"),
        ("self.l[5] == 1", "index out of bounds: 5 evaluating rule: self.l[5] == 1"),
        ("1 / (self.a - 1) == 1", "division by zero evaluating rule: 1 / (self.a - 1) == 1"),
        ("self.a.startsWith('x')", "'no such overload': call arguments did not match a supported operator, function"),
        (
            "ip('zz').isLoopback()",
            'IP Address "zz" parse error during conversion from string: ParseAddr("zz"): unable to parse IP',
        ),
    ],
)
def test_a_rule_that_breaks_refuses_the_object(rule: str, told: str) -> None:
    (refused,) = schema_of(rule).violations(OBJECT)
    assert refused.message.startswith(f'Invalid value: "object": {told}')


def test_a_rule_that_never_ends_is_out_of_budget_and_no_other_is_run() -> None:
    rule = {"rule": "self.all(x, self.all(y, self.all(z, x + y + z >= 0)))"}
    schema = Schema(
        {"type": "array", "items": {"type": "integer"}, "x-kubernetes-validations": [rule, {"rule": "1 == 2"}]}
    )
    told = schema.violations(list(range(400)))  # type: ignore[arg-type]
    assert [each.message for each in told] == [
        'Invalid value: "array": validation failed due to running out of cost budget, '
        "no further validation rules will be run"
    ]


@pytest.mark.parametrize(
    ("rule", "why"),
    [
        ("self.a ==", "Syntax error"),
        ("nonsense(self.a) == 1", "undeclared reference to 'nonsense'"),
        ("1 + 2", "must evaluate to a bool, not to int"),
    ],
)
def test_a_rule_that_cannot_be_compiled_is_skipped_with_a_reason(rule: str, why: str) -> None:
    schema = schema_of(rule)
    ((path, text_of_rule, reason),) = [(each.path, each.rule, each.why) for each in schema.skipped_rules]
    assert (path, text_of_rule) == ("", rule)
    assert why in reason
    assert schema.violations(OBJECT) == ()


def test_a_rule_about_a_moment_is_skipped_with_a_reason() -> None:
    schema = Schema(ruled(fields(until=text(format="date-time")), "self.until.getFullYear() > 2000"))
    assert [each.rule for each in schema.skipped_rules] == ["self.until.getFullYear() > 2000"]


@pytest.mark.parametrize(("old", "refused"), [(None, 0), ({"a": 0}, 0), ({"a": 1}, 1)])
def test_an_optional_old_value_is_there_or_not(old: JsonObject | None, refused: int) -> None:
    rule = "oldSelf.hasValue() ? self.a > oldSelf.value().a : self.a == 1 && 'oldSelf' != ''"
    assert len(schema_of(rule, optionalOldSelf=True).violations(OBJECT, old)) == refused


def test_a_message_expression_that_breaks_leaves_the_message() -> None:
    schema = schema_of("self.a == 2", message="two", messageExpression="'got ' + self.none")
    assert [each.message for each in schema.violations(OBJECT)] == ["Invalid value: two"]
