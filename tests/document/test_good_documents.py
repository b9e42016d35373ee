"""The same cluster in other clothes: every way to write a good file is read as the same cluster, without a problem."""

from __future__ import annotations

import json

import pytest
import yaml

from lattice_tui.providers.reading import ReadCluster, read_cluster_bytes
from tests.document.cases import GOOD, TODAY, edited


def read(text: str | bytes, *, name: str | None = None) -> ReadCluster:
    return read_cluster_bytes(text if isinstance(text, bytes) else text.encode(), name=name, today=TODAY)


PLAIN = yaml.safe_load(GOOD)
FORMS = {
    "JSON": json.dumps(PLAIN),
    "JSON on lines": json.dumps(PLAIN, indent=2),
    "JSON with tabs": json.dumps(PLAIN, indent="\t"),
    "JSON with escapes": json.dumps(PLAIN).replace('"kind"', '"\\u006bind"').replace("/", "\\/"),
    "YAML in flow style": yaml.safe_dump(PLAIN, default_flow_style=True),
    "sorted keys": yaml.safe_dump(PLAIN, sort_keys=True),
    "indented by one": GOOD.replace("  ", " "),
    "indented by eight": GOOD.replace("  ", " " * 8),
    "keys in quotes": yaml.safe_dump(PLAIN, default_style='"').replace('!!int "1"', "1").replace('!!int "2"', "2"),
    "a document start and end": f"---\n{GOOD}...\n",
    "a directive": f"%YAML 1.2\n---\n{GOOD}",
    "comments everywhere": "# first\n" + GOOD.replace("\n", "  # why\n") + "# last",
    "blank lines": GOOD.replace("\n", "\n\n"),
    "no line end at the end": GOOD.rstrip("\n"),
    "Windows line ends": GOOD.replace("\n", "\r\n"),
    "old Mac line ends": GOOD.replace("\n", "\r"),
    "a byte-order mark": "\ufeff" + GOOD,
    "a byte-order mark and Windows line ends": "\ufeff" + GOOD.replace("\n", "\r\n"),
    "an anchor that nothing points at": edited("name: practice", "name: &name practice"),
    "tags of text and maps": edited("name: practice", "name: !!str practice").replace("spec:", "spec: !!map"),
    "a tab after a colon": edited("name: practice", "name:\tpractice"),
    "text over two lines": edited("name: practice", "name:\n    practice"),
    "folded text": edited("name: practice", "name: >-\n    practice"),
    "letters of every alphabet in a comment": "# größe, размер, サイズ, \N{GRINNING FACE}\n" + GOOD,
    "a host left open": GOOD + '  endpoints: {host: "...", service: {type: ~}}\n',
    "empty maps": GOOD + "  networking: {}\n  endpoints: {}\n",
    "version with a v": edited('"1.35.5"', "v1.35.5"),
    "version without quotes": edited('"1.35.5"', "1.35.5"),
}


@pytest.mark.parametrize("form", FORMS)
def test_a_form_is_the_same_cluster(form: str) -> None:
    found = read(FORMS[form])
    expected = read(GOOD).cluster
    assert expected is not None

    assert found.problems == ()
    assert found.cluster is not None
    version = found.cluster.spec.provider.kubernetes.version
    assert version.removeprefix("v") == expected.spec.provider.kubernetes.version
    assert found.cluster.metadata == expected.metadata
    assert found.cluster.spec.nodes == expected.spec.nodes
    assert found.cluster.spec.endpoints == expected.spec.endpoints
    assert found.config == read(GOOD).config


@pytest.mark.parametrize(
    "name", ["../x", "$(id)", "--flag", "Practice", "a" * 64, "prаctice", "", "1st", "a b", "a\nb"]
)
def test_a_name_of_the_command_line_keeps_to_the_same_rules(name: str) -> None:
    [problem] = read(GOOD, name=name).errors

    assert problem.code in ("LT-DOC-018", "LT-DOC-019")
    assert (problem.line, problem.column) == (None, None)
    assert "--name " in problem.fix


def test_a_name_of_the_command_line_hides_nothing() -> None:
    [problem] = read(GOOD, name="a\x1b[31m").errors

    assert problem.code == "LT-DOC-005"
    assert "\x1b" not in f"{problem}"


@pytest.mark.parametrize(
    "text",
    [
        edited("metadata:\n  name: practice\n", ""),
        edited("  name: practice", "  labels: {}"),
        edited("name: practice", "name: Not A Name"),
    ],
)
def test_a_name_of_the_command_line_stands_in_for_the_files(text: str) -> None:
    found = read(text, name="given")

    assert found.problems == ()
    assert found.cluster is not None
    assert found.cluster.metadata.name == "given"


def test_a_name_of_the_command_line_does_not_mend_metadata_itself() -> None:
    [problem] = read(edited("metadata:\n  name: practice", "metadata: practice"), name="given").errors

    assert (problem.code, problem.line, problem.column) == ("LT-DOC-013", 3, 11)


def test_a_name_of_the_command_line_counts_with_the_pools() -> None:
    [problem] = read(edited("default:", "a" * 30 + ":"), name="b" * 20).errors

    assert (problem.code, problem.line, problem.column) == ("LT-DOC-020", 15, 7)


@pytest.mark.parametrize("host", ["9.255.255.255", "10.2.0.0", "fd00::1", "api.example.com"])
@pytest.mark.parametrize("pool", ["start: 9.255.255.1, end: 9.255.255.254", "start: 10.2.0.1, end: 10.2.0.9"])
def test_addresses_right_beside_the_ranges_are_free(host: str, pool: str) -> None:
    network = "      clusterNetwork: {podCidr: 10.0.0.0/16, serviceCidr: 10.1.0.0/16}\n    config:"
    surroundings = f'  endpoints: {{host: "{host}"}}\n  networking: {{lbPool: {{{pool}}}}}\n'

    assert read(edited("    config:", network) + surroundings).errors == ()


@pytest.mark.parametrize("prefix", [22, 8])
def test_a_pod_range_for_just_as_many_machines_is_enough(prefix: int) -> None:
    """Four machines, four times a /24."""
    text = edited("    config:", f"      clusterNetwork: {{podCidr: 10.0.0.0/{prefix}}}\n    config:")

    assert read(text.replace("replicas: 2", "replicas: 3")).errors == ()


@pytest.mark.parametrize("cidr", ["10.96.0.0/12", "10.96.0.0/28", "fd00::/108", "fd00::/124"])
def test_a_service_range_at_its_limits_is_taken(cidr: str) -> None:
    assert read(edited("    config:", f'      clusterNetwork: {{serviceCidr: "{cidr}"}}\n    config:')).errors == ()


def test_as_many_machines_as_kubernetes_is_tested_with_are_taken() -> None:
    assert read(edited("replicas: 2", "replicas: 4999")).errors == ()


def test_two_clusters_share_no_list_and_no_map() -> None:
    one, other = read(GOOD).cluster, read(GOOD).cluster
    assert one is not None
    assert other is not None

    one.metadata.labels["mine"] = "alone"
    one.spec.api_allowed_cidrs.append("10.0.0.0/8")

    assert other.metadata.labels == {}
    assert other.spec.api_allowed_cidrs == []
