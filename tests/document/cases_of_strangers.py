"""Bad documents: files that are something else."""

from __future__ import annotations

from tests.document.case import GOOD, Case, edited

CASES = (
    Case(
        "an object of Cluster API",
        "apiVersion: cluster.x-k8s.io/v1beta1\nkind: Cluster\nmetadata: {name: a}\nspec: {clusterNetwork: {}}\n",
        "LT-DOC-004",
        2,
        7,
        "Cluster API (Cluster)",
    ),
    Case(
        "machines of Cluster API",
        "apiVersion: infrastructure.cluster.x-k8s.io/v1beta1\nkind: DockerMachineTemplate\nmetadata: {name: a}\n",
        "LT-DOC-004",
        2,
        7,
        "DockerMachineTemplate",
    ),
    Case(
        "several objects of Cluster API",
        "apiVersion: cluster.x-k8s.io/v1beta1\nkind: Cluster\n---\n"
        "apiVersion: cluster.x-k8s.io/v1beta1\nkind: MachineDeployment\n",
        "LT-DOC-004",
        2,
        7,
        "Cluster API",
    ),
    Case(
        "a kubeconfig",
        "apiVersion: v1\nkind: Config\nclusters: []\ncontexts: []\nusers: []\ncurrent-context: x\n",
        "LT-DOC-004",
        2,
        7,
        "kubeconfig",
    ),
    Case("a kubeconfig without a kind", "clusters: []\ncontexts: []\nusers: []\n", "LT-DOC-004", 1, 1, "kubeconfig"),
    Case(
        "a list of Kubernetes objects",
        "apiVersion: v1\nkind: List\nitems: []\n",
        "LT-DOC-004",
        2,
        7,
        "a list of Kubernetes objects",
    ),
    Case("a pod", "apiVersion: v1\nkind: Pod\nmetadata: {name: x}\n", "LT-DOC-004", 2, 7, "(Pod)"),
    Case(
        "a configuration of kind",
        "kind: Cluster\napiVersion: kind.x-k8s.io/v1alpha4\nnodes: []\n",
        "LT-DOC-004",
        1,
        7,
        "kind (Cluster)",
    ),
    Case("a clouds.yaml", "clouds: {mine: {auth: {password: hunter2hunter2}}}\n", "LT-DOC-004", 1, 1, "clouds.yaml"),
    Case("a compose file", "services: {web: {image: nginx}}\n", "LT-DOC-004", 1, 1, "Docker Compose"),
    Case(
        "a list of clusters",
        "- kind: LatticeCluster\n  metadata: {name: a}\n- kind: LatticeCluster\n",
        "LT-DOC-001",
        1,
        1,
        "list of clusters",
    ),
    Case("a playbook", "- hosts: all\n  tasks: []\n", "LT-DOC-001", 1, 1, "Ansible"),
    Case(
        "a JSON Schema",
        '{"$schema": "https://json-schema.org/draft/2020-12/schema", "properties": {}}',
        "LT-DOC-004",
        1,
        2,
        "JSON Schema",
    ),
    Case(
        "an older group",
        edited("lattice.dev/v1alpha1", "lattice.io/v1alpha1"),
        "LT-DOC-016",
        1,
        13,
        "lattice.dev/v1alpha1",
    ),
    Case(
        "a newer version of the document",
        edited("lattice.dev/v1alpha1", "lattice.dev/v1beta1"),
        "LT-DOC-016",
        1,
        13,
        "lattice.dev/v1alpha1",
    ),
    Case("what an API server gives back", GOOD + "status: {}\n", "LT-DOC-008", 17, 1, "API server"),
    Case("a namespace", edited("practice", "practice\n  namespace: default"), "LT-DOC-008", 5, 3, "API server"),
)
