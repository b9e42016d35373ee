"""Names of keys: what was probably meant, and what other Lattice documents call it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from lattice_tui.document.report import Report, shown
from lattice_tui.document.secret_values import looks_secret, secret_in_file
from lattice_tui.document.trail import joined
from lattice_tui.document.tree import Mapping, Node, Scalar, Sequence

# (key, what it hangs from or "" for anywhere) -> what this dialect writes. {0} is the person's own value, {1} and {2}
# the ends of a range; what follows " / " is said where there is no value to use.
_DIALECTS: Final = {
    ("parentConfig", ""): "Write its host, ports and service under `spec.endpoints`.",
    ("providerRef", ""): "Write the provider under `spec.provider.config`, its credentials under `spec.credentials`.",
    ("replicas", "controlPlane"): "Write the number itself, at `spec.nodes.controlPlane`: controlPlane: {0} / 3",
    ("range", "ipv4Pool"): "Write `start` and `end`: start: {1}, end: {2} / start: 10.0.0.20, end: 10.0.0.40",
    ("range", "ipv6Pool"): "Write `start` and `end`: start: {1}, end: {2} / start: fd00::20, end: fd00::40",
    ("range", "lbPool"): "Write `start` and `end`: start: {1}, end: {2} / start: 10.0.0.240, end: 10.0.0.250",
    ("controlPlaneEndpoint", ""): "Write the address as `spec.endpoints.host`.",
    ("externalNetwork", ""): "Write the network's id as `externalNetworkId`.",
    ("instanceType", "controlPlane"): "Write `cpInstanceType` in the provider's block.",
    ("instanceType", "workerPools"): "Write it under `size`, for example: size: {{instanceType: m6i.large}}",
    ("instanceType", ""): "Write `cpInstanceType` for the control plane and `workerInstanceType` for the workers.",
    ("latticeImage", ""): "Leave it out: no Lattice image is chosen in this document.",
    ("workers", "nodes"): "Write a pool: workerPools: {{default: {{replicas: {0}}}}} / 2",
    ("type", "provider"): "Write the provider under `config`: config: {{{0}: {{}}}} / docker",
    ("lbCidr", ""): "Leave it out: `spec.networking.lbPool` has the addresses for load balancers.",
}
_WRITTEN_BY_SERVERS: Final = frozenset(
    {
        "status",
        "annotations",
        "creationTimestamp",
        "finalizers",
        "generateName",
        "generation",
        "managedFields",
        "namespace",
        "ownerReferences",
        "resourceVersion",
        "selfLink",
        "uid",
    }
)
_CREDENTIAL_KEY = r"(?i)(?:pass(?:word|wd|phrase)?|secret|token|accesskey\w*|apikey|privatekey)$"
_RANGE = r"([0-9A-Fa-f.:]{2,45})\s*-\s*([0-9A-Fa-f.:]{2,45})"
_PLAIN_VALUE = r"[A-Za-z0-9.-]{1,40}"
_GUESS_MAX_LENGTH = 40


def is_credential_key(name: str) -> bool:
    """`password`, `token`, `accessKeyId`: a key whose value would be a secret."""
    return re.search(_CREDENTIAL_KEY, name[-_GUESS_MAX_LENGTH:]) is not None


def dialect_advice(name: str, parent: str, value: Node | None) -> str:
    """What this document writes instead of a key of other Lattice documents; empty for any other key."""
    keys = parent.split(".")
    hangs_from = "workerPools" if "workerPools" in keys[-2:] else keys[-1]
    words = _DIALECTS.get((name, hangs_from)) or _DIALECTS.get((name, ""))
    if words is None:
        return ""
    words, _, otherwise = words.partition(" / ")
    return words.format(*_own_values(value, otherwise)) if "{" in words else words


def report_dialect(key: Scalar, parent: str, value: Node | None, report: Report) -> bool:
    """Report `key` when it is another dialect's."""
    advice = dialect_advice(key.text, parent, value)
    if advice:
        title = f"the key {shown(key.text)} is from another Lattice dialect"
        report.error("LT-DOC-009", title, advice, at=key, path=joined(parent, key.text))
    return bool(advice)


def server_advice(name: str, parent: str) -> str:
    """What to do with a key that an API server has added."""
    if name not in _WRITTEN_BY_SERVERS or parent not in ("", "metadata"):
        return ""
    return "Delete it: an API server keeps such a key for itself, this file does not."


def other_dialect_keys(node: Node | None, path: str, report: Report) -> None:
    """Report keys of another dialect and secrets in a provider's block that no model reads."""
    if isinstance(node, Sequence):
        for index, item in enumerate(node.items):
            other_dialect_keys(item, f"{path}[{index}]", report)
    if not isinstance(node, Mapping):
        return
    for name, child in node.entries.items():
        if is_credential_key(name):
            secret_in_file(node.keys[name], joined(path, name), report)
        elif not report_dialect(node.keys[name], path, child, report):
            other_dialect_keys(child, joined(path, name), report)


def did_you_mean(text: str, known: Iterable[str]) -> str:
    """The word of `known` that `text` was probably meant to be, or nothing."""
    candidates = tuple(known)
    by_lower = {_folded(candidate): candidate for candidate in candidates}
    if (same := by_lower.get(_folded(text[:_GUESS_MAX_LENGTH]))) is not None:
        return same
    if len(text) > _GUESS_MAX_LENGTH:
        return ""
    from difflib import get_close_matches

    return next(iter(get_close_matches(text, candidates, n=1, cutoff=0.6)), "")


def _folded(text: str) -> str:
    return text.lower().replace("_", "").replace("-", "")


def _own_values(value: Node | None, otherwise: str) -> tuple[str, str, str]:
    """(value, start, end) of the person's own value where it is plain, else of the example."""
    text = value.text if isinstance(value, Scalar) else ""
    ends = re.fullmatch(_RANGE, text)
    own = text if re.fullmatch(_PLAIN_VALUE, text) and not looks_secret(text) else ""
    if ends is not None:
        return own, ends[1], ends[2]
    found = re.findall(r"(?:start|end): (\S+?)(?:,|$)", otherwise)
    start, end = found if len(found) == 2 else ("", "")
    return own or otherwise, start, end
