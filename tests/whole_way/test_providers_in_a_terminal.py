"""A person at a real terminal: from the first screen to a saved cluster.yaml for each provider, in a rehearsal.

The world's own stand-ins answer: credentials are found, lists are fetched and checks are run over real sockets.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from lattice_tui.providers.reading import read_cluster
from tests.whole_way.runs import LatticeCommand
from tests.whole_way.terminal import needs_tmux, play, terminal
from tests.whole_way.test_wizard_in_a_terminal import ENVIRONMENT

HERE = Path(__file__).parent
BUILT_FROM: dict[str, dict[str, Any]] = {
    "proxmox": {"sourceNode": "pve1", "templateId": 9000, "bridge": "vmbr0"},
    "openstack": {"cpFlavor": "m1.large", "imageName": "ubuntu-2404-kube-v1.35.5", "sshKeyName": "laptop"},
    "aws": {"region": "eu-central-1", "cpInstanceType": "m7i.xlarge", "sshKeyName": "lattice"},
}
"""What the lists proposed, as the file has to say it."""


@pytest.fixture
def world_ended(lattice: LatticeCommand) -> Any:
    """The world that answers the wizard's checks is ended with the test."""
    from lattice_tui.rehearsal.launch import stop_world

    yield
    stop_world(lattice.state / "wizard" / "world")


@needs_tmux
@pytest.mark.timeout(400)
@pytest.mark.usefixtures("world_ended")
@pytest.mark.parametrize("provider", BUILT_FROM)
def test_keys_alone_lead_from_the_first_screen_to_a_file_that_is_valid(
    provider: str, lattice: LatticeCommand, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    home.mkdir()
    # No credentials of whoever runs the tests are looked for.
    environment = {**ENVIRONMENT, "LATTICE_STATE_DIR": str(lattice.state), "HOME": str(home), "XDG_CONFIG_HOME": ""}
    command = [sys.executable, "-m", "lattice_tui"]
    with terminal(80, 24, command, environment, folder=home) as screen:
        shots = play(HERE / f"{provider}.keys", screen, wait_s=90.0)

    assert "rehearsal: nothing real is made" in shots["connect"]
    assert "fail" not in shots["connect"] + shots["build"] + shots["addresses"]
    assert "( ) the rehearsal's own account" in shots["found"]
    assert "Save only" in shots["review"]
    assert "Save and start" not in shots["review"]
    read = read_cluster(home / "cluster.yaml")
    assert (read.errors, read.cluster is not None) == ((), True)
    assert read.cluster is not None
    block = read.cluster.spec.provider.config[provider]
    assert {key: block.get(key) for key in BUILT_FROM[provider]} == BUILT_FROM[provider]
    assert lattice("validate", str(home / "cluster.yaml")).returncode == 0
    assert "given, not shown" in shots["connect"]
    _holds_no_secret(home, lattice.state)


def _holds_no_secret(home: Path, state: Path) -> None:
    """What was saved, and the draft, hold no secret of the simulated account."""
    from lattice_tui.rehearsal.check_world import SIGNED_IN, rehearsed_credentials

    written = b"".join(path.read_bytes() for path in home.rglob("*") if path.is_file())
    written += b"".join(path.read_bytes() for path in (state / "drafts").rglob("*") if path.is_file())
    for provider in SIGNED_IN:
        for found in rehearsed_credentials(state, provider):
            assert all(secret.reveal().encode() not in written for secret in found.secrets.values())
