"""Which Docker Engine is meant, and by whom: the endpoint, as the docker command would find it.

DockerError                   the engine answered, but not with what was asked for (21)
+-- DockerRefusedError        it said no to one request, in words of its own
+-- DockerUnreachableError    no engine answers there, or there is no such place
"""

from __future__ import annotations

import hashlib
import ipaddress
import json
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from lattice_tui.errors import ExitCode, LatticeError
from lattice_tui.providers.docker.host import Host, this_host
from lattice_tui.text import safe_text
from schemas.problem import Problem

DEFAULT_SOCKET = "/var/run/docker.sock"
DEFAULT_ENDPOINT = f"unix://{DEFAULT_SOCKET}"
PLAIN_PORT = 2375
"""Docker's port without TLS."""
MAX_FILE_BYTES = 1024 * 1024


class DockerError(LatticeError):
    """The Docker Engine answered, but not with what was asked for."""

    exit_code = ExitCode.DOCKER


class DockerRefusedError(DockerError):
    """The engine said no to one request."""

    def __init__(self, problem: Problem, *, status: int, message: str) -> None:
        super().__init__(problem)
        self.status = status
        """Of HTTP."""
        self.message = message
        """Docker's own words, safe to print."""


class DockerUnreachableError(DockerError):
    """No Docker Engine answers at the endpoint; the problem says which kind of silence it is."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where Docker is, and what says so."""

    url: str
    source: str
    """`from DOCKER_HOST`, `context 'x' in ~/.docker/config.json`; empty when it was handed to us."""
    is_default: bool = False
    """Whether nothing was set, so that it is the usual place."""
    has_tls: bool = False
    """Whether certificates go with it; they matter over TCP alone."""
    trouble: Problem | None = None
    """What is odd about the settings without being in the way."""


def default_endpoint(environment: Mapping[str, str] | None = None) -> str:
    """The endpoint the `docker` command would use. Raises DockerUnreachableError as `find_endpoint` does."""
    return find_endpoint("", this_host(environment)).url


def find_endpoint(given: str, host: Host) -> Endpoint:
    """The endpoint given, else that of DOCKER_HOST, DOCKER_CONTEXT, the current context, the usual socket.

    Raises DockerUnreachableError when the context that is named does not exist or cannot be read.
    Source: docker/cli, cli/command/cli.go (resolveContextName).
    """
    variables = host.environment
    has_tls = bool(variables.get("DOCKER_TLS_VERIFY") or variables.get("DOCKER_TLS"))
    if given:
        return Endpoint(given, "", has_tls=has_tls)
    if set_host := variables.get("DOCKER_HOST"):
        return Endpoint(set_host, "from DOCKER_HOST", has_tls=has_tls)
    folder = config_folder(host)
    if context := variables.get("DOCKER_CONTEXT"):
        return _of_context(host, folder, context, f"context {safe_text(context, 40)!r} from DOCKER_CONTEXT", None)
    shown = shown_path(folder / "config.json", host)
    current, trouble = _current_context(folder, shown)
    return _of_context(host, folder, current, f"context {safe_text(current, 40)!r} in {shown}", trouble)


def config_folder(host: Host) -> Path:
    """Where the docker command keeps its settings."""
    return Path(host.environment.get("DOCKER_CONFIG") or host.home / ".docker")


def shown_path(path: Path, host: Host) -> str:
    """The path as a person writes it, `~` for their own folder."""
    text = str(path.relative_to(host.home)) if path.is_relative_to(host.home) else ""
    return safe_text(f"~/{text}" if text else str(path), 120)


def _of_context(host: Host, folder: Path, context: str, source: str, trouble: Problem | None) -> Endpoint:
    if context in ("", "default"):
        return Endpoint(f"unix://{host.docker_socket}", "the usual place", is_default=True, trouble=trouble)
    # The docker command files a context under the SHA-256 of its name.
    key = hashlib.sha256(context.encode("utf-8", "surrogateescape")).hexdigest()
    meta = folder / "contexts" / "meta" / key / "meta.json"
    try:
        said = read_settings(meta)
    except ValueError as error:
        raise DockerUnreachableError(_broken_context(context, source, meta, str(error))) from error
    if said is None:
        raise DockerUnreachableError(_no_context(context, source))
    endpoints = said.get("Endpoints")
    docker = endpoints.get("docker") if isinstance(endpoints, dict) else None
    url = docker.get("Host") if isinstance(docker, dict) else None
    if not isinstance(url, str) or not url:
        raise DockerUnreachableError(_broken_context(context, source, meta, "it names no Endpoints.docker.Host"))
    has_tls = (folder / "contexts" / "tls" / key).is_dir()
    return Endpoint(url, source, has_tls=has_tls, trouble=trouble)


