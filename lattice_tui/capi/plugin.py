"""Credentials that come from a program: `exec` and `auth-provider` users of a kubeconfig."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from lattice_tui.capi.kubeconfig import Kubeconfig, KubeconfigError
from lattice_tui.secrets import Secret
from lattice_tui.text import safe_text
from schemas.problem import Problem

PLUGIN_TIMEOUT_S = 10.0
"""A plugin that asks a person something in a browser would otherwise hold everything up unseen."""


def with_plugin_credentials(
    kubeconfig: Kubeconfig, path: str | os.PathLike[str], *, timeout_s: float = PLUGIN_TIMEOUT_S
) -> Kubeconfig:
    """The same kubeconfig with the token or certificate its plugin gives. Raises KubeconfigError."""
    answers: list[Kubeconfig | Exception] = []

    def ask() -> None:
        try:
            answers.append(_ask(kubeconfig, str(path)))
        except Exception as error:
            answers.append(error)

    thread = threading.Thread(target=ask, name="kubeconfig-plugin", daemon=True)
    thread.start()
    thread.join(timeout_s)
    if not answers:
        raise _plugin_failed(path, f"it did not answer within {timeout_s:.0f} s")
    answer = answers[0]
    if isinstance(answer, Exception):
        # Only the kind of failure: a plugin's own words may hold a token.
        raise _plugin_failed(path, f"it failed ({type(answer).__name__})") from answer
    return answer


def _ask(kubeconfig: Kubeconfig, path: str) -> Kubeconfig:
    # 25 times the start of Python: paid only by those whose kubeconfig needs it.
    from kubernetes import client, config

    load: Callable[..., None] = config.load_kube_config
    found = client.Configuration()
    with _unlogged():
        load(config_file=path, client_configuration=found)
    bearer = str(found.api_key.get("BearerToken") or found.api_key.get("authorization") or "")
    if bearer.lower().startswith("bearer "):
        bearer = bearer[len("bearer ") :]
    certificate = Path(found.cert_file).read_text("ascii") if found.cert_file else ""
    key = Path(found.key_file).read_text("ascii") if found.key_file else ""
    if not bearer and not certificate:
        raise LookupError("neither a token nor a certificate")
    return replace(
        kubeconfig,
        token=Secret(bearer) if bearer else None,
        client_certificate_pem=certificate,
        client_key=Secret(key) if key else None,
    )


@contextmanager
def _unlogged() -> Iterator[None]:
    """The library logs a failed plugin's own words to the root logger, and would give that a handler to do so."""
    root = logging.getLogger()
    handler = logging.NullHandler()

    def is_ours(record: logging.LogRecord) -> bool:
        return record.module not in {"kube_config", "exec_provider"}

    root.addHandler(handler)
    root.addFilter(is_ours)
    try:
        yield
    finally:
        root.removeFilter(is_ours)
        root.removeHandler(handler)


def _plugin_failed(path: str | os.PathLike[str], why: str) -> KubeconfigError:
    return KubeconfigError(
        Problem(
            code="LT-CAPI-121",
            title="The kubeconfig's credential program gave no credentials",
            fix="Log in with that program first, or use a kubeconfig with a client certificate.",
            detail=f"{safe_text(str(path), 200)}: {why}",
            check=f"kubectl --kubeconfig {safe_text(str(path), 200)} auth whoami",
        )
    )
