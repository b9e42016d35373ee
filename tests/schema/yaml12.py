"""YAML as JSON Schema validators read it: PyYAML with the types of YAML 1.2, and nothing of our own reader."""

from __future__ import annotations

import re
from typing import Any

import yaml

# Source: yaml.org/spec/1.2.2, 10.3.2 Tag Resolution.
_CORE = (
    ("tag:yaml.org,2002:null", re.compile(r"^(?:~|null|Null|NULL|)$"), ["~", "n", "N", ""]),
    ("tag:yaml.org,2002:bool", re.compile(r"^(?:true|True|TRUE|false|False|FALSE)$"), list("tTfF")),
    ("tag:yaml.org,2002:int", re.compile(r"^[-+]?[0-9]+$|^0o[0-7]+$|^0x[0-9a-fA-F]+$"), list("-+0123456789")),
    (
        "tag:yaml.org,2002:float",
        re.compile(r"^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$|^[-+]?\.inf$|^\.nan$"),
        list("-+0123456789."),
    ),
)


class _Loader(yaml.SafeLoader):
    """Knows no other types than JSON's, and refuses a key that is there twice, as the specification asks."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        if not all(isinstance(key, str) for key in keys) or len(keys) != len(set(keys)):
            raise yaml.constructor.ConstructorError(None, None, "keys are single texts", node.start_mark)
        mapping: dict[Any, Any] = super().construct_mapping(node, deep)
        return mapping


def _whole(loader: yaml.SafeLoader, node: yaml.ScalarNode) -> int:
    text = str(loader.construct_scalar(node))
    return int(text, 0) if text.startswith(("0o", "0x")) else int(text)


_RESOLVERS: dict[str, list[tuple[str, re.Pattern[str]]]] = {}
for _tag, _form, _firsts in _CORE:
    for _first in _firsts:
        _RESOLVERS.setdefault(_first, []).append((_tag, _form))
# PyYAML keeps those of YAML 1.1 there: what is text to YAML 1.2 would be a date, or true.
_Loader.yaml_implicit_resolvers = _RESOLVERS
_Loader.add_constructor("tag:yaml.org,2002:int", _whole)


def load(text: str | bytes) -> Any:
    """The one document of a file as JSON's types. Raises yaml.YAMLError or RecursionError when it is no such thing."""
    return yaml.load(text, Loader=_Loader)
