"""Plans to make manifests from."""

from __future__ import annotations

from lattice_tui.providers.docker.config import DockerConfig
from schemas.plan import ClusterPlan, PoolPlan, TaintPlan

SMALL = ClusterPlan(
    name="demo",
    run_id="0a1b2c3d",
    provider="docker",
    kubernetes_version="1.35.5",
    bootstrap="kubeadm",
    pod_cidr="10.244.0.0/16",
    service_cidr="10.96.0.0/16",
    control_plane_replicas=1,
    pools=(PoolPlan(name="default", replicas=2),),
    endpoint_host="127.0.0.1",
    grpc_port=50051,
    bootstrap_port=8443,
    service_type="NodePort",
    config=DockerConfig(),
)
ALONE = SMALL.model_copy(update={"name": "alone", "pools": ()})
LARGE = SMALL.model_copy(
    update={
        "name": "shop",
        "kubernetes_version": "1.32.11",
        "cert_sans": ("shop.example.com", "192.168.7.20", "localhost"),
        "endpoint_host": "192.168.7.20",
        "control_plane_replicas": 3,
        "labels": {"team": "a"},
        "config": DockerConfig.model_validate({"nodeImage": "registry.example.com/node:v1.32.11-custom"}),
        "pools": (
            PoolPlan(
                name="web",
                replicas=2,
                labels={"tier": "web", "node-role.kubernetes.io/web": ""},
                taints=(
                    TaintPlan(key="dedicated", value="web", effect="NoSchedule"),
                    TaintPlan(key="slow", effect="PreferNoSchedule"),
                ),
            ),
            PoolPlan(name="batch", replicas=3, min_replicas=1, max_replicas=5),
        ),
    }
)
RKE2 = SMALL.model_copy(update={"name": "rancher", "bootstrap": "rke2"})
RKE2_LARGE = LARGE.model_copy(
    update={"name": "ranch", "bootstrap": "rke2", "kubernetes_version": "1.34.8+rke2r2", "config": DockerConfig()}
)
PLANS = {
    "docker-small": SMALL,
    "docker-alone": ALONE,
    "docker-large": LARGE,
    "docker-rke2-small": RKE2,
    "docker-rke2-large": RKE2_LARGE,
}
