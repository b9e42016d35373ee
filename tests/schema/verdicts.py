"""What a schema can know of the bad documents: each is refused by it, or is no YAML, or breaks a rule beyond it."""

from __future__ import annotations

NOT_YAML = ("LT-FILE-", "LT-YAML-", "LT-DOC-004")
"""Codes that are about the text, or about several documents in one: no single document need come out of it."""

BEYOND_BY_CODE = {
    "LT-DOC-020": "two texts together: their lengths are added",
    "LT-DOC-024": "three numbers compared with each other",
    "LT-DOC-028": "two numbers that have to differ",
    "LT-DOC-037": "two entries of a list that differ in part",
    "LT-NET-002": "two ranges compared with each other",
    "LT-NET-003": "arithmetic on addresses",
    "LT-NET-006": "two addresses compared with each other",
    "LT-NET-008": "an address and a range compared with each other",
    "LT-NET-009": "an address and a range compared with each other",
    "LT-NET-012": "two ranges compared with each other",
    "LT-NET-013": "addresses that have a meaning of their own",
    "LT-PRV-007": "the document is right; this version does not build that on Docker yet",
}
"""Code -> why a schema cannot know."""

_YAML_12 = "plain text or a plain number in YAML 1.2; only other readers take it for something else"

BEYOND_BY_CASE = {
    "an alias in a list": "an alias is YAML, and what it stands for is right",
    "integer tag": "the tag is YAML's own, and what it makes is right",
    "octal": _YAML_12,
    "octal of YAML 1.2": "a number in YAML 1.2, and no number in YAML 1.1",
    "octal with an eight": _YAML_12,
    "yes in a label": _YAML_12,
    "on as a name": _YAML_12,
    "y as a name": _YAML_12,
    "no as a label's key": _YAML_12,
    "on as a pool's name": _YAML_12,
    "an exponent": "1e3 is the whole number 1000 to JSON",
    "a private key in a block": "text that may be the name of a key and looks like a secret",
    "a GitHub token as a label": "text that may be a label and looks like a secret",
    "pools of more than 5000": "numbers of several pools added up",
    "pod range too small for the machines": "a range and numbers of machines compared with each other",
    "pod range too small for the largest size": "a range and numbers of machines compared with each other",
    "every address as host": "an address that has a meaning of its own",
}
"""Single documents whose code is refused elsewhere -> why a schema cannot know of this one."""
