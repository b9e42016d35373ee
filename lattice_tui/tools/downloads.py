"""Where the tools' own projects publish them, and the commands that fetch them from there. Pure."""

from __future__ import annotations

from dataclasses import dataclass

_PROCESSORS = {"x86_64": "amd64", "amd64": "amd64", "aarch64": "arm64", "arm64": "arm64"}
_SYSTEMS = {"Linux": "linux", "Darwin": "darwin"}
FOLDER = "/usr/local/bin"
# Sources: kind.sigs.k8s.io/docs/user/quick-start, cluster-api's quick start, helm.sh/docs/intro/install,
# kubernetes.io/docs/tasks/tools.
_URLS = {
    "kind": "https://kind.sigs.k8s.io/dl/{version}/kind-{system}-{processor}",
    "clusterctl": "https://github.com/kubernetes-sigs/cluster-api/releases/download/{version}/"
    "clusterctl-{system}-{processor}",
    "helm": "https://get.helm.sh/helm-{version}-{system}-{processor}.tar.gz",
    "kubectl": "https://dl.k8s.io/release/{version}/bin/{system}/{processor}/kubectl",
}


@dataclass(frozen=True, slots=True)
class Computer:
    """Where a tool is to run."""

    system: str
    """`Linux` or `Darwin`, as `uname -s` says it."""
    machine: str
    """`x86_64`, `aarch64`, `arm64`, as `uname -m` says it."""
    is_root: bool = False
    """Root needs no sudo, and where root works there often is none."""


def download_url(tool: str, version: str, computer: Computer) -> str | None:
    """Where this version of a tool is, None when it is not made for the computer. `version` has its leading `v`."""
    system, processor = _SYSTEMS.get(computer.system), _PROCESSORS.get(computer.machine)
    if system is None or processor is None or tool not in _URLS:
        return None
    return _URLS[tool].format(version=version, system=system, processor=processor)


def fetch_command(tool: str, version: str, computer: Computer) -> str:
    """One line for a shell that puts the tool into /usr/local/bin, empty when it is not made for the computer."""
    url = download_url(tool, version, computer)
    if url is None:
        return ""
    sudo = "" if computer.is_root else "sudo "
    if url.endswith(".tar.gz"):
        inside = f"{_SYSTEMS[computer.system]}-{_PROCESSORS[computer.machine]}/{tool}"
        return f"curl -fL {url} | {sudo}tar -xz -C {FOLDER} --strip-components=1 {inside}"
    target = f"{FOLDER}/{tool}"
    return f"{sudo}curl -fL -o {target} {url} && {sudo}chmod +x {target}"
