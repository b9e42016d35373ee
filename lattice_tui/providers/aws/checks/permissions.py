"""A7: what Cluster API will do may be done: by IAM's own simulation, and by requests that are only tried (DryRun)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from lattice_tui.checks.runner import Check
from lattice_tui.providers.aws import rows
from lattice_tui.providers.aws.actions import CONTROLLER_ACTIONS, SECRET_ACTIONS
from lattice_tui.providers.aws.answers import AwsAnswerError
from lattice_tui.providers.aws.checks.images import wanted_image
from lattice_tui.providers.aws.checks.look import Look, check, ok, unknown, wrong
from lattice_tui.providers.aws.checks.simulation import Simulated, simulate
from lattice_tui.text import safe_text
from schemas.checks import CheckResult

_SHOWN = 4
_TRIED: Final[Mapping[str, tuple[str, dict[str, Any]]]] = {
    "ec2:CreateVpc": ("create_vpc", {"CidrBlock": "10.0.0.0/16"}),
    "ec2:AllocateAddress": ("allocate_address", {"Domain": "vpc"}),
    "ec2:CreateInternetGateway": ("create_internet_gateway", {}),
}
"""Action -> the request that tries it, beside RunInstances. Load balancers and IAM cannot be tried."""
_ORGANIZATION = "Rules of the organization (SCPs) are not looked at: the answer is likely, not certain."


def checks(look: Look) -> tuple[Check, ...]:
    permissions = _Permissions(look)
    return (
        check(look, rows.PERMISSIONS, "Permissions", permissions.simulated, rows.REGION, timeout_s=45.0),
        check(
            look,
            rows.TRIAL,
            "Permissions, tried",
            permissions.tried,
            rows.REGION,
            inputs=("cp_instance_type", "ami_id", "version", "bootstrap"),
        ),
    )


class _Permissions:
    """Every method is the `run` of one check."""

    def __init__(self, look: Look) -> None:
        self._look = look

    async def simulated(self) -> CheckResult:
        identity = await self._look.identity()
        try:
            found = await simulate(self._look, CONTROLLER_ACTIONS)
            region = self._look.wish.region
            secret = (
                f"arn:{identity.partition}:secretsmanager:{region}:{identity.account}:secret:aws.cluster.x-k8s.io/x"
            )
            kept = await simulate(self._look, SECRET_ACTIONS, (secret,))
        except AwsAnswerError as error:
            return _not_simulated(error)
        found = Simulated((*found.denied, *kept.denied), (*found.unclear, *kept.unclear))
        count = len(CONTROLLER_ACTIONS) + len(SECRET_ACTIONS)
        if found.denied:
            shown = ", ".join(found.denied[:_SHOWN]) + (", ..." if len(found.denied) > _SHOWN else "")
            return wrong(
                "fail",
                "LT-AWS-130",
                f"These keys may not do {len(found.denied)} of {count} things that Cluster API does",
                why=f"Not allowed: {shown}",
                fix="Attach the policy controllers.cluster-api-provider-aws.sigs.k8s.io to the user or role; "
                "lattice explain aws shows how it is made",
                action="clusterawsadm bootstrap iam print-policy --document AWSIAMManagedPolicyControllers",
                field="credentials.aws.access_key_id",
                evidence=", ".join(found.denied),
            )
        if found.unclear:
            return unknown(
                f"{len(found.unclear)} of {count} actions are allowed under conditions alone",
                why="The conditions name tags or addresses that are known while building only.",
                evidence=", ".join(found.unclear),
            )
        return ok(f"likely: all {count} actions of Cluster API are allowed", why=_ORGANIZATION)

    async def tried(self) -> CheckResult:
        """Requests that AWS answers without doing them: `DryRunOperation` means that it would have."""
        allowed: list[str] = []
        denied: dict[str, str] = {}
        unclear: list[str] = []
        for action, operation, arguments in await self._requests():
            try:
                await self._look.session.call("ec2", operation, DryRun=True, **arguments)
            except AwsAnswerError as error:
                if error.code == "DryRunOperation":
                    allowed.append(action)
                elif error.kind == "denied":
                    denied[action] = error.words.partition("Encoded authorization")[0]
                else:
                    unclear.append(f"{action}: {error}")
            else:
                # Whoever answers does not know what a trial is: nothing else is tried there.
                return unknown("the server did what was only to be tried, so it is not AWS itself", evidence=action)
        if denied:
            return wrong(
                "fail",
                "LT-AWS-135",
                f"AWS refuses {', '.join(denied)}",
                why=safe_text(next(iter(denied.values())) or "it was tried, and not done", 240),
                fix="Allow it in the user's or role's policy, or ask whoever sets the rules of the organization",
                field="credentials.aws.access_key_id",
                evidence=", ".join(denied),
            )
        if not allowed:
            return unknown("nothing could be tried", evidence=safe_text("; ".join(unclear)))
        return ok(f"tried, not done: {', '.join(allowed)}", evidence=safe_text("; ".join(unclear)))

    async def _requests(self) -> list[tuple[str, str, dict[str, Any]]]:
        look, requests = self._look, []
        try:
            image = await wanted_image(look, look.wish.control_plane)
        except AwsAnswerError:
            # The row of the image says so.
            image = None
        if image is not None and look.wish.cp_instance_type:
            run = {"ImageId": image.id, "InstanceType": look.wish.cp_instance_type, "MinCount": 1, "MaxCount": 1}
            requests.append(("ec2:RunInstances", "run_instances", run))
        if not look.session.endpoint_url or look.wish.simulated:
            # Elsewhere than at AWS a trial may be taken for the real thing: moto makes the VPC.
            requests += [(action, operation, arguments) for action, (operation, arguments) in _TRIED.items()]
        return requests


def _not_simulated(error: AwsAnswerError) -> CheckResult:
    fix = "Allow iam:SimulatePrincipalPolicy to have it looked at beforehand" if error.kind == "denied" else ""
    return unknown(
        f"permissions cannot be simulated: {error.because}"[:99],
        why="What is missing would then come out while building.",
        fix=fix,
        evidence=str(error),
    )
