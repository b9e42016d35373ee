"""What the Docker Engine says, as typed facts. Pure: JSON objects in, frozen values out, foreign text cleaned."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from lattice_tui.text import safe_text

SIMULATED_NAME = "simulated"
"""What the rehearsed world's stand-in calls itself in `/info`."""
FRAME_HEADER_BYTES = 8


@dataclass(frozen=True, slots=True)
class EngineVersion:
    version: str
    api_version: str
    min_api_version: str
    os: str
    architecture: str
    parts: tuple[str, ...] = ()
    """Names of its components: `Engine`, `containerd`, ..."""

    @property
    def is_podman(self) -> bool:
        return any("podman" in part.lower() for part in self.parts)


@dataclass(frozen=True, slots=True)
class EngineInfo:
    """`docker info`. Source: Docker Engine API, SystemInfo."""

    name: str
    server_version: str
    os_type: str
    """`linux` or `windows`: which containers it runs."""
    operating_system: str
    architecture: str
    cpus: int
    memory_bytes: int
    root_folder: str
    cgroup_version: str
    """`1` or `2`, empty when the engine does not say."""
    security_options: tuple[str, ...]
    memory_limit: bool
    pids_limit: bool
    cpu_shares: bool
    kernel: str = ""
    """Release of the kernel that containers run on."""
    driver: str = ""
    """Where images are kept: `overlay2`, `btrfs`, ..."""
    cgroup_driver: str = ""
    http_proxy: str = ""
    """The engine's own, for pulling; a sign-in in it is left out."""
    no_proxy: str = ""

    @property
    def is_desktop(self) -> bool:
        """Docker Desktop runs its engine in a virtual machine, also on Linux."""
        return "docker desktop" in self.operating_system.lower() or self.name == "docker-desktop"

    @property
    def has_user_namespaces(self) -> bool:
        """Whether root in a container is somebody else outside (`userns-remap`)."""
        return any(option.startswith("name=userns") for option in self.security_options)

    @property
    def is_rootless(self) -> bool:
        return any("rootless" in option for option in self.security_options)

    @property
    def is_simulated(self) -> bool:
        return self.name == SIMULATED_NAME


@dataclass(frozen=True, slots=True)
class ImageInfo:
    id: str
    tags: tuple[str, ...]
    digests: tuple[str, ...]
    size_bytes: int
    architecture: str


@dataclass(frozen=True, slots=True)
class ContainerInfo:
    id: str
    name: str
    """Without the leading slash."""
    image: str
    labels: Mapping[str, str]
    state: str
    """`created`, `running`, `exited`, ..."""
    ports: Mapping[int, int]
    """Container TCP port -> port on this computer."""
    mounts: tuple[str, ...]
    """`source:destination`"""
    addresses: Mapping[str, str] = field(default_factory=dict)
    """Network name -> IP address."""


@dataclass(frozen=True, slots=True)
class PullProgress:
    """How far one pull is, all its layers taken together."""

    image: str
    text: str
    """The engine's last words: `Downloading`, `Pull complete`."""
    layers_done: int
    layers_total: int
    bytes_done: int
    bytes_total: int
    """Of the layers whose size is known so far: grows while layers are announced."""


class PullTally:
    """Folds the progress lines of one pull."""

    _DONE = frozenset({"Pull complete", "Already exists"})

    def __init__(self, image: str) -> None:
        self._image = image
        self._done: dict[str, bool] = {}
        self._bytes: dict[str, tuple[int, int]] = {}

    def add(self, said: Mapping[str, Any]) -> PullProgress:
        """Take in one line of `POST /images/create`."""
        status = safe_text(str(said.get("status", "")), 120)
        layer = said.get("id")
        if isinstance(layer, str) and not status.startswith("Pulling from"):
            self._add_layer(layer, status, said.get("progressDetail"))
        return PullProgress(
            image=self._image,
            text=status,
            layers_done=sum(self._done.values()),
            layers_total=len(self._done),
            bytes_done=sum(done for done, _ in self._bytes.values()),
            bytes_total=sum(total for _, total in self._bytes.values()),
        )

    def _add_layer(self, layer: str, status: str, detail: object) -> None:
        self._done[layer] = status in self._DONE or self._done.get(layer, False)
        known = self._bytes.get(layer, (0, 0))
        if status == "Downloading" and isinstance(detail, dict):
            total = _integer(detail.get("total")) or known[1]
            self._bytes[layer] = (min(_integer(detail.get("current")), total), total)
        elif status in ("Download complete", "Pull complete"):
            self._bytes[layer] = (known[1], known[1])


def engine_version(said: Mapping[str, Any]) -> EngineVersion:
    return EngineVersion(
        version=_text(said, "Version"),
        api_version=_text(said, "ApiVersion"),
        min_api_version=_text(said, "MinAPIVersion"),
        os=_text(said, "Os"),
        architecture=_text(said, "Arch"),
        parts=tuple(_text(part, "Name") for part in _objects(said.get("Components"))),
    )


