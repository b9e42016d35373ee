"""What is made at AWS for the person, and taken away again: at moto, and at the simulated AWS where moto cannot."""

from __future__ import annotations

import json
import subprocess
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import pytest

from lattice_tui.errors import ExitCode, LatticeError
from lattice_tui.providers.aws import PROVIDER, actions
from lattice_tui.providers.aws.stack_template import NAMES, STACK, Existing, template
from lattice_tui.providers.made import MadeThing, Making, MakingNews
from lattice_tui.rehearsal.aws.account import SUFFIX
from lattice_tui.rehearsal.aws.toggles import TOGGLES
from tests.aws.moto_account import PROFILES, allow
from tests.aws.moto_server import Moto
from tests.aws.stand_in import SimulatedAws

KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIF0nSgYLQoTh9a8w3vZ0Wc9q5rXv4wXb2oJmWkOZ0r5t somebody@home"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home with one public key in it."""
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / ".ssh").mkdir()
    (tmp_path / ".ssh" / "id_ed25519.pub").write_text(KEY + "\n")
    return tmp_path


@pytest.fixture
def bare_moto(moto: Moto) -> Moto:
    """moto without any of the roles and instance profiles."""
    iam = moto.client("iam")
    for name in PROFILES:
        iam.remove_role_from_instance_profile(InstanceProfileName=name, RoleName=name)
        iam.delete_instance_profile(InstanceProfileName=name)
        iam.delete_role(RoleName=name)
    return moto


async def _offered(aws: Moto | SimulatedAws, **params: str) -> dict[str, Making]:
    found = await PROVIDER.makings({**aws.params(), "simulated": "1", **params}, aws.secrets)
    return {making.id: making for making in found}


async def _news(told: AsyncGenerator[MakingNews, None]) -> list[MakingNews]:
    return [news async for news in told]


async def _made(making: Making) -> MadeThing:
    things = [news.thing for news in await _news(making.make()) if news.thing is not None]
    assert len(things) == 1
    return things[0]


async def _undo(aws: Moto | SimulatedAws, thing: MadeThing) -> list[str]:
    return [news.text for news in await _news(PROVIDER.undo(thing, {**aws.params(), "simulated": "1"}, aws.secrets))]


async def _refused(told: AsyncGenerator[MakingNews, None]) -> tuple[LatticeError, list[MakingNews]]:
    heard: list[MakingNews] = []
    try:
        async for news in told:
            heard += [news]
    except LatticeError as error:
        return error, heard
    pytest.fail("it was not refused")


# The key pair


@pytest.mark.usefixtures("home")
async def test_the_persons_key_is_imported_and_deleted_again(moto: Moto) -> None:
    making = (await _offered(moto, ssh_key_name="mine"))["keypair"]
    ec2 = moto.client("ec2")
    assert making.missing == "there is no key pair called mine in eu-central-1"
    assert [pair["KeyName"] for pair in ec2.describe_key_pairs()["KeyPairs"]] == ["lattice"]

    thing = await _made(making)
    pairs = ec2.describe_key_pairs(KeyNames=["mine"], IncludePublicKey=True)["KeyPairs"]
    assert pairs[0]["KeyPairId"] == thing.id
    assert pairs[0]["PublicKey"].split()[:2] == KEY.split()[:2]

    assert await _undo(moto, thing) == ["key pair mine is deleted"]
    assert [pair["KeyName"] for pair in ec2.describe_key_pairs()["KeyPairs"]] == ["lattice"]
    assert await _undo(moto, thing) == ["key pair mine is not there any more"]


@pytest.mark.usefixtures("home")
async def test_a_key_pair_of_the_same_name_that_somebody_else_made_is_left_alone(moto: Moto) -> None:
    thing = await _made((await _offered(moto, ssh_key_name="mine"))["keypair"])
    ec2 = moto.client("ec2")
    ec2.delete_key_pair(KeyName="mine")
    ec2.create_key_pair(KeyName="mine", KeyType="ed25519")

    assert await _undo(moto, thing) == ["key pair mine is not there any more"]
    assert len(ec2.describe_key_pairs(KeyNames=["mine"])["KeyPairs"]) == 1


