"""From the credentials to the nodes: each row says what is wrong with its own thing, and what to do."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from lattice_tui.checks.runner import run_checks
from lattice_tui.providers.proxmox import PROVIDER
from lattice_tui.providers.proxmox.address import place_of
from lattice_tui.rehearsal.proxmox import ProxmoxStandIn
from lattice_tui.rehearsal.proxmox.default_site import TOKEN, USER
from lattice_tui.rehearsal.proxmox.site import Acl
from lattice_tui.secrets import Secret
from schemas.checks import CheckResult
from tests.proxmox.asking import results

UUID = "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0"


async def row(stand_in: ProxmoxStandIn, check_id: str, **changes: object) -> CheckResult:
    return (await results(stand_in, check_id, **changes))[check_id]


async def test_a_good_token_signs_in_and_every_row_before_is_fine(proxmox: ProxmoxStandIn) -> None:
    found = await results(proxmox, "proxmox-root-ca", "proxmox-version", "proxmox-quorum", "proxmox-node-status")

    assert {result.id: result.status for result in found.values() if result.status != "ok"} == {}
    assert found["proxmox-sign-in"].summary == f"signed in as {USER}!{TOKEN}"
    assert found["proxmox-version"].summary == "Proxmox VE 9.1.2"


async def test_without_credentials_the_first_row_lists_what_was_looked_for() -> None:
    found = {result.id: result async for result in run_checks(PROVIDER.checks({}, {})) if result.status != "wait"}

    first = found["proxmox-credentials"]
    assert (first.status, first.code) == ("fail", "LT-PVE-101")
    assert "PROXMOX_URL" in first.why
    assert [result.id for result in found.values() if result.status in ("fail", "warn", "ok")] == [
        "proxmox-credentials"
    ]
    assert found["proxmox-sign-in"].status == "skip"


async def test_what_the_document_refers_to_and_is_not_there_is_said_in_its_own_words() -> None:
    words = "The keyring holds no entry homelab for Proxmox."
    checks = PROVIDER.checks({"credentials.missing": words}, {})

    first = next([result async for result in run_checks(checks[:1]) if result.status != "wait"].__iter__())

    assert first.why == words


async def test_every_problem_of_the_form_is_in_the_first_row(proxmox: ProxmoxStandIn) -> None:
    first = await row(proxmox, "proxmox-credentials", url="http://pve1", token_id="root@pam", secrets={})

    assert (first.status, first.code, first.field) == ("fail", "LT-PVE-102", "credentials.proxmox.url")
    assert "names a user, not a token" in first.evidence
    assert "secret is missing" in first.evidence


async def test_a_web_page_is_not_proxmox_and_never_sees_the_token(proxmox: ProxmoxStandIn) -> None:
    proxmox.site.is_other_server = True

    found = await results(proxmox, "proxmox-sign-in")

    assert found["proxmox-api"].status == "fail"
    assert found["proxmox-api"].field == "credentials.proxmox.url"
    assert found["proxmox-sign-in"].status == "skip"


@pytest.mark.parametrize(
    ("realms", "name"), [({"pam": "pam", "pbs": "pbs"}, "Backup Server"), ({"pmg": "pmg"}, "Mail Gateway")]
)
async def test_another_product_of_the_same_house_is_named(
    proxmox: ProxmoxStandIn, realms: dict[str, str], name: str
) -> None:
    proxmox.site.realms = realms

    result = await row(proxmox, "proxmox-api")

    assert (result.status, result.code) == ("fail", "LT-PVE-112")
    assert name in result.summary


async def test_a_realm_that_is_not_there_is_told_with_those_that_are(proxmox: ProxmoxStandIn) -> None:
    result = await row(proxmox, "proxmox-realm", token_id="lattice@ldap!installer")

    assert (result.status, result.code, result.field) == ("fail", "LT-PVE-126", "credentials.proxmox.token_id")
    assert result.evidence == "realms: pam, pve"


async def test_a_realm_in_capitals_is_told_how_it_is_written(proxmox: ProxmoxStandIn) -> None:
    assert "lattice@pve" in (await row(proxmox, "proxmox-realm", token_id="lattice@PVE!installer")).fix


@pytest.mark.parametrize(
    ("token_id", "secret", "code", "field"),
    [
        ("nobody@pve!installer", None, "LT-PVE-120", "token_id"),
        (f"{USER}!TOKENID", None, "LT-PVE-121", "token_id"),
        (f"{USER}!{TOKEN}", UUID, "LT-PVE-122", "secret"),
    ],
)
async def test_user_token_and_secret_are_told_apart(
    proxmox: ProxmoxStandIn, token_id: str, secret: str | None, code: str, field: str
) -> None:
    secrets = None if secret is None else {"secret": Secret(secret)}

    result = await row(proxmox, "proxmox-sign-in", token_id=token_id, secrets=secrets)

    assert (result.status, result.code, result.field) == ("fail", code, f"credentials.proxmox.{field}")
    assert UUID not in repr(result)


async def test_an_expired_token_is_told_with_the_line_that_mends_it(proxmox: ProxmoxStandIn) -> None:
    proxmox.site.token().expires_at = int(time.time()) - 60

    result = await row(proxmox, "proxmox-sign-in")

    assert (result.status, result.code) == ("fail", "LT-PVE-123")
    assert f"pveum user token modify {USER} {TOKEN} --expire 0" in result.fix


async def test_where_proxmox_says_one_thing_for_all_so_do_we(proxmox: ProxmoxStandIn) -> None:
    proxmox.site.says_generic_401 = True

    result = await row(proxmox, "proxmox-sign-in", token_id="nobody@pve!installer")

    assert (result.status, result.code) == ("fail", "LT-PVE-124")


@pytest.mark.parametrize(
    ("release", "status", "code"),
    [
        ("8.0", "ok", ""),
        ("8.4", "ok", ""),
        ("9.0", "ok", ""),
        ("7.4", "warn", "LT-PVE-140"),
        ("10.0", "warn", "LT-PVE-141"),
    ],
)
async def test_releases_that_are_known_are_fine(proxmox: ProxmoxStandIn, release: str, status: str, code: str) -> None:
    proxmox.site.release, proxmox.site.version = release, f"{release}-1"

    result = await row(proxmox, "proxmox-version")

    assert (result.status, result.code) == (status, code)


async def test_a_token_that_may_not_look_at_itself_leaves_its_expiry_unknown(proxmox: ProxmoxStandIn) -> None:
    """That is the usual case: it is not held against anybody."""
    result = await row(proxmox, "proxmox-token-facts")

    assert result.status == "unknown"
    assert "expiry" in result.summary


async def test_a_separated_token_without_permissions_is_told_how_to_get_them(proxmox: ProxmoxStandIn) -> None:
    proxmox.site.acls = [acl for acl in proxmox.site.acls if acl.kind != "token"]

    result = await row(proxmox, "proxmox-token-facts")

    assert (result.status, result.code) == ("fail", "LT-PVE-150")
    assert result.action == f"pveum user token modify {USER} {TOKEN} --privsep 0"


@pytest.mark.parametrize(("days", "status"), [(0, "ok"), (400, "ok"), (31, "ok"), (29, "warn"), (1, "warn")])
async def test_a_token_that_expires_soon_is_a_warning(proxmox: ProxmoxStandIn, days: int, status: str) -> None:
    let_it_look(proxmox)
    proxmox.site.token().expires_at = int(time.time()) + days * 86400 if days else 0

    result = await row(proxmox, "proxmox-token-facts")

    assert result.status == status
    assert (result.code == "LT-PVE-151") == (status == "warn")


async def test_a_cluster_without_a_quorum_fails_with_its_nodes(proxmox: ProxmoxStandIn) -> None:
    proxmox.site.is_quorate = False
    proxmox.site.nodes["pve2"].is_online = proxmox.site.nodes["pve3"].is_online = False

    result = await row(proxmox, "proxmox-quorum")

    assert (result.status, result.code) == ("fail", "LT-PVE-170")
    assert "1 of 3 nodes online" in result.summary
    assert "pve2 offline" in result.evidence


async def test_one_node_by_itself_needs_no_quorum(proxmox: ProxmoxStandIn) -> None:
    for name in ("pve2", "pve3"):
        del proxmox.site.nodes[name]
    proxmox.site.cluster_name = ""

    assert (await row(proxmox, "proxmox-quorum")).status == "ok"


async def test_without_the_right_to_see_the_quorum_it_is_unknown(proxmox: ProxmoxStandIn) -> None:
    proxmox.site.acls = [acl for acl in proxmox.site.acls if acl.path != "/"]

    assert (await row(proxmox, "proxmox-quorum")).status == "unknown"


@pytest.mark.parametrize(
    ("changes", "code", "field", "fix"),
    [
        ({"source_node": "PVE1"}, "LT-PVE-180", "sourceNode", "pve1"),
        ({"source_node": "pve-1"}, "LT-PVE-180", "sourceNode", "pve1"),
        ({"source_node": "elsewhere"}, "LT-PVE-180", "sourceNode", "one of: pve1, pve2, pve3"),
        ({"allowed_nodes": ("pve1", "pve9")}, "LT-PVE-180", "allowedNodes[1]", "pve"),
    ],
)
async def test_a_node_that_there_is_none_of_is_told_with_the_nearest(
    proxmox: ProxmoxStandIn, changes: dict[str, object], code: str, field: str, fix: str
) -> None:
    result = await row(proxmox, "proxmox-nodes", **changes)

    assert (result.status, result.code) == ("fail", code)
    assert result.field == f"spec.provider.config.proxmox.{field}"
    assert fix in result.fix


async def test_a_node_that_is_wanted_and_offline_fails_another_one_only_warns(proxmox: ProxmoxStandIn) -> None:
    proxmox.site.nodes["pve2"].is_online = False

    wanted = await row(proxmox, "proxmox-nodes", allowed_nodes=("pve1", "pve2"))
    other = await row(proxmox, "proxmox-nodes")

    assert (wanted.status, wanted.code, wanted.field) == (
        "fail",
        "LT-PVE-181",
        "spec.provider.config.proxmox.allowedNodes[1]",
    )
    assert (other.status, other.code) == ("warn", "LT-PVE-171")


async def test_nothing_chosen_yet_shows_the_nodes_that_there_are(proxmox: ProxmoxStandIn) -> None:
    result = await row(proxmox, "proxmox-nodes", source_node="", template_id=None)

    assert (result.status, result.summary) == ("ok", "3 online: pve1, pve2, pve3")


async def test_the_state_of_the_nodes_is_unknown_without_the_right_to_see_it(proxmox: ProxmoxStandIn) -> None:
    """The row of the permissions is the one that fails: it has the line."""
    proxmox.site.acls = [acl for acl in proxmox.site.acls if acl.path not in ("/", "/nodes")]

    assert (await row(proxmox, "proxmox-node-status")).status == "unknown"


async def test_the_clusters_authority_verifies_the_server(proxmox: ProxmoxStandIn) -> None:
    result = await row(proxmox, "proxmox-root-ca")

    assert result.status == "ok"
    assert result.evidence.startswith("authority SHA-256 ")
    assert "unknown" not in result.evidence


async def test_a_name_that_the_certificate_is_not_made_for_is_told_with_its_own(proxmox: ProxmoxStandIn) -> None:
    """With the certificate trusted once we are fine, and Cluster API's controller would not be."""
    fingerprint = proxmox.site.nodes["pve1"].fingerprint.replace(":", "").lower()

    async with forwarded(place_of(proxmox.url).port) as url:
        result = await row(proxmox, "proxmox-root-ca", url=url, ca_pem="", fingerprint=fingerprint)

    assert (result.status, result.code) == ("warn", "LT-PVE-190")
    assert "pve1" in result.fix


