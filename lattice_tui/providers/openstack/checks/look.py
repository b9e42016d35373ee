"""What the checks of one run share: the project's answers, each asked for once, and how a result is said."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from lattice_tui.checks.results import unknown
from lattice_tui.checks.runner import Check
from lattice_tui.checks.shared_answers import SharedAnswers
from lattice_tui.providers.openstack.session import Cloud, CloudError
from lattice_tui.providers.openstack.wish import OpenStackWish
from lattice_tui.secrets import Secret
from lattice_tui.text import safe_text
from schemas.checks import CheckResult

if TYPE_CHECKING:
    from lattice_tui.providers.openstack.access import Access

ROOT = "spec.provider.config.openstack"
CREDENTIALS = "openstack-credentials"
SIGN_IN = "openstack-sign-in"
SERVICES = "openstack-services"
ENDPOINTS = "openstack-endpoints"
CREDENTIAL_INPUTS = tuple(
    f"credentials.{name}"
    for name in (
        *("auth_url", "auth_type", "username", "user_id", "project_name", "project_id", "user_domain_name"),
        *("user_domain_id", "project_domain_name", "project_domain_id", "region_name", "interface"),
        *("application_credential_id", "application_credential_name", "ca_pem"),
    )
)
COMPUTE = ("compute",)
NETWORK = ("network",)
IMAGE = ("image",)
VOLUME = ("block-storage", "volumev3", "volume", "block-store")
LOAD_BALANCER = ("load-balancer", "octavia")
"""Names that catalogs have for a service. Source: OpenStack's service types authority."""
CHECK_S = 25.0
"""A sign-in, the discovery of a service, and one answer, each with the session's own limit."""
_LISTED = 8


class Look:
    """Built once a run; whatever several checks read is asked for once and shared."""

    def __init__(self, wish: OpenStackWish, params: Mapping[str, str], secrets: Mapping[str, Secret]) -> None:
        self.wish = wish
        self.params = params
        self.secrets = secrets
        self.cloud = Cloud.from_params(params, secrets)
        self._once = SharedAnswers().once

    async def access(self) -> Access:
        """Who we are there. Raises CloudError."""
        return await self._once("access", self.cloud.access)

    async def flavors(self) -> Sequence[Any]:
        """Every flavor of the project, with `name`, `vcpus`, `ram` (MiB), `disk` (GiB). Raises CloudError."""
        return await self._listed("flavors", lambda cloud: cloud.compute.flavors(details=True, limit=1000))

    async def images(self) -> Sequence[Any]:
        """Every image of the wanted name, whatever its state. Raises CloudError."""
        name = self.wish.image_name
        return await self._listed("images", lambda cloud: cloud.image.images(name=name, limit=1000))

    async def external_networks(self) -> Sequence[Any]:
        """Networks that lead out. Raises CloudError."""
        return await self._listed("external", lambda cloud: cloud.network.networks(is_router_external=True))

    async def subnets(self) -> Sequence[Any]:
        """Every subnet that the project may see. Raises CloudError."""
        return await self._listed("subnets", lambda cloud: cloud.network.subnets())

    async def listed(self, what: str, ask: Callable[[Any], Any]) -> Sequence[Any]:
        """Everything that `ask` finds, asked for once under the name `what`. Raises CloudError."""
        return await self._listed(what, ask)

    async def _listed(self, what: str, ask: Callable[[Any], Any]) -> Sequence[Any]:
        # The libraries ask for the next page while one reads: that belongs into the thread.
        return await self._once(what, lambda: self.cloud.ask(lambda cloud: tuple(ask(cloud))))


def check(
    look: Look,
    check_id: str,
    title: str,
    run: Callable[[], Awaitable[CheckResult]],
    *needs: str,
    inputs: tuple[str, ...] = (),
    timeout_s: float = CHECK_S,
) -> Check:
    """One check of this run; `inputs` are parameters of the document, beside those of the credentials.

    What the cloud does not answer makes it `unknown`.
    """

    async def guarded() -> CheckResult:
        try:
            return await run()
        except CloudError as error:
            return unanswered(error)

    return Check(check_id, title, needs, timeout_s, guarded, look.wish.simulated, (*CREDENTIAL_INPUTS, *inputs))


def unanswered(error: CloudError) -> CheckResult:
    """Could not be looked at, in words."""
    said = {
        "forbidden": "you may not look at this here",
        "no-identity": "there is no identity service at its address",
        "no-service": "the cloud's catalog does not name this service",
        "timeout": "no answer in time",
        "tls": "its certificate is not trusted",
        "unreachable": "its address cannot be reached",
        "refused": "the cloud refused the sign-in",
    }.get(error.kind, "the cloud answered with an error")
    status = f" ({error.status})" if error.status else ""
    return unknown(f"could not be looked at: {said}{status}", evidence=error.words)


def not_chosen(label: str, *, evidence: str = "") -> CheckResult:
    """A wish is absent, as in a document that is half filled in."""
    return unknown(f"nothing chosen yet: {label}", evidence=evidence)


def safe(text: object, limit: int = 60) -> str:
    """A server's text, short and printable."""
    return safe_text(str(text), limit)


def listed(names: Sequence[str], limit: int = _LISTED) -> str:
    """Some names for a sentence: `a, b and 12 more`; `none` where there are none."""
    shown = ", ".join(safe(name, 40) for name in names[:limit])
    more = f" and {len(names) - limit} more" if len(names) > limit else ""
    return f"{shown}{more}" or "none"


def nearest(wanted: str, names: Sequence[str]) -> list[str]:
    """The names most alike first, then the others as they come."""
    from difflib import get_close_matches  # only when something is not there

    close = get_close_matches(wanted, names, n=3, cutoff=0.5)
    return [*close, *(name for name in names if name not in close)]
