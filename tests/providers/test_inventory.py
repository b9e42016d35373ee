"""What was made for the person stays findable: on the disk first, newest last, without a secret."""

from __future__ import annotations

from pathlib import Path

from lattice_tui.providers.inventory import Inventory
from lattice_tui.providers.made import MadeThing

KEY = MadeThing("keypair", "aws", "key pair", "key-01", "laptop", "eu-central-1", (("fingerprint", "ab:cd"),))
IMAGE = MadeThing("image", "openstack", "image", "1234", "ubuntu", "RegionOne")


def test_what_was_made_stands_until_it_is_gone(tmp_path: Path) -> None:
    inventory = Inventory(tmp_path)
    inventory.made("lab", KEY)
    inventory.made("prod", IMAGE)

    assert [(entry.cluster, entry.thing) for entry in inventory.standing()] == [("lab", KEY), ("prod", IMAGE)]
    inventory.gone("lab", KEY)
    assert [entry.thing for entry in Inventory(tmp_path).standing()] == [IMAGE]
    assert Inventory(tmp_path).standing("lab") == ()


def test_the_same_thing_told_twice_stands_once(tmp_path: Path) -> None:
    inventory = Inventory(tmp_path)
    inventory.made("lab", KEY)
    inventory.made("lab", KEY)

    assert len(inventory.standing()) == 1


def test_the_file_is_private_and_a_spoilt_line_takes_no_other_along(tmp_path: Path) -> None:
    inventory = Inventory(tmp_path / "state")
    inventory.made("lab", KEY)
    with inventory.path.open("ab") as stream:
        stream.write(b'{"change": "made", "clus\n')
    inventory.made("lab", IMAGE)

    assert inventory.path.stat().st_mode & 0o777 == 0o600
    assert [entry.thing for entry in inventory.standing()] == [KEY, IMAGE]


def test_rehearsed_things_live_apart(tmp_path: Path) -> None:
    Inventory(tmp_path, rehearsal=True).made("lab", KEY)

    assert Inventory(tmp_path).standing() == ()
    assert len(Inventory(tmp_path, rehearsal=True).standing()) == 1
