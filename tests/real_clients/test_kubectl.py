"""kubectl on a served world with the projects' own definitions: every verb a person would try."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Iterator

import pytest

from tests.real_clients.programs import NAMESPACE, World, build, client_environment, program, real_definitions, served
from tests.shared import needs_shared

MACHINE = """\
apiVersion: cluster.x-k8s.io/v1beta2
kind: Machine
metadata: {name: by-hand, namespace: default, labels: {made: by-hand}}
spec:
  clusterName: nowhere
  bootstrap: {dataSecretName: none}
  infrastructureRef: {apiGroup: infrastructure.cluster.x-k8s.io, kind: DockerMachine, name: none}
"""


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    program("kubectl")
    with served(tmp_path_factory.mktemp("kubectl"), *real_definitions()) as world:
        build(world)
        yield world


@pytest.fixture
def by_hand(world: World) -> Iterator[str]:
    world.ask("kubectl", "apply", "--server-side", "--field-manager", "founder", "-f", "-", stdin=MACHINE)
    yield "by-hand"
    # Nobody's controller holds it: its Cluster does not exist.
    world.ask("kubectl", "patch", "machine", "by-hand", "--type", "merge", "-p", '{"metadata":{"finalizers":null}}')
    world.ask("kubectl", "delete", "machine", "by-hand", "--ignore-not-found", "--wait=false")


@needs_shared
def test_get_crd_lists_the_real_definitions(world: World) -> None:
    names = world.ask("kubectl", "get", "crd", "-o", "name")

    assert "customresourcedefinition.apiextensions.k8s.io/machines.cluster.x-k8s.io" in names
    assert "customresourcedefinition.apiextensions.k8s.io/proxmoxclusters.infrastructure.cluster.x-k8s.io" in names


def test_get_machines_has_the_columns_of_cluster_api(world: World) -> None:
    header, *rows = world.ask("kubectl", "get", "machines", "-A").splitlines()

    assert header.split()[:4] == ["NAMESPACE", "NAME", "CLUSTER", "NODE"]
    assert {"READY", "AVAILABLE", "UP-TO-DATE", "PHASE", "AGE", "VERSION"} <= set(header.split())
    assert sum("Running" in row for row in rows) == 3


def test_describe_machine_tells_its_conditions_and_events(world: World) -> None:
    machine = world.ask("kubectl", "get", "machines", "-n", NAMESPACE, "-o", "name").splitlines()[0]

    text = world.ask("kubectl", "describe", machine, "-n", NAMESPACE)

    assert "Infrastructure Ref:" in text
    assert "InfrastructureReady" in text
    assert "Events:" in text


def test_explain_machine_reads_the_definition(world: World) -> None:
    text = world.ask("kubectl", "explain", "machine.spec")

    assert "KIND:       Machine" in text
    assert "clusterName\t<string> -required-" in text
    assert "infrastructureRef\t<Object> -required-" in text
    assert "providerID <string>" in world.ask("kubectl", "explain", "machine.spec.providerID")


def test_get_watch_shows_a_machine_that_comes_and_goes(world: World) -> None:
    with subprocess.Popen(
        [program("kubectl"), "get", "machines", "-A", "-w", "--request-timeout", "20s"],
        env=client_environment(world.folder, world.kubeconfig),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as watching:
        assert watching.stdout is not None
        seen = [watching.stdout.readline() for _ in range(4)]
        world.ask("kubectl", "apply", "--server-side", "-f", "-", stdin=MACHINE.replace("by-hand", "passing-by"))
        while "passing-by" not in seen[-1]:
            seen.append(watching.stdout.readline())
            assert seen[-1], f"the watch has ended: {watching.stderr.read() if watching.stderr else ''}"
        watching.terminate()
    world.ask("kubectl", "patch", "machine", "passing-by", "--type", "merge", "-p", '{"metadata":{"finalizers":null}}')
    world.ask("kubectl", "delete", "machine", "passing-by", "--wait=false", "--ignore-not-found")


@pytest.mark.usefixtures("by_hand")
def test_server_side_apply_refuses_an_unknown_field(world: World) -> None:
    wrong = MACHINE.replace("clusterName: nowhere", "clusterName: nowhere\n  clusterNme: typo")

    said = world.refusal("kubectl", "apply", "--server-side", "--validate=false", "-f", "-", stdin=wrong)
    assert "failed to create typed patch object" in said
    assert ".spec.clusterNme: field not declared in schema" in said

    said = world.refusal("kubectl", "apply", "--server-side", "-f", "-", stdin=wrong)
    assert "clusterNme" in said, "the client's own look at the definition finds it too"


@pytest.mark.usefixtures("by_hand")
def test_another_managers_field_is_a_conflict_that_names_it(world: World) -> None:
    other = MACHINE.replace("made: by-hand", "made: by-somebody-else")
    apply = ("kubectl", "apply", "--server-side", "--field-manager", "newcomer", "-f", "-")

    said = world.refusal(*apply, stdin=other)
    assert 'conflict with "founder"' in said
    assert ".metadata.labels.made" in said

    world.ask(*apply, "--force-conflicts", stdin=other)
    owners = json.loads(world.ask("kubectl", "get", "machine", "by-hand", "--show-managed-fields", "-o", "json"))
    managers = {
        entry["manager"]
        for entry in owners["metadata"]["managedFields"]
        if "f:made" in entry["fieldsV1"].get("f:metadata", {}).get("f:labels", {})
    }
    assert managers == {"newcomer"}


@pytest.mark.usefixtures("by_hand")
def test_a_dry_run_changes_nothing(world: World) -> None:
    before = world.ask("kubectl", "get", "machine", "by-hand", "-o", "jsonpath={.metadata.resourceVersion}")

    changed = MACHINE.replace("made: by-hand", "made: never")
    said = world.ask(
        "kubectl", "apply", "--server-side", "--force-conflicts", "--dry-run=server", "-f", "-", stdin=changed
    )

    assert "(server dry run)" in said
    after = json.loads(world.ask("kubectl", "get", "machine", "by-hand", "-o", "json"))
    assert (after["metadata"]["resourceVersion"], after["metadata"]["labels"]["made"]) == (before, "by-hand")


@pytest.mark.usefixtures("by_hand")
@pytest.mark.parametrize(
    ("type_", "patch"),
    [
        ("merge", '{"metadata":{"labels":{"patched":"yes"}}}'),
        ("json", '[{"op":"add","path":"/metadata/labels/patched","value":"yes"}]'),
    ],
)
def test_patch_changes_a_machine(world: World, type_: str, patch: str) -> None:
    world.ask("kubectl", "patch", "machine", "by-hand", "--type", type_, "-p", patch)

    assert world.ask("kubectl", "get", "machine", "by-hand", "-o", "jsonpath={.metadata.labels.patched}") == "yes"


def test_a_strategic_patch_merges_the_list_of_a_core_kind_by_its_key(world: World) -> None:
    world.ask("kubectl", "create", "deployment", "patched", "--image", "example/one:1")
    patch = '{"spec":{"template":{"spec":{"containers":[{"name":"sidecar","image":"example/two:1"}]}}}}'

    world.ask("kubectl", "patch", "deployment", "patched", "-p", patch)

    names = "jsonpath={.spec.template.spec.containers[*].name}"
    assert set(world.ask("kubectl", "get", "deployment", "patched", "-o", names).split()) == {"sidecar", "one"}
    world.ask("kubectl", "delete", "deployment", "patched")


def test_a_value_of_the_wrong_type_is_refused_with_its_path(world: World) -> None:
    said = world.refusal("kubectl", "create", "--validate=false", "-f", "-", stdin=MACHINE.replace("nowhere", "5"))

    assert "spec.clusterName" in said
    assert "must be of type string" in said


def test_delete_takes_a_deployments_machine_and_a_new_one_comes(world: World) -> None:
    workers = ("get", "machines", "-n", NAMESPACE, "-l", "!cluster.x-k8s.io/control-plane", "-o", "name")
    before = set(world.ask("kubectl", *workers).split())
    one = sorted(before)[0]

    said = world.ask("kubectl", "delete", one, "-n", NAMESPACE, "--timeout", "60s")

    assert f'"{one.partition("/")[2]}" deleted' in said
    end_s = time.monotonic() + 60
    while len(now := set(world.ask("kubectl", *workers).split())) < 2 or one in now:
        assert time.monotonic() < end_s, f"no replacement: {now}"
        time.sleep(0.2)
    assert one not in now


def test_get_events_lists_what_the_controllers_did(world: World) -> None:
    header, *events = world.ask("kubectl", "get", "events", "-n", NAMESPACE).splitlines()

    assert header.split() == ["LAST", "SEEN", "TYPE", "REASON", "OBJECT", "MESSAGE"]
    assert any("Machine" in event or "machine" in event for event in events)


def test_label_and_field_selectors_choose(world: World) -> None:
    control_plane = world.ask(
        "kubectl", "get", "machines", "-A", "-l", "cluster.x-k8s.io/control-plane", "-o", "name"
    ).split()
    assert len(control_plane) == 1
    name = control_plane[0].partition("/")[2]
    by_name = world.ask("kubectl", "get", "machines", "-A", "--field-selector", f"metadata.name={name}", "-o", "name")
    assert by_name.split() == control_plane
    normal = world.ask("kubectl", "get", "events", "-A", "--field-selector", "type=Normal", "-o", "json")
    assert {event["type"] for event in json.loads(normal)["items"]} == {"Normal"}
    said = world.refusal("kubectl", "get", "machines", "-A", "--field-selector", "spec.nothing=1")
    assert "field label not supported: spec.nothing" in said


def test_a_viewer_reads_and_is_told_what_it_may_not(world: World) -> None:
    seen = world.run("kubectl", "get", "machines", "-A", kubeconfig=world.viewer)
    assert (seen.returncode, "Running" in seen.stdout) == (0, True), seen.stderr

    secrets = world.run("kubectl", "get", "secrets", "-n", NAMESPACE, kubeconfig=world.viewer)
    assert (
        'User "viewer" cannot list resource "secrets" in API group "" in the namespace "capi-practice"'
        in secrets.stderr
    )
    delete = world.run("kubectl", "delete", "cluster", "practice", "-n", NAMESPACE, kubeconfig=world.viewer)
    assert 'cannot delete resource "clusters" in API group "cluster.x-k8s.io"' in delete.stderr
    assert world.run("kubectl", "auth", "can-i", "list", "machines", kubeconfig=world.viewer).stdout == "yes\n"
    assert world.run("kubectl", "auth", "can-i", "delete", "machines", kubeconfig=world.viewer).stdout == "no\n"


@needs_shared
def test_a_rule_of_a_definition_is_kept(world: World) -> None:
    """ProxmoxMachineTemplate: `full` has to be true where a `storage` is named (a CEL rule)."""
    wrong = """\
apiVersion: infrastructure.cluster.x-k8s.io/v1alpha2
kind: ProxmoxMachineTemplate
metadata: {name: wrong, namespace: default}
spec:
  template:
    spec:
      templateSelector: {matchTags: [kubernetes]}
      full: false
      storage: local-lvm
      network: {networkDevices: [{bridge: vmbr0}]}
"""
    said = world.refusal("kubectl", "create", "-f", "-", stdin=wrong)

    assert "Must set full=true when specifying storage" in said or "storage" in said
    world.ask("kubectl", "create", "--dry-run=server", "-f", "-", stdin=wrong.replace("full: false", "full: true"))