@pytest.mark.usefixtures("home")
async def test_a_key_that_is_there_already_is_not_offered(moto: Moto) -> None:
    moto.client("ec2").import_key_pair(KeyName="other", PublicKeyMaterial=KEY.encode())

    assert "keypair" not in await _offered(moto)


async def test_a_key_pair_is_called_after_its_owner_and_never_takes_anothers_name(moto: Moto, home: Path) -> None:
    moto.client("ec2").create_key_pair(KeyName="somebody@home")
    thing = await _made((await _offered(moto))["keypair"])

    assert thing.name == "somebody@home-2"


async def test_without_a_public_key_none_is_offered(moto: Moto, home: Path) -> None:
    (home / ".ssh" / "id_ed25519.pub").write_text("-----BEGIN OPENSSH PRIVATE KEY-----\n")

    assert "keypair" not in await _offered(moto)


@pytest.mark.usefixtures("home")
async def test_somebody_who_may_not_import_is_told_the_command_for_one_who_may(moto: Moto) -> None:
    making = (await _offered(moto, ssh_key_name="mine"))["keypair"]
    allow(moto, ["*"], ("ec2:ImportKeyPair",))
    moto.enforce()
    error, heard = await _refused(making.make())

    assert (error.problem.code, error.exit_code) == ("LT-AWS-303", ExitCode.PERMISSION)
    assert "aws ec2 import-key-pair --region eu-central-1 --key-name 'mine'" in error.problem.fix
    assert [news.thing for news in heard] == [None]


# The stack of roles


async def test_the_stack_makes_profiles_with_roles_and_policies_and_goes_with_all_of_them(bare_moto: Moto) -> None:
    making = (await _offered(bare_moto))["stack"]
    iam, cloudformation = bare_moto.client("iam"), bare_moto.client("cloudformation")
    assert making.missing == f"there is no instance profile control-plane.{SUFFIX}"
    assert iam.list_instance_profiles()["InstanceProfiles"] == []

    thing = await _made(making)
    profiles = iam.list_instance_profiles()["InstanceProfiles"]
    roles = {each["InstanceProfileName"]: [role["RoleName"] for role in each["Roles"]] for each in profiles}
    assert roles == {name: [name] for name in NAMES}
    control_plane = iam.list_attached_role_policies(RoleName=NAMES[0])["AttachedPolicies"]
    assert {policy["PolicyName"] for policy in control_plane} == set(NAMES)
    assert thing.id.startswith("arn:aws:cloudformation:eu-central-1:")
    assert "stack" not in await _offered(bare_moto)

    # CloudFormation detaches a policy that it deletes; moto has to be helped.
    for name in NAMES:
        for policy in iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]:
            iam.detach_role_policy(RoleName=name, PolicyArn=policy["PolicyArn"])
    assert (await _undo(bare_moto, thing))[-1] == "the stack is deleted, and its roles with it"
    assert cloudformation.describe_stacks()["Stacks"] == []
    assert iam.list_instance_profiles()["InstanceProfiles"] == []
    assert await _undo(bare_moto, thing) == [f"the stack {STACK} is not there any more"]


async def test_a_stack_that_cannot_be_deleted_is_said_to_stand_still(bare_moto: Moto) -> None:
    thing = await _made((await _offered(bare_moto))["stack"])
    error, _ = await _refused(PROVIDER.undo(thing, bare_moto.params(), bare_moto.secrets))

    assert error.problem.code == "LT-AWS-306"
    assert "aws cloudformation delete-stack --region eu-central-1" in error.problem.fix


async def test_a_ready_account_is_not_offered_a_stack(simulated_aws: SimulatedAws) -> None:
    assert "stack" not in await _offered(simulated_aws)


