"""Speaks the Language Server Protocol with the YAML language server that editors use (VS Code, Neovim, Helix)."""

from __future__ import annotations

import json
import os
import queue
import shutil
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tests.shared import ROOT

VARIABLE = "LATTICE_YAML_LANGUAGE_SERVER"
NAME = "yaml-language-server"
ANSWER_S = 30.0
"""Far more than an answer takes: the server's own start is about a second on a busy computer."""

# What an editor answers when the server asks for its settings. Nothing is fetched: the store is a website.
SETTINGS = {
    "yaml": {
        "validate": True,
        "hover": True,
        "completion": True,
        "schemaStore": {"enable": False, "url": ""},
        "schemas": {},
        "yamlVersion": "1.2",
    }
}


def find_server() -> str | None:
    """`$LATTICE_YAML_LANGUAGE_SERVER`, else the one on the PATH, else one that npm has put into the checkout."""
    if named := os.environ.get(VARIABLE):
        return named
    inside = (folder / "node_modules" / ".bin" / NAME for folder in (ROOT, ROOT / ".venv"))
    return shutil.which(NAME) or next((str(path) for path in inside if path.exists()), None)


class LanguageServer:
    """One server, as one editor window has it. Leaving the `with` block ends it."""

    def __init__(self, command: str, folder: Path) -> None:
        self._folder = folder
        self._process = subprocess.Popen(
            [command, "--stdio"],
            cwd=folder,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "HOME": str(folder), "NO_PROXY": "*"},
        )
        self._incoming: queue.Queue[dict[str, Any] | None] = queue.Queue()
        self._number = 0
        self._diagnostics: dict[str, list[dict[str, Any]]] = {}
        self._answers: dict[int, dict[str, Any]] = {}
        self._reader = threading.Thread(target=self._read, daemon=True)

    def __enter__(self) -> Self:
        self._reader.start()
        capabilities = {
            "workspace": {"configuration": True},
            "textDocument": {
                "publishDiagnostics": {},
                "hover": {"contentFormat": ["markdown"]},
                "completion": {"completionItem": {"snippetSupport": False}},
            },
        }
        root = self._folder.as_uri()
        self.ask("initialize", {"processId": os.getpid(), "rootUri": root, "capabilities": capabilities})
        self._tell("initialized", {})
        self._tell("workspace/didChangeConfiguration", {"settings": SETTINGS})
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self.ask("shutdown", None)
            self._tell("exit", None)
        else:
            self._process.kill()
        self._process.wait(ANSWER_S)
        self._reader.join(ANSWER_S)
        for stream in (self._process.stdin, self._process.stdout):
            assert stream is not None
            stream.close()

    def open(self, path: Path) -> list[str]:
        """Open a file, as an editor does. Returns what the server says is wrong with it, in order of place."""
        uri = path.as_uri()
        self._diagnostics.pop(uri, None)
        text = path.read_text("utf-8")
        document = {"uri": uri, "languageId": "yaml", "version": 1, "text": text}
        self._tell("textDocument/didOpen", {"textDocument": document})
        self._wait_for(lambda: uri in self._diagnostics)
        found = sorted(self._diagnostics[uri], key=lambda each: each["range"]["start"]["line"])
        return [f"{each['range']['start']['line'] + 1}: {each['message']}" for each in found]

    def hover(self, path: Path, word: str) -> str:
        """What is shown when the pointer rests on `word`, as Markdown."""
        answer = self.ask("textDocument/hover", self._at(path, word, 1))
        return str(answer["contents"]["value"]) if answer else ""

    def completions(self, path: Path, after: str) -> list[str]:
        """What is offered where the text `after` ends."""
        answer = self.ask("textDocument/completion", self._at(path, after, len(after)))
        return [str(item["label"]) for item in (answer["items"] if isinstance(answer, dict) else answer)]

    def ask(self, method: str, params: Any) -> Any:
        """A request and its answer. Raises TimeoutError when none comes."""
        self._number += 1
        number = self._number
        self._send({"id": number, "method": method, "params": params})
        self._wait_for(lambda: number in self._answers)
        answer = self._answers.pop(number)
        assert "error" not in answer, answer
        return answer["result"]

    def _wait_for(self, is_there: Callable[[], bool]) -> None:
        deadline = time.monotonic() + ANSWER_S
        while not is_there():
            try:
                message = self._incoming.get(timeout=max(deadline - time.monotonic(), 0.01))
            except queue.Empty as error:
                raise TimeoutError("the language server does not answer") from error
            assert message is not None, "the server has ended"
            self._handle(message)

    def _handle(self, message: dict[str, Any]) -> None:
        """Keep what it says of files, and answer what it asks an editor."""
        method: str | None = message.get("method")
        params: dict[str, Any] = message.get("params") or {}
        if method == "textDocument/publishDiagnostics":
            self._diagnostics[params["uri"]] = params["diagnostics"]
        elif method == "workspace/configuration":
            self._send({"id": message["id"], "result": [SETTINGS.get(item["section"]) for item in params["items"]]})
        elif method is not None and "id" in message:
            self._send({"id": message["id"], "result": None})
        elif method is None:
            self._answers[message["id"]] = message

    def _tell(self, method: str, params: Any) -> None:
        self._send({"method": method, "params": params})

    def _send(self, message: dict[str, Any]) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self._process.stdin is not None
        self._process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        self._process.stdin.flush()

    def _read(self) -> None:
        stream = self._process.stdout
        assert stream is not None
        while header := stream.readline():
            length = 0
            while header.strip():
                name, _, value = header.decode().partition(":")
                length = int(value) if name.lower() == "content-length" else length
                header = stream.readline()
            self._incoming.put(json.loads(stream.read(length)))
        self._incoming.put(None)

    @staticmethod
    def _at(path: Path, word: str, offset: int) -> dict[str, Any]:
        before, found, _ = path.read_text("utf-8").partition(word)
        assert found, word
        before += word[:offset]
        line, column = before.count("\n"), len(before) - (before.rfind("\n") + 1)
        return {"textDocument": {"uri": path.as_uri()}, "position": {"line": line, "character": column}}
