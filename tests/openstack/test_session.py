"""The connection to a project: what it asks with, how it ends, and what its errors hold."""

from __future__ import annotations

import asyncio
import logging
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from lattice_tui.providers.openstack.session import Cloud, CloudError, v3_url
from lattice_tui.providers.openstack.troubles import trouble
from lattice_tui.secrets import Secret
from tests.free_ports import free_ports
from tests.openstack.counterpart import Counterpart

CANARY = "canary-51c2-hush"


@contextmanager
def silent_server() -> Iterator[str]:
    """Takes connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield f"http://127.0.0.1:{server.getsockname()[1]}/v3"


def cloud(url: str, **more: str) -> Cloud:
    values = {"auth_url": url, "username": "ada", "user_domain_name": "Default", "project_name": "web"}
    return Cloud({**values, "project_domain_name": "Default", **more}, {"password": Secret(CANARY)}, timeout_s=0.5)


def error_of(one: Cloud) -> CloudError:
    with pytest.raises(CloudError) as raised:
        asyncio.run(one.access())
    return raised.value


def test_making_a_connection_touches_nothing_and_shows_no_secret() -> None:
    one = cloud("https://keystone.invalid:5000/v3")

    assert CANARY not in repr(one)
    assert one.interface == "public"


def test_a_server_that_never_answers_ends_with_the_sessions_own_limit() -> None:
    with silent_server() as url:
        started = time.monotonic()
        error = error_of(cloud(url))

    assert time.monotonic() - started < 8
    assert error.kind in ("timeout", "unreachable", "no-identity")


def test_a_port_where_nothing_listens_is_told() -> None:
    (port,) = free_ports(1)

    assert error_of(cloud(f"http://127.0.0.1:{port}/v3")).status is None


def test_a_certificate_that_is_not_trusted_is_told_from_a_wrong_password(lite: Counterpart) -> None:
    values, secrets = lite.fresh()
    trusting = Cloud(values, secrets)
    strange = Cloud({**values, "ca_pem": ""}, secrets)
    wrong = Cloud(values, {"password": Secret(CANARY)})

    assert asyncio.run(trusting.access()).project_name
    assert error_of(strange).kind in ("tls", "no-identity")
    refused = error_of(wrong)
    assert (refused.kind, refused.status) == ("refused", 401)
    assert CANARY not in f"{refused!r} {refused.words}"


def test_one_token_serves_every_thread(lite: Counterpart) -> None:
    values, secrets = lite.fresh()
    one = Cloud(values, secrets)

    async def several() -> list[str]:
        accesses = await asyncio.gather(*(one.access() for _ in range(6)))
        return [access.token.reveal() for access in accesses]

    tokens = asyncio.run(several())
    one.close()

    assert len(set(tokens)) == 1
    assert sum("POST" in line and "tokens" in line for line in lite.asked) == 1


def test_a_list_of_many_pages_is_read_to_its_end(lite: Counterpart) -> None:
    values, secrets = lite.fresh("small-pages")
    one = Cloud(values, secrets)

    flavors = asyncio.run(one.ask(lambda connection: [flavor.name for flavor in connection.compute.flavors()]))
    one.close()

    assert len(flavors) == len(lite.cloud.flavors)


def test_a_service_that_the_catalog_does_not_name_is_told(lite: Counterpart) -> None:
    values, secrets = lite.fresh("no-load-balancer-service")

    with pytest.raises(CloudError) as raised:
        asyncio.run(Cloud(values, secrets).ask(lambda one: list(one.load_balancer.load_balancers())))

    assert raised.value.kind == "no-service"


def test_an_error_holds_no_secret_and_no_chain_to_one() -> None:
    def refuse() -> None:
        raise ValueError(f"sent: {CANARY}")

    one = cloud("http://127.0.0.1:9/v3")
    with pytest.raises(CloudError) as raised:
        asyncio.run(one.ask_session(lambda _session: refuse()))

    assert CANARY not in str(raised.value)
    assert raised.value.__suppress_context__
    assert raised.value.__cause__ is None


def test_words_of_a_server_are_made_safe() -> None:
    assert "\x1b" not in trouble(ValueError("a\x1b[2Jb" * 200)).words
    assert len(trouble(ValueError("x" * 5000)).words) <= 240


def test_the_libraries_log_no_request(lite: Counterpart, caplog: pytest.LogCaptureFixture) -> None:
    values, secrets = lite.fresh()
    for name in ("keystoneauth", "openstack", "urllib3"):
        logging.getLogger(name).setLevel(logging.NOTSET)
    with caplog.at_level(logging.DEBUG):
        asyncio.run(Cloud(values, secrets).access())

    assert [record for record in caplog.records if record.name.startswith(("keystone", "openstack", "urllib3"))] == []


@pytest.mark.parametrize(
    ("written", "asked"),
    [
        ("https://k:5000", "https://k:5000/v3"),
        ("https://k:5000/v3/", "https://k:5000/v3"),
        ("https://k/identity", "https://k/identity/v3"),
        ("https://k/v2.0", "https://k/v3"),
    ],
)
def test_an_application_credential_is_sent_to_the_third_version(written: str, asked: str) -> None:
    assert v3_url(written) == asked


def test_what_a_document_needs_imports_no_library_of_openstack() -> None:
    code = (
        "import sys\n"
        "from lattice_tui.providers.openstack import PROVIDER as p\n"
        "p.config_model, p.fields, p.parts, p.rules, p.credentials.fields, p.asked, p.stages\n"
        "p.checks({}, {})\n"
        "print([name for name in ('openstack', 'keystoneauth1', 'requests', 'yaml', 'aiohttp') if name in sys.modules])"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)

    assert done.stdout.strip() == "[]"


def test_closing_lets_every_thread_begin_anew(lite: Counterpart) -> None:
    values, secrets = lite.fresh()
    one = Cloud(values, secrets)
    asyncio.run(one.access())
    one.close()

    assert asyncio.run(one.access()).project_name
    one.close()
    assert threading.active_count() < 40
