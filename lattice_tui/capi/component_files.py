"""The component files of Cluster API's providers, kept in a folder: how clusterctl installs them without a network.

The layout is clusterctl's own for local repositories, `<folder>/<label>/<version>/<file>`, with each release's
`metadata.yaml` beside its components. Source: CAPI v1.13.5 docs, clusterctl configuration; client/config.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from lattice_tui.capi.resources import JsonObject
from lattice_tui.capi.wanted import WantedProvider

METADATA = "metadata.yaml"
CERT_MANAGER = "cert-manager"
_PREFIXES = {
    "CoreProvider": "",
    "BootstrapProvider": "bootstrap-",
    "ControlPlaneProvider": "control-plane-",
    "InfrastructureProvider": "infrastructure-",
    "IPAMProvider": "ipam-",
    "AddonProvider": "addon-",
}
_FILES = {
    "CoreProvider": "core-components.yaml",
    "BootstrapProvider": "bootstrap-components.yaml",
    "ControlPlaneProvider": "control-plane-components.yaml",
    "InfrastructureProvider": "infrastructure-components.yaml",
    "IPAMProvider": "ipam-components.yaml",
    "AddonProvider": "addon-components.yaml",
}
# Not for production, as its project says in the name.
_DOCKER_FILE = "infrastructure-components-development.yaml"


def component_file(folder: Path, provider: WantedProvider) -> Path:
    """Where the provider's components lie in such a folder. Raises KeyError for a type that clusterctl has not."""
    file = _FILES[provider.type]
    if (provider.type, provider.name) == ("InfrastructureProvider", "docker"):
        file = _DOCKER_FILE
    return folder / f"{_PREFIXES[provider.type]}{provider.name}" / provider.version / file


def cert_manager_file(folder: Path, version: str) -> Path:
    """Where cert-manager lies in such a folder; `version` has its leading `v`."""
    return folder / CERT_MANAGER / version / f"{CERT_MANAGER}.yaml"


def missing_components(folder: Path, wanted: Iterable[WantedProvider], cert_manager: str) -> tuple[str, ...]:
    """What the folder lacks, as paths in it, in the order of `wanted`; empty when clusterctl finds everything."""
    files = [cert_manager_file(folder, cert_manager)]
    for provider in wanted:
        components = component_file(folder, provider)
        files += [components, components.with_name(METADATA)]
    return tuple(str(file.relative_to(folder)) for file in files if not file.is_file())


def clusterctl_config(folder: Path, wanted: Iterable[WantedProvider], cert_manager: str) -> str:
    """clusterctl's configuration (YAML) that leads to the folder. Nothing in it is secret."""
    import yaml

    base = folder.absolute()
    config: JsonObject = {
        "providers": [
            {"name": provider.name, "type": provider.type, "url": str(component_file(base, provider))}
            for provider in wanted
        ],
        CERT_MANAGER: {"url": str(cert_manager_file(base, cert_manager)), "version": cert_manager},
    }
    text: str = yaml.safe_dump(config, sort_keys=False)
    return text
