"""Versions, out of whatever a tool prints."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lattice_tui.tools.downloads import Computer, download_url, fetch_command
from lattice_tui.tools.versions import is_same_minor, numbers, version_call, version_in

NUMBERS = st.integers(0, 9999)


@pytest.mark.parametrize(
    ("words", "version"),
    [
        ("kind v0.32.0 go1.24.3 linux/amd64", "0.32.0"),
        ("go1.24.3 comes with kind version 0.32.0-alpha+5f2a", "0.32.0-alpha+5f2a"),
        ('clusterctl version: &version.Info{Major:"1", Minor:"13", GitVersion:"v1.13.5"}', "1.13.5"),
        ("Client Version: v1.32.4-dispatcher\nKustomize Version: v5.5.0", "1.32.4-dispatcher"),
        ("v4.1.4+gabcdef0", "4.1.4+gabcdef0"),
        ("This is version 1.13.5.", "1.13.5"),
        ("dial tcp 127.0.0.1:8080: connection refused", ""),
        ("from 1.2 to 3", ""),
        ("", ""),
    ],
)
def test_the_version_is_found_among_other_numbers(words: str, version: str) -> None:
    assert version_in(words) == version


def test_the_second_text_counts_when_the_first_has_none() -> None:
    assert version_in("", "warning 1", "v1.2.3") == "1.2.3"


@given(st.tuples(NUMBERS, NUMBERS, NUMBERS), st.sampled_from(["", "-rc.1", "+k3s1"]), st.text(max_size=20))
def test_any_version_comes_back_whole(parts: tuple[int, int, int], suffix: str, rest: str) -> None:
    version = ".".join(map(str, parts)) + suffix

    assert version_in(f"tool v{version} {rest}") == version
    assert numbers(f"v{version}") == parts


@given(st.text(max_size=200))
def test_no_text_breaks_the_reader_and_what_it_finds_is_a_version(text: str) -> None:
    if version := version_in(text):
        assert len(numbers(version)) == 3


def test_versions_are_of_one_minor_whatever_their_patch() -> None:
    assert is_same_minor("1.13.0", "v1.13.5")
    assert not is_same_minor("1.12.5", "v1.13.5")
    with pytest.raises(ValueError, match="not a version"):
        numbers("latest")


def test_kubectl_is_not_asked_for_its_cluster() -> None:
    assert version_call("kubectl", 1.0).args == ("version", "--client")
    assert version_call("kind", 1.0).args == ("version",)


def test_a_tool_is_fetched_for_this_system_and_processor() -> None:
    laptop, mac = Computer("Linux", "aarch64"), Computer("Darwin", "arm64")

    assert download_url("kind", "v0.32.0", laptop) == "https://kind.sigs.k8s.io/dl/v0.32.0/kind-linux-arm64"
    assert download_url("kubectl", "v1.35.5", mac) == "https://dl.k8s.io/release/v1.35.5/bin/darwin/arm64/kubectl"
    assert "--strip-components=1 linux-amd64/helm" in fetch_command("helm", "v4.1.4", Computer("Linux", "x86_64"))


def test_root_is_not_told_to_use_sudo() -> None:
    for tool in ("kind", "helm"):
        assert "sudo" in fetch_command(tool, "v1.0.0", Computer("Linux", "x86_64"))
        assert "sudo" not in fetch_command(tool, "v1.0.0", Computer("Linux", "x86_64", is_root=True))


def test_nothing_is_offered_for_a_computer_it_is_not_made_for() -> None:
    assert fetch_command("kind", "v0.32.0", Computer("Linux", "riscv64")) == ""
    assert download_url("kind", "v0.32.0", Computer("Windows", "AMD64")) is None