async def test_only_what_is_missing_is_made(simulated_aws: SimulatedAws) -> None:
    TOGGLES["nodes-profile-missing"](simulated_aws.account)
    making = (await _offered(simulated_aws))["stack"]
    await _made(making)

    assert simulated_aws.account.profiles[f"nodes.{SUFFIX}"] == (f"nodes.{SUFFIX}",)
    assert simulated_aws.account.stacks[STACK].roles == []


async def test_what_is_left_of_a_failed_stack_is_deleted_first(simulated_aws: SimulatedAws) -> None:
    TOGGLES["stack-rolled-back"](simulated_aws.account)
    making = (await _offered(simulated_aws))["stack"]
    assert making.will[0] == "Delete what is left of a stack that failed (ROLLBACK_COMPLETE)."
    await _made(making)

    assert simulated_aws.account.stacks[STACK].status == "CREATE_COMPLETE"
    assert set(simulated_aws.account.profiles) == set(NAMES)


async def test_a_stack_that_is_being_made_by_somebody_is_left_alone(simulated_aws: SimulatedAws) -> None:
    TOGGLES["stack-rolled-back"](simulated_aws.account)
    simulated_aws.account.stacks[STACK].status = "CREATE_IN_PROGRESS"

    assert "stack" not in await _offered(simulated_aws)


async def test_a_stack_that_fails_says_why_and_is_recorded_all_the_same(simulated_aws: SimulatedAws) -> None:
    TOGGLES["profiles-missing"](simulated_aws.account)
    TOGGLES["create-role-denied"](simulated_aws.account)
    error, heard = await _refused((await _offered(simulated_aws))["stack"].make())

    assert (error.problem.code, error.exit_code) == ("LT-AWS-304", ExitCode.PERMISSION)
    assert "iam:CreateRole" in error.problem.detail
    assert "clusterawsadm bootstrap iam" in error.problem.fix
    assert [news.thing.name for news in heard if news.thing] == [STACK]


async def test_a_stack_that_machines_have_their_rights_from_is_not_deleted(simulated_aws: SimulatedAws) -> None:
    account = simulated_aws.account
    TOGGLES["profiles-missing"](account)
    thing = await _made((await _offered(simulated_aws))["stack"])
    account.machines = [("i-0123456789abcdef0", "m5.large")]
    account.machine_profiles = {"i-0123456789abcdef0": f"nodes.{SUFFIX}"}
    error, _ = await _refused(PROVIDER.undo(thing, simulated_aws.params(), simulated_aws.secrets))

    assert error.problem.code == "LT-AWS-305"
    assert account.stacks[STACK].status == "CREATE_COMPLETE"
    account.machines = []
    assert (await _undo(simulated_aws, thing))[-1].startswith("the stack is deleted")


def test_every_action_is_shown_before_it_is_granted_in_lines_that_a_door_shows_whole() -> None:
    from lattice_tui.providers.aws.making_stack import policy_lines

    lines = list(policy_lines(Existing()))
    resources: Any = template()["Resources"].values()
    policies = [each["Properties"]["PolicyDocument"] for each in resources if each["Type"] == "AWS::IAM::ManagedPolicy"]
    granted = {action for policy in policies for each in policy["Statement"] for action in each["Action"]}

    assert {action for action in granted if not any(action in line for line in lines)} == set()
    assert set(actions.CONTROLLER_ACTIONS) | {"iam:PassRole", "kms:DescribeKey"} <= granted
    assert max(map(len, lines)) < 400


def test_a_template_fits_into_one_call_and_grants_nothing_on_everything_but_listed_actions() -> None:
    """CloudFormation takes 51,200 bytes inline; no statement says `*` for an action."""
    text = json.dumps(template())

    assert len(text) < 51_200
    assert '"Action": ["*"]' not in text
    assert ':*"' not in text.replace("secret:aws", "")


def test_passing_roles_on_is_limited_to_the_machines_own() -> None:
    statements = template()["Resources"]["AWSIAMManagedPolicyControllers"]["Properties"]["PolicyDocument"]["Statement"]
    passing = [each["Resource"] for each in statements if "iam:PassRole" in each["Action"]]

    assert passing == [[f"arn:*:iam::*:role/*.{SUFFIX}"]]


