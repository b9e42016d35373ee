"""What is in a template, as far as its name and tags say."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

_KUBERNETES = re.compile(r"(?:^|[^a-z])(?:kube|k8s|kubernetes|capi|capmox)(?:[^a-z]|$)|kubeadm|kubernetes")
_VERSION = re.compile(r"(?:^|[^0-9.])v?(1)[.-]([2-9][0-9])[.-]([0-9]{1,2})(?![0-9])")
_PLAIN = re.compile(r"cloud|noble|jammy|bookworm|trixie|genericcloud|(?:^|[^a-z])(?:ubuntu|debian|rocky|alma|fedora)")


@dataclass(frozen=True, slots=True)
class Image:
    """What a name promises."""

    kind: Literal["kubernetes", "plain", "unknown"]
    version: str = ""
    """Kubernetes, without a leading `v`; empty where the name says none."""


def image_of(name: str, tags: Sequence[str]) -> Image:
    """`ubuntu-2404-kube-v1.35.5` -> Kubernetes 1.35.5; `noble-cloudimg` -> plain; `golden` -> unknown."""
    texts = [name.lower(), *(tag.lower() for tag in tags)]
    version = next((f"1.{match[2]}.{match[3]}" for text in texts if (match := _VERSION.search(text))), "")
    if version or any(_KUBERNETES.search(text) for text in texts):
        return Image("kubernetes", version)
    return Image("plain" if any(_PLAIN.search(text) for text in texts) else "unknown")
