"""The counterparts of the OpenStack provider's tests: one of each kind for the whole run."""

from __future__ import annotations

import gc
import importlib
import importlib.util
import warnings
from collections.abc import Iterator

import pytest

from lattice_tui.rehearsal.certificates import CertificateAuthority
from lattice_tui.rehearsal.openstack.default_cloud import default_cloud
from lattice_tui.rehearsal.openstack.server import OpenStackStandIn
from tests.counterparts.hosting import BesideLoop
from tests.openstack.counterpart import Counterpart
from tests.openstack.real_keystone import RealKeystone


@pytest.fixture(scope="session", autouse=True)
def _libraries_come_and_go_quietly() -> Iterator[None]:
    """Beside Keystone, keystoneauth loads a profiler whose WebOb warns of Python's `cgi`: none of it is ours.

    Connections that nobody closed are collected here: while pytest reads a module they would disturb its parser.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name in ("keystoneauth1.session", "openstack.connection"):
            importlib.import_module(name)
    yield
    gc.collect()


@pytest.fixture(scope="session")
def authority() -> CertificateAuthority:
    """Signs for every server of these tests; nothing on the computer trusts it."""
    return CertificateAuthority("simulated-cloud")


@pytest.fixture(scope="session")
def beside() -> Iterator[BesideLoop]:
    loop = BesideLoop()
    yield loop
    loop.close()


@pytest.fixture(scope="session")
def keystone(tmp_path_factory: pytest.TempPathFactory, authority: CertificateAuthority) -> Iterator[RealKeystone]:
    """OpenStack's own Keystone, with the stand-in's people. About five seconds to start."""
    if importlib.util.find_spec("keystone") is None:
        pytest.skip("needs keystone (a package of the development group)")
    real = RealKeystone(tmp_path_factory.mktemp("keystone"), authority, default_cloud())
    real.start()
    yield real
    real.stop()


@pytest.fixture(scope="session")
def counterpart(beside: BesideLoop, authority: CertificateAuthority, keystone: RealKeystone) -> Iterator[Counterpart]:
    """The stand-in's services, with Keystone itself to sign in to and to judge tokens."""
    made = Counterpart(beside, OpenStackStandIn(default_cloud(), keystone.url, authority=authority), keystone)
    yield made
    made.stop()


@pytest.fixture(scope="session")
def lite(beside: BesideLoop, authority: CertificateAuthority) -> Iterator[Counterpart]:
    """The stand-in alone, with its own light sign-in, as the rehearsal uses it."""
    made = Counterpart(beside, OpenStackStandIn(default_cloud(), authority=authority))
    yield made
    made.stop()


@pytest.fixture(params=["real", "lite"])
def either(request: pytest.FixtureRequest) -> Counterpart:
    """A test that takes this runs with both kinds of sign-in: the light one has to be like the real one."""
    found = request.getfixturevalue("counterpart" if request.param == "real" else "lite")
    assert isinstance(found, Counterpart)
    return found
