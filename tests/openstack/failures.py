"""What goes wrong at an OpenStack cloud for the first time, and the check that tells it beforehand."""

from __future__ import annotations

from typing import Final

from lattice_tui.rehearsal.openstack.default_cloud import EXTERNAL_NETWORK, SECOND_EXTERNAL_NETWORK
from tests.failures.rows import FailureRow

ROWS: Final = (
    FailureRow(
        (31,), "x509: unknown authority", "openstack-certificate", "fail", "LT-TLS-001", "CA", "unknown-authority"
    ),
    FailureRow((32,), "cacert is a path", "openstack-ca", "fail", "LT-OS-140", "OS_CACERT", "unknown-authority"),
    FailureRow(
        (33,),
        "no Octavia endpoint",
        "openstack-services",
        "fail",
        "LT-OS-134",
        "apiServerLoadBalancer: false",
        "no-load-balancer-service",
    ),
    FailureRow(
        (34,),
        "floating IP disallowed by policy",
        "openstack-floating-ip",
        "unknown",
        "",
        "openstack floating ip create",
        "floating-ip-policy",
    ),
    FailureRow(
        (35,),
        "more than one external network",
        "openstack-external-network",
        "unknown",
        "",
        SECOND_EXTERNAL_NETWORK,
        "two-external-networks",
    ),
    FailureRow(
        (36,),
        "no external network",
        "openstack-external-network",
        "fail",
        "LT-OS-230",
        "openstack network list --external",
        "no-external-network",
    ),
    FailureRow(
        (37,), "external network by its name", "openstack-external-network", "fail", "LT-OS-233", EXTERNAL_NETWORK, ""
    ),
    FailureRow((38, 41), "cores above the quota", "openstack-capacity", "fail", "LT-OS-300", "quota", "cores-quota"),
    FailureRow((38,), "memory above the quota", "openstack-capacity", "fail", "LT-OS-300", "quota", "memory-quota"),
    FailureRow(
        (39,), "networks above the quota", "openstack-network-quota", "fail", "LT-OS-302", "quota", "network-quota"
    ),
    FailureRow((40,), "ports used up", "openstack-network-quota", "fail", "LT-OS-302", "ports", "ports-quota"),
    FailureRow((42,), "no such image", "openstack-image", "fail", "LT-OS-210", "kube-v1.34.8", "image-missing"),
    FailureRow((43,), "too little memory", "openstack-image", "fail", "LT-OS-213", "16384 MiB", "image-needs-memory"),
    FailureRow((43,), "too small a disk", "openstack-image", "fail", "LT-OS-213", "100 GiB", "image-needs-disk"),
    FailureRow(
        (44,), "load balancers by OVN", "openstack-load-balancer", "warn", "LT-OS-251", "ovn", "ovn-load-balancer"
    ),
    FailureRow((45,), "a node called x.novalocal", "openstack-host-names", "unknown", "", ".novalocal", ""),
)
"""Rows 31 to 45 of the first-time failures."""

MORE: Final = (
    FailureRow((), "wrong path", "openstack-identity", "fail", "LT-OS-101", "/v3", "wrong-auth-path"),
    FailureRow((), "wrong region", "openstack-region", "fail", "LT-OS-130", "RegionOne", "wrong-region"),
    FailureRow((), "reader alone", "openstack-roles", "fail", "LT-OS-120", "member", "reader-only"),
    FailureRow((), "admin", "openstack-roles", "warn", "LT-OS-121", "--role member", "admin"),
    FailureRow((), "no network service", "openstack-services", "fail", "LT-OS-133", "region", "no-network-service"),
    FailureRow((), "no volume service", "openstack-services", "warn", "LT-OS-139", "region", "no-volume-service"),
    FailureRow((), "a closed endpoint", "openstack-endpoints", "fail", "LT-OS-136", "VPN", "endpoint-closed"),
    FailureRow((), "an endpoint inside", "openstack-endpoints", "fail", "LT-OS-136", "public", "endpoint-internal"),
    FailureRow((), "an old Nova", "openstack-compute-version", "fail", "LT-OS-138", "2017", "old-nova"),
    FailureRow((), "no such flavor", "openstack-flavors", "fail", "LT-OS-200", "m1.xlarge", "flavor-missing"),
    FailureRow((), "too small a flavor", "openstack-flavors", "fail", "LT-OS-201", "m1.medium", "flavor-too-small"),
    FailureRow(
        (), "no disk", "openstack-flavors", "fail", "LT-OS-202", "cpRootVolumeSizeGb: 50", "flavor-without-disk"
    ),
    FailureRow((), "two images of a name", "openstack-image", "fail", "LT-OS-211", "image set --name", "image-twice"),
    FailureRow((), "an image not active", "openstack-image", "fail", "LT-OS-212", "Wait", "image-not-active"),
    FailureRow((), "no key pair", "openstack-key-pair", "fail", "LT-OS-220", "keypair create", "key-pair-missing"),
    FailureRow((), "an overlap", "openstack-subnets", "warn", "LT-OS-238", "10.66.0.0/24", "subnet-overlap"),
    FailureRow((), "machines", "openstack-capacity", "fail", "LT-OS-300", "quota", "instances-quota"),
    FailureRow((), "floating IPs", "openstack-network-quota", "fail", "LT-OS-302", "quota", "floating-ips-quota"),
    FailureRow((), "groups", "openstack-network-quota", "fail", "LT-OS-302", "quota", "security-groups-quota"),
    FailureRow((), "balancers", "openstack-balancer-quota", "fail", "LT-OS-306", "quota", "load-balancers-quota"),
    FailureRow(
        (),
        "no role",
        "openstack-load-balancer",
        "fail",
        "LT-OS-250",
        "load-balancer_member",
        "load-balancer-role-missing",
    ),
    FailureRow((), "quota not shown", "openstack-network-quota", "unknown", "", "Policy", "quota-hidden"),
    FailureRow((), "limits not shown", "openstack-capacity", "unknown", "", "Policy", "limits-hidden"),
)
"""Other ways in which a cloud is not as it should be."""

SIGN_IN: Final = (
    FailureRow((), "wrong password", "openstack-sign-in", "fail", "LT-OS-110", "dashboard", "wrong-password"),
    FailureRow((), "wrong project", "openstack-sign-in", "fail", "LT-OS-111", "lattice-demo", "wrong-project"),
    FailureRow((), "wrong domain", "openstack-sign-in", "fail", "LT-OS-110", "domain", "wrong-domain"),
    FailureRow((), "gone", "openstack-sign-in", "fail", "LT-OS-113", "create", "application-credential-gone"),
    FailureRow((), "secret", "openstack-sign-in", "fail", "LT-OS-117", "create", "application-credential-wrong-secret"),
    FailureRow((), "expired", "openstack-sign-in", "fail", "LT-OS-117", "list", "application-credential-expired"),
    FailureRow((), "token ended", "openstack-sign-in", "fail", "LT-OS-114", "new one", "token-expired"),
)
"""Ways not to get in, as Keystone itself tells them."""
