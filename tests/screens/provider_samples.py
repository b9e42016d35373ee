"""What providers offer and say, for pictures: credentials, pick-lists and check rows, on good days and on bad ones."""

from __future__ import annotations

from dataclasses import replace

from lattice_tui.providers.credentials import Found
from lattice_tui.secrets import Secret
from lattice_tui.wizard.paths import VERSION
from schemas.checks import CheckResult
from schemas.choices import LiveChoice, LiveChoices

BLOCK = "spec.provider.config.proxmox"
SECRET = "0f6a3c1e-5b7d-4e2f-9a8b-c0ffee15bad0"
FINGERPRINT = ":".join(f"{(index * 37 + 11) % 256:02X}" for index in range(32))

FROM_ENVIRONMENT = Found(
    "env",
    "",
    "environment: PROXMOX_URL, PROXMOX_TOKEN, PROXMOX_SECRET",
    {"url": "https://pve.example.com:8006", "token_id": "lattice@pve!installer"},
    {"secret": Secret(SECRET)},
)
FROM_A_FILE = Found(
    "file",
    "homelab",
    "file: ~/.config/lattice-tui/credentials, homelab",
    {"url": "https://192.168.1.10:8006", "token_id": "root@pam!lattice"},
    {"secret": Secret("b1946ac9-2d3e-4c5f-8a9b-c0ffee15bad1")},
    remarks=("differs from the environment in: url, token_id",),
)
BOTH = (FROM_ENVIRONMENT, FROM_A_FILE)

_CONNECT = (
    ("proxmox-credentials", "Credentials", "lattice@pve!installer at pve.example.com"),
    ("proxmox-name", "Name", "pve.example.com is 192.168.1.10"),
    ("proxmox-port", "Port", "192.168.1.10 answers on port 8006, 2 ms"),
    ("proxmox-certificate", "Certificate", "trusted, until 2027-03-01"),
    ("proxmox-clock", "Clock", "0.2 s apart"),
    ("proxmox-api", "API", "Proxmox VE answers"),
    ("proxmox-realm", "Realm", "pve is there"),
    ("proxmox-sign-in", "Sign-in", "lattice@pve!installer is known"),
    ("proxmox-version", "Version", "Proxmox VE 9.1.2"),
    ("proxmox-token", "Token", "no end, privileges of its own"),
    ("proxmox-permissions", "Permissions", "all 19 privileges are there"),
    ("proxmox-quorum", "Quorum", "3 of 3 nodes vote"),
    ("proxmox-nodes", "Nodes", "pve1, pve2 and pve3 are online"),
)
CONNECTED = tuple(CheckResult(check_id, title, "ok", summary) for check_id, title, summary in _CONNECT)


def _changed(*changed: CheckResult, skipped_after: str = "") -> tuple[CheckResult, ...]:
    by_id = {one.id: one for one in changed}
    rows: list[CheckResult] = []
    is_after = False
    for one in CONNECTED:
        now = by_id.get(one.id, one)
        if is_after and one.id not in by_id:
            now = replace(now, status="skip", summary=f"waiting on: {changed[0].title}")
        rows.append(now)
        is_after = is_after or one.id == skipped_after
    return tuple(rows)


SELF_SIGNED = _changed(
    CheckResult(
        "proxmox-certificate",
        "Certificate",
        "fail",
        "signed by nobody that this computer knows",
        why="Proxmox makes its own certificate. Anybody between here and there could show another one.",
        fix="Compare the fingerprint on the node, then trust it once",
        action="pvenode cert info",
        evidence=f"{FINGERPRINT} subject CN=pve.example.com, names pve.example.com 192.168.1.10, until 2027-03-01",
        code="LT-TLS-001",
        action_id="trust-fingerprint",
    ),
    skipped_after="proxmox-certificate",
)
REFUSED = _changed(
    CheckResult(
        "proxmox-sign-in",
        "Sign-in",
        "fail",
        "401: the token or its secret is not the right one",
        why="Proxmox knows no token lattice@pve!installer with this secret.",
        fix="Look at the token's name, or make a new one: its secret is shown only once",
        action="pveum user token add lattice@pve installer --privsep 1",
        field="credentials.proxmox.secret",
        code="LT-PVE-110",
    ),
    skipped_after="proxmox-sign-in",
)
WARNED = _changed(
    CheckResult(
        "proxmox-clock",
        "Clock",
        "warn",
        "92 s apart",
        why="Certificates and tokens are judged by the clock; over 300 s signing in fails.",
        fix="Turn on time synchronisation on the node",
        code="LT-CLK-001",
    )
)

