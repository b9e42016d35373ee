"""Whether Docker runs privileged containers: one is tried and removed."""

from __future__ import annotations

from lattice_tui.checks.runner import Check
from lattice_tui.errors import LatticeError
from lattice_tui.providers.docker.checks.look import DAEMON, PROBE_S, Look, check, ok, unknown, wrong
from lattice_tui.providers.docker.probe import PROBE_IMAGE, PROBE_IMAGE_SIZE, Probed
from schemas.checks import CheckResult

TRY_IMAGE = "try-image"
TOO_SLOW = "LT-DOCKER-004"
_REFUSALS = (
    # A word of the engine's refusal, why it says so, what to do.
    (
        "authorization denied",
        "an authorization plugin of Docker forbids it: this computer's administrator set one up",
        "Ask who looks after this Docker to allow privileged containers, or use a Docker of your own",
    ),
    (
        "apply caps",
        "Docker itself runs without all capabilities, inside a container or a sandbox, and can hand out no more",
        "Run this on the computer itself, or in a virtual machine with Docker in it",
    ),
    (
        "user namespaces",
        "userns-remap is on, and this engine does not let a container leave it",
        "Remove userns-remap from /etc/docker/daemon.json and restart Docker",
    ),
    (
        "operation not permitted",
        "the kernel refused what a privileged container asks for: rootless Docker without delegation, or a sandbox",
        'Rootless: set Delegate=yes for your user service (systemctl edit user@.service, [Service] "Delegate=yes"), '
        "log out and in again; in a sandbox: use the computer itself",
    ),
)


def checks(look: Look) -> tuple[Check, ...]:
    """One row; what the container saw is used by others."""

    async def run() -> CheckResult:
        try:
            return judged(await look.probe())
        except LatticeError as error:
            if error.problem.code == TOO_SLOW:
                # A busy disk makes a container slow; that says nothing of what it may do.
                return unknown("no container was started in time", why=error.problem.detail)
            raise

    inputs = ("version", "node_image", "try_image")
    title = "Privileged containers"
    return (check(look, "docker-privileged", title, run, DAEMON, inputs=inputs, timeout_s=PROBE_S),)


def judged(probed: Probed) -> CheckResult:
    """What the try means for machines, which are privileged containers that mount."""
    if probed.outcome == "no-image":
        return unknown(
            "not tried: there is no image here to try one with",
            why="machines are privileged containers; whether Docker runs them shows only when one is tried",
            fix=f"Let {PROBE_IMAGE} be pulled ({PROBE_IMAGE_SIZE}); the container is removed at once",
            action_id=TRY_IMAGE,
        )
    if probed.outcome == "not-pulled":
        return unknown(
            f"not tried: {probed.image} could not be pulled",
            why="machines are privileged containers; whether Docker runs them shows only when one is tried",
            fix=f"See why the registry says no: docker pull {PROBE_IMAGE}",
            evidence=probed.words,
            action_id=TRY_IMAGE,
        )
    if probed.outcome == "broken" or (probed.outcome == "seen" and probed.seen is None):
        return unknown(f"a container of {probed.image} did not come to its end", evidence=probed.words)
    if probed.outcome == "refused" or probed.seen is None:
        return _refused(probed)
    if probed.seen.can_mount:
        return ok(f"one ran ({probed.image}) and could mount")
    return wrong(
        "fail",
        "LT-DOCKER-071",
        "A privileged container may not mount here",
        why="machines mount volumes and file systems of their own; a security module or a sandbox forbids that",
        fix="Look which one: sudo dmesg | grep -i denied; or use a Docker on another computer or in a virtual machine",
        action=f"docker run --rm --privileged {probed.image} mount -t tmpfs none /mnt",
        evidence=probed.seen.mount_words,
    )


def _refused(probed: Probed) -> CheckResult:
    said = probed.words.lower()
    why, fix = next(
        ((why, fix) for word, why, fix in _REFUSALS if word in said),
        ("machines are privileged containers, and none can be started", "Mend what Docker says, then look again"),
    )
    return wrong(
        "fail",
        "LT-DOCKER-070",
        "Docker would not start a privileged container",
        why=why,
        fix=fix,
        action=f"docker run --rm --privileged --entrypoint true {probed.image}",
        evidence=probed.words,
    )
