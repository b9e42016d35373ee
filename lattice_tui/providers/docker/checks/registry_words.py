"""The words for each way in which a registry did not say what it has. Pure."""

from __future__ import annotations

import shlex

from lattice_tui.providers.docker.checks.look import unknown, wrong
from lattice_tui.providers.docker.registry_answers import HUB, RegistryAnswer, registry_of
from schemas.checks import CheckResult

_LOAD = "or load the image from a file: docker load -i FILE"


def no_answer(image: str, answer: RegistryAnswer, field: str) -> CheckResult:
    """`fail` where the registry refuses what we would do ourselves; `unknown` where nobody could be asked, which
    never blocks: the image may come another way.
    """
    registry = registry_of(image)
    if answer.kind == "rate-limit":
        return _rate_limit(image, registry, answer.words, field)
    if answer.kind == "sign-in":
        return _sign_in(image, registry, answer.words, field)
    summary, why, fix = _SILENCE.get(answer.kind, _SILENCE["other"])
    return unknown(
        summary.format(registry=registry),
        why=why,
        fix=fix.format(registry=registry),
        evidence=answer.words,
    )


def _rate_limit(image: str, registry: str, words: str, field: str) -> CheckResult:
    limit = (
        "Docker Hub's limit for pulls without a sign-in" if registry == HUB else f"The limit for pulls from {registry}"
    )
    return wrong(
        "fail",
        "LT-IMG-003",
        f"{limit} is reached",
        why="it counts every computer behind your internet address, and opens again within hours",
        fix=f"Sign in and pull {image} yourself, or wait and look again",
        action=f"{_login(registry)} && docker pull {shlex.quote(image)}",
        field=field,
        evidence=words,
    )


def _sign_in(image: str, registry: str, words: str, field: str) -> CheckResult:
    return wrong(
        "fail",
        "LT-IMG-005",
        f"{registry} does not give {image} without a sign-in",
        why="either it is private, or there is no such image: registries say the same to a stranger",
        fix=f"Look at its name again; or sign in and pull {image} yourself, then it is here",
        action=f"{_login(registry)} && docker pull {shlex.quote(image)}",
        field=field,
        evidence=words,
    )


def _login(registry: str) -> str:
    return "docker login" if registry == HUB else f"docker login {shlex.quote(registry)}"


# Kind of answer -> what happened, why we think so, what to do.
_SILENCE = {
    "no-name": (
        "the name of {registry} leads nowhere: this computer is offline, or its name server does not know it",
        "Docker asked for the address of the registry and got none",
        f"Connect to the internet, {_LOAD}",
    ),
    "proxy": (
        "Docker's proxy does not let it reach {registry}",
        "Docker has its own proxy settings, apart from those of your shell",
        "Look at them: docker info --format '{{{{.HTTPProxy}}}} {{{{.HTTPSProxy}}}} {{{{.NoProxy}}}}'",
    ),
    "tls": (
        "Docker does not trust the certificate of {registry}",
        "it is signed by an authority that Docker does not know, or the registry speaks plain HTTP",
        "Put its authority into /etc/docker/certs.d/{registry}/ca.crt, "
        'or name it under "insecure-registries" in /etc/docker/daemon.json',
    ),
    "not-reached": (
        "{registry} does not answer",
        "its address is known, but no connection came about",
        f"Look whether it runs and whether a firewall is in between, {_LOAD}",
    ),
    "not-asked": (
        "this engine does not ask registries; whether the image can be had is seen when it is pulled",
        "it does not know the question (GET /distribution), as Podman does not",
        "Pull it yourself: then it is here",
    ),
    "other": (
        "{registry} gave an answer that is not understood",
        "the words are Docker's own",
        "Try it: docker pull",
    ),
}
