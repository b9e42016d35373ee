"""What is made for the person, and undone: a key pair, an image, an application credential."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from aiohttp import web

from lattice_tui.errors import ExitCode, LatticeError
from lattice_tui.providers.credential_store import default_store
from lattice_tui.providers.made import MadeThing, Making
from lattice_tui.providers.openstack.making import makings, undo
from lattice_tui.providers.openstack.making_image import FILE
from lattice_tui.providers.openstack.session import Cloud
from lattice_tui.secrets import Secret
from tests.counterparts.hosting import BesideLoop
from tests.openstack.counterpart import Counterpart

PUBLIC_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBn2UpG7kuf0dX9ZLkPzXK7Kx8kQwJm0aU4s1yT2mB7f sam@laptop\n"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A person with one public key, and no key store."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / ".config"))
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
    (tmp_path / ".ssh").mkdir()
    (tmp_path / ".ssh" / "id_ed25519.pub").write_text(PUBLIC_KEY)
    return tmp_path


async def _offered(params: dict[str, str], secrets: dict[str, Secret], **wish: str) -> dict[str, Making]:
    return {making.id: making for making in await makings({**params, "simulated": "1", **wish}, secrets)}


async def _made(making: Making) -> tuple[list[str], MadeThing]:
    news = [one async for one in making.make()]
    (thing,) = (one.thing for one in news if one.thing is not None)
    return [one.text for one in news], thing


async def _told(making: Making, things: list[MadeThing | None]) -> None:
    """Make it, and put what was told to exist into the list, as far as it comes."""
    async for news in making.make():
        things.append(news.thing)  # noqa: PERF401 -- a comprehension would lose them all when it raises


async def _undone(thing: MadeThing, params: dict[str, str], secrets: dict[str, Secret]) -> str:
    return "; ".join([news.text async for news in undo(thing, params, secrets)])


async def test_looking_changes_nothing_and_every_offer_says_what_it_does(lite: Counterpart) -> None:
    params, secrets = lite.params()
    offered = await _offered(params, secrets, bootstrap="rke2", image_name="noble", ssh_key_name="mine", name="web")

    assert list(offered) == ["keypair", "image", "app-credential"]
    assert {line.split()[0] for line in lite.asked if not line.endswith("/auth/tokens")} == {"GET"}
    assert all(one.will and one.changes and one.undo_words and one.field for one in offered.values())
    assert offered["keypair"].missing == "there is no key pair called mine"
    assert offered["image"].missing == "there is no image called noble"
    assert "pass-of-sam" not in repr(offered)


async def test_what_is_there_is_not_offered(lite: Counterpart) -> None:
    params, secrets = lite.params("application-credential")
    offered = await _offered(params, secrets, bootstrap="rke2", image_name="ubuntu-24.04")

    assert list(offered) == ["keypair"]
    assert "image" not in await _offered(*lite.params(), bootstrap="kubeadm", image_name="not-there")


async def test_a_key_pair_is_made_of_the_public_key_once_and_deleted_again(either: Counterpart) -> None:
    params, secrets = either.params()
    texts, thing = await _made((await _offered(params, secrets, ssh_key_name="mine"))["keypair"])

    assert [pair.name for pair in either.cloud.key_pairs] == ["laptop", "mine"]
    assert texts[-1] == "key pair mine is there"
    assert "keypair" not in await _offered(params, secrets, ssh_key_name="mine")
    assert await _undone(thing, params, secrets) == "key pair mine is deleted"
    assert [pair.name for pair in either.cloud.key_pairs] == ["laptop"]
    assert await _undone(thing, params, secrets) == "key pair mine is not there any more"


async def test_a_key_pair_that_holds_another_key_by_now_stays(lite: Counterpart) -> None:
    params, secrets = lite.params()
    _, thing = await _made((await _offered(params, secrets, ssh_key_name="mine"))["keypair"])
    lite.cloud.key_pairs[-1].fingerprint = "00:11"

    assert "it stays" in await _undone(thing, params, secrets)
    assert lite.cloud.key_pairs[-1].name == "mine"


async def test_an_image_is_fetched_by_the_cloud_and_deleted_again(either: Counterpart) -> None:
    params, secrets = either.params()
    texts, thing = await _made((await _offered(params, secrets, bootstrap="rke2", image_name="noble"))["image"])
    (image,) = (one for one in either.cloud.images if one.name == "noble")

    assert (image.status, image.visibility, image.id) == ("active", "private", thing.id)
    assert texts[-1] == "image noble is active"
    assert await _undone(thing, params, secrets) == "image noble is deleted"
    assert not [one for one in either.cloud.images if one.name == "noble"]
    assert await _undone(thing, params, secrets) == "image noble is not there any more"


IMAGE = b"QFI\xfb" + bytes(4096)


@pytest.fixture
def mirror(beside: BesideLoop) -> Iterator[dict[str, bytes]]:
    """A folder on a web server: `url`, and its files by name."""
    files = {FILE: IMAGE, "SHA256SUMS": f"{hashlib.sha256(IMAGE).hexdigest()} *{FILE}\n".encode()}

    async def answer(request: web.Request) -> web.Response:
        content = files.get(request.match_info["name"])
        return web.Response(status=404) if content is None else web.Response(body=content)

    app = web.Application()
    app.router.add_get("/{name}", answer)
    runner = web.AppRunner(app)

    async def start() -> str:
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        return f"http://127.0.0.1:{runner.addresses[0][1]}"

    files["url"] = beside.run(start()).encode()
    yield files
    beside.run(runner.cleanup())


async def test_a_cloud_that_does_not_fetch_by_itself_is_sent_the_image_through_this_computer(
    lite: Counterpart, mirror: dict[str, bytes]
) -> None:
    params, secrets = lite.params()
    lite.cloud.can_web_download = False
    wish = {"bootstrap": "rke2", "image_name": "noble", "image_folder": mirror["url"].decode(), "simulated": "0"}
    image = (await _offered(params, secrets, **wish))["image"]
    texts, thing = await _made(image)
    (made,) = (one for one in lite.cloud.images if one.id == thing.id)

    assert any("SHA256SUMS" in line for line in image.will)
    assert (made.status, made.size_bytes) == ("active", len(IMAGE))
    assert "its checksum is right; sending it to Glance" in texts


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [(FILE, IMAGE + b"!", "not what its publisher signed"), ("SHA256SUMS", None, "was not fetched")],
)
async def test_an_image_that_is_not_what_was_published_is_not_sent(
    lite: Counterpart, mirror: dict[str, bytes], name: str, content: bytes | None, words: str
) -> None:
    params, secrets = lite.params()
    lite.cloud.can_web_download = False
    if content is None:
        del mirror[name]
    else:
        mirror[name] = content
    wish = {"bootstrap": "rke2", "image_name": "noble", "image_folder": mirror["url"].decode(), "simulated": "0"}
    making = (await _offered(params, secrets, **wish))["image"]
    things: list[MadeThing | None] = []
    with pytest.raises(LatticeError) as refused:
        await _told(making, things)

    assert words in refused.value.problem.title
    assert any(things), "what exists by then was told, so that it can be undone"
    assert not any(line.startswith("PUT") for line in lite.asked)


async def test_in_a_rehearsal_nothing_is_fetched(lite: Counterpart) -> None:
    params, secrets = lite.params()
    lite.cloud.can_web_download = False
    wish = {"bootstrap": "rke2", "image_name": "noble", "image_folder": "http://127.0.0.1:9"}
    texts, _ = await _made((await _offered(params, secrets, **wish))["image"])

    assert texts[-1] == "image noble is active"


async def test_a_reader_is_told_who_may_and_how(lite: Counterpart) -> None:
    params, secrets = lite.params("reader-only")
    offered = await _offered(params, secrets, ssh_key_name="mine")
    with pytest.raises(LatticeError) as refused:
        await _made(offered["keypair"])

    assert "app-credential" not in offered
    assert (refused.value.problem.code, refused.value.exit_code) == ("LT-OS-402", ExitCode.PERMISSION)
    assert "openstack keypair create" in refused.value.problem.fix


async def test_an_application_credential_signs_in_without_the_password_and_not_after_it_was_revoked(
    either: Counterpart, home: Path
) -> None:
    params, secrets = either.params()
    texts, thing = await _made((await _offered(params, secrets, name="web"))["app-credential"])
    kept = default_store().load("openstack", thing.name, "file")

    assert kept is not None
    access = await Cloud(kept.values, kept.secrets).access()
    assert access.is_application_credential
    assert set(access.roles) <= {"member", "reader"}
    secret = kept.secrets["application_credential_secret"].reveal()
    assert secret not in f"{texts} {thing}"
    assert "source: file" in texts[-1]
    assert "revoked" in await _undone(thing, params, secrets)
    assert default_store().load("openstack", thing.name, "file") is None
    with pytest.raises(Exception, match=r"Could not find Application Credential|404"):
        await Cloud(kept.values, kept.secrets).access()


async def test_an_administrator_passes_on_the_role_member_alone(lite: Counterpart) -> None:
    params, secrets = lite.params("admin")
    _, thing = await _made((await _offered(params, secrets, name="web"))["app-credential"])
    (made,) = (one for one in lite.cloud.application_credentials if one.id == thing.id)

    assert made.roles == ("member",)
    assert made.expires_at
    assert not made.is_unrestricted


async def test_a_secret_that_cannot_be_kept_is_revoked_at_once(lite: Counterpart, home: Path) -> None:
    params, secrets = lite.params()
    offered = await _offered(params, secrets, name="web")
    (home / ".config").write_text("a file where the folder should be")
    before = list(lite.cloud.application_credentials)
    with pytest.raises(LatticeError):
        await _made(offered["app-credential"])

    assert lite.cloud.application_credentials == before


async def test_nobody_signed_in_is_said_so(lite: Counterpart) -> None:
    for params, secrets in (lite.params("wrong-password"), ({}, {})):
        with pytest.raises(LatticeError) as refused:
            await makings(params, secrets)

        assert (refused.value.problem.code, refused.value.exit_code) == ("LT-OS-401", ExitCode.CREDENTIALS)
        assert "not-it" not in str(refused.value.problem)
