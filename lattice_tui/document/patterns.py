"""What a text looks like, in the regular expressions that JSON Schema shares with every editor (ECMA 262).

They accept whatever the reader accepts, and refuse what a pattern can tell; the reader's own rules decide. Written
for both engines that meet them: no look-behind, no flags, and no `\\d`, which is more than 0 to 9 in Python.
"""

from __future__ import annotations

from typing import Final

_OCTET = "(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
_IPV4 = rf"(?:{_OCTET}\.){{3}}{_OCTET}"
# Loose on purpose: counting the groups around `::` takes a page, and the reader says it better.
_IPV6 = "[0-9A-Fa-f]{0,4}:[0-9A-Fa-f:.]{1,40}"
_DNS_LABEL = "[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?"
# A label with a letter, or a dash between digits: a name of nothing but digits and dots would be an address.
_DNS_WORD = "(?:[0-9]*[a-z](?:[-a-z0-9]*[a-z0-9])?|[0-9]+-[-a-z0-9]*[a-z0-9])"
_DNS_NAME = rf"(?:{_DNS_LABEL}\.)*{_DNS_WORD}(?:\.{_DNS_LABEL})*"
_SEEN = r"[^\u0000-\u001f\u007f-\u009f]"
_WORD = "(?:[0-9]*[A-Za-z](?:[-A-Za-z0-9]*[A-Za-z0-9])?|[0-9]+-[-A-Za-z0-9]*[A-Za-z0-9])"
_DNS_NAME = rf"(?:{_DNS_LABEL}\.)*{_DNS_WORD}(?:\.{_DNS_LABEL})*"
_WORD = "[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?"
_SUBDOMAIN = r"[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*"

NAME: Final = "^[a-z](?:[-a-z0-9]*[a-z0-9])?$"
"""A cluster or a pool."""
LABEL_KEY: Final = f"^(?:{_SUBDOMAIN}/)?{_WORD}$"
LABEL_VALUE: Final = f"^(?:{_WORD})?$"
ADDRESS: Final = f"^(?:{_IPV4}|{_IPV6})$"
RANGE: Final = f"^(?:{_IPV4}/0*(?:[12]?[0-9]|3[0-2])|{_IPV6}/0*(?:[1-9]?[0-9]|1[01][0-9]|12[0-8]))$"
POD_RANGE: Final = f"^(?:{_IPV4}/0*(?:[89]|1[0-9]|2[0-3])|{_IPV6}/0*(?:4[89]|5[0-9]|6[0-3]))$"
"""Room for more than the /24 or /64 of one machine, and no more than Kubernetes keeps books of."""
SERVICE_RANGE: Final = f"^(?:{_IPV4}/0*(?:1[2-9]|2[0-8])|{_IPV6}/0*(?:10[89]|11[0-9]|12[0-4]))$"
"""Between 4 and 20 bits for hosts, as Kubernetes takes it."""
HOST: Final = rf"^(?:\.\.\.|{_DNS_NAME}|{_IPV4}|{_IPV6})$"
CERTIFICATE_NAME: Final = rf"^(?:(?:\*\.)?{_DNS_NAME}|{_IPV4}|{_IPV6})$"
PRINTABLE: Final = f"^{_SEEN}*$"
"""One line, perhaps empty."""
LINE: Final = f"^{_SEEN}*[^\\s\\u0000-\\u001f\\u007f-\\u009f]{_SEEN}*$"
"""Something to read, in one line."""
VERSION_TAIL: Final = r"\.(?:0|[1-9][0-9]{0,3})(?:\+rke2r[1-9][0-9]{0,2})?$"
"""Patch and suffix; what stands before depends on the versions that can be built."""
CREDENTIAL: Final = r"![^=\s]+=[0-9a-f]{8}-|^A[KS]IA[0-9A-Z]{16}$|-----BEGIN"
"""A name that is itself a secret. Source: Proxmox API tokens, AWS key ids, PEM."""
