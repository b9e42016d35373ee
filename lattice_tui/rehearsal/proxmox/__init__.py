"""A stand-in for a Proxmox VE cluster's API: HTTPS with a certificate authority of its own, tokens, permissions, tasks.

Lives here: the simulated site (`site`), what the API answers about it (`*_methods`), who may ask what (`acl`), and one
toggle for each thing that can be wrong with such a site (`toggles`). May not live here: anything the production path
needs. Who may import it: the rehearsed world and tests. Source of the facts: the public API viewer and the
administration guide of Proxmox VE 8.4 and 9.1; answers are made from the site, none is recorded.
"""

from __future__ import annotations

from lattice_tui.rehearsal.proxmox.default_site import default_site
from lattice_tui.rehearsal.proxmox.server import ProxmoxStandIn
from lattice_tui.rehearsal.proxmox.site import Site

__all__ = ["ProxmoxStandIn", "Site", "default_site"]