NODES = LiveChoices(
    f"{BLOCK}.sourceNode",
    "ok",
    (
        LiveChoice("pve1", "pve1", ("online", "16 cores", "64 GiB, 22 used")),
        LiveChoice("pve2", "pve2", ("online", "16 cores", "64 GiB, 51 used"), "little memory is left"),
        LiveChoice("pve3", "pve3", ("offline",), "it is offline", usable=False),
    ),
    proposed="pve1",
    reason="it has the template and the most free memory",
    total=3,
)
TEMPLATES = LiveChoices(
    f"{BLOCK}.templateId",
    "ok",
    (
        LiveChoice("9000", "ubuntu-2404-kube-v1.35.5", ("pve1", "kubeadm 1.35.5", "20 GiB")),
        LiveChoice("9001", "debian-13-cloud", ("pve1", "plain image", "8 GiB"), "plain: RKE2 only"),
        LiveChoice("9002", "windows-2025", ("pve2", "plain image"), "the guest agent is off", usable=False),
        LiveChoice("9003", "[old] flatcar", ("pve3",), "its node pve3 is offline", usable=False),
    ),
    proposed="9000",
    reason="it carries Kubernetes 1.35.5",
    total=4,
)
BRIDGES = LiveChoices(
    f"{BLOCK}.bridge",
    "ok",
    (
        LiveChoice("vmbr0", "vmbr0", ("192.168.1.0/24", "active")),
        LiveChoice("vmbr1", "vmbr1", ("no address", "active")),
    ),
    proposed="vmbr0",
    reason="it is the one with your network",
    total=2,
)
STORAGES = LiveChoices(
    f"{BLOCK}.storage",
    "ok",
    (
        LiveChoice("local-lvm", "local-lvm", ("lvmthin", "412 GiB free")),
        LiveChoice("ceph", "ceph", ("rbd, shared", "2.1 TiB free")),
        LiveChoice("backup", "backup", ("dir",), "it takes backups only, no disks", usable=False),
    ),
    total=3,
)
POOLS = LiveChoices(f"{BLOCK}.pool", "ok", (), reason="No resource pool was made: none is needed.")
MANY_NODES = LiveChoices(f"{BLOCK}.allowedNodes", "ok", NODES.choices, total=3)
GATEWAYS = LiveChoices(
    f"{BLOCK}.ipv4Pool.gateway",
    "ok",
    (LiveChoice("192.168.1.1", "192.168.1.1", ("of vmbr0",)),),
    proposed="192.168.1.1",
    reason="the bridge's own gateway",
    total=1,
)
PREFIXES = LiveChoices(
    f"{BLOCK}.ipv4Pool.prefix",
    "ok",
    (LiveChoice("24", "24", ("192.168.1.0/24 on vmbr0",)),),
    proposed="24",
    reason="the bridge's own network",
    total=1,
)
NAME_SERVERS = LiveChoices(
    f"{BLOCK}.dnsServers", "ok", (LiveChoice("192.168.1.1", "192.168.1.1", ("of pve1",)),), total=1
)
VERSIONS = LiveChoices(
    VERSION,
    "ok",
    (LiveChoice("1.35.5", "1.35.5", ("proposed, supported until 2027-02-28",)),),
    proposed="1.35.5",
    total=1,
)
_ALL = (NODES, TEMPLATES, BRIDGES, STORAGES, POOLS, MANY_NODES, GATEWAYS, PREFIXES, NAME_SERVERS, VERSIONS)
LISTS = {one.field: one for one in _ALL}
NO_LIST = LiveChoices(
    f"{BLOCK}.templateId",
    "unknown",
    reason="The token may not see machines. Give it VM.Audit on /vms",
)
NONE_USABLE = replace(
    TEMPLATES,
    choices=tuple(replace(one, usable=False, why=one.why or "its node is offline") for one in TEMPLATES.choices),
    proposed="",
    reason="No template can be used: make one, lattice explain proxmox says how.",
)

IN_USE = (
    *CONNECTED,
    CheckResult(
        "proxmox-in-use",
        "Addresses in use",
        "fail",
        "192.168.1.60 of the pool answers on port 22",
        why="Two machines with one address answer in turn: neither can be reached.",
        fix="Leave it out of the pool, or propose free addresses",
        field=f"{BLOCK}.ipv4Pool.start",
        evidence="192.168.1.60: answers on port 22; 192.168.1.10: answers on port 8006",
        code="LT-ADR-020",
    ),
)
