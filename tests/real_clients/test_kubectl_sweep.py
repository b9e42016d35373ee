"""Everyday commands of kubectl, each with what it prints: on a simulated API, and on a real one where there is one.

`kubectl_sweep.txt` holds the commands in order. None of them needs a controller, so that both worlds stand still.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.real_clients.programs import program
from tests.real_clients.transcript import Block, prepare, read, run
from tests.rehearsal_api.real_server import TOKEN, needs_real_server, real_server
from tests.rehearsal_api.served import Served

BLOCKS = read(Path(__file__).with_name("kubectl_sweep.txt"))
REAL_KUBECONFIG = """\
apiVersion: v1
kind: Config
clusters: [{{name: real, cluster: {{server: "{url}", insecure-skip-tls-verify: true}}}}]
users: [{{name: admin, user: {{token: {token}}}}}]
contexts: [{{name: real, context: {{cluster: real, user: admin}}}}]
current-context: real
"""
KUBECTL = "1.32"
"""Whose output the file holds."""
Runs = dict[str, tuple[int, tuple[str, ...]]]


def _run_all(folder: Path, kubeconfig: Path) -> Runs:
    said = subprocess.run(
        [program("kubectl"), "version", "--client"], capture_output=True, text=True, check=True
    ).stdout
    if f"v{KUBECTL}." not in said:
        pytest.skip(f"needs kubectl {KUBECTL}: other ones word their output otherwise")
    prepare(folder)
    return {block.command: run(block.command, folder, kubeconfig) for block in BLOCKS}


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runs]:
    served = Served(tmp_path_factory.mktemp("ours"))
    try:
        yield _run_all(served.folder, served.kubeconfig)
    finally:
        served.close()


@pytest.mark.parametrize("block", BLOCKS, ids=lambda block: block.command)
def test_a_command_prints_what_it_should(block: Block, ours: Runs) -> None:
    code, lines = ours[block.command]

    assert block.is_told_by(code, lines), "\n".join((f"exit code {code}", *lines))


@needs_real_server
def test_a_real_server_is_told_the_same_but_for_what_is_accepted(tmp_path: Path) -> None:
    with real_server(tmp_path) as real:
        kubeconfig = tmp_path / "kubeconfig"
        kubeconfig.write_text(REAL_KUBECONFIG.format(url=real.url, token=TOKEN), encoding="utf-8")
        theirs = _run_all(tmp_path, kubeconfig)
    alike = {block.command: block.is_told_by(*theirs[block.command]) for block in BLOCKS}

    other = {block.command for block in BLOCKS if block.why_other}
    assert {command: theirs[command] for command, same in alike.items() if not same and command not in other} == {}
    assert [command for command in other if alike[command]] == [], "accepted as different, and the same by now"
