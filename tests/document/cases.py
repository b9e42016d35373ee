"""Bad documents: what is written, and the code, line and column that it has to be answered with."""

from __future__ import annotations

from typing import NamedTuple

GOOD = """\
apiVersion: lattice.dev/v1alpha1
kind: LatticeCluster
metadata:
  name: practice
spec:
  provider:
    kubernetes:
      version: "1.35.5"
      bootstrap: kubeadm
    config:
      docker: {}
  nodes:
    controlPlane: 1
    workerPools:
      default:
        replicas: 2
"""
TODAY = "2026-11-23"


class Case(NamedTuple):
    """One way to be wrong."""

    id: str
    text: str | bytes
    code: str
    line: int | None
    column: int | None
    words: str = ""
    """Has to be in the title or the fix."""


def edited(old: str, new: str) -> str:
    """The good document with one thing changed."""
    assert GOOD.count(old) == 1, old
    return GOOD.replace(old, new)


def added(text: str) -> str:
    """The good document with lines added at its end."""
    return GOOD + text


CASES = (
    # The text itself
    Case("empty", "", "LT-YAML-001", 1, 1, "empty"),
    Case("only spaces", "  \n\n", "LT-YAML-001", 1, 1, "empty"),
    Case("only comments", "# nothing\n# here\n", "LT-YAML-001", 1, 1, "comments"),
    Case("only a document start", "---\n", "LT-YAML-001", 1, 1),
    Case("a picture", b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "LT-YAML-002", None, None, "PNG"),
    Case("an archive", b"\x1f\x8b\x08\x00abc", "LT-YAML-002", None, None, "gzip"),
    Case("a program without magic", bytes(range(256)) * 4, "LT-YAML-002", None, None, "binary"),
    Case("UTF-16", "name: x\n".encode("utf-16"), "LT-YAML-003", 1, 1, "UTF-16"),
    Case("UTF-16 without a BOM", "name: x\n".encode("utf-16-le"), "LT-YAML-003", 1, 1, "UTF-16"),
    Case("Latin-1", b"a: b\n# caf\xe9\n", "LT-YAML-004", 2, 6, "0xE9"),
    Case("Latin-1 after a BOM", b"\xef\xbb\xbfa: \xe9\n", "LT-YAML-004", 1, 4, "0xE9"),
    Case("NUL", b"apiVersion: lattice.dev\nkind: a\x00b and more text here\n", "LT-YAML-005", 2, 8, "U+0000"),
    Case("escape sequence", "a: \x1b[31mred\n", "LT-YAML-005", 1, 4, "U+001B"),
    Case("C1 control", "a: b\nc: \x9b31m\n", "LT-YAML-005", 2, 4, "U+009B"),
    Case("too large", b"#" * (1024 * 1024 + 1), "LT-FILE-006", None, None, "1 MiB"),
    Case("tab", edited("  name: practice", "\tname: practice"), "LT-YAML-006", 4, 1, "spaces"),
    Case("tab after spaces", edited("  name: practice", "  \tname: practice"), "LT-YAML-006", 4, 3),
    Case("colon in a value", edited("name: practice", "name: a: b"), "LT-YAML-007", 4, 10, "quotes"),
    Case("key without a colon", "apiVersion lattice.dev/v1alpha1\nkind: LatticeCluster\n", "LT-YAML-007", 2, 5),
    Case("bad indentation", edited("  nodes:", "   nodes:"), "LT-YAML-007", 12, 4, "line up"),
    Case("open quote", edited('"1.35.5"', '"1.35.5'), "LT-YAML-016", 17, 1, "closing"),
    Case("open bracket", "a: [1, 2\n", "LT-YAML-016", 2, 1, "bracket"),
    Case("deep lists", "[" * 50_000, "LT-YAML-008", 1, 66, "64"),
    Case("deep maps", "{a: " * 20_000, "LT-YAML-008", 1, 261, "64"),
    Case("many entries", "[" + "a," * 60_000 + "]", "LT-YAML-009", 1, 99_996, "50,000"),
    Case("laughs", "a: &a [x]\nb: &b [*a, *a]\n", "LT-YAML-010", 2, 8, "anchors"),
    Case("recursive alias", "a: &a\n  - *a\n", "LT-YAML-010", 2, 5),
    Case("merge key", "a: &a {b: 1}\nc:\n  <<: *a\n", "LT-YAML-010", 3, 7),
    Case("python tag", "a: !!python/object/apply:os.system [id]\n", "LT-YAML-011", 1, 4, "python"),
    Case("own tag", "a: !Ref b\n", "LT-YAML-011", 1, 4, "!Ref"),
    Case("tag directives", "%TAG !a! b\n" * 1000 + "---\na: b\n", "LT-YAML-011", 1, 1),
    Case("double key", edited("kind: LatticeCluster", "kind: LatticeCluster\nkind: x"), "LT-YAML-012", 3, 1, "line 2"),
    Case("two documents", GOOD + "---\n" + GOOD, "LT-YAML-013", 17, 1, "one cluster"),
    Case("list as key", "? [a]\n: b\n", "LT-YAML-014", 1, 3),
    Case("key missing", edited("  name: practice", "  name: practice\n  ~: b"), "LT-YAML-014", 5, 3),
    # YAML 1.1 traps
    Case("version as a float", edited('"1.35.5"', "1.32"), "LT-DOC-010", 8, 16, '"1.32.11"'),
    Case("version 1.30 as a float", edited('"1.35.5"', "1.30"), "LT-DOC-010", 8, 16, "1.30"),
    Case("bootstrap no", edited("kubeadm", "no"), "LT-YAML-015", 9, 18, "kubeadm"),
    Case("octal", edited("replicas: 2", "replicas: 010"), "LT-YAML-015", 16, 19, "octal number 8"),
    Case("sexagesimal", edited("name: practice", "name: 22:22"), "LT-YAML-015", 4, 9, "base 60"),
    Case("date", edited("name: practice", "name: 2026-11-23"), "LT-YAML-015", 4, 9, "a date"),
    Case("yes in a label", edited("practice", "practice\n  labels: {prod: yes}"), "LT-YAML-015", 5, 18, '"yes"'),
    Case("underscores", edited("replicas: 2", "replicas: 1_000"), "LT-YAML-015", 16, 19),
    # Shape
    Case("a list", "- a\n- b\n", "LT-DOC-001", 1, 1, "a list"),
    Case("a text", "hello\n", "LT-DOC-001", 1, 1, "a single text"),
    Case("apiVersion of another", edited("lattice.dev/v1alpha1", "v1"), "LT-DOC-016", 1, 13, "lattice.dev/v1alpha1"),
    Case("kind of another", edited("LatticeCluster", "Cluster"), "LT-DOC-016", 2, 7, "LatticeCluster"),
    Case("name missing", edited("  name: practice", "  labels: {}"), "LT-DOC-006", 4, 3, "--name"),
    Case("name without a value", edited("name: practice", "name:"), "LT-DOC-015", 4, 8, "practice"),
    Case("name as a number", edited("name: practice", "name: 7"), "LT-DOC-010", 4, 9, '"7"'),
    Case("name in capitals", edited("name: practice", "name: My_Cluster"), "LT-DOC-018", 4, 9, "my-cluster"),
    Case("name as a path", edited("name: practice", "name: ../x"), "LT-DOC-018", 4, 9, "name: x"),
    Case("name as a command", edited("name: practice", "name: $(id)"), "LT-DOC-018", 4, 9, "name: id"),
    Case("name as an option", edited("name: practice", "name: --yes"), "LT-DOC-018", 4, 9, "name: yes"),
    Case("name in Cyrillic", edited("practice", "рractice"), "LT-DOC-018", 4, 9, "ractice"),
    Case("name with a line end", edited("name: practice", 'name: "practice\\n"'), "LT-DOC-018", 4, 9),
    Case("name too long", edited("practice", "a" * 33), "LT-DOC-019", 4, 9, "33 characters"),
    Case(
        "name and pool too long",
        GOOD.replace("practice", "a" * 32).replace("default:", "b" * 15 + ":"),
        "LT-DOC-020",
        15,
        7,
        "47",
    ),
    Case("version missing", edited('      version: "1.35.5"\n', ""), "LT-DOC-007", 8, 7, "version:"),
    Case("control plane missing", edited("    controlPlane: 1\n", ""), "LT-DOC-007", 13, 5, "controlPlane: 1"),
    Case("unknown key", edited("controlPlane", "controlplane"), "LT-DOC-008", 13, 5, "`controlPlane`"),
    Case(
        "key in the wrong place",
        edited("  nodes:", '  version: "1.35.5"\n  nodes:'),
        "LT-DOC-008",
        12,
        3,
        "spec.provider.kubernetes.version",
    ),
    Case("parentConfig", added("  parentConfig: {}\n"), "LT-DOC-009", 17, 3, "spec.endpoints"),
    Case("latticeImage", added("  latticeImage: x\n"), "LT-DOC-009", 17, 3, "Leave it out"),
    Case(
        "controlPlaneEndpoint",
        edited("docker: {}", "proxmox: {controlPlaneEndpoint: x}"),
        "LT-DOC-009",
        11,
        17,
        "spec.endpoints.host",
    ),
    Case("ipv4Pool range", edited("docker: {}", "proxmox: {ipv4Pool: {range: x}}"), "LT-DOC-009", 11, 28, "start"),
    Case(
        "externalNetwork",
        edited("docker: {}", "openstack: {externalNetwork: x}"),
        "LT-DOC-009",
        11,
        19,
        "externalNetworkId",
    ),
    Case("instanceType", edited("docker: {}", "aws: {instanceType: x}"), "LT-DOC-009", 11, 13, "cpInstanceType"),
    Case(
        "controlPlane with replicas",
        edited("controlPlane: 1", "controlPlane: {replicas: 3}"),
        "LT-DOC-011",
        13,
        19,
        "controlPlane: 3",
    ),
    Case("replicas in quotes", edited("replicas: 2", 'replicas: "2"'), "LT-DOC-011", 16, 19, "replicas: 2"),
    Case("replicas broken", edited("replicas: 2", "replicas: 2.5"), "LT-DOC-011", 16, 19, "whole number"),
    Case("replicas negative", edited("replicas: 2", "replicas: -1"), "LT-DOC-017", 16, 19, "from 0 to 5000"),
    Case("replicas enormous", edited("replicas: 2", "replicas: 1000000000"), "LT-DOC-017", 16, 19),
    Case(
        "pools as a list",
        edited("      default:\n        replicas: 2", "      - default"),
        "LT-DOC-013",
        15,
        7,
        "a map of keys",
    ),
    Case(
        "certSANs as a text",
        edited("    config:", "      certSANs: api.example.com\n    config:"),
        "LT-DOC-014",
        10,
        17,
        '["api.example.com"]',
    ),
    Case("docker without braces", edited("docker: {}", "docker:"), "LT-DOC-015", 11, 14, "docker: {}"),
    Case("bootstrap of another", edited("kubeadm", "kubadm"), "LT-DOC-016", 9, 18, "`kubeadm`?"),
    Case("two control planes", edited("controlPlane: 1", "controlPlane: 2"), "LT-DOC-021", 13, 19, "1 or 3"),
    Case("four control planes", edited("controlPlane: 1", "controlPlane: 4"), "LT-DOC-021", 13, 19, "3 or 5"),
    Case("no control plane", edited("controlPlane: 1", "controlPlane: 0"), "LT-DOC-017", 13, 19, "1"),
    Case("pool in capitals", edited("      default:", "      Workers:"), "LT-DOC-022", 15, 7, "workers:"),
    Case("min alone", edited("replicas: 2", "replicas: 2\n        min: 1"), "LT-DOC-023", 17, 9, "max: 2"),
    Case(
        "replicas outside",
        edited("replicas: 2", "replicas: 2\n        min: 3\n        max: 5"),
        "LT-DOC-024",
        16,
        19,
        "replicas: 3",
    ),
    Case(
        "min over max",
        edited("replicas: 2", "replicas: 2\n        min: 5\n        max: 1"),
        "LT-DOC-024",
        17,
        14,
        "min: 1",
    ),
    Case("label key", edited("practice", "practice\n  labels: {-x: a}"), "LT-DOC-025", 5, 12, "label's key"),
    Case("label value", edited("practice", "practice\n  labels: {team: a b}"), "LT-DOC-026", 5, 18, "a b"),
    Case("label as a number", edited("practice", "practice\n  labels: {team: 7}"), "LT-DOC-010", 5, 18, '"7"'),
    Case("taint key", added("        taints: [{key: a/, effect: NoSchedule}]\n"), "LT-DOC-027", 17, 24, "taint's key"),
    Case(
        "taint effect", added("        taints: [{key: a, effect: Noschedule}]\n"), "LT-DOC-016", 17, 35, "`NoSchedule`?"
    ),
    Case("same ports", added("  endpoints: {grpcPort: 8443}\n"), "LT-DOC-028", 17, 25, "8444"),
    Case("port zero", added("  endpoints: {grpcPort: 0}\n"), "LT-DOC-017", 17, 25, "from 1 to 65535"),
    Case(
        "SAN with a space",
        edited("    config:", '      certSANs: ["a b"]\n    config:'),
        "LT-DOC-029",
        10,
        18,
        "api.example.com",
    ),
    Case("SAN with a line end", edited("    config:", '      certSANs: ["a\\n"]\n    config:'), "LT-DOC-029", 10, 18),
    Case(
        "host as a URL",
        added('  endpoints: {host: "https://a.example:6443/x"}\n'),
        "LT-DOC-030",
        17,
        21,
        "host: a.example",
    ),
    Case("credentials as a text", added("  credentials: hunter2hunter2\n"), "LT-DOC-031", 17, 16, "never live"),
    Case(
        "credentials with a token",
        added("  credentials: {token: hunter2hunter2}\n"),
        "LT-DOC-031",
        17,
        17,
        "never live",
    ),
    Case(
        "credentials with a value", added("  credentials: {pat: hunter2hunter2}\n"), "LT-DOC-031", 17, 17, "never live"
    ),
    Case(
        "token in the block",
        edited("docker: {}", "proxmox: {token: hunter2hunter2}"),
        "LT-DOC-031",
        11,
        17,
        "never live",
    ),
    Case(
        "credential as a name",
        added('  credentials: {name: "AKIAABCDEFGHIJKLMNOP"}\n'),
        "LT-DOC-031",
        17,
        23,
        "never live",
    ),
    # Addresses
    Case(
        "pod range without a prefix",
        edited("    config:", "      clusterNetwork: {podCidr: 10.0.0.0}\n    config:"),
        "LT-NET-001",
        10,
        33,
        "prefix",
    ),
    Case(
        "ranges overlap",
        edited("    config:", "      clusterNetwork: {podCidr: 10.0.0.0/8, serviceCidr: 10.96.0.0/16}\n    config:"),
        "LT-NET-002",
        10,
        58,
        "172.31.0.0/16",
    ),
    Case(
        "host bits",
        edited("    config:", "      clusterNetwork: {podCidr: 10.244.0.1/16}\n    config:"),
        "LT-NET-003",
        10,
        33,
        "10.244.0.0/16",
    ),
    Case(
        "pod range too small",
        edited("    config:", "      clusterNetwork: {podCidr: 10.244.0.0/24}\n    config:"),
        "LT-NET-004",
        10,
        33,
    ),
    Case(
        "service range too large",
        edited("    config:", "      clusterNetwork: {serviceCidr: 10.0.0.0/8}\n    config:"),
        "LT-NET-005",
        10,
        37,
        "12",
    ),
    Case(
        "lb pool reversed",
        added("  networking: {lbPool: {start: 10.0.0.9, end: 10.0.0.1}}\n"),
        "LT-NET-006",
        17,
        32,
        "start: 10.0.0.1",
    ),
    Case("lb pool of words", added("  networking: {lbPool: {start: a, end: 10.0.0.1}}\n"), "LT-NET-007", 17, 32),
    Case("allowed range", added('  apiAllowedCidrs: ["10.0.0.0/33"]\n'), "LT-NET-001", 17, 21),
    # Versions
    Case("version of words", edited("1.35.5", "latest"), "LT-VER-001", 8, 16, '"1.35.5"'),
    Case("version without a patch", edited("1.35.5", "1.34"), "LT-VER-001", 8, 16, '"1.34.8"'),
    Case("version too old", edited("1.35.5", "1.29.1"), "LT-VER-002", 8, 16, "1.32 to 1.36"),
    Case("version too new", edited("1.35.5", "v1.37.0"), "LT-VER-002", 8, 16, "1.32 to 1.36"),
    Case("RKE2 suffix with kubeadm", edited("1.35.5", "1.35.5+rke2r1"), "LT-VER-004", 8, 16, "bootstrap: rke2"),
    Case("suffix of another", edited("1.35.5", "1.35.5+k3s1"), "LT-VER-005", 8, 16, "+rke2r1"),
    # Providers
    Case("no provider", edited("config:\n      docker: {}", "config: {}"), "LT-PRV-001", 10, 5, "docker"),
    Case("two providers", edited("docker: {}", "docker: {}\n      aws: {}"), "LT-PRV-002", 12, 7, "Keep one"),
    Case("gcp", edited("docker: {}", "gcp: {}"), "LT-PRV-003", 11, 7, "planned"),
    Case("azure", edited("docker: {}", "azure: {}"), "LT-PRV-003", 11, 7, "planned"),
    Case("proxmox", edited("docker: {}", "proxmox: {}"), "LT-PRV-004", 11, 7, "not in this version yet"),
    Case("provider of words", edited("docker: {}", "dokcer: {}"), "LT-PRV-005", 11, 7, "`docker`?"),
    Case("rke2 on docker", edited("kubeadm", "rke2"), "LT-PRV-007", 9, 18, "kubeadm"),
    Case(
        "nodeImage of words", edited("docker: {}", 'docker: {nodeImage: "a b"}'), "LT-PRV-008", 11, 27, "kindest/node"
    ),
    Case(
        "unknown key of docker", edited("docker: {}", "docker: {node_image: a}"), "LT-DOC-008", 11, 16, "`nodeImage`?"
    ),
)