def test_nothing_is_made_when_everything_is_there() -> None:
    names = frozenset(NAMES)

    assert template(Existing(names, names, names))["Resources"] == {}


# Who is refused


async def test_root_keys_make_nothing(simulated_aws: SimulatedAws) -> None:
    TOGGLES["root-key"](simulated_aws.account)
    with pytest.raises(LatticeError) as caught:
        await _offered(simulated_aws)

    assert (caught.value.problem.code, caught.value.exit_code) == ("LT-AWS-301", ExitCode.CREDENTIALS)


@pytest.mark.parametrize("toggle", ["key-unknown", "secret-wrong", "token-expired"])
async def test_keys_that_are_not_let_in_are_said_to_be_so(simulated_aws: SimulatedAws, toggle: str) -> None:
    TOGGLES[toggle](simulated_aws.account)
    with pytest.raises(LatticeError) as caught:
        await _offered(simulated_aws)

    assert caught.value.problem.code == "LT-AWS-302"


async def test_without_keys_nobody_is_asked(simulated_aws: SimulatedAws) -> None:
    with pytest.raises(LatticeError) as caught:
        await PROVIDER.makings({"region": "eu-central-1"}, {})

    assert caught.value.problem.code == "LT-AWS-302"
    assert simulated_aws.server.calls == []


@pytest.mark.usefixtures("home")
async def test_somebody_who_may_not_look_at_roles_is_still_offered_the_key_pair(simulated_aws: SimulatedAws) -> None:
    TOGGLES["profiles-missing"](simulated_aws.account)
    simulated_aws.account.denied.add("iam:List*")

    assert list(await _offered(simulated_aws)) == ["keypair"]


@pytest.mark.usefixtures("home")
async def test_looking_changes_nothing(simulated_aws: SimulatedAws) -> None:
    TOGGLES["profiles-missing"](simulated_aws.account)
    before = repr(simulated_aws.account)
    assert set(await _offered(simulated_aws)) == {"stack", "keypair"}

    assert repr(simulated_aws.account) == before
    assert not [
        call for call in simulated_aws.server.calls if not call.split(":")[1].startswith(("List", "Desc", "Get"))
    ]


@pytest.mark.usefixtures("home")
async def test_no_making_and_no_news_shows_the_secret(simulated_aws: SimulatedAws) -> None:
    simulated_aws.account.secret_access_key = "canary/secret/canary/secret/canary/secre"
    TOGGLES["profiles-missing"](simulated_aws.account)
    offered = await _offered(simulated_aws)
    told = [news for making in offered.values() for news in await _news(making.make())]

    assert len(told) == 5
    assert "canary" not in repr(offered) + repr(told)


def test_public_keys_are_read_best_kind_first_and_fingerprints_are_those_of_ssh_keygen(home: Path) -> None:
    from lattice_tui.providers.public_keys import own_public_keys

    ssh = home / ".ssh"
    try:
        subprocess.run(["ssh-keygen", "-q", "-t", "rsa", "-b", "2048", "-N", "", "-f", str(ssh / "id_rsa")], check=True)
        listed = subprocess.run(["ssh-keygen", "-lf", str(ssh / "id_rsa.pub")], capture_output=True, text=True)
        md5 = subprocess.run(
            ["ssh-keygen", "-l", "-E", "md5", "-f", str(ssh / "id_rsa.pub")], capture_output=True, text=True
        )
    except FileNotFoundError:
        pytest.skip("needs ssh-keygen")
    (ssh / "broken.pub").write_text("ssh-rsa AAAA me")
    (ssh / "folder.pub").mkdir()
    (ssh / "two.pub").write_text(f"{KEY}\n{KEY}\n")
    keys = own_public_keys(home)

    assert [key.path.name for key in keys] == ["id_ed25519.pub", "id_rsa.pub"]
    assert keys[1].sha256 in listed.stdout
    assert keys[1].md5 in md5.stdout
