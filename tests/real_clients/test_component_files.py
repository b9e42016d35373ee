"""Component files in a folder: what is missing is named, and the real clusterctl reads them without a network."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
import yaml

from lattice_tui.capi.component_files import cert_manager_file, clusterctl_config, component_file, missing_components
from lattice_tui.capi.wanted import WantedProvider
from lattice_tui.document.pins import pins
from lattice_tui.errors import StepFailedError
from lattice_tui.install.steps.offline import OFFLINE_DIR, offline_arguments
from tests.real_clients.programs import client_environment, program

CORE = WantedProvider("CoreProvider", "cluster-api", "v1.13.5", "--core")
WANTED = (
    CORE,
    WantedProvider("BootstrapProvider", "rke2", "v0.25.0", "--bootstrap"),
    WantedProvider("ControlPlaneProvider", "rke2", "v0.25.0", "--control-plane"),
    WantedProvider("InfrastructureProvider", "docker", "v1.13.5", "--infrastructure"),
    WantedProvider("IPAMProvider", "in-cluster", "v1.1.0", "--ipam"),
)
METADATA = {
    "apiVersion": "clusterctl.cluster.x-k8s.io/v1alpha3",
    "kind": "Metadata",
    "releaseSeries": [{"major": 1, "minor": 13, "contract": "v1beta2"}],
}
NAMESPACE = {
    "apiVersion": "v1",
    "kind": "Namespace",
    "metadata": {"name": "capi-system", "labels": {"cluster.x-k8s.io/provider": "cluster-api"}},
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with everything that is wanted."""
    base = tmp_path / "with a blank"
    for provider in WANTED:
        components = component_file(base, provider)
        components.parent.mkdir(parents=True)
        components.write_text(yaml.safe_dump(NAMESPACE))
        components.with_name("metadata.yaml").write_text(yaml.safe_dump(METADATA))
    cert_manager = cert_manager_file(base, pins().cert_manager)
    cert_manager.parent.mkdir(parents=True)
    cert_manager.write_text(yaml.safe_dump(NAMESPACE))
    return base


def test_a_whole_folder_lacks_nothing_and_an_empty_one_everything(folder: Path, tmp_path: Path) -> None:
    missing = missing_components(tmp_path / "nowhere", WANTED, "v1.21.1")

    assert missing_components(folder, WANTED, pins().cert_manager) == ()
    assert missing[:3] == (
        "cert-manager/v1.21.1/cert-manager.yaml",
        "cluster-api/v1.13.5/core-components.yaml",
        "cluster-api/v1.13.5/metadata.yaml",
    )
    assert "infrastructure-docker/v1.13.5/infrastructure-components-development.yaml" in missing
    assert "ipam-in-cluster/v1.1.0/ipam-components.yaml" in missing
    assert len(missing) == 1 + 2 * len(WANTED)


def test_components_without_their_metadata_are_not_whole(folder: Path) -> None:
    component_file(folder, CORE).with_name("metadata.yaml").unlink()

    assert missing_components(folder, WANTED, pins().cert_manager) == ("cluster-api/v1.13.5/metadata.yaml",)


def test_the_real_clusterctl_takes_the_components_from_the_folder(folder: Path, tmp_path: Path) -> None:
    clusterctl = program("clusterctl")
    config = tmp_path / "clusterctl.yaml"
    config.write_text(clusterctl_config(folder, WANTED, pins().cert_manager))
    # A proxy that nobody listens at: whoever asks a network fails.
    environment = client_environment(tmp_path, tmp_path / "none") | {"HTTPS_PROXY": "http://127.0.0.1:9"}
    done = subprocess.run(
        [clusterctl, "generate", "provider", "--core", CORE.argument, "--config", str(config)],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
    )
    listed = subprocess.run(
        [clusterctl, "config", "repositories", "--config", str(config), "--output", "yaml"],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
    )

    assert done.returncode == 0, done.stderr
    assert [made["metadata"]["name"] for made in yaml.safe_load_all(done.stdout)] == ["capi-system"]
    known = {(one["Name"], one["ProviderType"]): one for one in yaml.safe_load(listed.stdout)}
    assert known["cluster-api", "CoreProvider"]["URL"] == f"{component_file(folder, CORE).parent}/"
    assert known["rke2", "BootstrapProvider"]["URL"].endswith("/bootstrap-rke2/v0.25.0/")


def test_a_version_that_the_folder_has_not_is_refused_by_clusterctl_and_named_by_us(
    folder: Path, tmp_path: Path
) -> None:
    clusterctl = program("clusterctl")
    older = WantedProvider(CORE.type, CORE.name, "v1.13.4", CORE.flag)
    config = tmp_path / "clusterctl.yaml"
    config.write_text(clusterctl_config(folder, (older,), pins().cert_manager))
    done = subprocess.run(
        [clusterctl, "generate", "provider", "--core", older.argument, "--config", str(config)],
        env=client_environment(tmp_path, tmp_path / "none"),
        capture_output=True,
        text=True,
        timeout=60,
    )

    assert done.returncode != 0
    assert missing_components(folder, (older,), pins().cert_manager)[0] == "cluster-api/v1.13.4/core-components.yaml"


def test_an_install_reads_the_folder_that_the_environment_names(folder: Path, tmp_path: Path) -> None:
    offline = tmp_path / "offline"
    offline.mkdir()
    folder.rename(offline / "components")
    arguments = offline_arguments(tmp_path, WANTED, pins().cert_manager, {OFFLINE_DIR: str(offline)})
    config = yaml.safe_load((tmp_path / "clusterctl.yaml").read_text())

    assert offline_arguments(tmp_path, WANTED, pins().cert_manager, {}) == ()
    assert arguments == ("--config", str(tmp_path / "clusterctl.yaml"))
    assert Path(config["providers"][0]["url"]).is_file()
    assert Path(config["cert-manager"]["url"]).is_file()


def test_what_the_folder_lacks_is_named_before_anything_is_installed(tmp_path: Path) -> None:
    with pytest.raises(StepFailedError) as caught:
        offline_arguments(tmp_path, WANTED, "v1.21.1", {OFFLINE_DIR: str(tmp_path / "empty")})

    assert caught.value.problem.code == "LT-TOL-013"
    assert "cluster-api/v1.13.5/core-components.yaml" in caught.value.problem.detail
    assert caught.value.problem.detail.endswith("and 5 more")
    assert not (tmp_path / "clusterctl.yaml").exists()