WARNINGS = (
    Case(
        "apiVersion missing",
        edited("apiVersion: lattice.dev/v1alpha1\n", ""),
        "LT-DOC-002",
        1,
        1,
        "apiVersion: lattice.dev/v1alpha1",
    ),
    Case("kind missing", edited("kind: LatticeCluster\n", ""), "LT-DOC-003", 1, 1, "kind: LatticeCluster"),
    Case("support has ended", edited("1.35.5", "1.32.0"), "LT-VER-003", 8, 16, "2026-02-28"),
    Case("no known image", edited("1.35.5", "1.35.4"), "LT-VER-006", 8, 16, "1.35.5"),
    Case("newer than Cilium", edited("1.35.5", "1.36.1"), "LT-VER-007", 8, 16, "1.35"),
    Case("nine control planes", edited("controlPlane: 1", "controlPlane: 9"), "LT-DOC-034", 13, 19, "3 or 5"),
    Case("size on docker", added("        size: {cores: 4}\n"), "LT-PRV-006", 17, 9, "no effect"),
    Case(
        "lb pool on docker", added("  networking: {lbPool: {start: 10.0.0.1, end: 10.0.0.9}}\n"), "LT-PRV-006", 17, 16
    ),
    Case("allowed ranges on docker", added('  apiAllowedCidrs: ["10.0.0.0/8"]\n'), "LT-PRV-006", 17, 3),
    Case("credentials on docker", added("  credentials: {source: env}\n"), "LT-PRV-006", 17, 3),
    Case(
        "LoadBalancer on docker",
        added("  endpoints: {service: {type: LoadBalancer}}\n"),
        "LT-PRV-006",
        17,
        31,
        "NodePort",
    ),
    Case(
        "image of another version",
        edited("docker: {}", "docker: {nodeImage: 'kindest/node:v1.34.8'}"),
        "LT-PRV-009",
        11,
        27,
        '"1.34.8"',
    ),
)
