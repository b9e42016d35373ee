"""Bad documents: words that YAML readers disagree about."""

from __future__ import annotations

from tests.document.case import Case, added, edited, on

CASES = (
    Case("version as a float", edited('"1.35.5"', "1.32"), "LT-DOC-010", 8, 16, '"1.32.11"'),
    Case("version 1.30 as a float", edited('"1.35.5"', "1.30"), "LT-DOC-010", 8, 16, "1.30"),
    Case("bootstrap no", edited("kubeadm", "no"), "LT-YAML-015", 9, 18, "kubeadm"),
    Case("octal", edited("replicas: 2", "replicas: 010"), "LT-YAML-015", 16, 19, "octal number 8"),
    Case("sexagesimal", edited("name: practice", "name: 22:22"), "LT-YAML-015", 4, 9, "base 60"),
    Case("date", edited("name: practice", "name: 2026-11-23"), "LT-YAML-015", 4, 9, "a date"),
    Case("yes in a label", edited("practice", "practice\n  labels: {prod: yes}"), "LT-YAML-015", 5, 18, '"yes"'),
    Case("underscores", edited("replicas: 2", "replicas: 1_000"), "LT-YAML-015", 16, 19),
    Case("Yes as a name", edited("name: practice", "name: Yes"), "LT-YAML-015", 4, 9, "`Yes` without quotes is true"),
    Case("NO as a name", edited("name: practice", "name: NO"), "LT-YAML-015", 4, 9, "`NO` without quotes is false"),
    Case("on as a name", edited("name: practice", "name: on"), "LT-YAML-015", 4, 9, "`on` without quotes is true"),
    Case("Off as a name", edited("name: practice", "name: Off"), "LT-YAML-015", 4, 9, "`Off` without quotes is false"),
    Case("y as a name", edited("name: practice", "name: y"), "LT-YAML-015", 4, 9, "`y` without quotes is true"),
    Case("N as a name", edited("name: practice", "name: N"), "LT-YAML-015", 4, 9, "`N` without quotes is false"),
    Case("yes as a number", edited("replicas: 2", "replicas: yes"), "LT-YAML-015", 16, 19, "replicas: 2"),
    Case(
        "octal permissions",
        edited("practice", "practice\n  labels: {mode: 0755}"),
        "LT-YAML-015",
        5,
        18,
        "octal number 493",
    ),
    Case("octal of YAML 1.2", edited("replicas: 2", "replicas: 0o12"), "LT-YAML-015", 16, 19, "replicas: 10"),
    Case("octal with an eight", edited("replicas: 2", "replicas: 08"), "LT-YAML-015", 16, 19, "replicas: 8"),
    Case("binary", edited("replicas: 2", "replicas: 0b11"), "LT-YAML-015", 16, 19, "a number"),
    Case("a time of day", edited("practice", "practice\n  labels: {at: 12:34:56}"), "LT-YAML-015", 5, 16, "base 60"),
    Case("a port after a number", edited("replicas: 2", "replicas: 22:22"), "LT-YAML-015", 16, 19, "base 60"),
    Case("thousands as a count", edited("replicas: 2", "replicas: 2_000"), "LT-YAML-015", 16, 19, "replicas: 2000"),
    Case("an exponent", edited("replicas: 2", "replicas: 1e3"), "LT-YAML-015", 16, 19, "replicas: 1000"),
    Case("an exponent in a name", edited("name: practice", "name: 1e3"), "LT-YAML-015", 4, 9, "the number 1000"),
    Case(
        "a date with a time",
        edited("practice", "practice\n  labels: {since: 2026-11-23T10:00:00Z}"),
        "LT-YAML-015",
        5,
        19,
        "a date",
    ),
    Case("infinity", edited("replicas: 2", "replicas: .inf"), "LT-YAML-015", 16, 19, "infinity"),
    Case("not a number", edited("practice", "practice\n  labels: {a: .NaN}"), "LT-YAML-015", 5, 15, "not a number"),
    Case("a tilde", edited("name: practice", "name: ~"), "LT-DOC-015", 4, 9, "`~` means no value"),
    Case("null as a value", edited("replicas: 2", "replicas: null"), "LT-DOC-015", 16, 19, "`null` means no value"),
    Case(
        "a merge sign as a value", edited("practice", "practice\n  labels: {a: <<}"), "LT-YAML-015", 5, 15, "merge key"
    ),
    Case("true as a name", edited("name: practice", "name: true"), "LT-DOC-010", 4, 9, '"true"'),
    Case("hexadecimal as a label", edited("practice", "practice\n  labels: {a: 0x1F}"), "LT-DOC-010", 5, 15, '"0x1F"'),
    Case(
        "a number as a label's key",
        edited("practice", "practice\n  labels: {1.30: a}"),
        "LT-YAML-015",
        5,
        12,
        '"1.30": ...',
    ),
    Case(
        "no as a label's key", edited("practice", "practice\n  labels: {no: a}"), "LT-YAML-015", 5, 12, "the key `no`"
    ),
    Case("on as a pool's name", edited("      default:", "      on:"), "LT-YAML-015", 15, 7, "the key `on`"),
    Case("no in a provider's block", on("aws", "region", "no"), "LT-YAML-015", 11, 21, 'region: "no"'),
    Case("no as a choice", added("  management: no\n"), "LT-YAML-015", 17, 15, "`self` or `external`"),
    Case("version 1.30.0 cut short", edited('"1.35.5"', "1.3"), "LT-DOC-010", 8, 16, '"1.35.5"'),
    Case("a version of two numbers with v", edited('"1.35.5"', "v1.35"), "LT-VER-001", 8, 16, '"1.35.5"'),
)