def _current_context(folder: Path, shown: str) -> tuple[str, Problem | None]:
    try:
        current = (read_settings(folder / "config.json") or {}).get("currentContext", "")
        if not isinstance(current, str):
            raise ValueError("currentContext is not text")
    except ValueError as error:
        return "", _broken_config(shown, str(error))
    return current, None


def read_settings(path: Path) -> dict[str, object] | None:
    """The JSON object in a settings file of Docker, None when there is none.

    Raises ValueError, in words for a person, when the docker command could not read it either.
    """
    try:
        with path.open("rb") as stream:
            data = stream.read(MAX_FILE_BYTES + 1)
        if len(data) > MAX_FILE_BYTES:
            raise ValueError("it is larger than 1 MiB")
        content = json.loads(data) if data.strip() else {}
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise ValueError(f"it may not be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise ValueError("it is not UTF-8 text") from error
    except json.JSONDecodeError as error:
        raise ValueError(f"it is not JSON: {error.msg}, line {error.lineno}") from error
    except RecursionError as error:
        raise ValueError("its JSON is nested too deeply") from error
    if not isinstance(content, dict):
        raise ValueError("it is not a JSON object")
    return content


def socket_path(endpoint: str) -> str | None:
    """The path of a `unix://` endpoint, None for the others."""
    scheme, _, path = endpoint.partition("://")
    return path if scheme == "unix" and path.startswith("/") else None


def tcp_place(endpoint: str) -> tuple[str, int] | None:
    """Host and port of a `tcp://` or `http://` endpoint, None for the others."""
    try:
        parts = urlsplit(endpoint)
        if parts.scheme not in ("tcp", "http") or not parts.hostname:
            return None
        return parts.hostname, parts.port or PLAIN_PORT
    except ValueError:
        # A port that is none, or half an IPv6 address.
        return None


def is_on_this_computer(endpoint: str) -> bool:
    """Whether ports that the engine publishes, and files that it mounts, are this computer's."""
    if socket_path(endpoint):
        return True
    place = tcp_place(endpoint)
    return place is not None and (place[0] == "localhost" or _is_own_address(place[0]))


def _is_own_address(name: str) -> bool:
    try:
        address = ipaddress.ip_address(name)
    except ValueError:
        return False
    if address.is_loopback or address.is_unspecified:
        return True
    family = socket.AF_INET if address.version == 4 else socket.AF_INET6
    with socket.socket(family, socket.SOCK_DGRAM) as own:
        try:
            # Only an address of this computer can be bound to.
            own.bind((str(address), 0))
        except OSError:
            return False
    return True


def _no_context(context: str, source: str) -> Problem:
    return Problem(
        code="LT-DOCKER-007",
        title=f"Docker context {safe_text(context, 30)!r} does not exist",
        detail=f"Chosen is {source}; the docker command knows no context of that name.",
        fix="Choose one that exists: docker context use default"
        + ("; and unset DOCKER_CONTEXT" if "DOCKER_CONTEXT" in source else ""),
        check="docker context ls",
    )


def _broken_context(context: str, source: str, meta: Path, why: str) -> Problem:
    return Problem(
        code="LT-DOCKER-053",
        title=f"Docker context {safe_text(context, 30)!r} cannot be read",
        detail=f"Chosen is {source}; {safe_text(str(meta), 200)}: {safe_text(why, 120)}.",
        fix=f"Make it anew: docker context rm -f {safe_text(context, 40)}, then docker context create; "
        "or go back: docker context use default",
        check="docker context ls",
    )


def _broken_config(shown: str, why: str) -> Problem:
    return Problem(
        code="LT-DOCKER-052",
        title="Docker's settings file cannot be read",
        detail=f"{shown}: {safe_text(why, 120)}. Without it the docker command takes the usual place, and so do we; "
        "a context or a sign-in that is written there does not count.",
        fix=f"Mend the file, or put it aside: mv {shown} {shown}.old",
        check="docker context ls shows no warning",
    )
