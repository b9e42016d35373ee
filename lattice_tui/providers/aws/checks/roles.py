"""A8 to A10: the instance profiles of the machines, whether their roles may be passed on, the load balancers' role."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from lattice_tui.checks.runner import Check
from lattice_tui.providers.aws import rows
from lattice_tui.providers.aws.actions import LINKED_ROLES, STACK_ACTIONS
from lattice_tui.providers.aws.answers import AwsAnswerError
from lattice_tui.providers.aws.checks.look import BLOCK, Look, check, could_not, ok, unknown, wrong
from lattice_tui.providers.aws.checks.simulation import simulate
from lattice_tui.providers.aws.fields import CONTROL_PLANE_PROFILE, NODES_PROFILE
from lattice_tui.text import safe_text
from schemas.checks import CheckResult

STACK: Final = "cluster-api-provider-aws-sigs-k8s-io"
"""As clusterawsadm calls it."""
_MAKE: Final = "clusterawsadm bootstrap iam create-cloudformation-stack --region {region}"
_ELB: Final = "elasticloadbalancing.amazonaws.com"
_INPUTS = ("cp_profile", "worker_profile")


def checks(look: Look) -> tuple[Check, ...]:
    roles = _Roles(look)
    return (
        check(look, rows.PROFILES, "Instance profiles", roles.profiles, rows.REGION, inputs=_INPUTS),
        check(look, rows.PASS_ROLE, "Passing roles on", roles.pass_role, rows.PROFILES, inputs=_INPUTS),
        check(look, rows.LINKED_ROLE, "Role of load balancers", roles.linked_role, rows.REGION),
    )


class _Roles:
    """Every method is the `run` of one check."""

    def __init__(self, look: Look) -> None:
        self._look = look

    async def profiles(self) -> CheckResult:
        wish = self._look.wish
        wanted = {wish.cp_profile: "cpIamInstanceProfile", wish.worker_profile: "workerIamInstanceProfile"}
        missing = []
        for name, key in wanted.items():
            profile = await self._profile(name)
            if profile is None:
                missing.append(name)
            elif not profile.get("Roles"):
                return self._without_role(name, key)
        if missing:
            return await self._missing(missing, wanted)
        return ok("both are there, each with its role", evidence=safe_text(", ".join(wanted)))

    async def _profile(self, name: str) -> Mapping[str, Any] | None:
        async def ask() -> Mapping[str, Any] | None:
            try:
                said = await self._look.session.call("iam", "get_instance_profile", InstanceProfileName=name)
            except AwsAnswerError as error:
                if error.kind == "absent":
                    return None
                raise
            profile: Mapping[str, Any] = said["InstanceProfile"]
            return profile

        return await self._look.once(f"instance profile {name}", ask)

    def _without_role(self, name: str, key: str) -> CheckResult:
        short = safe_text(name, 90)
        return wrong(
            "fail",
            "LT-AWS-141",
            f"The instance profile {safe_text(name, 60)} holds no role",
            why="Machines would find no credentials (NoCredentialProviders), and never become nodes.",
            fix="Put the role of the same name into it",
            action=f"aws iam add-role-to-instance-profile --instance-profile-name {short} --role-name {short}",
            field=f"{BLOCK}.{key}",
        )

    async def _missing(self, missing: list[str], wanted: Mapping[str, str]) -> CheckResult:
        region = self._look.wish.region
        names = ", ".join(safe_text(name, 70) for name in missing)
        field = f"{BLOCK}.{wanted[missing[0]]}"
        if not {CONTROL_PLANE_PROFILE, NODES_PROFILE}.issuperset(missing):
            return wrong(
                "fail",
                "LT-AWS-140",
                f"There is no instance profile {safe_text(missing[0], 60)}",
                why="EC2 refuses a machine whose profile is not there (Invalid IAM Instance Profile name).",
                fix="Write the name as IAM shows it, without arn: and path; or leave the key out",
                action="aws iam list-instance-profiles --query 'InstanceProfiles[].InstanceProfileName'",
                field=field,
                evidence=names,
            )
        stack = await self._stack()
        if stack.endswith("_IN_PROGRESS"):
            fix = f"The stack {STACK} is being worked on ({safe_text(stack, 40)}): look again in a minute"
            return self._stack_result("LT-AWS-140", fix, field, names, "")
        make = _MAKE.format(region=region)
        if stack and not stack.endswith(("CREATE_COMPLETE", "UPDATE_COMPLETE")):
            return self._stack_result(
                "LT-AWS-143",
                f"The stack {STACK} has failed ({safe_text(stack, 40)}): delete it first, then make it again: {make}",
                field,
                names,
                f"aws cloudformation delete-stack --stack-name {STACK} --region {region}",
            )
        if denied := await self._may_not_make():
            return self._stack_result(
                "LT-AWS-142",
                f"Ask an administrator of the account to run: {make}",
                field,
                f"{names}; these keys may not {', '.join(denied)}",
                make,
            )
        return self._stack_result("LT-AWS-140", f"Make both, with their roles: {make}", field, names, make)

    def _stack_result(self, code: str, fix: str, field: str, evidence: str, action: str) -> CheckResult:
        summary = {
            "LT-AWS-140": "The instance profiles of the machines are not there",
            "LT-AWS-142": "The instance profiles are not there, and these keys may not make them",
            "LT-AWS-143": "The stack that makes the instance profiles has failed",
        }[code]
        return wrong(
            "fail",
            code,
            summary,
            why="They let machines make disks and load balancers without any key of yours.",
            fix=fix,
            action=action,
            field=field,
            evidence=evidence,
            action_id="" if code == "LT-AWS-142" else "make-stack",
        )

    async def _stack(self) -> str:
        """Status of the stack, empty when there is none or it may not be looked at."""
        try:
            said = await self._look.session.call("cloudformation", "describe_stacks", StackName=STACK)
        except AwsAnswerError:
            # `ValidationError`: there is none. Whatever else: the profiles are missing all the same.
            return ""
        return next((str(stack.get("StackStatus", "")) for stack in said.get("Stacks", ())), "")

    async def _may_not_make(self) -> tuple[str, ...]:
        try:
            return (await simulate(self._look, STACK_ACTIONS)).denied
        except AwsAnswerError:
            # Not known: the command that is shown says it when it is run.
            return ()

    async def pass_role(self) -> CheckResult:
        wish = self._look.wish
        arns = []
        for name in (wish.cp_profile, wish.worker_profile):
            profile = await self._profile(name)
            arns += [str(role["Arn"]) for role in (profile or {}).get("Roles", ())]
        if not arns:
            return unknown("there are no roles to pass on")
        try:
            found = await simulate(self._look, ("iam:PassRole",), dict.fromkeys(arns))
        except AwsAnswerError as error:
            return could_not(error)
        if found.unclear and not found.denied:
            return unknown("allowed under conditions alone", evidence=safe_text(", ".join(arns)))
        if not found.denied:
            return ok("likely: the roles may be passed on", evidence=safe_text(", ".join(arns)))
        return wrong(
            "fail",
            "LT-AWS-145",
            "These keys may not give machines their role (iam:PassRole)",
            why="EC2 refuses a machine with a role that its maker may not pass on.",
            fix="Allow iam:PassRole on arn:*:iam::*:role/*.cluster-api-provider-aws.sigs.k8s.io",
            action="clusterawsadm bootstrap iam print-policy --document AWSIAMManagedPolicyControllers",
            field="credentials.aws.access_key_id",
            evidence=safe_text(", ".join(arns)),
        )

    async def linked_role(self) -> CheckResult:
        if await self._look.role(LINKED_ROLES[_ELB]) is not None:
            return ok(f"{LINKED_ROLES[_ELB]} is there")
        make = f"aws iam create-service-linked-role --aws-service-name {_ELB}"
        identity = await self._look.identity()
        arn = f"arn:{identity.partition}:iam::{identity.account}:role/aws-service-role/{_ELB}/{LINKED_ROLES[_ELB]}"
        try:
            found = await simulate(self._look, ("iam:CreateServiceLinkedRole",), (arn,))
        except AwsAnswerError as error:
            return self._no_linked_role("warn", "LT-AWS-151", make, str(error))
        if found.denied:
            return self._no_linked_role("fail", "LT-AWS-150", make, "iam:CreateServiceLinkedRole is denied")
        return ok("not there yet: AWS makes it with the first load balancer")

    def _no_linked_role(self, status: Any, code: str, make: str, evidence: str) -> CheckResult:
        is_proven = code == "LT-AWS-150"
        return wrong(
            status,
            code,
            "The role of load balancers is missing" + (", and these keys may not make it" if is_proven else ""),
            why="An account's first load balancer needs it."
            + ("" if is_proven else " Going on, it is made by itself if these keys may: that could not be looked at."),
            fix=f"Make it once, as an administrator: {make}",
            action=make,
            evidence=evidence,
        )
