"""Signing in at the counterparts: the light sign-in refuses what Keystone refuses, in the same words."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from lattice_tui.providers.openstack.session import Cloud, CloudError
from lattice_tui.rehearsal.openstack.default_cloud import MEMBER, PROJECT
from lattice_tui.rehearsal.openstack.toggles import TOGGLES
from tests.openstack.counterpart import Counterpart


@pytest.mark.parametrize("kind", ["", "application-credential", "token"])
async def test_each_way_to_sign_in_leads_to_the_project_with_its_roles(either: Counterpart, kind: str) -> None:
    values, secrets = either.fresh(*filter(None, [kind]))
    access = await Cloud(values, secrets).access()

    assert (access.user_name, access.project_name) == (MEMBER, PROJECT)
    assert "member" in access.roles
    assert access.regions == ("RegionOne",)


@pytest.mark.parametrize(
    ("toggle", "kind", "status", "words"),
    [
        ("wrong-password", "refused", 401, "requires authentication"),
        ("wrong-project", "refused", 401, "requires authentication"),
        ("wrong-domain", "refused", 401, "requires authentication"),
        ("application-credential-wrong-secret", "refused", 401, "requires authentication"),
        ("application-credential-expired", "refused", 401, "requires authentication"),
        ("application-credential-gone", "not-found", 404, "Could not find Application Credential"),
        ("wrong-auth-path", "no-identity", None, "Could not find versioned identity endpoints"),
    ],
)
async def test_both_sign_ins_refuse_alike(
    either: Counterpart, toggle: str, kind: str, status: int | None, words: str
) -> None:
    values, secrets = either.fresh(toggle)
    with pytest.raises(CloudError) as refused:
        await Cloud(values, secrets).access()

    assert (refused.value.kind, refused.value.status) == (kind, status)
    assert words in refused.value.words


async def test_an_authority_that_nobody_knows_is_not_trusted(either: Counterpart) -> None:
    values, secrets = either.fresh("unknown-authority")
    with pytest.raises(CloudError) as refused:
        await Cloud(values, secrets).access()

    assert refused.value.status is None


async def test_a_wrong_project_still_signs_in_without_one_and_names_the_right_ones(either: Counterpart) -> None:
    values, secrets = either.fresh("wrong-project")
    root = values["auth_url"].removesuffix("/")
    unscoped = Cloud(values, secrets).unscoped()
    answer = await unscoped.ask_session(lambda session: session.get(f"{root}/v3/auth/projects").json())
    projects = [project["name"] for project in answer["projects"]]

    assert sorted(projects) == ["lattice-demo", "lattice-staging"]


@pytest.mark.parametrize(
    ("toggle", "missing"), [("no-load-balancer-service", "load-balancer"), ("no-network-service", "network")]
)
async def test_a_service_that_is_not_there_is_not_in_the_catalog(
    either: Counterpart, toggle: str, missing: str
) -> None:
    for toggles, is_there in (((), True), ((toggle,), False), ((), True)):
        values, secrets = either.fresh(*toggles)
        access = await Cloud(values, secrets).access()

        assert access.has([missing]) is is_there


@pytest.mark.parametrize("name", sorted(TOGGLES))
def test_every_toggle_changes_a_fresh_cloud(name: str) -> None:
    from lattice_tui.rehearsal.openstack.default_cloud import default_cloud

    toggled = default_cloud()
    TOGGLES[name](toggled)

    assert toggled != default_cloud()


def values_without_secrets(values: Mapping[str, str]) -> str:
    return " ".join(values.values())


def test_what_is_handed_out_has_its_secret_apart(lite: Counterpart) -> None:
    values, secrets = lite.fresh()

    assert secrets["password"].reveal() == "pass-of-sam"
    assert "pass-of-sam" not in values_without_secrets(values)
    assert "pass-of-sam" not in repr(secrets)
