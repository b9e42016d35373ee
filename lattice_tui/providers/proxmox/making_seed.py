"""What a machine does on its one boot before it becomes a template with Kubernetes: cloud-init's files, and a script.

Sources: kubernetes.io/docs/setup/production-environment (container runtimes, installing kubeadm), cloud-init's NoCloud
datasource and network configuration version 2, `cloud-init clean`.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from shlex import quote
from typing import Final

from lattice_tui.errors import ExitCode, LatticeError
from lattice_tui.providers.proxmox.seed_image import seed_image
from lattice_tui.text import safe_text
from schemas.problem import Problem

PACKAGES: Final = "https://pkgs.k8s.io"
"""Where the Kubernetes project publishes its packages."""
FOLDER: Final = "/run/lattice-template"
STEP_FILE: Final = f"{FOLDER}/step"
"""One line: what it is doing, `finished`, or `failed: ...`. It is read through the guest agent."""
FINISHED, FAILED = "finished", "failed: "
SHOWN_S = 20
"""How long `finished` can be read before the machine switches itself off."""
_VERSION: Final = re.compile(r"1\.[1-9][0-9]\.[0-9]{1,2}")
_ADDRESS: Final = re.compile(r"https?://[A-Za-z0-9._~:/%+\[\]-]+")


@dataclass(frozen=True, slots=True)
class Static:
    """The address that the machine has during that boot."""

    address: str
    prefix: int
    gateway: str
    dns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Kubernetes:
    """What is installed, and from where."""

    version: str
    """Without a leading `v`."""
    packages: str = PACKAGES

    @property
    def repository(self) -> str:
        minor = self.version.rpartition(".")[0]
        return f"{self.packages}/core:/stable:/v{minor}/deb/"


def kubernetes_of(version: str, mirror: str = "") -> Kubernetes | None:
    """`mirror` stands in place of https://pkgs.k8s.io. None for a version that is none of kubeadm's.

    Raises LatticeError when the mirror is no address: it becomes part of a script.
    """
    if not _VERSION.fullmatch(version):
        return None
    packages = mirror or PACKAGES
    if not _ADDRESS.fullmatch(packages):
        problem = Problem(
            "LT-PVE-268",
            "The mirror of Kubernetes' packages is not an address",
            "Write one, for example: export LATTICE_PACKAGE_MIRROR=https://mirror.example.com/pkgs.k8s.io",
            detail=safe_text(packages, 120),
        )
        raise LatticeError(problem, ExitCode.CAPACITY)
    return Kubernetes(version, packages)


def seed_of(kubernetes: Kubernetes, network: Static | None, name: str) -> bytes:
    """The image that is attached as a CD for that boot. It holds no secret and makes no user."""
    files = {"user-data": _user_data(kubernetes), "meta-data": json.dumps({"instance-id": name})}
    if network is not None:
        files["network-config"] = json.dumps(_network_config(network))
    return seed_image({file: f"{content}\n".encode() for file, content in files.items()})


def _user_data(kubernetes: Kubernetes) -> str:
    """JSON is YAML, too. The script runs beside cloud-init, since at its end it takes away what cloud-init keeps."""
    script = f"{FOLDER}/make"
    said = {
        "users": [],
        "ssh_pwauth": False,
        "write_files": [{"path": script, "permissions": "0700", "content": script_of(kubernetes)}],
        "runcmd": [["systemd-run", "--no-block", "--unit=lattice-template", "/bin/bash", script]],
    }
    return f"#cloud-config\n{json.dumps(said)}"


def _network_config(network: Static) -> dict[str, object]:
    card = {
        "match": {"name": "en*"},
        "addresses": [f"{network.address}/{network.prefix}"],
        "routes": [{"to": "default", "via": network.gateway}],
        "nameservers": {"addresses": list(network.dns)},
    }
    return {"version": 2, "ethernets": {"first": card}}


def script_of(kubernetes: Kubernetes) -> str:
    """Bash. Where a line fails the machine stays on, and says at which step."""
    version, repository = kubernetes.version, kubernetes.repository
    wanted = " ".join(quote(f"{package}={version}-*") for package in ("kubelet", "kubeadm", "kubectl"))
    key = "/etc/apt/keyrings/kubernetes.asc"
    source = f"deb [signed-by={key}] {repository} /"
    needs_two = int(version.split(".")[1]) >= FIRST_WITHOUT_CONTAINERD_1
    return _SCRIPT.format(
        folder=FOLDER,
        step=STEP_FILE,
        failed=FAILED,
        finished=FINISHED,
        shown_s=SHOWN_S,
        version=version,
        wanted=wanted,
        key=key,
        key_url=quote(f"{repository}Release.key"),
        packages=quote(f"installing Kubernetes {version} from {kubernetes.packages}"),
        source=quote(source),
        containerd="2" if needs_two else "1",
    )


FIRST_WITHOUT_CONTAINERD_1 = 36
"""Minor release of Kubernetes whose kubelet speaks to containerd 2 alone."""
_SCRIPT: Final = """#!/bin/bash
set -eEuo pipefail
mkdir -p {folder}
exec >>{folder}/log 2>&1
step() {{ echo "$1" >{step}; }}
tell() {{
  local said
  said="{failed}$(cat {step}): $(tail -n 3 {folder}/log | tr '\\n' ' ' | cut -c1-300)"
  step "$said"
}}
trap tell ERR
export DEBIAN_FRONTEND=noninteractive
apt() {{
  apt-get -o Acquire::Retries=5 -o DPkg::Lock::Timeout=300 -o APT::Update::Error-Mode=any "$@"
}}

step "installing the guest agent from Ubuntu's packages"
apt update
apt install -y qemu-guest-agent
systemctl start qemu-guest-agent

step "installing containerd from Ubuntu's packages"
apt install -y containerd conntrack ethtool socat
major=$(containerd --version | grep -oE '[0-9]+\\.[0-9]+\\.[0-9]+' | head -n 1 | cut -d. -f1)
[ "$major" -ge {containerd} ] || {{ echo "Kubernetes {version} needs containerd {containerd}, not $major"; false; }}
mkdir -p /etc/containerd
containerd config default | sed 's/SystemdCgroup = false/SystemdCgroup = true/' >/etc/containerd/config.toml
printf 'overlay\\nbr_netfilter\\n' >/etc/modules-load.d/kubernetes.conf
printf '%s = 1\\n' net.ipv4.ip_forward net.bridge.bridge-nf-call-iptables net.bridge.bridge-nf-call-ip6tables \\
  >/etc/sysctl.d/90-kubernetes.conf
modprobe overlay
modprobe br_netfilter
sysctl --system
swapoff -a
sed -i '/\\sswap\\s/d' /etc/fstab

step {packages}
mkdir -p /etc/apt/keyrings
curl -fsSL --retry 5 {key_url} -o {key}
echo {source} >/etc/apt/sources.list.d/kubernetes.list
apt update
apt install -y {wanted}
apt-mark hold containerd kubelet kubeadm kubectl
[ "$(kubeadm version -o short)" = v{version} ]
pause=$(kubeadm config images list --kubernetes-version v{version} | grep '/pause:')
sed -i "s|registry.k8s.io/pause:[0-9.]*|$pause|" /etc/containerd/config.toml
systemctl enable containerd kubelet

step "cleaning up"
cloud-init status --wait || true
apt-get clean
rm -rf /var/lib/apt/lists/* /etc/netplan/50-cloud-init.yaml /etc/ssh/ssh_host_*
cloud-init clean --logs --seed --machine-id
truncate -s 0 /etc/hostname
sync
step {finished}
sleep {shown_s}
systemctl poweroff
"""