async def test_a_trusted_certificate_that_proxmox_does_not_know_fails(proxmox: ProxmoxStandIn) -> None:
    fingerprint = proxmox.site.nodes["pve1"].fingerprint.replace(":", "").lower()
    for node in proxmox.site.nodes.values():
        node.fingerprint = "00:" * 31 + "00"
    proxmox.site.nodes["pve1"].certificate_pem = proxmox.ca_pem

    result = await row(proxmox, "proxmox-root-ca", ca_pem="", fingerprint=fingerprint)

    assert (result.status, result.code) == ("fail", "LT-PVE-191")


async def test_no_row_holds_the_secret(proxmox: ProxmoxStandIn) -> None:
    secret = proxmox.site.token().secret
    proxmox.site.acls = []

    found = await results(proxmox)

    assert secret not in repr(found)


def let_it_look(stand_in: ProxmoxStandIn) -> None:
    """Give the token's user the right to look at users."""
    stand_in.site.roles["Look"] = frozenset({"User.Modify", "Group.Allocate", "Realm.AllocateUser"})
    for kind, who in (("user", USER), ("token", f"{USER}!{TOKEN}")):
        stand_in.site.acls.append(Acl("/access", kind, who, "Look"))  # type: ignore[arg-type]


@asynccontextmanager
async def forwarded(port: int) -> AsyncIterator[str]:
    """Another address that leads to the same port: one that no certificate names."""

    async def pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection("127.0.0.1", port)
        await asyncio.gather(_copy(reader, back), _copy(there, writer), return_exceptions=True)

    try:
        server = await asyncio.start_server(pass_on, "127.0.0.2", 0)
    except OSError:
        pytest.skip("needs 127.0.0.2 to be this computer, as it is on Linux")
    async with server:
        yield f"https://127.0.0.2:{server.sockets[0].getsockname()[1]}"


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    finally:
        writer.close()


async def test_an_unknown_certificate_is_shown_with_what_to_compare_and_what_to_write(proxmox: ProxmoxStandIn) -> None:
    result = await row(proxmox, "proxmox-certificate", ca_pem="")

    fingerprint = proxmox.site.nodes["pve1"].fingerprint
    assert (result.status, result.action_id) == ("fail", "trust-fingerprint")
    assert result.evidence.startswith(fingerprint)
    assert result.action == "pvenode cert info"
    assert f"PROXMOX_FINGERPRINT={fingerprint.replace(':', '').lower()}" in result.fix


async def test_nothing_is_asked_with_the_token_before_the_certificate_is_trusted(proxmox: ProxmoxStandIn) -> None:
    await results(proxmox, ca_pem="")

    assert [asked for asked in proxmox.requests if "/version" in asked or "/nodes" in asked] == []
