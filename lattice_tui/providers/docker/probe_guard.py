"""Removes a container that was tried when the process that tried it has died.

A helper process may be killed at any moment, also between the making and the starting of a container, when the engine
itself would never remove it. The guard is a process of its own: it waits for the end of its standard input, and unless
a word of peace came first it asks the engine to remove the container, for a few seconds, then ends.

Run as a file, without our packages and with built-in modules until it has to act: it costs next to nothing.
"""

from __future__ import annotations

import os
import sys

ALL_IS_WELL = b"removed"
TRIES_S = 5.0
PAUSE_S = 0.25


class ProbeGuard:
    """Around the life of one container. Inside, the container may be left at any point; after, it is removed."""

    def __init__(self, endpoint: str, name: str) -> None:
        self._endpoint = endpoint
        self._name = name

    def __enter__(self) -> ProbeGuard:
        import subprocess

        self._process = subprocess.Popen(
            [sys.executable, "-I", "-S", __file__, self._endpoint, self._name],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            # Whoever kills the helper kills its whole group.
            start_new_session=True,
        )
        return self

    def __exit__(self, *_error: object) -> None:
        from contextlib import suppress

        with suppress(BrokenPipeError):
            # A guard that has been ended by somebody else has nobody to be told.
            self._process.communicate(ALL_IS_WELL)


def main(argv: list[str]) -> int:
    """Wait for the end of standard input, and remove the container unless all is well."""
    said = b""
    while piece := os.read(0, 64):
        said += piece
    if said != ALL_IS_WELL:
        _remove(argv[1], argv[2])
    return 0


def _remove(endpoint: str, name: str) -> None:
    import time

    deadline = time.monotonic() + TRIES_S
    while time.monotonic() < deadline:
        # Not there yet is not gone: the engine may still be making it.
        if _asked_to_remove(endpoint, name):
            return
        time.sleep(PAUSE_S)


def _asked_to_remove(endpoint: str, name: str) -> bool:
    """Whether the engine says that it has removed the container now."""
    import socket

    request = f"DELETE /containers/{name}?force=1&v=1 HTTP/1.0\r\nHost: docker\r\n\r\n"
    scheme, _, place = endpoint.partition("://")
    try:
        if scheme == "unix":
            connection = socket.socket(socket.AF_UNIX)
            connection.settimeout(TRIES_S)
            connection.connect(place)
        else:
            host, _, port = place.rstrip("/").rpartition(":")
            connection = socket.create_connection((host.strip("[]"), int(port)), TRIES_S)
        with connection:
            connection.sendall(request.encode())
            status = connection.recv(64).split()
    except (OSError, ValueError):
        # Nobody there at the moment; asked again until the time is over.
        return False
    return len(status) > 1 and status[1] == b"204"


if __name__ == "__main__":
    sys.exit(main(sys.argv))
