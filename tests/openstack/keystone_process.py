"""OpenStack's own Keystone on loopback, in a process of its own: `python keystone_process.py FOLDER`.

Everything it writes is in FOLDER: the database, the keys, the log. `fernet_receipts` has a key repository beside the
tokens' one, and its default is below /etc, as are those of a few kinds that are not used: all are set to ours.
Reads from FOLDER: `server.pem` (certificate and key) and `people.json` (see `fill`). Prints `{"port": N}` when it
listens; ends with standard input.
"""

from __future__ import annotations

import json
import os
import socket
import ssl
import sys
import threading
import uuid
from pathlib import Path
from typing import Any

ADMIN_PASSWORD_VARIABLE = "KEYSTONE_ADMIN_PASSWORD"
NOWHERE = "https://127.0.0.1:9/"
"""The address of a service until it is told where it is: nothing listens there."""
HASH_ROUNDS = 4
"""bcrypt's least: a test signs in often."""
CONFIG = """
[DEFAULT]
log_file = {folder}/keystone.log
use_stderr = false
[database]
connection = sqlite:///{folder}/keystone.db
[fernet_tokens]
key_repository = {folder}/fernet-keys
[fernet_receipts]
key_repository = {folder}/fernet-keys
[credential]
key_repository = {folder}/credential-keys
[jwt_tokens]
jws_public_key_repository = {folder}/jws/public
jws_private_key_repository = {folder}/jws/private
[identity]
password_hash_rounds = {rounds}
domain_config_dir = {folder}/domains
[federation]
sso_callback_template = {folder}/sso.html
[saml]
idp_metadata_path = {folder}/idp.xml
[cache]
enabled = false
[oslo_messaging_notifications]
driver = noop
"""


def written_config(folder: Path) -> Path:
    """Write the one file that Keystone reads."""
    path = folder / "keystone.conf"
    path.write_text(CONFIG.format(folder=folder, rounds=HASH_ROUNDS), encoding="utf-8")
    return path


def set_up(config: Path, url: str, people: Path) -> None:
    """The tables, the keys, the first administrator: what `keystone-manage` does in four commands."""
    import keystone.conf
    import keystone.server
    from keystone.cmd import bootstrap
    from keystone.common import fernet_utils, sql
    from keystone.common.sql import upgrades

    keystone.server.configure(config_files=[str(config)])
    conf = keystone.conf.CONF
    sql.initialize()
    upgrades.offline_sync_database_to_version()
    for group, most in (("fernet_tokens", conf.fernet_tokens.max_active_keys), ("credential", 3)):
        keys = fernet_utils.FernetUtils(conf[group].key_repository, most, group)
        keys.create_key_directory()
        keys.initialize_key_repository()
    first = bootstrap.Bootstrapper()
    first.admin_username = "admin"
    first.admin_password = os.environ[ADMIN_PASSWORD_VARIABLE]
    first.project_name = "admin"
    first.admin_role_name = "admin"
    first.service_name = "keystone"
    first.region_id = "RegionOne"
    first.public_url = first.internal_url = first.admin_url = f"{url}/v3"
    first.immutable_roles = True
    first.bootstrap()
    fill(json.loads(people.read_text(encoding="utf-8")), first)


def fill(wanted: dict[str, Any], first: Any) -> None:
    """Projects, users with their roles, and services, as JSON names them: over its API each would be a request.

    A service's id and its endpoint's are made of its type: whoever asks for them later need not look them up.
    """
    from keystone.common import provider_api

    apis = provider_api.ProviderAPIs
    domain = {"domain_id": first.default_domain_id, "enabled": True}
    projects = {}
    for name in wanted["projects"]:
        projects[name] = uuid.uuid4().hex
        apis.resource_api.create_project(projects[name], {"id": projects[name], "name": name, **domain})
    roles = {role["name"]: role["id"] for role in apis.role_api.list_roles()}
    for user in wanted["users"]:
        made = apis.identity_api.create_user({"name": user["name"], "password": user["password"], **domain})
        for project, names in user["roles"].items():
            for name in names:
                if name not in roles:
                    roles[name] = uuid.uuid4().hex
                    apis.role_api.create_role(roles[name], {"id": roles[name], "name": name})
                apis.assignment_api.add_role_to_user_and_project(made["id"], projects[project], roles[name])
    for kind, name in wanted["services"].items():
        service = {"id": id_of(kind), "type": kind, "name": name, "enabled": True}
        apis.catalog_api.create_service(service["id"], service)
        endpoint = {"id": id_of(f"{kind} public"), "interface": "public", "region_id": "RegionOne", "enabled": True}
        place = {"service_id": service["id"], "url": NOWHERE}
        apis.catalog_api.create_endpoint(endpoint_id=endpoint["id"], endpoint_ref={**endpoint, **place})


def id_of(text: str) -> str:
    """32 hexadecimal digits, the same for the same text."""
    return uuid.uuid5(uuid.NAMESPACE_URL, text).hex


def in_a_child(work: Any, *arguments: Any) -> None:
    """Run it in a forked process: Keystone's managers can be loaded once in each. Raises SystemExit when it fails."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            work(*arguments)
            code = 0
        finally:
            sys.stderr.flush()
            os._exit(code)
    _, status = os.waitpid(child, 0)
    if status:
        raise SystemExit(f"Keystone could not be set up (status {status})")


def serve(listening: socket.socket, folder: Path, config: Path) -> None:
    """Answer until the process ends."""
    from keystone.server.flask import core
    from werkzeug.serving import WSGIRequestHandler, make_server

    class Quiet(WSGIRequestHandler):
        def log(self, *_args: object, **_more: object) -> None:
            pass

    application = core.initialize_application("public", config_files=[str(config)])
    host, port = listening.getsockname()
    server = make_server(host, port, application, threaded=True, request_handler=Quiet, fd=listening.fileno())
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "server.pem")
    # Shaking hands is for the thread of the connection: one that stays silent must not hold up the others.
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    server.ssl_context = context
    sys.stdout.write(json.dumps({"port": port}) + "\n")
    sys.stdout.flush()
    server.serve_forever()


def end_with_input() -> None:
    """When whoever started us is gone, so are we."""
    sys.stdin.buffer.read()
    os._exit(0)


def main() -> None:
    folder = Path(sys.argv.pop(1))  # Keystone reads what is left of the arguments
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.bind(("127.0.0.1", 0))
    listening.listen(128)
    config = written_config(folder)
    in_a_child(set_up, config, f"https://127.0.0.1:{listening.getsockname()[1]}", folder / "people.json")
    threading.Thread(target=end_with_input, daemon=True).start()
    serve(listening, folder, config)


if __name__ == "__main__":
    main()