def engine_info(said: Mapping[str, Any]) -> EngineInfo:
    return EngineInfo(
        name=_text(said, "Name"),
        server_version=_text(said, "ServerVersion"),
        os_type=_text(said, "OSType"),
        operating_system=_text(said, "OperatingSystem"),
        architecture=_text(said, "Architecture"),
        cpus=_integer(said.get("NCPU")),
        memory_bytes=_integer(said.get("MemTotal")),
        root_folder=_text(said, "DockerRootDir"),
        cgroup_version=_text(said, "CgroupVersion"),
        security_options=_texts(said.get("SecurityOptions")),
        memory_limit=said.get("MemoryLimit") is True,
        pids_limit=said.get("PidsLimit") is True,
        cpu_shares=said.get("CPUShares") is True,
        kernel=_text(said, "KernelVersion"),
        driver=_text(said, "Driver"),
        cgroup_driver=_text(said, "CgroupDriver"),
        http_proxy=without_sign_in(_text(said, "HttpProxy") or _text(said, "HttpsProxy")),
        no_proxy=_text(said, "NoProxy"),
    )


def without_sign_in(url: str) -> str:
    """The address of a proxy without the name and password that may stand before its @."""
    scheme, separator, rest = url.rpartition("://")
    return f"{scheme}{separator}{rest.rpartition('@')[2]}"


def plain_output(stream: bytes) -> str:
    """What a container printed, both its streams as one text.

    Without a terminal the engine sends frames: stream number, three zeros, length as four bytes, content.
    Source: Docker Engine API, ContainerAttach.
    """
    printed, at = bytearray(), 0
    while at + FRAME_HEADER_BYTES <= len(stream):
        if stream[at] > 2 or stream[at + 1 : at + 4] != b"\0\0\0":
            # A terminal's output has no frames.
            return stream.decode(errors="replace")
        length = int.from_bytes(stream[at + 4 : at + FRAME_HEADER_BYTES])
        at += FRAME_HEADER_BYTES
        printed += stream[at : at + length]
        at += length
    return (printed or (b"" if at else stream)).decode(errors="replace")


def image_info(said: Mapping[str, Any]) -> ImageInfo:
    return ImageInfo(
        id=_text(said, "Id"),
        tags=_texts(said.get("RepoTags")),
        digests=_texts(said.get("RepoDigests")),
        size_bytes=_integer(said.get("Size")),
        architecture=_text(said, "Architecture"),
    )


def container_from_list(said: Mapping[str, Any]) -> ContainerInfo:
    """One item of `GET /containers/json`."""
    ports = {
        _integer(port.get("PrivatePort")): _integer(port.get("PublicPort"))
        for port in _objects(said.get("Ports"))
        if port.get("Type") == "tcp" and port.get("PublicPort")
    }
    names = _texts(said.get("Names"))
    return ContainerInfo(
        id=_text(said, "Id"),
        name=names[0].lstrip("/") if names else "",
        image=_text(said, "Image"),
        labels=_labels(said.get("Labels")),
        state=_text(said, "State"),
        ports=ports,
        mounts=_mounts(said.get("Mounts")),
        addresses=_addresses(_object(said, "NetworkSettings")),
    )


def container_from_inspect(said: Mapping[str, Any]) -> ContainerInfo:
    """The answer of `GET /containers/{id}/json`."""
    config, network = _object(said, "Config"), _object(said, "NetworkSettings")
    ports: dict[int, int] = {}
    for inside, outside in _object(network, "Ports").items():
        number, _, protocol = str(inside).partition("/")
        bindings = _objects(outside)
        if protocol == "tcp" and number.isdecimal() and bindings:
            ports[int(number)] = _integer(bindings[0].get("HostPort"))
    return ContainerInfo(
        id=_text(said, "Id"),
        name=_text(said, "Name").lstrip("/"),
        image=_text(config, "Image"),
        labels=_labels(config.get("Labels")),
        state=_text(_object(said, "State"), "Status"),
        ports=ports,
        mounts=_mounts(said.get("Mounts")),
        addresses=_addresses(network),
    )


def _addresses(network: Mapping[str, Any]) -> dict[str, str]:
    networks = _object(network, "Networks")
    return {
        safe_text(str(name), 64): _text(_object(networks, name), "IPAddress")
        for name in networks
        if _object(networks, name).get("IPAddress")
    }


def _mounts(value: object) -> tuple[str, ...]:
    return tuple(f"{_text(mount, 'Source')}:{_text(mount, 'Destination')}" for mount in _objects(value))


def _labels(value: object) -> dict[str, str]:
    if not isinstance(value, dict):
        return {}
    return {safe_text(str(key)): safe_text(str(text)) for key, text in value.items()}


def _text(said: Mapping[str, Any], key: str) -> str:
    value = said.get(key)
    return safe_text(value) if isinstance(value, str) else ""


def _texts(value: object) -> tuple[str, ...]:
    return tuple(safe_text(item) for item in value if isinstance(item, str)) if isinstance(value, list) else ()


def _object(said: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = said.get(key)
    return value if isinstance(value, dict) else {}


def _objects(value: object) -> list[Mapping[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _integer(value: object) -> int:
    """A count; ports arrive as text in one answer and as numbers in another."""
    if isinstance(value, bool):
        return 0
    if isinstance(value, int):
        return value
    return int(value) if isinstance(value, str) and value.isdecimal() else 0
