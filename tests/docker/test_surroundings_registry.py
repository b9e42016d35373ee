"""The machines' image: here, in a real registry, or not to be had, each way told in its own words."""

from __future__ import annotations

import hashlib
import io
import json
import platform
import re
import socket
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from lattice_tui.document.pins import pins
from lattice_tui.providers.docker.checks import registry as checked
from lattice_tui.providers.docker.checks.look import ok, unknown
from lattice_tui.providers.docker.engine_api import DockerEngine
from lattice_tui.providers.docker.wish import DockerWish
from schemas.checks import CheckResult
from tests.docker.conftest import MakeEngine
from tests.docker.engines import OwnEngine
from tests.docker.registries import refusing, registry, why_no_registry
from tests.docker.surroundings import found_by
from tests.free_ports import free_ports

BOOTSTRAP = pins().bootstrap_node_image
VERSION = pins().kubernetes.proposed["docker"]
NO_DIGEST = "sha256:" + "0" * 64
OTHER_PROCESSOR = "arm64" if platform.machine() == "x86_64" else "amd64"


@pytest.fixture(scope="module")
def images(running_engine: OwnEngine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A registry with `kindest/node` of the proposed version; its `host:port`. The engine itself holds none of it."""
    if reason := why_no_registry():
        pytest.skip(reason)
    with registry(tmp_path_factory.mktemp("registry")) as place:
        name = f"{place}/kindest/node:v{VERSION}"
        running_engine.load_probe_image(name)
        running_engine.docker("push", name)
        running_engine.docker("rmi", name)
        yield place


def image_for(processor: str, name: str) -> bytes:
    """An image without files for some processor, as `docker save` would write it."""
    layer = bytes(1024)
    config = {
        "architecture": processor,
        "os": "linux",
        "config": {},
        "rootfs": {"type": "layers", "diff_ids": [f"sha256:{hashlib.sha256(layer).hexdigest()}"]},
    }
    files = {
        "config.json": json.dumps(config).encode(),
        "layer.tar": layer,
        "manifest.json": json.dumps([{"Config": "config.json", "RepoTags": [name], "Layers": ["layer.tar"]}]).encode(),
    }
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w") as archive:
        for path, data in files.items():
            entry = tarfile.TarInfo(path)
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))
    return content.getvalue()


async def look(engine: OwnEngine, image: str = "", version: str = "", *, simulated: bool = False) -> CheckResult:
    wish = DockerWish(node_image=image, version=version, simulated=simulated)
    return await found_by(checked.checks, engine, wish)


async def one(engine: OwnEngine, image: str) -> CheckResult:
    """What is found of a single image."""
    facts = DockerEngine(engine.endpoint)
    processor = {"x86_64": "amd64", "aarch64": "arm64"}[platform.machine()]
    return await checked.ImageLook(facts, processor, False).at(checked.WantedImage(image, checked.IMAGE_FIELD))


async def test_an_image_that_is_here_is_said_with_its_size(running_engine: OwnEngine) -> None:
    running_engine.load_probe_image("own/node:v1.35.5")
    try:
        result = await one(running_engine, "own/node:v1.35.5")
    finally:
        running_engine.docker("rmi", "own/node:v1.35.5")

    assert result.status == "ok"
    assert re.fullmatch(r"own/node:v1\.35\.5 is here \(\d+ MB\)", result.summary)


async def test_an_image_in_its_registry_is_fine_and_compared_with_the_pinned_one(
    running_engine: OwnEngine, images: str
) -> None:
    result = await one(running_engine, f"{images}/kindest/node:v{VERSION}")

    assert (result.status, result.summary) == ("ok", f"{images}/kindest/node:v{VERSION} will be pulled")
    assert "another than kind's own of that version" in result.evidence


async def test_an_image_asked_for_by_its_right_checksum_is_fine(running_engine: OwnEngine, images: str) -> None:
    name = f"{images}/kindest/node:v{VERSION}"
    first = await one(running_engine, name)
    digest = first.evidence.partition(",")[0]

    assert (await one(running_engine, f"{name}@{digest}")).status == "ok"


async def test_an_image_with_another_checksum_fails_with_the_right_one(running_engine: OwnEngine, images: str) -> None:
    name = f"{images}/kindest/node:v{VERSION}"
    digest = (await one(running_engine, name)).evidence.partition(",")[0]
    result = await one(running_engine, f"{name}@{NO_DIGEST}")

    assert (result.status, result.code, result.field) == ("fail", "LT-IMG-002", checked.IMAGE_FIELD)
    assert result.fix == f"Write the checksum of the one that is meant: nodeImage: {name}@{digest}"


@pytest.mark.parametrize("name", ["kindest/node:v1.35.99", "no/such:v1"])
async def test_an_image_that_the_registry_does_not_have_fails(
    running_engine: OwnEngine, images: str, name: str
) -> None:
    result = await one(running_engine, f"{images}/{name}")

    assert (result.status, result.code) == ("fail", "LT-IMG-001")
    assert result.summary == f"{images} has no image {images}/{name}"


async def test_an_image_for_another_processor_fails_before_it_is_pulled_and_after(
    running_engine: OwnEngine, images: str
) -> None:
    name = f"{images}/other/node:v1"
    running_engine.docker("load", given=image_for(OTHER_PROCESSOR, name))
    here = await one(running_engine, name)
    running_engine.docker("push", name)
    running_engine.docker("rmi", name)
    there = await one(running_engine, name)

    for result in (here, there):
        assert (result.status, result.code) == ("fail", "LT-IMG-004")
        assert result.summary.startswith(f"{name} is made for {OTHER_PROCESSOR}")


async def test_a_registry_that_wants_a_sign_in_fails_with_the_command(
    running_engine: OwnEngine, images: str, tmp_path: Path
) -> None:
    assert images
    (tmp_path / "htpasswd").write_text("")
    auth = f"auth: {{htpasswd: {{realm: private, path: {tmp_path / 'htpasswd'}}}}}"
    with registry(tmp_path, auth=auth) as place:
        result = await one(running_engine, f"{place}/kindest/node:v1")

    assert (result.status, result.code) == ("fail", "LT-IMG-005")
    assert result.action == f"docker login {place} && docker pull {place}/kindest/node:v1"


async def test_a_reached_limit_is_told_from_a_missing_image(running_engine: OwnEngine) -> None:
    words = "You have reached your pull rate limit."
    with refusing(429, "TOOMANYREQUESTS", words) as place:
        result = await one(running_engine, f"{place}/kindest/node:v1")

    assert (result.status, result.code) == ("fail", "LT-IMG-003")
    assert "oomanyrequests" in result.evidence.lower()


async def test_a_registry_whose_name_leads_nowhere_is_not_known_and_no_failure(running_engine: OwnEngine) -> None:
    # A name that no name server may know: RFC 2606.
    result = await one(running_engine, "registry.invalid/kindest/node:v1")

    assert (result.status, result.code) == ("unknown", "")
    assert "registry.invalid leads nowhere" in result.summary
    assert "docker load" in result.fix


async def test_a_registry_that_does_not_listen_is_not_known(running_engine: OwnEngine) -> None:
    (port,) = free_ports(1)
    place = f"127.0.0.1:{port}"
    result = await one(running_engine, f"{place}/kindest/node:v1")

    assert (result.status, result.summary) == ("unknown", f"{place} does not answer")


async def test_a_registry_without_tls_is_a_matter_of_certificates(
    running_engine: OwnEngine, images: str, tmp_path: Path
) -> None:
    """Docker speaks plain HTTP to the loopback alone."""
    assert images
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as tried:
        try:
            tried.connect(("192.0.2.1", 9))
        except OSError:
            pytest.skip("needs an address of this computer that is not the loopback's")
        address = tried.getsockname()[0]
    with registry(tmp_path, address=address) as place:
        result = await one(running_engine, f"{place}/kindest/node:v1")

    assert result.status == "unknown"
    assert result.summary == f"Docker does not trust the certificate of {place}"
    assert f"/etc/docker/certs.d/{place}/ca.crt" in result.fix


async def test_a_proxy_that_does_not_answer_is_the_proxys_fault(
    make_engine: MakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://user:canary-0451@127.0.0.1:9")
    engine = make_engine()
    engine.start()
    result = await one(engine, "registry.invalid/kindest/node:v1")

    assert result.status == "unknown"
    assert result.summary == "Docker's proxy does not let it reach registry.invalid"
    assert "canary" not in repr(result)


async def test_an_image_loaded_from_a_file_is_offered_where_its_registry_is_out_of_reach(
    running_engine: OwnEngine,
) -> None:
    running_engine.load_probe_image("registry.invalid/node:v1")
    try:
        result = await one(running_engine, f"registry.invalid/node:v1@{NO_DIGEST}")
    finally:
        running_engine.docker("rmi", "registry.invalid/node:v1")

    assert (result.status, result.code) == ("warn", "LT-IMG-006")
    assert result.fix == "Take the one that is here: nodeImage: registry.invalid/node:v1"


async def test_both_images_are_looked_at(running_engine: OwnEngine, images: str) -> None:
    result = await look(running_engine, f"{images}/kindest/node:v1.35.99")

    assert result.code == "LT-IMG-001"
    assert result.title == "Node image"


def test_the_worse_of_two_images_leads_and_the_other_stands_beside_it() -> None:
    good, silent = ok("a is here"), unknown("b does not answer", evidence="timeout")
    both = checked.together([good, silent])

    assert (both.status, both.summary) == ("unknown", "b does not answer")
    assert both.evidence == "timeout; a is here"
    assert checked.together([good, good]).status == "ok"


async def test_in_a_rehearsal_no_registry_is_asked(running_engine: OwnEngine) -> None:
    result = await look(running_engine, "registry.invalid/kindest/node:v1", simulated=True)

    assert (result.status, result.simulated) == ("ok", True)
    assert BOOTSTRAP.tag in result.summary


def test_the_bootstrap_clusters_image_is_wanted_once() -> None:
    [only] = checked.wanted_images("", BOOTSTRAP.version)
    first, second = checked.wanted_images("", "")

    assert only.reference == BOOTSTRAP.reference == second.reference
    assert first.version == VERSION
