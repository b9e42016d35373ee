"""A definition that has a field for every check, and objects that fail them."""

from __future__ import annotations

from typing import Any

JsonObject = dict[str, Any]


def text(**limits: Any) -> JsonObject:
    """A string with limits."""
    return {"type": "string", **limits}


def fields(**properties: JsonObject) -> JsonObject:
    """An object with fields."""
    return {"type": "object", "properties": properties}


def a_list(items: JsonObject, kind: str = "", keys: tuple[str, ...] = ()) -> JsonObject:
    """A list, of a list type."""
    extra: JsonObject = {"x-kubernetes-list-type": kind} if kind else {}
    if keys:
        extra["x-kubernetes-list-map-keys"] = list(keys)
    return {"type": "array", "items": items, **extra}


def ruled(schema: JsonObject, rule: str, **more: Any) -> JsonObject:
    """A schema with one CEL rule."""
    return {**schema, "x-kubernetes-validations": [{"rule": rule, **more}]}


INTEGER: JsonObject = {"type": "integer"}
ANYTHING: JsonObject = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}

SPEC: JsonObject = {
    **fields(
        short=text(maxLength=5, minLength=2),
        matching=text(pattern="^[a-z]+$"),
        chosen=text(enum=["a", "b"]),
        count={"type": "integer", "minimum": 1, "maximum": 9, "format": "int32"},
        below={"type": "integer", "maximum": 10, "exclusiveMaximum": True},
        ratio={"type": "number", "minimum": 0.5},
        step={"type": "integer", "multipleOf": 5},
        flag={"type": "boolean"},
        since=text(format="date-time"),
        address=text(format="ipv4"),
        data=text(format="byte"),
        many=a_list(INTEGER | {"minimum": 0}) | {"maxItems": 2},
        few=a_list(text()) | {"minItems": 2},
        labels={"type": "object", "additionalProperties": text(maxLength=3), "maxProperties": 2},
        filled={"type": "object", "minProperties": 1, "additionalProperties": text()},
        set=a_list(text(), "set"),
        ports=a_list(
            fields(port=INTEGER, protocol=text(default="TCP"), note=text(maxLength=3)) | {"required": ["port"]},
            "map",
            ("port", "protocol"),
        ),
        named=a_list(fields(name=text(), size=INTEGER) | {"required": ["name"]}, "map", ("name",)),
        either={"x-kubernetes-int-or-string": True, "anyOf": [{"type": "integer"}, {"type": "string"}]},
        one=fields(a=text(), b=text()) | {"oneOf": [{"required": ["a"]}, {"required": ["b"]}]},
        all=text(allOf=[{"minLength": 3}, {"maxLength": 4}]),
        never=text(**{"not": {"enum": ["x"]}}),
        empty=text(nullable=True),
        inner=fields(deep=fields(size=INTEGER | {"default": 3}), other=text()) | {"default": {"deep": {}}},
        free=ANYTHING | {"properties": {"known": fields(x=INTEGER)}},
        template={
            "type": "object",
            "x-kubernetes-embedded-resource": True,
            "x-kubernetes-preserve-unknown-fields": True,
        },
        range=ruled(fields(low=INTEGER, high=INTEGER), "self.low <= self.high", message="low must not be above high"),
        plain=ruled(text(maxLength=10), "self.startsWith('a')"),
        fixed=ruled(text(maxLength=10), "self == oldSelf", message="cannot be changed"),
        grows=ruled(INTEGER, "!oldSelf.hasValue() || self >= oldSelf.value()", optionalOldSelf=True),
        told=ruled(
            fields(n=INTEGER),
            "self.n < 5",
            messageExpression="self.n > 6 ? 'far too much' : 'too much'",
            fieldPath=".n",
        ),
        barred=ruled(fields(n=INTEGER), "!has(self.n)", reason="FieldValueForbidden", message="no n here"),
        missed=ruled(fields(n=INTEGER), "self.n > 0"),
        clash=ruled({"x-kubernetes-int-or-string": True}, "self > 5"),
        number=ruled({"type": "number"}, "self < 2.5"),
        namespace=text(maxLength=20),
        coded=ruled(fields(data=text(format="byte")), "size(self.data) == 2"),
    ),
    "required": ["short"],
    "x-kubernetes-validations": [
        {"rule": "!has(self.__namespace__) || self.__namespace__ != 'kube-system'", "message": "not in kube-system"}
    ],
}
SCHEMA: JsonObject = {
    "type": "object",
    "properties": {
        "apiVersion": text(),
        "kind": text(),
        "metadata": {"type": "object"},
        "spec": SPEC,
        "status": ANYTHING,
    },
    "required": ["spec"],
    "x-kubernetes-validations": [{"rule": "self.metadata.name != 'forbidden'", "message": "that name is taken"}],
}
CRD: JsonObject = {
    "apiVersion": "apiextensions.k8s.io/v1",
    "kind": "CustomResourceDefinition",
    "metadata": {"name": "things.example.org"},
    "spec": {
        "group": "example.org",
        "scope": "Namespaced",
        "names": {"kind": "Thing", "listKind": "ThingList", "plural": "things", "singular": "thing"},
        "versions": [{"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": SCHEMA}}],
    },
}


