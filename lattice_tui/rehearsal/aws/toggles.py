"""What can be wrong with an account at AWS, one toggle each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from lattice_tui.rehearsal.aws.account import (
    ACCOUNT_ID,
    CAPA_OWNER,
    ELASTIC_IP_QUOTA,
    ELB_ROLE,
    SUFFIX,
    USER,
    VCPU_QUOTA,
    VPC_QUOTA,
    Account,
    KeyPair,
    LoadBalancer,
    Stack,
    Vpc,
)

CLUSTER = "prod"
"""Name of the cluster that `name-taken` has standing already."""
STACK = "cluster-api-provider-aws-sigs-k8s-io"
REGION = "eu-central-1"
CLUSTER_TAG = "sigs.k8s.io/cluster-api-provider-aws/cluster/"
_ERROR_PAGE = "<!doctype html><html><title>502 Bad Gateway</title><h1>Bad Gateway</h1></html>"
_HOUR_S = 3600.0


def _refused(code: str, words: str) -> Callable[[Account], None]:
    def toggle(account: Account) -> None:
        account.sign_in_fault = (code, words)

    return toggle


def _denied(*actions: str) -> Callable[[Account], None]:
    def toggle(account: Account) -> None:
        account.denied.update(actions)

    return toggle


def _broken(*operations: str) -> Callable[[Account], None]:
    def toggle(account: Account) -> None:
        account.broken.update(dict.fromkeys(operations, (502, _ERROR_PAGE)))

    return toggle


def _key_unknown(account: Account) -> None:
    # The person's key is of an account that is no longer there.
    fault = ("InvalidClientTokenId", "The security token included in the request is invalid.")
    account.sign_in_fault = fault


def _root_key(account: Account) -> None:
    account.arn = f"arn:aws:iam::{ACCOUNT_ID}:root"


def _assumed_role(account: Account) -> None:
    account.arn = f"arn:aws:sts::{ACCOUNT_ID}:assumed-role/{USER}/session"
    account.roles[USER] = "/people/"
    account.access_key_id = "ASIATESTTESTTESTTEST"
    account.session_token = "simulated-session-token"  # noqa: S105 - of a simulated account


def _clock_off(account: Account) -> None:
    account.clock_ahead_s = _HOUR_S
    account.sign_in_fault = ("SignatureDoesNotMatch", "Signature expired: is now earlier than allowed")


def _clock_drifts(account: Account) -> None:
    account.clock_ahead_s = 120.0


def _region_not_opted_in(account: Account) -> None:
    account.regions[REGION] = "not-opted-in"


def _region_closed(account: Account) -> None:
    account.regions[REGION] = "not-opted-in"
    account.closed_regions_refuse = True


def _one_zone(account: Account) -> None:
    account.zones[REGION] = account.zones[REGION][:1]


def _images_missing(account: Account) -> None:
    account.images = [image for image in account.images if image.owner != CAPA_OWNER]


def _images_older(account: Account) -> None:
    account.images = [image for image in account.images if "v1.34" in image.name or image.owner != CAPA_OWNER]


def _profile_missing(who: str) -> Callable[[Account], None]:
    def toggle(account: Account) -> None:
        del account.profiles[f"{who}.{SUFFIX}"]

    return toggle


def _profiles_missing(account: Account) -> None:
    account.profiles.clear()
    account.policies.clear()
    account.roles = {name: path for name, path in account.roles.items() if not name.endswith(SUFFIX)}


def _profile_without_role(account: Account) -> None:
    account.profiles[f"nodes.{SUFFIX}"] = ()


def _stack_rolled_back(account: Account) -> None:
    _profiles_missing(account)
    reason = f"API: iam:CreateRole User: {account.arn} is not authorized to perform: iam:CreateRole"
    account.stacks[STACK] = Stack(STACK, "ROLLBACK_COMPLETE", reason)


def _load_balancer_role_missing(account: Account) -> None:
    del account.roles[ELB_ROLE]


def _load_balancer_role_cannot_be_made(account: Account) -> None:
    del account.roles[ELB_ROLE]
    account.denied.add("iam:CreateServiceLinkedRole")


def _type_not_offered(account: Account) -> None:
    account.not_offered.update((name, "*") for name in account.sizes if name.startswith("m5."))


def _type_in_one_zone(account: Account) -> None:
    for name in account.sizes:
        account.not_offered.update((name, zone) for zone in account.zones[REGION][1:])


def _key_pairs_missing(account: Account) -> None:
    account.key_pairs.clear()


def _second_key_pair(account: Account) -> None:
    account.key_pairs["other"] = KeyPair("other", account.new_id("key"), "rsa", "00:11:22")


def _vpcs_used_up(account: Account) -> None:
    for number in range(int(account.quotas[VPC_QUOTA]) - len(account.vpcs)):
        account.vpcs.append(Vpc(account.new_id("vpc"), f"10.{100 + number}.0.0/16", name=f"older-{number}"))


def _elastic_ips_used_up(account: Account) -> None:
    used = int(account.quotas[ELASTIC_IP_QUOTA])
    account.elastic_ips = [f"203.0.113.{10 + number}" for number in range(used)]


def _vcpus_short(account: Account) -> None:
    account.quotas[VCPU_QUOTA] = 5


def _vcpus_used_up(account: Account) -> None:
    account.machines = [(account.new_id("i"), "m5.4xlarge") for _ in range(4)]


def _nat_gateways_used_up(account: Account) -> None:
    account.nat_gateways = [(account.new_id("nat"), subnet.id) for subnet in account.subnets for _ in range(5)]


def _name_taken(account: Account) -> None:
    account.load_balancers.append(LoadBalancer(f"{CLUSTER}-apiserver", tags={CLUSTER_TAG + CLUSTER: "owned"}))


def _classic_name_taken(account: Account) -> None:
    tags = {CLUSTER_TAG + CLUSTER: "owned"}
    account.load_balancers.append(LoadBalancer(f"{CLUSTER}-apiserver", "classic", tags))


def _encrypted_by_default(account: Account) -> None:
    account.is_encrypted_by_default = True


def _hostile_names(account: Account) -> None:
    name = "[@click=app.bell]press[/x]\u202egnp"
    account.key_pairs[name] = KeyPair(name, account.new_id("key"), "ed25519", "00")


TOGGLES: Mapping[str, Callable[[Account], None]] = MappingProxyType(
    {
        "key-unknown": _key_unknown,
        "secret-wrong": _refused(
            "SignatureDoesNotMatch",
            "The request signature we calculated does not match the signature you provided.",
        ),
        "token-expired": _refused("ExpiredToken", "The security token included in the request is expired"),
        "root-key": _root_key,
        "assumed-role": _assumed_role,
        "clock-off": _clock_off,
        "clock-drifts": _clock_drifts,
        "region-not-opted-in": _region_not_opted_in,
        "region-closed": _region_closed,
        "one-zone": _one_zone,
        "run-instances-denied": _denied("ec2:RunInstances"),
        "networks-denied": _denied("ec2:CreateVpc", "ec2:CreateNatGateway", "ec2:AllocateAddress"),
        "pass-role-denied": _denied("iam:PassRole"),
        "create-role-denied": _denied("iam:CreateRole"),
        "simulation-denied": _denied("iam:SimulatePrincipalPolicy"),
        "everything-denied": _denied("*"),
        "profiles-unreadable": _denied("iam:GetInstanceProfile"),
        "quotas-unreadable": _denied("servicequotas:*"),
        "prices-unreadable": _denied("pricing:*"),
        "quotas-broken": _broken("GetServiceQuota", "ListServiceQuotas"),
        "simulation-broken": _broken("SimulatePrincipalPolicy"),
        "images-missing": _images_missing,
        "images-older": _images_older,
        "control-plane-profile-missing": _profile_missing("control-plane"),
        "nodes-profile-missing": _profile_missing("nodes"),
        "profiles-missing": _profiles_missing,
        "profile-without-role": _profile_without_role,
        "stack-rolled-back": _stack_rolled_back,
        "load-balancer-role-missing": _load_balancer_role_missing,
        "load-balancer-role-cannot-be-made": _load_balancer_role_cannot_be_made,
        "type-not-offered": _type_not_offered,
        "type-in-one-zone": _type_in_one_zone,
        "key-pair-missing": _key_pairs_missing,
        "second-key-pair": _second_key_pair,
        "vpcs-used-up": _vpcs_used_up,
        "elastic-ips-used-up": _elastic_ips_used_up,
        "vcpus-short": _vcpus_short,
        "vcpus-used-up": _vcpus_used_up,
        "nat-gateways-used-up": _nat_gateways_used_up,
        "name-taken": _name_taken,
        "classic-name-taken": _classic_name_taken,
        "encrypted-by-default": _encrypted_by_default,
        "hostile-names": _hostile_names,
    }
)
"""Name -> what makes it so on a `default_account()`."""
