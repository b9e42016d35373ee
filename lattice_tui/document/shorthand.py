"""A single value where a map belongs: what was meant, written out with the person's own value."""

from __future__ import annotations

import re
from typing import Final

from lattice_tui.document.pins import pins
from lattice_tui.document.report import shown
from lattice_tui.document.trail import Trail, general_path, last_key
from lattice_tui.document.tree import Scalar
from schemas.document import DEFAULT_POOL

_MAX_LENGTH = 40
"""A longer value would not stand in one line of an example."""
_WORDS: Final = {
    "metadata": "metadata: {{name: {0}}}",
    "spec.provider.kubernetes": 'kubernetes: {{version: "{0}"}}',
    "spec.provider.kubernetes.clusterNetwork": "clusterNetwork: {{podCidr: {0}}}",
    "spec.endpoints": "endpoints: {{host: {0}}}",
    "spec.endpoints.service": "service: {{type: {0}}}",
}
_PROVIDER = re.compile(r"docker|proxmox|openstack|aws")
_RANGE = re.compile(r"([0-9A-Fa-f.:]+)\s*-\s*([0-9A-Fa-f.:]+)")
_LABEL = re.compile(r"([^=\s]+)=([^=\s]*)")
_TAINT = re.compile(r"([^=:\s]+)(?:=([^=:\s]*))?:(NoSchedule|PreferNoSchedule|NoExecute)")


def written_out(trail: Trail, node: Scalar) -> str:
    """`provider: {kubernetes: ..., config: {docker: {}}}` for `provider: docker`; empty when nothing is clear."""
    text, path = node.text, general_path(trail)
    if not text or len(text) > _MAX_LENGTH:
        return ""
    value = shown(text)
    if path in _WORDS and not text.isspace():
        return _WORDS[path].format(value)
    if path in ("spec.provider", "spec.provider.config") and _PROVIDER.fullmatch(text):
        return _provider(path, value)
    if path == "spec.nodes" and text.isdecimal():
        return f"nodes: {{controlPlane: {value}}}"
    if path.startswith("spec.nodes.workerPools") and text.isdecimal():
        return _pool(path, last_key(trail), value)
    if path == "spec.networking.lbPool" and (ends := _RANGE.fullmatch(text)):
        return f"lbPool: {{start: {ends[1]}, end: {ends[2]}}}"
    if path.endswith(".labels") and (label := _LABEL.fullmatch(text)):
        return f"labels: {{{shown(label[1])}: {shown(label[2])}}}"
    if path.endswith(".taints") and (taint := _TAINT.fullmatch(text)):
        value = f", value: {shown(taint[2])}" if taint[2] else ""
        return f"{{key: {shown(taint[1])}{value}, effect: {taint[3]}}}"
    return ""


def _provider(path: str, name: str) -> str:
    config = f"config: {{{name}: {{}}}}"
    if path == "spec.provider.config":
        return config
    version = pins().kubernetes.proposed["docker"]
    return f'provider: {{kubernetes: {{version: "{version}"}}, {config}}}'


def _pool(path: str, key: str, count: str) -> str:
    if path == "spec.nodes.workerPools" or key == "replicas":
        return f"workerPools: {{{DEFAULT_POOL}: {{replicas: {count}}}}}"
    return f"{key}: {{replicas: {count}}}" if path == "spec.nodes.workerPools.*" else ""
