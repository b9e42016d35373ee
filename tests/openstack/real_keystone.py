"""`RealKeystone`: starts OpenStack's own Keystone, fills it with people, and keeps its catalog like the cloud's."""

from __future__ import annotations

import json
import os
import secrets
import select
import ssl
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

from lattice_tui.rehearsal.certificates import CertificateAuthority
from lattice_tui.rehearsal.openstack.catalog import endpoint_urls
from lattice_tui.rehearsal.openstack.cloud import Cloud
from lattice_tui.rehearsal.openstack.service import CATALOG_NAMES
from tests.openstack import keystone_process
from tests.openstack.keystone_process import id_of

START_S = 90.0
ANSWER_S = 20.0
EXPIRES_IN_S = 3.0
_DEFAULT = {"id": "default"}


class RealKeystone:
    """One Keystone on loopback with the cloud's people and projects. Everything it writes is below `folder`."""

    def __init__(self, folder: Path, authority: CertificateAuthority, cloud: Cloud) -> None:
        self.folder = folder
        self._trust = ssl.create_default_context(cadata=authority.ca_pem)
        certificate, key = authority.issue_server(["localhost", "127.0.0.1"])
        pair = folder / "server.pem"
        pair.touch(mode=0o600)
        pair.write_text(certificate + key, encoding="ascii")
        self._admin_password = secrets.token_urlsafe(16)
        self._process: subprocess.Popen[bytes] | None = None
        self.url = ""
        """Its root; `/v3` is below it."""
        self._admin = ""
        self._services: dict[str, tuple[str, bool]] = {}
        """Service type -> (address, whether it is listed), as Keystone has it now."""
        people = {
            "projects": cloud.projects,
            "users": [{"name": one.name, "password": one.password, "roles": one.roles} for one in cloud.users],
            "services": {kind: name for kind, name in CATALOG_NAMES.items() if kind != "identity"},
        }
        (folder / "people.json").write_text(json.dumps(people), encoding="utf-8")

    def start(self) -> None:
        """Blocks until it answers. Raises RuntimeError with the end of its log when it does not."""
        with (self.folder / "started.log").open("wb") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-W", "ignore", keystone_process.__file__, str(self.folder)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                env={**os.environ, keystone_process.ADMIN_PASSWORD_VARIABLE: self._admin_password},
            )
        assert self._process.stdout is not None
        ready, _, _ = select.select([self._process.stdout], [], [], START_S)
        line = self._process.stdout.readline() if ready else b""
        if not line:
            self.stop()
            raise RuntimeError(f"Keystone did not start: {(self.folder / 'started.log').read_text()[-2000:]}")
        self.url = f"https://127.0.0.1:{json.loads(line)['port']}"
        self._admin = self.sign_in("admin", self._admin_password, "admin")

    def stop(self) -> None:
        """End it; returns when it is gone."""
        if self._process is None:
            return
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(5)
        self._process.stdout.close()
        self._process = None

    def sign_in(self, user: str, password: str, project: str) -> str:
        """A token for that project."""
        person = {"name": user, "password": password, "domain": _DEFAULT}
        scope = {"project": {"name": project, "domain": _DEFAULT}}
        auth = {"identity": {"methods": ["password"], "password": {"user": person}}, "scope": scope}
        return self._exchange("POST", "/auth/tokens", "", {"auth": auth})[1]["X-Subject-Token"]

    def ask(self, method: str, path: str, body: dict[str, Any] | None = None, token: str = "") -> dict[str, Any]:
        """One request below /v3, as the administrator unless a token is given. Raises urllib.error.HTTPError."""
        return self._exchange(method, path, token or self._admin, body)[0]

    def _exchange(
        self, method: str, path: str, token: str, body: dict[str, Any] | None
    ) -> tuple[dict[str, Any], dict[str, str]]:
        content = None if body is None else json.dumps(body).encode()
        headers = {"Content-Type": "application/json", "X-Auth-Token": token}
        request = urllib.request.Request(f"{self.url}/v3{path}", content, headers, method=method)
        opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=self._trust)
        )
        try:
            with opener.open(request, timeout=ANSWER_S) as answer:
                said = answer.read()
                return (json.loads(said) if said else {}), dict(answer.headers)
        except urllib.error.HTTPError as error:
            # It is a response as well, and would be left open.
            words = error.read().decode(errors="replace")
            error.close()
            raise urllib.error.HTTPError(error.url, error.code, words, error.headers, None) from None

    def reflect(self, cloud: Cloud, base: str) -> None:
        """Make the catalog say what the cloud's services say. `base`: where the stand-in is. Identity stays its own."""
        urls = endpoint_urls(cloud, base)
        for kind in cloud.services:
            if kind == "identity":
                continue
            url = urls.get(kind, "")
            was_url, was_listed = self._services.get(kind, (keystone_process.NOWHERE, True))
            if was_listed != bool(url):
                # A service that is switched off is not in the catalog; without endpoints it still would be.
                self.ask("PATCH", f"/services/{id_of(kind)}", {"service": {"enabled": bool(url)}})
            if url and url != was_url:
                self.ask("PATCH", f"/endpoints/{id_of(f'{kind} public')}", {"endpoint": {"url": url}})
            self._services[kind] = (url or was_url, bool(url))

    def user_id(self, name: str) -> str:
        """Of a user in the default domain."""
        return str(self.ask("GET", f"/users?name={name}&domain_id=default")["users"][0]["id"])

    def give_application_credential(self, cloud: Cloud) -> None:
        """Make the cloud's application credential here, and put the id that Keystone gave it into the cloud."""
        for item in cloud.application_credentials:
            token = self.sign_in(item.user, cloud.user(item.user).password, item.project)
            user_id = self.user_id(item.user)
            is_over = bool(item.expires_at)
            ends = time.time() + EXPIRES_IN_S
            body = {
                "name": f"{item.name}-{secrets.token_hex(4)}",
                "secret": item.secret,
                "roles": [{"name": name} for name in item.roles],
                "unrestricted": item.is_unrestricted,
                # Keystone takes no moment that has passed: this one passes while we wait.
                "expires_at": time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(ends)) if is_over else None,
            }
            path = f"/users/{user_id}/application_credentials"
            made = self.ask("POST", path, {"application_credential": body}, token)["application_credential"]
            if cloud.sign_in.application_credential == item.id:
                cloud.sign_in.application_credential = made["id"]
            item.id = made["id"]
            if is_over:
                time.sleep(max(0.0, ends - time.time()))
