"""What a registry says about an image, asked through the Docker Engine, and the ways in which it cannot be asked."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import quote

from lattice_tui.providers.docker.endpoint import DockerRefusedError, DockerUnreachableError
from lattice_tui.providers.docker.engine_api import DockerEngine
from lattice_tui.text import safe_text

ANSWER_S = 12.0
"""A registry answers within a second; a name server that is not there is given up by the engine after ten."""
HUB = "docker.io"
Answer = Literal[
    "there", "absent", "rate-limit", "sign-in", "no-name", "proxy", "tls", "not-reached", "not-asked", "other"
]
# In this order: a proxy's trouble with a name is the proxy's, and a certificate's trouble mentions a connection.
# Sources: moby distribution/errors.go, Go's net, crypto/tls, crypto/x509 and net/http, distribution's error codes.
_WORDS: tuple[tuple[Answer, str], ...] = (
    ("proxy", r"proxyconnect|proxy authentication required|socks connect"),
    ("rate-limit", r"toomanyrequests|too many requests|rate limit"),
    ("absent", r"manifest unknown|name unknown|not found: |no such manifest|repository name not known"),
    ("sign-in", r"no basic auth|unauthorized|authentication required|access denied|resource is denied|403 forbidden"),
    ("tls", r"x509|tls: |certificate|server gave http response to https"),
    ("no-name", r"no such host|server misbehaving|name resolution|lookup .*: i/o timeout|dial tcp: lookup"),
    ("not-reached", r"connection refused|network is unreachable|no route to host|timeout|deadline|timed out|eof|reset"),
)
_SIGN_IN = re.compile(r"//[^/@\s\"]+@")


@dataclass(frozen=True, slots=True)
class RegistryAnswer:
    """One answer, or the reason for none."""

    kind: Answer
    digest: str = ""
    """`sha256:...` of what the name leads to."""
    platforms: tuple[str, ...] = ()
    """Processors: `amd64`, `arm64`, `arm/v7`; empty when the registry does not say."""
    words: str = ""
    """The engine's own, safe to print, without a sign-in to a proxy."""


def ask_registry(engine: DockerEngine, image: str, *, timeout_s: float = ANSWER_S) -> RegistryAnswer:
    """Ask for an image without pulling it. Blocking. Raises DockerError only when the engine itself has gone.

    The engine asks without anybody's sign-in, exactly as our pulls do.
    """
    patient = DockerEngine(engine.endpoint, timeout_s=timeout_s)
    try:
        found = patient.read(f"/distribution/{quote(image, safe='/:@')}/json")
    except DockerRefusedError as refusal:
        return refused(refusal.message)
    except DockerUnreachableError as error:
        if not isinstance(error.__cause__, TimeoutError):
            raise
        return RegistryAnswer("not-reached", words=f"no answer within {timeout_s:g} s")
    if found is None:
        return RegistryAnswer("absent" if _can_ask(patient) else "not-asked")
    return read_answer(found)


def _can_ask(engine: DockerEngine) -> bool:
    """Whether the engine knows this question at all: Docker refuses a dash as a name, others know no such page."""
    try:
        return engine.read("/distribution/-/json") is not None
    except DockerRefusedError:
        return True


def read_answer(said: Any) -> RegistryAnswer:
    """What `GET /distribution/{name}/json` answers. Source: Docker Engine API, DistributionInspect."""
    descriptor = said.get("Descriptor") if isinstance(said, dict) else None
    digest = descriptor.get("digest") if isinstance(descriptor, dict) else None
    platforms = said.get("Platforms") if isinstance(said, dict) else None
    if not isinstance(digest, str):
        return RegistryAnswer("other", words="its answer names no digest")
    named = [_platform(one) for one in platforms if isinstance(one, dict)] if isinstance(platforms, list) else []
    return RegistryAnswer("there", safe_text(digest, 80), tuple(dict.fromkeys(filter(None, named))))


def _platform(said: dict[str, Any]) -> str:
    processor, system = said.get("architecture"), said.get("os")
    # Build attestations are listed as platforms too, with "unknown" for both.
    if system != "linux" or not isinstance(processor, str):
        return ""
    return safe_text(processor, 20)


def refused(message: str) -> RegistryAnswer:
    """Which kind of refusal the engine's words are."""
    words = safe_text(_SIGN_IN.sub("//", message), 240)
    lowered = words.lower()
    kind: Answer = next((kind for kind, pattern in _WORDS if re.search(pattern, lowered)), "other")
    return RegistryAnswer(kind, words=words)


def registry_of(image: str) -> str:
    """Host (and port) of the registry that an image reference names; `docker.io` where it names none.

    Source: distribution/reference, splitDockerDomain.
    """
    first, slash, _ = image.partition("/")
    return first if slash and ("." in first or ":" in first or first == "localhost") else HUB


def without_digest(image: str) -> str:
    """`kindest/node:v1.35.5` of `kindest/node:v1.35.5@sha256:...`."""
    return image.partition("@")[0]


def digest_of(image: str) -> str:
    """`sha256:...` of a reference that has one, else empty."""
    return image.partition("@")[2]
