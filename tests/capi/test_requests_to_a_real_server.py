"""KubeClient against the rehearsal's HTTPS API server: the whole way of a request, and of what goes wrong."""

from __future__ import annotations

import base64
import stat
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest
import yaml

from lattice_tui.capi.client import KubeClient
from lattice_tui.capi.errors import ApiError, ApiExpiredError, ApiUnreachableError
from lattice_tui.capi.kubeconfig import KubeconfigError, read_kubeconfig
from lattice_tui.capi.plugin import with_plugin_credentials
from lattice_tui.capi.resources import CLUSTER, CONFIG_MAP, MACHINE, NAMESPACE, SECRET
from lattice_tui.errors import ExitCode
from lattice_tui.providers.docker.manifests import manifests
from lattice_tui.rehearsal.api.kinds import CONFIG_MAP as CONFIG_MAP_KIND
from lattice_tui.rehearsal.certificates import CertificateAuthority
from tests.capi.plans import LARGE, SMALL
from tests.capi.rehearsal_server import RehearsalServer


def _config_map(name: str, **data: str) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": name, "namespace": "default", "labels": {"app": "x"}},
        "data": data,
    }


def _edited(rehearsal: RehearsalServer, edit: Any) -> Path:
    path = rehearsal.kubeconfig()
    document = yaml.safe_load(path.read_text())
    edit(document)
    path.write_text(yaml.safe_dump(document))
    return path


def test_an_object_is_created_read_changed_and_deleted(client: KubeClient) -> None:
    assert client.version() == "v1.35.5"
    assert client.is_reachable()
    assert client.get(CONFIG_MAP, "a", "default") is None
    client.create(_config_map("a", x="1"))
    with pytest.raises(ApiError) as caught:
        client.create(_config_map("a", x="1"))
    assert (caught.value.status, caught.value.reason) == (409, "AlreadyExists")
    client.merge_patch(CONFIG_MAP, "a", {"data": {"x": None, "y": "2"}}, "default")
    found = client.get(CONFIG_MAP, "a", "default")
    assert found is not None
    assert found["data"] == {"y": "2"}
    assert client.delete(CONFIG_MAP, "a", "default")
    assert not client.delete(CONFIG_MAP, "a", "default")


def test_every_manifest_is_applied_and_applying_again_changes_nothing(client: KubeClient) -> None:
    for plan in (SMALL, LARGE):
        first = [client.apply(manifest) for manifest in manifests(plan)]
        second = [client.apply(manifest) for manifest in manifests(plan)]

        def versions(objects: list[dict[str, Any]]) -> list[str]:
            return [one["metadata"]["resourceVersion"] for one in objects]

        assert versions(first) == versions(second)
    assert client.get(CLUSTER, "demo", "capi-demo") is not None


def test_a_dry_run_makes_nothing(client: KubeClient) -> None:
    client.apply(_config_map("dry"), dry_run=True)

    assert client.get(CONFIG_MAP, "dry", "default") is None


def test_a_list_is_read_over_pages_and_by_label(client: KubeClient) -> None:
    for number in range(7):
        client.apply(_config_map(f"m{number}"))

    listing = client.list(CONFIG_MAP, "default", label_selector="app=x", limit=3)

    assert sorted(one["metadata"]["name"] for one in listing.items) == [f"m{n}" for n in range(7)]
    assert int(listing.resource_version) > 0
    assert client.list(CONFIG_MAP, "default", field_selector="metadata.name=m3").items[0]["metadata"]["name"] == "m3"


def test_a_watch_tells_what_changed_and_ends_when_it_is_shut(client: KubeClient) -> None:
    listing = client.list(CONFIG_MAP, "default")
    stream = client.open_watch(CONFIG_MAP, "default", resource_version=listing.resource_version, label_selector="app=x")
    blocks = stream.blocks()
    client.apply(_config_map("w"))

    assert b'"ADDED"' in next(blocks)
    stream.shutdown()
    assert list(blocks) == []
    stream.close()


def test_an_expired_version_is_an_error_of_its_own_or_an_event(rehearsal: RehearsalServer, client: KubeClient) -> None:
    rehearsal.server.answers_410_at_once = True

    with pytest.raises(ApiExpiredError):
        client.open_watch(CONFIG_MAP, "default", resource_version="1")


def test_the_next_request_after_a_restart_is_answered(rehearsal: RehearsalServer, client: KubeClient) -> None:
    client.apply(_config_map("before"))
    port = rehearsal.server.port
    rehearsal.stop()
    with pytest.raises(ApiUnreachableError) as caught:
        client.version()
    assert caught.value.kind == "refused"
    assert not client.is_reachable()
    rehearsal.start(port)

    assert client.get(CONFIG_MAP, "before", "default") is not None
    rehearsal.do(rehearsal.server.drop_connections)
    assert client.get(CONFIG_MAP, "before", "default") is not None


def test_without_credentials_it_is_401_with_a_code_and_the_exit_code_of_permissions(rehearsal: RehearsalServer) -> None:
    def forget(document: Any) -> None:
        document["users"][0]["user"] = {"token": "not-known"}

    client = KubeClient.from_kubeconfig(_edited(rehearsal, forget))
    with pytest.raises(ApiError) as caught:
        client.list(MACHINE, "n")

    assert (caught.value.status, caught.value.exit_code) == (401, ExitCode.PERMISSION)
    assert caught.value.problem.code == "LT-CAPI-103"
    assert "not-known" not in f"{caught.value} {caught.value.problem} {client.__dict__}"


