"""A condition's message as one plain line.

Cluster API writes messages as indented lists (`* InfrastructureReady:\\n  * VMProvisioned: WaitingForBootstrapData`).
The first line that says something is enough for a row; the whole tree stays with the object.
"""

from __future__ import annotations

import re

from lattice_tui.text import Safe, safe_text

ROW_LIMIT = 300
# `NodeHealthy: Waiting for ...`: the condition's name says nothing to a person when a sentence follows it.
_CONDITION_BEFORE_SENTENCE = re.compile(r"^[A-Z][A-Za-z.]*: (?=\S+ \S)")

# What a controller says in words of its own trade, and what to tell a person. Sources: CAPI v1.13 (contract fields),
# CAPD v1.13 (DockerMachine conditions), kubelet (network plugin). The reason stays beside it for experts.
_PLAIN_WORDS = (
    (
        re.compile(r"^\w+ status\.initialization\.dataSecretCreated is false$"),
        "no start-up instructions yet",
    ),
    (re.compile(r"^\w+Machine status\.initialization\.provisioned is false$"), "the machine is being made"),
    (re.compile(r"^\w+Cluster status\.initialization\.provisioned is false$"), "its load balancer is being made"),
    (re.compile(r"^\w+: WaitingForBootstrapData$"), "no start-up instructions yet"),
    (re.compile(r"^\w+: WaitingForClusterInfrastructureReady$"), "no load balancer yet"),
    (re.compile(r"^\w+: WaitingForControlPlaneInitialized$"), "no control plane answers yet"),
    (re.compile(r"^Waiting for Cluster control plane to be initialized$"), "no control plane answers yet"),
    (re.compile(r"^ContainerProvisioned: NotProvisioned$"), "its container is being made"),
    (re.compile(r"^BootstrapExecSucceeded: NotSucceeded$"), "Kubernetes is setting itself up on it"),
    (re.compile(r"cni plugin not initialized"), "no network add-on on its node yet"),
)


def plain_message(message: str) -> Safe:
    """The first meaningful line, without bullets and without the condition's name before a sentence.

    Well-known terms of the trade become plain words.
    """
    line = _first_line(message)
    return next((Safe(words) for pattern, words in _PLAIN_WORDS if pattern.search(line)), line)


def _first_line(message: str) -> Safe:
    heading = ""
    for line in message[:20_000].splitlines():
        text = line.strip().removeprefix("* ").strip()
        if not text:
            continue
        if not text.endswith(":"):
            return safe_text(f"{heading} {_without_condition(text)}".strip(), ROW_LIMIT)
        if " " in text:
            # `Machine demo-1:` names what the next line is about; a bare condition's name does not.
            heading = text
    return safe_text(heading or message.strip().removeprefix("* "), ROW_LIMIT)


def _without_condition(text: str) -> str:
    return _CONDITION_BEFORE_SENTENCE.sub("", text)
