"""The secret of each provider is in nothing that is written or shown, whatever happens to the checks."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

import pytest

from tests.checks.processes import PROC, descendants, needs_proc
from tests.cli.echoing import silent_server
from tests.cli.program import PROGRAM
from tests.live_checks.accounts import Account
from tests.live_checks.door import LIMIT_S, check_as_is, example, surroundings
from tests.live_checks.shapes import check_junit
from tests.polling import eventually

SIGNED_IN = ("proxmox", "openstack-lite", "aws")
WHERE = {"proxmox": "PROXMOX_URL", "openstack-lite": "OS_AUTH_URL", "aws": "AWS_ENDPOINT_URL"}
"""The variable that says where the API is."""
_PAUSE_S = 0.02


class Watched(threading.Thread):
    """Looks at the arguments of every process below one, again and again, until it is told to stop."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self._pid = pid
        self._over = threading.Event()
        self.seen: set[bytes] = set()

    def run(self) -> None:
        while not self._over.wait(_PAUSE_S):
            for pid in {self._pid, *descendants(self._pid)}:
                with suppress(OSError):
                    self.seen.add((PROC / str(pid) / "cmdline").read_bytes())

    def stop(self) -> None:
        self._over.set()
        self.join()


def written(home: Path) -> bytes:
    """Everything that the command has left in the home: its state, its report, whatever else."""
    return b"".join(path.read_bytes() for path in sorted((home / "state").rglob("*")) if path.is_file())


def found_in(secrets: Iterable[str], *said: bytes) -> list[bytes]:
    """Those of the outputs that hold a secret."""
    return [one[:2000] for one in said for secret in secrets if secret.encode() in one]


@needs_proc
@pytest.mark.parametrize("provider", SIGNED_IN)
def test_no_secret_is_shown_or_kept_or_in_the_arguments_of_a_process(
    provider: str, account: Account, home: Path
) -> None:
    report = home / "checks.xml"
    child = subprocess.Popen(
        [*PROGRAM, "check", "--cluster", example(account.provider), "--junit", str(report), "-o", "json"],
        cwd=home,
        env=surroundings(home, account.at_home(home)),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    watched = Watched(child.pid)
    watched.start()
    out, errors = child.communicate(timeout=LIMIT_S)
    watched.stop()

    assert child.returncode == 0, out
    assert account.secrets
    assert [arguments for arguments in watched.seen if b"check" in arguments], "no process was seen at work"
    assert found_in(account.secrets, out, errors, report.read_bytes(), written(home), *watched.seen) == []


@pytest.mark.parametrize("provider", SIGNED_IN)
def test_text_of_a_run_in_which_signing_in_failed_holds_no_secret_either(
    provider: str, account: Account, home: Path
) -> None:
    account.fresh(
        {"proxmox": "token-wrong-secret", "openstack-lite": "wrong-password", "aws": "secret-wrong"}[provider]
    )

    said = check_as_is(home, account)

    assert said.code == 11
    assert found_in(account.secrets, said.out.encode(), said.errors.encode(), said.report.read_bytes()) == []
    assert found_in(account.secrets, written(home)) == []
    check_junit(said.report, said.cases, account.provider)


@needs_proc
@pytest.mark.parametrize(
    ("provider", "how"),
    [*((provider, signal.SIGKILL) for provider in SIGNED_IN), ("proxmox", signal.SIGABRT)],
)
def test_a_helper_that_is_killed_leaves_no_secret_behind(
    provider: str, how: signal.Signals, account: Account, home: Path
) -> None:
    with silent_server() as port:
        scheme = "http" if account.provider == "aws" else "https"
        variables = of_environment(account, home) | {WHERE[provider]: f"{scheme}://127.0.0.1:{port}"}
        child = subprocess.Popen(
            [*PROGRAM, "check", "--cluster", example(account.provider), "-o", "json"],
            cwd=home,
            env=surroundings(home, variables),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        assert child.stdout is not None
        # The first row is told: the helper has read its request, the secret with it.
        first = child.stdout.readline()
        [helper] = eventually(lambda: [pid for pid in descendants(child.pid) if is_helper(pid)], bool)
        os.kill(helper, how)
        out, errors = child.communicate(timeout=LIMIT_S)

    assert child.returncode in (11, 70), out
    assert b'"id":"helper"' in out.replace(b" ", b""), out
    assert b"Traceback" not in errors
    assert found_in(account.secrets, first + out, errors, written(home)) == []


def of_environment(account: Account, home: Path) -> dict[str, str]:
    """Credentials in variables alone."""
    return getattr(account, "in_environment", account.at_home)(home)


def is_helper(pid: int) -> bool:
    """The process that runs the checks itself, not the launcher that has started it and has the same arguments."""
    try:
        arguments = (PROC / str(pid) / "cmdline").read_bytes().split(b"\0")
    except OSError:
        # It has just ended.
        return False
    return b"lattice_tui.providers.checking" in arguments and not any(b"launcher" in one for one in arguments)
