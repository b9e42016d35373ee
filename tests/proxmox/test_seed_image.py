"""The CD of first settings, read back by a reader of its own, and by this system's blkid."""

from __future__ import annotations

import shutil
import struct
import subprocess
from pathlib import Path

import pytest

from lattice_tui.providers.proxmox.seed_image import BLOCK, seed_image

FILES = {"user-data": b"#cloud-config\n{}\n", "meta-data": b"m" * 5000, "network-config": b""}


def descriptor(image: bytes, number: int) -> bytes:
    return image[(16 + number) * BLOCK : (17 + number) * BLOCK]


def files_below(image: bytes, root: bytes, encoding: str) -> dict[str, bytes]:
    """Every file of the root's directory, whose record is given."""
    block, size = struct.unpack_from("<I", root, 2)[0], struct.unpack_from("<I", root, 10)[0]
    data, found, at = image[block * BLOCK : block * BLOCK + size], {}, 0
    while at < len(data) and data[at]:
        record = data[at : at + data[at]]
        assert record[2:6] == record[6:10][::-1]
        assert record[10:14] == record[14:18][::-1]
        name = record[33 : 33 + record[32]]
        if not record[25] & 2:
            start, length = struct.unpack_from("<I", record, 2)[0] * BLOCK, struct.unpack_from("<I", record, 10)[0]
            found[name.decode(encoding)] = image[start : start + length]
        at += data[at]
    return found


def test_every_file_is_read_back_under_its_own_name() -> None:
    image = seed_image(FILES)

    assert files_below(image, descriptor(image, 1)[156:190], "utf-16-be") == FILES


def test_the_plain_tree_holds_the_same_in_capitals() -> None:
    image = seed_image(FILES)

    plain = files_below(image, descriptor(image, 0)[156:190], "ascii")
    assert plain == {"META_DAT.;1": FILES["meta-data"], "NETWORK_.;1": b"", "USER_DAT.;1": FILES["user-data"]}


def test_it_says_its_own_size_and_its_label_in_both_descriptors() -> None:
    image = seed_image(FILES)

    for number, label in ((0, b"cidata"), (1, "cidata".encode("utf-16-be"))):
        said = descriptor(image, number)
        assert said[1:6] == b"CD001"
        assert said[40:72].startswith(label)
        assert struct.unpack_from("<I", said, 80)[0] * BLOCK == len(image)
    assert descriptor(image, 2).startswith(b"\xffCD001\x01")


def test_the_same_files_make_the_same_image() -> None:
    assert seed_image(FILES) == seed_image(dict(reversed(FILES.items())))


@pytest.mark.parametrize(
    "files", [{}, {f"file{number}": b"" for number in range(17)}, {"user-data": b"", "user-date": b""}]
)
def test_what_does_not_fit_is_refused(files: dict[str, bytes]) -> None:
    with pytest.raises(ValueError, match=r"fit|alike"):
        seed_image(files)


def test_this_system_takes_it_for_a_cd_of_that_name(tmp_path: Path) -> None:
    blkid = shutil.which("blkid") or shutil.which("blkid", path="/usr/sbin:/sbin")
    if blkid is None:
        pytest.skip("needs blkid")
    image = tmp_path / "seed.iso"
    image.write_bytes(seed_image(FILES))

    said = subprocess.run([blkid, "-p", "-o", "export", image], capture_output=True, text=True, timeout=20, check=True)

    assert "TYPE=iso9660" in said.stdout
    assert "LABEL=cidata" in said.stdout.splitlines()
