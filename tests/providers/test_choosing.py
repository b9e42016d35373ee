"""Pick-lists through the helper process, from the simulated providers of a rehearsed world."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from lattice_tui.providers.choosing import ChoicesRequest, choose_live, lists_of
from lattice_tui.providers.credentials import Found
from lattice_tui.providers.half_filled import params_of
from lattice_tui.providers.registry import load
from lattice_tui.rehearsal.check_world import SIGNED_IN, rehearsed_credentials
from lattice_tui.rehearsal.launch import stop_world
from lattice_tui.secrets import Secret
from schemas.choices import LiveChoices

CANARY = "canary-9b1f-secret-value"


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A state folder whose world hosts the simulated providers."""
    folder = tmp_path_factory.mktemp("state")
    yield folder
    stop_world(folder / "wizard" / "world")


def request_of(provider: str, found: Found, fields: tuple[str, ...]) -> ChoicesRequest:
    params = params_of({}, provider) | found.params() | {"simulated": "1"}
    return ChoicesRequest(provider, fields, params, found.secrets)


@pytest.mark.parametrize("provider", SIGNED_IN)
async def test_every_list_of_a_provider_comes_once_and_says_whether_it_is_one(provider: str, state: Path) -> None:
    (found,) = rehearsed_credentials(state, provider)
    fields = tuple(field.path for field in load(provider).fields if field.live)

    lists = [one async for one in choose_live(request_of(provider, found, fields))]

    assert sorted(one.field for one in lists) == sorted(fields)
    assert all(one.simulated for one in lists)
    assert all(one.reason for one in lists if one.status == "unknown")
    assert [one for one in lists if one.status == "ok" and one.choices]
    assert all(not one.choices or one.proposed in {"", *(choice.value for choice in one.choices)} for one in lists)


@pytest.mark.parametrize("provider", SIGNED_IN)
async def test_entries_that_cannot_be_taken_stand_last_and_say_why(provider: str, state: Path) -> None:
    (found,) = rehearsed_credentials(state, provider)
    fields = tuple(field.path for field in load(provider).fields if field.live)

    async for one in choose_live(request_of(provider, found, fields)):
        usable = [choice.usable for choice in one.choices]
        assert usable == sorted(usable, reverse=True), one.field
        assert all(choice.why for choice in one.choices if not choice.usable), one.field


async def test_a_field_without_a_list_is_told_to_be_typed(state: Path) -> None:
    (found,) = rehearsed_credentials(state, "proxmox")

    (one,) = [one async for one in choose_live(request_of("proxmox", found, ("spec.nothing",)))]

    assert (one.status, one.choices) == ("unknown", ())
    assert "type the value" in one.reason


async def test_without_a_server_every_list_is_unknown_and_none_hides_a_secret() -> None:
    params = {"credentials.url": "https://127.0.0.1:1", "credentials.token_id": "a@pve!b"}
    fields = ("spec.provider.config.proxmox.sourceNode", "spec.provider.config.proxmox.bridge")
    request = ChoicesRequest("proxmox", fields, params, {"secret": Secret(CANARY)})

    lists = [one async for one in choose_live(request)]

    assert [one.status for one in lists] == ["unknown", "unknown"]
    assert CANARY not in repr(lists) + repr(request)


async def test_a_provider_that_there_is_none_of_ends_the_helper_and_not_the_door() -> None:
    lists = [one async for one in choose_live(ChoicesRequest("gcp", ("spec.name",)))]

    assert [(one.field, one.status) for one in lists] == [("spec.name", "unknown")]
    assert "KeyError" in lists[0].reason


def test_a_request_survives_its_pipe_and_a_broken_one_tells_nothing() -> None:
    request = ChoicesRequest("aws", ("a", "b"), {"x": "y"}, {"z": Secret(CANARY)})

    assert ChoicesRequest.from_bytes(request.to_bytes()) == request
    with pytest.raises(ValueError, match=r"^not a request for pick-lists$"):
        ChoicesRequest.from_bytes(b'{"provider": "' + CANARY.encode())


async def test_docker_has_no_lists() -> None:
    found = [one async for one in lists_of(ChoicesRequest("docker", ("spec.x",)))]

    assert found == [LiveChoices("spec.x", "unknown", reason="there is no list for this: type the value")]
