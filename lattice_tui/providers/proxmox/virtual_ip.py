"""kube-vip: the control planes' shared address, held by one of them at a time. A static pod on each.

Since Kubernetes 1.29 the first node's admin.conf may do nothing before `kubeadm init` is through, so that node alone
uses super-admin.conf. RKE2's own file has all rights from the start. Source: kube-vip issue 684, its static pod docs.
"""

from __future__ import annotations

from typing import Any

from lattice_tui.capi.joining import BootFile
from lattice_tui.document.pins import pins
from schemas.plan import ClusterPlan

IMAGE = "ghcr.io/kube-vip/kube-vip"
KUBEADM_MANIFEST = "/etc/kubernetes/manifests/kube-vip.yaml"
RKE2_MANIFEST = "/var/lib/rancher/rke2/agent/pod-manifests/kube-vip.yaml"
_ADMIN, _SUPER_ADMIN = "/etc/kubernetes/admin.conf", "/etc/kubernetes/super-admin.conf"
_RKE2_ADMIN = "/etc/rancher/rke2/rke2.yaml"
PREPARE_COMMANDS = (
    # Cluster API writes this file on the first control plane alone; those that join have another.
    f"if [ -f /run/kubeadm/kubeadm.yaml ]; then sed -i 's#path: {_ADMIN}#path: {_SUPER_ADMIN}#' {KUBEADM_MANIFEST}; fi",
)


def kube_vip_file(plan: ClusterPlan, interface: str) -> BootFile:
    """The static pod's manifest. `interface`: the machines' own name of the network card, `ens18`."""
    import yaml

    is_rke2 = plan.bootstrap == "rke2"
    pod = _pod(plan.endpoint_host, interface, _RKE2_ADMIN if is_rke2 else _ADMIN)
    text = yaml.safe_dump(pod, sort_keys=False)
    return BootFile(RKE2_MANIFEST if is_rke2 else KUBEADM_MANIFEST, text)


def _pod(address: str, interface: str, kubeconfig: str) -> dict[str, Any]:
    settings = {
        "cp_enable": "true",
        "cp_namespace": "kube-system",
        "address": address,
        "port": "6443",
        "vip_interface": interface,
        "vip_subnet": "32",
        "vip_arp": "true",
        "vip_leaderelection": "true",
        "vip_leaseduration": "15",
        "vip_renewdeadline": "10",
        "vip_retryperiod": "2",
    }
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "kube-vip", "namespace": "kube-system"},
        "spec": {
            "hostNetwork": True,
            # The kubeconfig names the API by the shared address, which nobody holds before this pod runs.
            "hostAliases": [{"ip": "127.0.0.1", "hostnames": ["kubernetes"]}],
            "containers": [
                {
                    "name": "kube-vip",
                    "image": f"{IMAGE}:{pins().kube_vip}",
                    "args": ["manager"],
                    "env": [{"name": name, "value": value} for name, value in settings.items()],
                    "securityContext": {"capabilities": {"add": ["NET_ADMIN", "NET_RAW"]}},
                    "volumeMounts": [{"mountPath": _ADMIN, "name": "kubeconfig"}],
                }
            ],
            "volumes": [{"name": "kubeconfig", "hostPath": {"path": kubeconfig, "type": "FileOrCreate"}}],
        },
    }
