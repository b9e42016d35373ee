"""One counterpart of each provider for a run of these tests, made as it should be for each test."""

from __future__ import annotations

import gc
import importlib.util
from collections.abc import Iterator
from pathlib import Path

import pytest

from lattice_tui.rehearsal.certificates import CertificateAuthority
from lattice_tui.rehearsal.openstack.default_cloud import default_cloud
from lattice_tui.rehearsal.openstack.server import OpenStackStandIn
from lattice_tui.rehearsal.proxmox import ProxmoxStandIn, default_site
from tests.aws.moto_server import Moto
from tests.checks.fake_engine import fake_engine
from tests.counterparts.hosting import BesideLoop
from tests.live_checks.accounts import Account, AwsAccount, DockerAccount, OpenStackAccount, ProxmoxAccount
from tests.openstack.counterpart import Counterpart
from tests.openstack.real_keystone import RealKeystone


@pytest.fixture(scope="session")
def loop() -> Iterator[BesideLoop]:
    """Where the counterparts of this process answer."""
    beside = BesideLoop()
    yield beside
    beside.close()
    gc.collect()


@pytest.fixture(scope="session")
def _proxmox(loop: BesideLoop) -> Iterator[ProxmoxAccount]:
    stand_in = ProxmoxStandIn(default_site())
    loop.run(stand_in.start())
    yield ProxmoxAccount(stand_in)
    loop.run(stand_in.stop())


@pytest.fixture(scope="session")
def _openstack(loop: BesideLoop, tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenStackAccount]:
    if importlib.util.find_spec("keystone") is None:
        pytest.skip("needs keystone (a package of the development group)")
    authority = CertificateAuthority("simulated-cloud")
    keystone = RealKeystone(tmp_path_factory.mktemp("keystone"), authority, default_cloud())
    keystone.start()
    counterpart = Counterpart(loop, OpenStackStandIn(default_cloud(), keystone.url, authority=authority), keystone)
    yield OpenStackAccount(counterpart)
    counterpart.stop()
    keystone.stop()


@pytest.fixture(scope="session")
def _openstack_lite(loop: BesideLoop) -> Iterator[OpenStackAccount]:
    counterpart = Counterpart(loop, OpenStackStandIn(default_cloud()))
    yield OpenStackAccount(counterpart)
    counterpart.stop()


@pytest.fixture(scope="session")
def _aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AwsAccount]:
    moto = Moto(tmp_path_factory.mktemp("moto"))
    moto.start()
    yield AwsAccount(moto)
    moto.stop()


@pytest.fixture(scope="session")
def _docker() -> Iterator[DockerAccount]:
    with fake_engine() as engine:
        yield DockerAccount(engine)


@pytest.fixture
def account(request: pytest.FixtureRequest, provider: str) -> Account:
    """The counterpart of `provider`, with nothing wrong; only the ones that are asked for are started.

    `openstack` signs in to Keystone itself; `openstack-lite` to the stand-in's own, which answers five times as fast.
    """
    found: Account = request.getfixturevalue(f"_{provider.replace('-', '_')}")
    found.fresh()
    return found


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A person's home with nothing in it."""
    folder = tmp_path / "home"
    folder.mkdir()
    return folder