def test_a_token_that_was_renewed_in_the_file_is_used_after_one_401(rehearsal: RehearsalServer) -> None:
    def with_token(token: str) -> Any:
        def edit(document: Any) -> None:
            document["users"][0]["user"] = {"token": token}

        return edit

    rehearsal.do(lambda: rehearsal.server.accept_token("new", "someone", ("system:masters",)))
    client = KubeClient.from_kubeconfig(_edited(rehearsal, with_token("old")))
    _edited(rehearsal, with_token("new"))

    assert client.get(NAMESPACE, "default") is not None


def test_another_authority_is_told_from_another_name(rehearsal: RehearsalServer) -> None:
    def other_authority(document: Any) -> None:
        pem = CertificateAuthority("demo").ca_pem.encode()
        document["clusters"][0]["cluster"]["certificate-authority-data"] = base64.b64encode(pem).decode()

    def other_name(document: Any) -> None:
        cluster = document["clusters"][0]["cluster"]
        cluster["tls-server-name"] = "elsewhere.example.com"

    details = []
    for edit in (other_authority, other_name):
        with pytest.raises(ApiUnreachableError) as caught:
            KubeClient.from_kubeconfig(_edited(rehearsal, edit)).version()
        assert caught.value.kind == "tls"
        details.append(caught.value.detail)

    assert "authority" in details[0] or "self-signed" in details[0] or "signature" in details[0]
    assert details[1].startswith("its certificate is for another host name (SHA-256 ")


def test_a_name_nobody_knows_is_told_as_such(rehearsal: RehearsalServer) -> None:
    def unknown(document: Any) -> None:
        document["clusters"][0]["cluster"]["server"] = "https://no-such-host.invalid:6443"

    with pytest.raises(ApiUnreachableError) as caught:
        KubeClient.from_kubeconfig(_edited(rehearsal, unknown), timeout_s=5).version()

    assert caught.value.kind == "name"


def test_the_clients_key_is_never_left_on_disk(rehearsal: RehearsalServer, tmp_path: Path) -> None:
    folder = tmp_path / "tmp"
    folder.mkdir()
    old, tempfile.tempdir = tempfile.tempdir, str(folder)
    try:
        client = KubeClient.from_kubeconfig(rehearsal.kubeconfig())
    finally:
        tempfile.tempdir = old

    assert client.get(NAMESPACE, "default") is not None
    assert list(folder.iterdir()) == []


def test_a_refused_secret_is_not_quoted(client: KubeClient) -> None:
    secret = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s", "namespace": "absent"}}

    with pytest.raises(ApiError) as caught:
        client.create({**secret, "stringData": {"token": "canary-1"}})

    assert "canary-1" not in str(caught.value.problem)
    assert "hidden" in caught.value.message
    assert client.get(SECRET, "s", "default") is None


def test_a_credential_program_is_asked_and_its_failure_is_told_without_its_words(
    rehearsal: RehearsalServer, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    rehearsal.do(lambda: rehearsal.server.accept_token("from-a-program", "someone", ("system:masters",)))
    plugin = tmp_path / "plugin"

    def exec_user(document: Any) -> None:
        document["users"][0]["user"] = {
            "exec": {
                "apiVersion": "client.authentication.k8s.io/v1",
                "command": str(plugin),
                "interactiveMode": "Never",
            }
        }

    credential = (
        '{"apiVersion": "client.authentication.k8s.io/v1", "kind": "ExecCredential", "status": {"token": "%s"}}'
    )
    plugin.write_text(f"#!{sys.executable}\nprint('''{credential % 'from-a-program'}''')\n")
    plugin.chmod(stat.S_IRWXU)

    assert KubeClient.from_kubeconfig(_edited(rehearsal, exec_user)).get(NAMESPACE, "default") is not None

    plugin.write_text(f"#!{sys.executable}\nraise SystemExit('secret words')\n")
    with pytest.raises(KubeconfigError) as caught:
        KubeClient.from_kubeconfig(_edited(rehearsal, exec_user))
    assert "secret words" not in str(caught.value.problem)
    assert "secret words" not in caplog.text


def test_a_credential_program_that_hangs_is_not_waited_for(rehearsal: RehearsalServer, tmp_path: Path) -> None:
    plugin = tmp_path / "plugin"
    plugin.write_text("#!/bin/sh\nexec sleep 8\n")
    plugin.chmod(stat.S_IRWXU)

    def exec_user(document: Any) -> None:
        document["users"][0]["user"] = {
            "exec": {
                "apiVersion": "client.authentication.k8s.io/v1",
                "command": str(plugin),
                "interactiveMode": "Never",
            }
        }

    path = _edited(rehearsal, exec_user)
    with pytest.raises(KubeconfigError) as caught:
        with_plugin_credentials(read_kubeconfig(path), path, timeout_s=0.3)

    assert "did not answer within" in caught.value.problem.detail


def test_the_requests_say_who_asks(rehearsal: RehearsalServer, client: KubeClient) -> None:
    client.apply(_config_map("said", x="1"))
    found = rehearsal.do(lambda: rehearsal.store.get(CONFIG_MAP_KIND, "said", "default"))

    assert found["metadata"]["managedFields"][0]["manager"] == "lattice"
    assert '"actor":"lattice' in (rehearsal.folder / "audit.jsonl").read_text()


def test_a_kubeconfig_read_back_has_its_secrets_masked(rehearsal: RehearsalServer) -> None:
    kubeconfig = read_kubeconfig(rehearsal.kubeconfig())

    assert kubeconfig.client_key is not None
    assert "PRIVATE KEY" in kubeconfig.client_key.reveal()
    assert "PRIVATE KEY" not in repr(kubeconfig)
