"""A public validator accepts what the reader accepts, and refuses what of the bad documents a schema can know."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from functools import cache
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lattice_tui.document.writer import fresh_text
from lattice_tui.providers.drafting import draft_text
from lattice_tui.providers.key_tree import CONFIG, document_tree, every_key
from lattice_tui.providers.reading import read_cluster_bytes
from schemas.document import LatticeCluster
from tests.cli.program import lattice
from tests.document.case import on
from tests.document.cases import CASES, GOOD, TODAY, WARNINGS, Case, edited
from tests.document.strategies import clusters
from tests.schema import yaml12
from tests.schema.make_schema import SCHEMA_FILE
from tests.schema.verdicts import BEYOND_BY_CASE, BEYOND_BY_CODE, NOT_YAML
from tests.shared import ROOT

SCHEMA: dict[str, Any] = json.loads(SCHEMA_FILE.read_text("utf-8"))
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)
EXAMPLES = sorted((ROOT / "examples").glob("*.yaml"))
unhurried = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


@cache
def document_of(text: str | bytes) -> tuple[Any, bool]:
    """(what a reader of YAML 1.2 other than ours makes of the text, whether it makes anything at all)."""
    try:
        return yaml12.load(text), True
    except (yaml.YAMLError, RecursionError):
        return None, False


def accepts(text: str | bytes) -> bool:
    """Whether it is YAML, and the validator finds nothing wrong in it."""
    document, is_yaml = document_of(text)
    return is_yaml and VALIDATOR.is_valid(document)


def why_beyond(case: Case) -> str:
    """Why a schema cannot know; empty when it has to refuse."""
    return BEYOND_BY_CASE.get(case.id) or BEYOND_BY_CODE.get(case.code, "")


def test_what_the_command_prints_is_a_schema_of_draft_2020_12(tmp_path: Path) -> None:
    printed = json.loads(lattice(tmp_path, "schema").stdout)

    jsonschema.Draft202012Validator.check_schema(printed)
    assert printed["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert printed == SCHEMA


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_every_example_is_accepted(example: Path) -> None:
    assert accepts(example.read_bytes())


def test_the_good_document_and_the_draft_are_accepted() -> None:
    assert accepts(GOOD)
    assert accepts(draft_text("docker", "practice", has_schema=True))


@pytest.mark.parametrize("case", WARNINGS, ids=[case.id for case in WARNINGS])
def test_what_the_reader_only_warns_of_is_accepted(case: Case) -> None:
    assert accepts(case.text)


@pytest.mark.parametrize("case", CASES, ids=[case.id for case in CASES])
def test_a_bad_document_is_refused_wherever_a_schema_can_know(case: Case) -> None:
    if why := why_beyond(case):
        assert accepts(case.text), f"a schema can know after all, though verdicts.py says: {why}"
    elif not document_of(case.text)[1]:
        assert case.code.startswith(NOT_YAML)
    else:
        is_refused = not accepts(case.text)
        assert is_refused, "the schema could refuse this, or tests/schema/verdicts.py says why it cannot"


def test_every_reason_has_a_document_of_its_own() -> None:
    """A reason that no document needs any more is taken away; whatever is left says why a schema stops there."""
    assert set(BEYOND_BY_CASE) <= {case.id for case in CASES}
    assert set(BEYOND_BY_CODE) <= {case.code for case in CASES}
    refused = [case for case in CASES if not why_beyond(case) and document_of(case.text)[1]]
    assert len(refused) > 60


@unhurried
@given(clusters)
def test_every_cluster_that_can_be_written_is_accepted(cluster: LatticeCluster) -> None:
    if cluster.provider_name != "docker":
        # The strategy fills such a block with anything at all; a schema knows what belongs there.
        block = yaml12.load(on(cluster.provider_name))["spec"]["provider"]["config"]
        provider = cluster.spec.provider.model_copy(update={"config": block})
        cluster = cluster.model_copy(update={"spec": cluster.spec.model_copy(update={"provider": provider})})
    assert VALIDATOR.is_valid(yaml12.load(fresh_text(cluster)))


HOSTS = st.text(st.sampled_from("a0-.:f1%*"), max_size=12) | st.ip_addresses().map(str)
RANGES = st.ip_addresses(network="10.0.0.0/8").flatmap(
    lambda address: st.integers(0, 33).map(lambda prefix: f"{address}/{prefix}")
) | st.sampled_from(["10.0.0.0/255.0.0.0", "10.0.0.0/08", "fd00::/48", "fd00::/7", "fd00:1::/112", "::/0"])
VERSIONS = st.from_regex(r"v?1\.3[0-9]\.[0-9]{1,5}(\+rke2r[0-9]{1,3})?", fullmatch=True)
LABELS = st.from_regex(r"([a-zA-Z0-9.-]{0,8}/)?[A-Za-z0-9._-]{0,66}", fullmatch=True)


@unhurried
@given(
    host=HOSTS,
    san=HOSTS,
    pods=RANGES,
    services=RANGES,
    name=st.from_regex(r"[a-z0-9-]{1,34}", fullmatch=True),
    version=VERSIONS,
    label=st.tuples(LABELS, LABELS),
    image=st.from_regex(r"([a-z.]{1,4}(:[0-9]{1,5})?/)?[a-z/._-]{1,6}(:[a-zA-Z0-9._-]{1,4})?", fullmatch=True),
    bootstrap=st.sampled_from(["kubeadm", "rke2"]),
)
def test_nothing_is_refused_that_the_reader_accepts(
    host: str,
    san: str,
    pods: str,
    services: str,
    name: str,
    version: str,
    label: tuple[str, str],
    image: str,
    bootstrap: str,
) -> None:
    """The patterns are looser than the reader's rules, never narrower: each text is tried alone."""
    texts = (
        GOOD + f"  endpoints: {{host: {json.dumps(host)}}}\n",
        edited("    config:", f"      certSANs: [{json.dumps(san)}]\n    config:"),
        edited("    config:", f"      clusterNetwork: {{podCidr: {json.dumps(pods)}}}\n    config:"),
        edited("    config:", f"      clusterNetwork: {{serviceCidr: {json.dumps(services)}}}\n    config:"),
        GOOD + f"  apiAllowedCidrs: [{json.dumps(pods)}]\n",
        edited("practice", name),
        edited('"1.35.5"', f'"{version}"')
        .replace("kubeadm", bootstrap)
        .replace("docker: {}", on("aws").partition("config:\n      ")[2].partition("\n")[0]),
        edited("practice", f"practice\n  labels: {{{json.dumps(label[0])}: {json.dumps(label[1])}}}"),
        edited("docker: {}", f"docker: {{nodeImage: {json.dumps(image)}}}"),
    )
    for text in texts:
        if not {problem.code for problem in read_cluster_bytes(text.encode(), today=TODAY).errors}:
            assert VALIDATOR.is_valid(yaml12.load(text)), text


