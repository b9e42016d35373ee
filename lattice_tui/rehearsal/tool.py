"""The program that stands for kind, clusterctl, helm and kubectl in a rehearsal.

Run as `python -I -S tool.py WORLD_JSON TOOL ARG...`. It hands its arguments to the world, prints what comes
back as it comes, and ends with the exit code. When it is killed, the world stops that tool's work where it
stands. Only the standard library is imported, and little of it: it is started many times in a run.
"""

from __future__ import annotations

import http.client
import json
import os
import signal
import sys

UNREACHABLE = 1
PASSED_ON = ("CLUSTERCTL_", "CLUSTER_", "EXP_", "HELM_", "KIND_", "KUBECONFIG", "DOCKER_HOST", "GOPROXY")
"""Which variables the tools would look at themselves; nothing else leaves this process."""


def main(argv: list[str]) -> int:
    """Run one simulated tool and return its exit code."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    world_json, tool, arguments = argv[1], argv[2], argv[3:]
    try:
        with open(world_json, "rb") as stream:
            world = json.load(stream)
        return _run(world, tool, arguments)
    except (OSError, ValueError, KeyError, http.client.HTTPException) as error:
        sys.stderr.write(f"{tool}: the rehearsed world does not answer ({type(error).__name__}: {error})\n")
        return UNREACHABLE


def _run(world: dict[str, str], tool: str, arguments: list[str]) -> int:
    host, port = world["control_url"].removeprefix("http://").rsplit(":", 1)
    connection = http.client.HTTPConnection(host, int(port))
    order = {
        "tool": tool,
        "argv": arguments,
        "cwd": os.getcwd(),
        "env": {name: value for name, value in os.environ.items() if name.startswith(PASSED_ON)},
    }
    headers = {"Authorization": f"Bearer {world['token']}", "Content-Type": "application/json"}
    connection.request("POST", "/tool", json.dumps(order), headers)
    response = connection.getresponse()
    if response.status != http.client.OK:
        raise ValueError(f"HTTP {response.status}: {response.read(200).decode(errors='replace')}")
    while line := response.readline():
        said = json.loads(line)
        if "exit" in said:
            return int(said["exit"])
        stream = sys.stdout if said["stream"] == "stdout" else sys.stderr
        stream.write(said["line"] + "\n")
        stream.flush()
    raise ValueError("it ended in the middle of the run")


if __name__ == "__main__":
    sys.exit(main(sys.argv))
