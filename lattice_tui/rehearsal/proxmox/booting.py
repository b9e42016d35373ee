"""A machine that boots with a CD of first settings: it works for a moment, says at what, and switches itself off."""

from __future__ import annotations

import time

from lattice_tui.rehearsal.proxmox.calls import ApiError, Call
from lattice_tui.rehearsal.proxmox.site import Guest, Site

LABEL = b"cidata"
_LABEL_AT = slice(16 * 2048 + 40, 16 * 2048 + 46)
_AGENT_AT, _DONE_AT = 0.3, 0.6
"""Parts of the whole boot."""
CANNOT_FETCH = (
    "failed: installing Kubernetes from https://pkgs.k8s.io: curl: (28) Failed to connect to pkgs.k8s.io port 443"
)


def switched_on(site: Site, guest: Guest) -> None:
    """It starts now; with a CD that cloud-init reads, it will do what that says."""
    guest.is_running = True
    guest.is_set_up_since = time.monotonic() if _has_seed(site, guest) else 0.0


def settle(site: Site) -> None:
    """Whoever has come to the end of such a boot is off."""
    for guest in site.guests.values():
        if guest.is_running and guest.is_set_up_since and site.boot_ending == "off" and _part(site, guest) >= 1:
            guest.is_running, guest.is_set_up_since = False, 0.0


def step_of(call: Call, guest: Guest) -> str:
    """What the machine's own file says. Raises ApiError 500 while no agent is there to read it."""
    done = _part(call.site, guest) if guest.is_set_up_since else 0.0
    if done < _AGENT_AT or call.site.boot_ending == "unheard":
        raise ApiError(500, "QEMU guest agent is not running")
    if call.site.boot_ending == "failed" and done >= _DONE_AT:
        return CANNOT_FETCH
    if call.site.boot_ending == "never" or done < _DONE_AT:
        return "installing containerd from Ubuntu's packages"
    return "finished"


def _part(site: Site, guest: Guest) -> float:
    return (time.monotonic() - guest.is_set_up_since) / max(site.boot_s, 0.001)


def _has_seed(site: Site, guest: Guest) -> bool:
    for value in map(str, guest.config.values()):
        volid = value.partition(",")[0]
        storage = site.storages.get(volid.partition(":")[0])
        if "media=cdrom" in value and storage is not None:
            return any(one.volid == volid and one.data[_LABEL_AT] == LABEL for one in storage.on(guest.node))
    return False