NULLABLE = [key.path for key in every_key(document_tree()) if key.nullable]


@pytest.mark.parametrize("path", NULLABLE)
def test_an_optional_key_without_a_value_is_accepted_as_the_reader_does(path: str) -> None:
    block = path.removeprefix(f"{CONFIG}.").split(".")[0] if path.startswith(f"{CONFIG}.") else "docker"
    document = yaml12.load(on(block))
    if path.endswith(("sourceNode", "templateId")):
        # One of the two ways to name a template has to be there.
        named = document["spec"]["provider"]["config"][block]
        del named["sourceNode"], named["templateId"]
        named["templateTags"] = ["kube"]
    *parents, last = path.replace("<name>", "default").split(".")
    place = document
    for key in parents:
        place = place.setdefault(key, {})
    place[last] = None
    text = yaml.safe_dump(document)

    assert read_cluster_bytes(text.encode(), today=TODAY).errors == ()
    assert accepts(text)


@pytest.mark.parametrize(
    ("limits", "is_fine"),
    [("min: 1", False), ("max: 5", False), ("min: 1, max: 5", True), ("min: null", True), ("min: 1, max: null", False)],
)
def test_limits_are_both_there_or_neither(limits: str, is_fine: bool) -> None:
    text = edited("      default:\n        replicas: 2", f"      default: {{replicas: 2, {limits}}}")

    assert bool(read_cluster_bytes(text.encode(), today=TODAY).errors) is not is_fine
    assert accepts(text) is is_fine


@pytest.mark.parametrize("key", ["podCidr", "serviceCidr"])
@pytest.mark.parametrize("start", ["10.0.0.0", "fd00::"])
def test_a_range_has_the_sizes_that_the_reader_takes(key: str, start: str) -> None:
    """Every prefix that there is, and the first that there is not."""
    address = ip_address(start)
    for prefix in range(address.max_prefixlen + 2):
        whole = (
            str(ip_network(f"{start}/{prefix}", strict=False)) if prefix <= address.max_prefixlen else f"{start}/129"
        )
        text = edited("    config:", f'      clusterNetwork: {{{key}: "{whole}"}}\n    config:')
        text = text.replace("replicas: 2", "replicas: 0")

        assert VALIDATOR.is_valid(yaml12.load(text)) is not bool(
            read_cluster_bytes(text.encode(), today=TODAY).errors
        ), whole


@pytest.mark.parametrize("count", range(10))
def test_the_control_plane_is_odd(count: int) -> None:
    assert accepts(edited("controlPlane: 1", f"controlPlane: {count}")) is (count % 2 == 1)


def check_jsonschema() -> str:
    """The command-line validator: it reads YAML with another library, and patterns with a JavaScript engine."""
    beside = Path(sys.executable).with_name("check-jsonschema")
    found = str(beside) if beside.exists() else shutil.which("check-jsonschema")
    if not found:
        pytest.skip("needs check-jsonschema")
    return found


def test_a_validator_of_the_command_line_says_the_same(tmp_path: Path) -> None:
    (tmp_path / "schema.json").write_bytes(lattice(tmp_path, "schema").stdout)
    (tmp_path / "fresh.yaml").write_text(draft_text("docker", "practice", has_schema=True))
    (tmp_path / "even.yaml").write_text(edited("controlPlane: 1", "controlPlane: 2"))
    (tmp_path / "line-end.yaml").write_text(edited("name: practice", 'name: "practice\\n"'))
    command = [check_jsonschema(), "--schemafile", str(tmp_path / "schema.json")]

    good = subprocess.run([*command, "fresh.yaml", *map(str, EXAMPLES)], cwd=tmp_path, capture_output=True, text=True)
    bad = subprocess.run([*command, "even.yaml", "line-end.yaml"], cwd=tmp_path, capture_output=True, text=True)

    assert good.returncode == 0, good.stdout
    assert bad.returncode == 1
    assert "even.yaml::$.spec.nodes.controlPlane" in bad.stdout
    assert "line-end.yaml::$.metadata.name" in bad.stdout