def thing(name: str = "one", **spec: Any) -> JsonObject:
    """An object that is right but for what is given."""
    return {
        "apiVersion": "example.org/v1",
        "kind": "Thing",
        "metadata": {"name": name, "namespace": "default"},
        "spec": {"short": "abc", **spec},
    }


BAD: dict[str, JsonObject] = {
    "too long": {"short": "abcdefg"},
    "too short": {"short": "a"},
    "pattern": {"matching": "ABC"},
    "pattern and a line end": {"matching": "abc\n"},
    "enumeration": {"chosen": "c"},
    "minimum": {"count": 0},
    "maximum": {"count": 10},
    "exclusive maximum": {"below": 10},
    "fraction below": {"ratio": 0.25},
    "multiple": {"step": 7},
    "string for integer": {"count": "1"},
    "fraction for integer": {"count": 1.5},
    "number for string": {"matching": 5},
    "boolean for string": {"matching": True},
    "list for object": {"inner": []},
    "object for list": {"set": {}},
    "integer for date-time": {"since": 5},
    "boolean for date-time": {"since": True},
    "list for date-time": {"since": []},
    "wrong date-time": {"since": "yesterday"},
    "wrong ipv4": {"address": "10.0.0"},
    "wrong base64": {"data": "###"},
    "too many entries": {"many": [1, 2, 3]},
    "a bad entry": {"many": [1, -1]},
    "too few entries": {"few": ["a"]},
    "too many properties": {"labels": {"a": "1", "b": "2", "c": "3"}},
    "a bad value of a map": {"labels": {"a.b/c": "1234"}},
    "too few properties": {"filled": {}},
    "duplicate in a set": {"set": ["a", "b", "a", "a"]},
    "duplicate keys": {"ports": [{"port": 1}, {"port": 1, "protocol": "TCP"}]},
    "duplicate name": {"named": [{"name": "a"}, {"name": "a"}]},
    "missing in an entry": {"ports": [{"protocol": "UDP"}]},
    "null entry of a map list": {"named": [None]},
    "neither integer nor string": {"either": True},
    "list for int-or-string": {"either": [1]},
    "none of the alternatives": {"one": {}},
    "both alternatives": {"one": {"a": "1", "b": "2"}},
    "all of": {"all": "ab"},
    "not": {"never": "x"},
    "resource without kind": {"template": {"apiVersion": "v1"}},
    "resource with a broken kind": {"template": {"apiVersion": "a/b/c", "kind": "X Y"}},
    "a rule of an object": {"range": {"low": 2, "high": 1}},
    "a rule of a string": {"plain": "b"},
    "a message from an expression": {"told": {"n": 7}},
    "a rule with a reason": {"barred": {"n": 1}},
    "a rule about a field that is missing": {"missed": {}},
    "a rule about a value of another type": {"clash": "x"},
    "a rule about a fraction": {"number": 3},
    "a rule about an escaped field": {"namespace": "kube-system"},
    "a rule about bytes": {"coded": {"data": "YWJj"}},
    "rules are not run after a blocking error": {"chosen": "c", "plain": "b"},
    "rules are run after an ordinary error": {"count": 0, "plain": "b"},
}
"""By what is wrong: the spec of an object beside what is right. Each has one order of causes."""
CHANGES: dict[str, tuple[JsonObject, JsonObject]] = {
    "a value that may not change": ({"fixed": "a"}, {"fixed": "b"}),
    "a value that may only grow": ({"grows": 5}, {"grows": 4}),
}
