"""A17: nothing of a cluster with the same name is there already."""

from __future__ import annotations

from lattice_tui.checks.runner import Check
from lattice_tui.providers.aws import rows
from lattice_tui.providers.aws.answers import AwsAnswerError
from lattice_tui.providers.aws.checks.look import Look, check, could_not, ok, unknown, wrong
from lattice_tui.text import safe_text
from schemas.checks import CheckResult

CLUSTER_TAG = "sigs.k8s.io/cluster-api-provider-aws/cluster/"
"""What Cluster API marks its things with; the name follows."""


def checks(look: Look) -> tuple[Check, ...]:
    return (check(look, rows.NAME_CLASH, "Name not taken", _Clash(look).name, rows.REGION, inputs=("name",)),)


class _Clash:
    def __init__(self, look: Look) -> None:
        self._look = look

    async def name(self) -> CheckResult:
        name = self._look.wish.name
        if not name:
            return unknown("nothing chosen yet: Name")
        trouble: AwsAnswerError | None = None
        found: list[str] = []
        try:
            found = await self._tagged(name)
        except AwsAnswerError as error:
            trouble = error
        try:
            found += [one for one in await self._balancers(name) if one not in found]
        except AwsAnswerError as error:
            trouble = trouble or error
        if found:
            return self._taken(name, found)
        return could_not(trouble) if trouble is not None else ok(f"nothing is called {safe_text(name, 40)} yet")

    async def _tagged(self, name: str) -> list[str]:
        filters = [{"Key": f"{CLUSTER_TAG}{name}"}]
        said = await self._look.session.every(
            "resourcegroupstaggingapi", "get_resources", "ResourceTagMappingList", TagFilters=filters, limit=200
        )
        return [str(one.get("ResourceARN", "")) for one in said]

    async def _balancers(self, name: str) -> list[str]:
        """Load balancers of the name that the cluster's own would get."""
        wanted = f"{name}-apiserver"
        newer = await self._look.session.every("elbv2", "describe_load_balancers", "LoadBalancers")
        older = await self._look.session.every("elb", "describe_load_balancers", "LoadBalancerDescriptions")
        named = [one for one in (*newer, *older) if one.get("LoadBalancerName") == wanted]
        return [str(one.get("LoadBalancerArn") or f"load balancer {wanted}") for one in named]

    def _taken(self, name: str, found: list[str]) -> CheckResult:
        short = safe_text(name, 40)
        return wrong(
            "fail",
            "LT-AWS-200",
            f"A cluster called {short} has {len(found)} thing{'s' if len(found) > 1 else ''} in this region",
            why="Two clusters of one name share load balancers, and removing one takes the other's along.",
            fix="Take another name, or remove what is there of the other cluster first",
            action=f"aws resourcegroupstaggingapi get-resources --tag-filters Key={CLUSTER_TAG}{short}",
            field="metadata.name",
            evidence=safe_text("; ".join(found)),
        )
