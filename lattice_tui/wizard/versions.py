"""The Kubernetes versions to choose from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from lattice_tui.document.pins import KubernetesPins, minor_of, pins


@dataclass(frozen=True, slots=True)
class VersionChoice:
    """One version, with what speaks for it."""

    version: str
    remark: str
    """Until when the Kubernetes project supports it, a few words."""
    why: str


def version_choices(given: str, provider: str, today: date) -> tuple[VersionChoice, ...]:
    """The proposed version first, then the newest one of each minor version, then `given` when it is none of these.

    `given` is what an opened file says; `today` decides whether upstream support has ended.
    """
    known = pins().kubernetes
    proposed = known.proposed[provider]
    newest = [version for version in known.node_images if known.newest_patch(minor_of(version)) == version]
    versions = dict.fromkeys([proposed, *newest, *([given] if given else [])])
    return tuple(_choice(version, known, proposed, today) for version in versions)


def proposed_version(provider: str) -> str:
    """The version that the wizard fills in."""
    return pins().kubernetes.proposed[provider]


def _choice(version: str, known: KubernetesPins, proposed: str, today: date) -> VersionChoice:
    remark = _support(version, known, today)
    if version == proposed:
        return VersionChoice(
            version, f"proposed, {remark}" if remark else "proposed", f"It is {known.proposed_reason}."
        )
    if version not in known.node_images:
        return VersionChoice(version, remark or "as written in the file", "No tested node image is known for it.")
    return VersionChoice(version, remark, "Possible. The proposed one is what every part was tested with.")


def _support(version: str, known: KubernetesPins, today: date) -> str:
    try:
        major, minor = minor_of(version)
        end = date.fromisoformat(known.support_ends[f"{major}.{minor}"])
    except (ValueError, KeyError):
        return ""
    return f"support ended {end.isoformat()}" if end < today else f"supported until {end.isoformat()}"
