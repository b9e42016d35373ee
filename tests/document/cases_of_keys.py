"""Bad documents: keys of other dialects, in wrong places, and values in short form."""

from __future__ import annotations

from tests.document.case import GOOD, Case, added, edited, on

CASES = (
    Case("providerRef", added("  providerRef: aws-prod\n"), "LT-DOC-009", 17, 3, "spec.provider.config"),
    Case(
        "range with its value",
        on(
            "proxmox",
            "ipv4Pool",
            "{range: 10.0.0.20-10.0.0.40, start: 192.168.1.30, end: 192.168.1.40, gateway: 192.168.1.1, prefix: 24}",
        ),
        "LT-DOC-009",
        11,
        28,
        "start: 10.0.0.20, end: 10.0.0.40",
    ),
    Case(
        "range of load balancers",
        added("  networking: {lbPool: {range: 10.0.0.1-10.0.0.9}}\n"),
        "LT-DOC-009",
        17,
        25,
        "start: 10.0.0.1, end: 10.0.0.9",
    ),
    Case(
        "instanceType of a pool",
        added("        instanceType: m6i.large\n"),
        "LT-DOC-009",
        17,
        9,
        "size: {instanceType:",
    ),
    Case(
        "workers as a number",
        edited("    workerPools:\n      default:\n        replicas: 2\n", "    workers: 4\n"),
        "LT-DOC-009",
        14,
        5,
        "workerPools: {default: {replicas: 4}}",
    ),
    Case(
        "type of the provider",
        edited("    config:\n      docker: {}\n", "    type: docker\n"),
        "LT-DOC-009",
        10,
        5,
        "config: {docker: {}}",
    ),
    Case(
        "controlPlane of another dialect",
        edited("controlPlane: 1", "controlPlane: {replicas: 3}"),
        "LT-DOC-009",
        13,
        20,
        "controlPlane: 3",
    ),
    Case(
        "spec left out",
        GOOD.replace("spec:\n", "").replace("\n  ", "\n").replace("metadata:\n", "metadata:\n  "),
        "LT-DOC-008",
        5,
        1,
        "inside `spec`",
    ),
    Case(
        "spec that holds nothing",
        GOOD.replace("\n  provider", "\nprovider").replace("\n  nodes", "\nnodes"),
        "LT-DOC-008",
        6,
        1,
        "two more spaces",
    ),
    Case(
        "metadata that holds nothing",
        edited("  name: practice", "name: practice"),
        "LT-DOC-008",
        4,
        1,
        "inside `metadata`",
    ),
    Case(
        "nodes too deep",
        GOOD.replace("\n  nodes:", "\n    nodes:")
        .replace("\n    controlPlane:", "\n      controlPlane:")
        .replace("\n    workerPools:", "\n      workerPools:")
        .replace("\n      default:", "\n        default:")
        .replace("\n        replicas:", "\n          replicas:"),
        "LT-DOC-008",
        12,
        5,
        "2 spaces in front, like `provider`",
    ),
    Case(
        "pools beside nodes",
        edited(
            "    workerPools:\n      default:\n        replicas: 2", "  workerPools:\n    default:\n      replicas: 2"
        ),
        "LT-DOC-008",
        14,
        3,
        "4 spaces in front, like `controlPlane`",
    ),
    Case(
        "version beside kubernetes",
        GOOD.replace('      version: "1.35.5"\n', "").replace(
            "    kubernetes:", '    version: "1.35.5"\n    kubernetes:'
        ),
        "LT-DOC-008",
        7,
        5,
        "spec.provider.kubernetes.version",
    ),
    Case(
        "podCidr beside clusterNetwork",
        edited("    config:", "      podCidr: 10.244.0.0/16\n    config:"),
        "LT-DOC-008",
        10,
        7,
        "clusterNetwork",
    ),
    Case("machine size beside replicas", added("        cores: 4\n"), "LT-DOC-008", 17, 9, "size"),
    Case("key in snake case", edited("controlPlane", "control_plane"), "LT-DOC-008", 13, 5, "`controlPlane`"),
    Case(
        "bootstrap of an older document",
        edited("bootstrap: kubeadm", "bootstrap_provider: kubeadm"),
        "LT-DOC-008",
        9,
        7,
        "`bootstrap`",
    ),
    Case(
        "provider in one word",
        edited(
            'provider:\n    kubernetes:\n      version: "1.35.5"\n      bootstrap: kubeadm\n'
            "    config:\n      docker: {}",
            "provider: docker",
        ),
        "LT-DOC-013",
        6,
        13,
        "config: {docker: {}}",
    ),
    Case(
        "config in one word",
        edited("config:\n      docker: {}", "config: docker"),
        "LT-DOC-013",
        10,
        13,
        "config: {docker: {}}",
    ),
    Case("docker as a switch", edited("docker: {}", "docker: true"), "LT-DOC-013", 11, 15, "docker: {}"),
    Case(
        "kubernetes in one word",
        edited('kubernetes:\n      version: "1.35.5"\n      bootstrap: kubeadm', 'kubernetes: "1.35.5"'),
        "LT-DOC-013",
        7,
        17,
        'kubernetes: {version: "1.35.5"}',
    ),
    Case(
        "pools as a number",
        edited("workerPools:\n      default:\n        replicas: 2", "workerPools: 3"),
        "LT-DOC-013",
        14,
        18,
        "{default: {replicas: 3}}",
    ),
    Case(
        "a pool as a number",
        edited("default:\n        replicas: 2", "default: 3"),
        "LT-DOC-013",
        15,
        16,
        "default: {replicas: 3}",
    ),
    Case(
        "replicas without a pool",
        edited("      default:\n        replicas: 2", "      replicas: 3"),
        "LT-DOC-013",
        15,
        17,
        "{default: {replicas: 3}}",
    ),
    Case(
        "metadata in one word",
        edited("metadata:\n  name: practice", "metadata: practice"),
        "LT-DOC-013",
        3,
        11,
        "metadata: {name: practice}",
    ),
    Case(
        "endpoints in one word", added("  endpoints: 10.0.0.7\n"), "LT-DOC-013", 17, 14, "endpoints: {host: 10.0.0.7}"
    ),
    Case(
        "service in one word",
        added("  endpoints: {service: NodePort}\n"),
        "LT-DOC-013",
        17,
        24,
        "service: {type: NodePort}",
    ),
    Case(
        "lb pool in one text",
        added("  networking: {lbPool: 10.0.0.1-10.0.0.9}\n"),
        "LT-DOC-013",
        17,
        24,
        "start: 10.0.0.1, end: 10.0.0.9",
    ),
    Case("labels in one text", added("        labels: team=web\n"), "LT-DOC-013", 17, 17, "labels: {team: web}"),
    Case(
        "a taint as kubectl writes it",
        added("        taints: ['dedicated=db:NoSchedule']\n"),
        "LT-DOC-013",
        17,
        18,
        "{key: dedicated, value: db, effect: NoSchedule}",
    ),
    Case("spec as a list", "metadata: {name: a}\nspec: [a]\n", "LT-DOC-013", 2, 7, "spec"),
    Case("version as a list", edited('"1.35.5"', "[1.35.5]"), "LT-DOC-010", 8, 16, 'version: "1.35.5"'),
    Case(
        "nothing for a range",
        edited("    config:", "      clusterNetwork: {podCidr: {}}\n    config:"),
        "LT-DOC-010",
        10,
        33,
        "podCidr: 10.244.0.0/16",
    ),
)
