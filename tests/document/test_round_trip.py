"""Model -> text -> model is the identity; no bytes crash the reader; it accepts what pydantic accepts."""

from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from lattice_tui.document.reader import read_bytes
from lattice_tui.document.writer import fresh_text
from lattice_tui.providers.reading import read_cluster_bytes
from schemas.document import LatticeCluster
from tests.document.cases import CASES, GOOD, TODAY
from tests.document.strategies import TROUBLESOME, clusters

unhurried = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
ROOT = Path(__file__).resolve().parents[2]


@unhurried
@given(clusters)
def test_a_fresh_file_reads_back_as_the_same_cluster(cluster: LatticeCluster) -> None:
    found = read_bytes(fresh_text(cluster).encode(), today=TODAY)

    assert found.errors == ()
    assert found.cluster == cluster


@unhurried
@given(clusters)
def test_a_fresh_file_is_the_same_every_time(cluster: LatticeCluster) -> None:
    again = LatticeCluster.model_validate(cluster.model_dump())

    assert fresh_text(again) == fresh_text(cluster)


@pytest.mark.parametrize("word", TROUBLESOME)
def test_a_troublesome_word_is_the_same_text_to_every_yaml_reader(word: str) -> None:
    """PyYAML's own loader is a YAML 1.1 reader."""
    found = read_bytes(GOOD.replace("docker: {}", "aws: {}").encode(), today=TODAY).cluster
    assert found is not None
    provider = found.spec.provider.model_copy(update={"config": {"aws": {"region": word, word or "x": 1}}})
    cluster = found.model_copy(update={"spec": found.spec.model_copy(update={"provider": provider})})

    read = yaml.safe_load(fresh_text(cluster))

    assert read["spec"]["provider"]["config"] == {"aws": {"region": word, word or "x": 1}}


@pytest.mark.parametrize("number", [1e16, -1e-5, 1.5e300, 1e22, 0.1, 5e-324, -0.0])
def test_a_number_is_the_same_to_every_yaml_reader(number: float) -> None:
    found = read_bytes(GOOD.replace("docker: {}", "aws: {}").encode(), today=TODAY).cluster
    assert found is not None
    provider = found.spec.provider.model_copy(update={"config": {"aws": {"x": number}}})
    text = fresh_text(found.model_copy(update={"spec": found.spec.model_copy(update={"provider": provider})}))

    again = read_bytes(text.encode(), today=TODAY).cluster
    assert again is not None
    assert again.spec.provider.config["aws"] == {"x": number}
    assert yaml.safe_load(text)["spec"]["provider"]["config"] == {"aws": {"x": number}}


@unhurried
@given(clusters)
def test_the_reader_makes_what_pydantic_makes(cluster: LatticeCluster) -> None:
    found = read_bytes(fresh_text(cluster).encode(), today=TODAY)

    assert found.cluster is not None
    dumped = found.cluster.model_dump(by_alias=True)
    assert LatticeCluster.model_validate(dumped) == found.cluster


@unhurried
@given(st.binary(max_size=400) | st.text(max_size=200).map(lambda text: text.encode("utf-8", "surrogatepass")))
@example(b'a: "\\ud800"\n')
@example(b"? \n")
@example(b"- - - {")
@example(b"\xef\xbb\xbf")
@example(b"a: &\n")
@example(b"%YAML 9.9\n---\na: b\n")
def test_no_bytes_crash_the_reader(data: bytes) -> None:
    found = read_cluster_bytes(data, today=TODAY)

    assert found.problems
    assert found.cluster is None
    assert found.data == data


@unhurried
@given(st.data())
def test_no_damage_to_a_good_file_crashes_the_reader(data: st.DataObject) -> None:
    """Cut, doubled or replaced somewhere: read or refused, never a crash, and every problem has a printable place."""
    good = GOOD.encode()
    start = data.draw(st.integers(0, len(good)))
    end = data.draw(st.integers(start, len(good)))
    piece = data.draw(
        st.sampled_from([b"", b"\t", b": ", b"{", b"[", b"*a", b"!x ", b"\n", b"- ", b'"', b"0x1"])
        | st.binary(max_size=6)
    )

    found = read_cluster_bytes(good[:start] + piece + good[end:], today=TODAY)

    assert (found.cluster is None) == bool(found.errors)
    assert all(problem.place.isprintable() and problem.title.isprintable() for problem in found.problems)


@unhurried
@given(
    st.text(max_size=40),
    st.sampled_from(["practice", "1.35.5", "kubeadm", "docker", "default", "replicas", "lattice.dev/v1alpha1"]),
)
@example("x\u202e[/bold]", "practice")
def test_no_value_reaches_a_message_unsafe(text: str, place: str) -> None:
    found = read_cluster_bytes(GOOD.replace(place, text).encode("utf-8", "surrogatepass"), today=TODAY)

    for problem in found.problems:
        for part in (problem.title, problem.fix, problem.path, problem.detail):
            assert not {unicodedata.category(character) for character in part} & {"Cc", "Cf", "Cs", "Zl", "Zp"}, part


BY_RULE = {"several lines in a flavor", "size without cores", "size without a flavor", "key in snake case"}
"""Refused by a rule of ours alone: a size's own limits, and the names that the models have in Python."""


def test_every_bad_document_is_refused_by_pydantic_or_by_a_rule_of_ours() -> None:
    """What the reader refuses for its shape alone, pydantic refuses too: the two never drift apart."""
    shapes = {f"LT-DOC-{number:03}" for number in (6, 7, 8, 10, 11, 13, 14, 15, 16, 17, 18, 19)}
    looked_at = [case for case in CASES if case.code in shapes and "docker" not in case.id and case.id not in BY_RULE]
    assert len(looked_at) > 25
    for case in looked_at:
        with pytest.raises(ValidationError):
            LatticeCluster.model_validate(yaml.safe_load(case.text))


def test_the_shipped_example_is_good_and_has_no_warning() -> None:
    data = (ROOT / "examples" / "docker.yaml").read_bytes()

    found = read_cluster_bytes(data, today=TODAY)

    assert found.problems == ()
    assert found.cluster is not None
    assert found.cluster.metadata.name == "practice"
    assert found.cluster.spec.nodes.control_plane == 1
    assert [pool.replicas for pool in found.cluster.spec.nodes.worker_pools.values()] == [2]
