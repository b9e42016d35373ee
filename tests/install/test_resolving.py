"""From a document to a plan in which nothing is open, and the steps it is drawn with."""

from __future__ import annotations

import ipaddress

import pytest

from lattice_tui.install.plan_steps import STEPS, is_wanted, needs_of, step_infos
from lattice_tui.install.resolve import resolve
from lattice_tui.providers.docker.config import DockerConfig
from schemas.document import LatticeCluster
from schemas.plan import ClusterPlan


def document(**changes: object) -> LatticeCluster:
    kubernetes: dict[str, object] = {"version": "1.35.5"}
    if "network" in changes:
        kubernetes["clusterNetwork"] = changes["network"]
    return LatticeCluster.model_validate(
        {
            "apiVersion": "lattice.dev/v1alpha1",
            "kind": "LatticeCluster",
            "metadata": {"name": "demo", "labels": {"team": "a"}},
            "spec": {
                "provider": {"kubernetes": kubernetes, "config": {"docker": {}}},
                "nodes": {"controlPlane": 1, "workerPools": {"default": {"replicas": 2}, "big": {"replicas": 0}}},
                "management": changes.get("management", "self"),
            },
        }
    )


def plan(**changes: object) -> ClusterPlan:
    return resolve(document(**changes), DockerConfig(), run_id="0123abcd")


def test_every_default_is_filled_in() -> None:
    made = plan()

    assert (made.name, made.provider, made.kubernetes_version, made.bootstrap) == (
        "demo",
        "docker",
        "1.35.5",
        "kubeadm",
    )
    assert (made.pod_cidr, made.service_cidr) == ("10.244.0.0/16", "10.96.0.0/16")
    assert made.endpoint_host == "127.0.0.1"
    assert [(pool.name, pool.replicas) for pool in made.pools] == [("default", 2), ("big", 0)]
    assert made.bootstrap_cluster_name == "lattice-0123abcd"
    assert made.labels == {"team": "a"}


def test_the_same_document_gives_the_same_plan() -> None:
    assert plan() == plan()


@pytest.mark.parametrize(
    ("given", "pods", "services"),
    [
        ({"podCidr": "10.0.0.0/9"}, "10.0.0.0/9", "172.31.0.0/16"),
        ({"serviceCidr": "10.244.0.0/20"}, "10.42.0.0/16", "10.244.0.0/20"),
        ({"podCidr": "10.96.128.0/20"}, "10.96.128.0/20", "10.43.0.0/16"),
        ({"podCidr": "10.1.0.0/16", "serviceCidr": "10.2.0.0/16"}, "10.1.0.0/16", "10.2.0.0/16"),
    ],
)
def test_a_missing_range_is_the_first_one_that_leaves_the_given_one_alone(
    given: dict[str, str], pods: str, services: str
) -> None:
    made = plan(network=given)

    assert (made.pod_cidr, made.service_cidr) == (pods, services)
    assert not ipaddress.ip_network(made.pod_cidr).overlaps(ipaddress.ip_network(made.service_cidr))


def test_usual_times_shrink_with_the_speed_of_the_rehearsal() -> None:
    usual = {info.id: info.usual_s for info in step_infos(plan())}
    faster = {info.id: info.usual_s for info in step_infos(plan(), speed=10)}

    assert faster["providers"] == (usual["providers"][0] / 10, usual["providers"][1] / 10)


def test_every_step_needs_only_steps_before_it() -> None:
    known: set[str] = set()
    for info in step_infos(plan()):
        assert known.issuperset(info.needs), info.id
        known.add(info.id)

    assert len(known) == len(STEPS) == 13


def test_a_cluster_managed_from_outside_is_not_moved_and_ends_only_when_every_machine_is_there() -> None:
    external = plan(management="external")
    skipped = [step.id for step in STEPS if not is_wanted(step, external)]

    assert skipped == ["management", "move"]
    assert needs_of(STEPS[-1], external) == ("nodes",)
