"""OpenStack's own Keystone as a counterpart: where it writes, and that it ends."""

from __future__ import annotations

import configparser
import urllib.error
from pathlib import Path

import pytest

from tests.openstack.counterpart import Counterpart
from tests.openstack.real_keystone import RealKeystone


def test_keystone_writes_in_its_own_folder_alone(keystone: RealKeystone) -> None:
    """Its defaults lie below /etc, the receipts' keys among them: every option that names a place names ours."""
    config = configparser.ConfigParser()
    config.read(keystone.folder / "keystone.conf")
    places = [
        value
        for section in config.sections()
        for name, value in config.items(section)
        if "repository" in name or name.endswith(("_dir", "_file", "_path", "_template"))
    ]

    assert len(places) >= 6
    assert all(place.startswith(str(keystone.folder)) for place in places)
    assert not Path("/etc/keystone/fernet-keys").exists()
    assert {path.name for path in keystone.folder.iterdir()} >= {"fernet-keys", "credential-keys", "keystone.db"}


def test_a_role_that_the_token_lacks_is_refused_by_keystone_itself(counterpart: Counterpart) -> None:
    counterpart.fresh()
    keystone = counterpart.keystone
    assert keystone is not None
    member = keystone.sign_in("sam", "pass-of-sam", "lattice-demo")
    with pytest.raises(urllib.error.HTTPError) as refused:
        keystone.ask("GET", "/users", token=member)

    assert refused.value.code == 403
