"""The address ranges that are proposed for pods and services, and the choice among them."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv4Network, IPv6Network, ip_network

Network = IPv4Network | IPv6Network

POD_CIDRS = ("10.244.0.0/16", "10.42.0.0/16", "172.30.0.0/16")
SERVICE_CIDRS = ("10.96.0.0/16", "10.43.0.0/16", "172.31.0.0/16")


def choose_ranges(pod_cidr: str | None, service_cidr: str | None, taken: Iterable[Network] = ()) -> tuple[str, str]:
    """The given ranges, and for each missing one the first proposal free of the other and of what is taken.

    Where no proposal is free, it is the first one that leaves the other alone, else the first one: a choice that
    cannot be good is made the same way each time, and the live checks say what it clashes with.
    Raises ValueError when a given range is none.
    """
    known = tuple(taken)
    if pod_cidr is None:
        pod_cidr = _first_free(POD_CIDRS, service_cidr, known)
    if service_cidr is None:
        service_cidr = _first_free(SERVICE_CIDRS, pod_cidr, known)
    return pod_cidr, service_cidr


def overlaps(one: Network, other: Network) -> bool:
    """Whether two ranges share addresses; ranges of different families never do."""
    return one.version == other.version and one.overlaps(other)


def network(text: str) -> Network | None:
    """The range that a text means, host bits ignored; None when it means none."""
    try:
        return ip_network(text, strict=False)
    except ValueError:
        return None


def _first_free(proposals: tuple[str, ...], other: str | None, taken: tuple[Network, ...]) -> str:
    kept = (ip_network(other, strict=False),) if other is not None else ()
    apart = [proposal for proposal in proposals if _is_free(proposal, kept)]
    free = (proposal for proposal in apart if _is_free(proposal, taken))
    # A range so wide that it covers every proposal is refused by the document; the first one keeps this total.
    return next(free, apart[0] if apart else proposals[0])


def _is_free(proposal: str, taken: tuple[Network, ...]) -> bool:
    wanted = ip_network(proposal)
    return not any(overlaps(wanted, one) for one in taken)
