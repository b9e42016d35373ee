"""Documents that work, and of which something is better known."""

from __future__ import annotations

from tests.document.case import Case, added, edited

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
    Case(
        "apiVersion and kind missing",
        edited("apiVersion: lattice.dev/v1alpha1\nkind: LatticeCluster\n", ""),
        "LT-DOC-002",
        1,
        1,
        "apiVersion: lattice.dev/v1alpha1 and kind: LatticeCluster",
    ),
    Case(
        "a certificate name twice",
        edited("    config:", "      certSANs: [a.example, b.example, a.example]\n    config:"),
        "LT-DOC-036",
        10,
        40,
        "a.example is there twice",
    ),
)
