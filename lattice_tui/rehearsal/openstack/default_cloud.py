"""The cloud as it comes: a small public-style OpenStack where a cluster of three plus two machines has room."""

from __future__ import annotations

from lattice_tui.rehearsal.openstack.cloud import (
    SERVICES,
    ApplicationCredential,
    Cloud,
    Flavor,
    FloatingIp,
    Image,
    KeyPair,
    LoadBalancing,
    Network,
    Quota,
    Service,
    SignIn,
    Subnet,
    User,
    VolumeType,
    Zone,
)

PROJECT = "lattice-demo"
OTHER_PROJECT = "lattice-staging"
MEMBER, READER, ADMIN, BALANCER = "sam", "rita", "ada", "lee"
"""Users by what they may: `member`; `reader` alone; `admin` beside it; `load-balancer_member` beside it."""
EXTERNAL_NETWORK = "6ad5b1cd-2f0b-4ff8-a8a2-0a3c6b9d6c01"
SECOND_EXTERNAL_NETWORK = "c1f7a0b2-93de-4c55-8f0e-5d1f0a7b2c02"
KUBERNETES_IMAGE = "ubuntu-2404-kube-v1.35.5"
PLAIN_IMAGE = "ubuntu-24.04"
CONTROL_PLANE_FLAVOR = "m1.large"
WORKER_FLAVOR = "m1.medium"
KEY_PAIR = "laptop"
APPLICATION_CREDENTIAL = "5f0c1d2e3a4b5968778695a4b3c2d1e0"
_PUBLIC_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGnE0nJ1o0M7b1b0hZ0Yx2l0mG0b2m9wJ8k3Q5r7T9uA sam@laptop"


def default_cloud() -> Cloud:
    """A fresh one; nothing is shared between two calls."""
    return Cloud(
        sign_in=SignIn(user=MEMBER, project=PROJECT),
        users=_users(),
        projects=[PROJECT, OTHER_PROJECT],
        services={name: Service() for name in SERVICES},
        flavors=_flavors(),
        images=_images(),
        key_pairs=[KeyPair(KEY_PAIR, _PUBLIC_KEY, "3c:1f:5e:8a:90:b2:4d:6e:7f:01:23:45:67:89:ab:cd")],
        networks=[
            Network(EXTERNAL_NETWORK, "public", is_external=True),
            Network("0b8e4d3f-1c22-4a57-9f64-7e90aa11bb03", "office", zones=("nova",)),
        ],
        subnets=[
            Subnet(
                "7e21c9aa-44d0-4b13-8c1e-2f6b7d8e9f04",
                "office-subnet",
                "0b8e4d3f-1c22-4a57-9f64-7e90aa11bb03",
                "192.168.77.0/24",
                "192.168.77.1",
                ("192.0.2.53",),
            )
        ],
        compute_quotas={
            "instances": Quota(20, 3),
            "cores": Quota(64, 8),
            "ram": Quota(131_072, 16_384),
            "key_pairs": Quota(100, 1),
            "server_groups": Quota(10),
            "server_group_members": Quota(10),
        },
        network_quotas=_network_quotas(),
        volume_quotas={"volumes": Quota(40, 2), "gigabytes": Quota(2000, 120)},
        load_balancer_quotas={"load_balancer": 10, "listener": -1, "pool": -1, "member": -1, "health_monitor": -1},
        load_balancing=LoadBalancing(
            {"amphora": "The Octavia Amphora driver.", "octavia": "Deprecated alias of the Octavia Amphora driver."},
            [("9d2b6c1e-7f30-4c0a-a5b4-1e2d3c4b5a06", "ha", "Active and standby pair")],
        ),
        compute_zones=[Zone("az1"), Zone("az2")],
        network_zones=[Zone("nova")],
        volume_zones=[Zone("nova")],
        volume_types=[
            VolumeType("1f1a7e0c-5b6d-4a3c-8e9f-0a1b2c3d4e07", "ssd", "Replicated solid state disks"),
            VolumeType("2e2b8f1d-6c7e-4b4d-9fa0-1b2c3d4e5f08", "hdd", "Spinning disks"),
        ],
        floating_ips=[FloatingIp("ab3c4d5e-1111-4222-8333-444455556609", "203.0.113.40", EXTERNAL_NETWORK)],
        application_credentials=[
            ApplicationCredential(
                APPLICATION_CREDENTIAL, "lattice", "a-secret-of-the-stand-in", MEMBER, PROJECT, ("member",)
            )
        ],
    )


def _users() -> list[User]:
    """One password each: nothing but the stand-in and its tests ever sees it."""
    member: tuple[str, ...] = ("member", "reader")
    both = {PROJECT: member, OTHER_PROJECT: member}
    return [
        User(MEMBER, "pass-of-sam", both, "a1f0c0de000000000000000000000001"),
        User(READER, "pass-of-rita", {PROJECT: ("reader",)}, "a1f0c0de000000000000000000000002"),
        User(ADMIN, "pass-of-ada", {PROJECT: ("admin", *member)}, "a1f0c0de000000000000000000000003"),
        User(BALANCER, "pass-of-lee", {PROJECT: ("load-balancer_member", *member)}, "a1f0c0de000000000000000000000004"),
    ]


def _flavors() -> list[Flavor]:
    return [
        Flavor("1", "m1.tiny", 1, 512, 1),
        Flavor("2", "m1.small", 1, 2048, 20),
        Flavor("3", WORKER_FLAVOR, 2, 4096, 40),
        Flavor("4", CONTROL_PLANE_FLAVOR, 4, 8192, 80),
        Flavor("5", "m1.xlarge", 8, 16_384, 160),
        Flavor("6", "v1.large", 4, 8192, 0),
        Flavor("7", "g1.large", 8, 32_768, 100, {"pci_passthrough:alias": "a100:1"}),
        Flavor("8", "bm.small", 32, 131_072, 480, {"resources:CUSTOM_BAREMETAL": "1", "resources:VCPU": "0"}),
    ]


def _images() -> list[Image]:
    kubernetes = {"os_distro": "ubuntu", "os_version": "24.04"}
    return [
        Image("0a0a0a0a-0001-4000-8000-000000000010", KUBERNETES_IMAGE, min_disk_gib=20, properties=kubernetes),
        Image(
            "0a0a0a0a-0002-4000-8000-000000000011", "ubuntu-2404-kube-v1.34.8", min_disk_gib=20, properties=kubernetes
        ),
        Image("0a0a0a0a-0003-4000-8000-000000000012", PLAIN_IMAGE, min_disk_gib=4, properties=kubernetes),
        Image("0a0a0a0a-0004-4000-8000-000000000013", "cirros-0.6.2", size_bytes=21_430_272, disk_format="raw"),
        Image("0a0a0a0a-0005-4000-8000-000000000014", "half-done", status="queued", visibility="private"),
        Image("0a0a0a0a-0006-4000-8000-000000000015", "install-cd", disk_format="iso"),
    ]


def _network_quotas() -> dict[str, Quota]:
    return {
        "network": Quota(20, 1),
        "subnet": Quota(20, 1),
        "router": Quota(10, 1),
        "port": Quota(200, 12),
        "floatingip": Quota(10, 1),
        "security_group": Quota(20, 2),
        "security_group_rule": Quota(200, 12),
    }
