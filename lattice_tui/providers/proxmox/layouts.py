"""The names under which people's tools keep a Proxmox token, and what stands under them, told apart by its shape.

CAPMOX, image-builder, Terraform and the rest do not agree: `PROXMOX_TOKEN` is the token's name to one and its secret
to another. A value is therefore known by its form, whatever name it stands under.
Sources: CAPMOX cmd/main.go and docs/Troubleshooting.md, bpg/terraform-provider-proxmox, community.proxmox.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from lattice_tui.providers.proxmox import forms
from lattice_tui.providers.proxmox.address import place_of

_BEFORE_TOKEN: Final = re.compile(r"^(?:Authorization:\s*)?PVEAPIToken[= ]", re.IGNORECASE)
_WHOLE: Final = re.compile(rf"({forms.TOKEN_ID})[=:]({forms.TOKEN_SECRET})")
_ID: Final = re.compile(forms.TOKEN_ID)
_SECRET: Final = re.compile(forms.TOKEN_SECRET)
# Within a longer text the lengths are bounded: a token that ends nowhere would be tried from every character of it.
_BOUNDED: Final = r"[^\s:/@!=]{1,64}@[A-Za-z][A-Za-z0-9._-]{1,31}![A-Za-z][A-Za-z0-9._-]{1,127}"
_ID_WITHIN: Final = re.compile(_BOUNDED)
_WHOLE_WITHIN: Final = re.compile(rf"({_BOUNDED})[=:]({forms.TOKEN_SECRET})")
MAX_SCANNED_CHARACTERS = 64 * 1024


class Layout(NamedTuple):
    """How one tool names address, token id and secret."""

    name: str
    """What `spec.credentials.name` says for it; empty for the usual one."""
    tool: str
    url: tuple[str, ...]
    token: tuple[str, ...]
    """Names that hold the token's id, or all of it."""
    secret: tuple[str, ...]


LAYOUTS: Final = (
    Layout("", "Cluster API", ("PROXMOX_URL",), ("PROXMOX_TOKEN", "PROXMOX_USERNAME"), ("PROXMOX_SECRET",)),
    Layout("PROXMOX_VE", "Terraform (bpg)", ("PROXMOX_VE_ENDPOINT",), ("PROXMOX_VE_API_TOKEN",), ()),
    Layout("PM", "Terraform (Telmate)", ("PM_API_URL",), ("PM_API_TOKEN_ID",), ("PM_API_TOKEN_SECRET",)),
    Layout("PROXMOX_HOST", "Ansible", ("PROXMOX_HOST",), ("PROXMOX_TOKEN_ID",), ("PROXMOX_TOKEN_SECRET",)),
    Layout("PVE", "PVE_URL", ("PVE_URL",), ("PVE_TOKEN",), ()),
    Layout("api", "Ansible variables", ("api_host",), ("api_user", "api_token_id"), ("api_token_secret",)),
)
"""In the order in which they are looked for."""
PASTED_ONLY: Final = frozenset({"api"})
"""Too common as names of environment variables."""
SWAPPED: Final = (
    "image-builder's names: PROXMOX_TOKEN held the secret, PROXMOX_USERNAME the token; they were put right here"
)


@dataclass(slots=True)
class Read:
    """What was understood, in the names of the credential fields."""

    values: dict[str, str] = field(default_factory=dict)
    secret: str = ""
    names: tuple[str, ...] = ()
    """Where it stood."""
    remarks: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        return not self.values and not self.secret


def read_layout(layout: Layout, said: Mapping[str, str]) -> Read:
    """What one tool's names hold in an environment or a file. A swap of token and secret is put right, and said."""
    wanted = (*layout.url, *layout.token, *layout.secret)
    present = {name: _tidied(said[name]) for name in wanted if said.get(name, "").strip()}
    read = Read(names=tuple(present))
    for name in layout.url:
        if name in present:
            read.values["url"] = url_of(present[name])
    texts = [present[name] for name in (*layout.token, *layout.secret) if name in present]
    whole = next((match for match in map(_WHOLE.fullmatch, texts) if match), None)
    if whole is not None:
        read.values["token_id"], read.secret = whole[1], whole[2]
        return read
    _sort(layout, present, read)
    return read


def _sort(layout: Layout, present: Mapping[str, str], read: Read) -> None:
    """Token and secret by their form; what has neither form stays under its name, for the form's own problem."""
    token_name = next((name for name in layout.token if name in present), "")
    secret_name = next((name for name in layout.secret if name in present), "")
    token, secret = present.get(token_name, ""), present.get(secret_name, "")
    others = [present[name] for name in layout.token if name in present and name != token_name]
    if layout.name == "api" and len(others) == 1 and not _ID.fullmatch(token):
        # Ansible keeps user and token name apart.
        token, others = (others[0] if "!" in others[0] else f"{token}!{others[0]}"), []
    if _SECRET.fullmatch(token):
        other = next((text for text in (secret, *others) if _ID.fullmatch(text)), "")
        if other:
            is_builder = other != secret
            read.remarks = (SWAPPED if is_builder else f"{token_name} held the secret and {secret_name} the token",)
            token, secret = other, token
    if token:
        read.values["token_id"] = token
    read.secret = secret


def scan(text: str) -> Read:
    """The one token id, the one secret and the one address anywhere in a text: what pveum prints, a header, notes."""
    if len(text) > MAX_SCANNED_CHARACTERS:
        return Read()
    text = _BEFORE_TOKEN.sub("", text.strip())
    read = Read()
    if match := _WHOLE_WITHIN.search(text):
        read.values["token_id"], read.secret = match[1].lstrip("\"'"), match[2]
    else:
        ids = dict.fromkeys(found.strip("\"',") for found in _ID_WITHIN.findall(text))
        secrets = dict.fromkeys(_SECRET.findall(text))
        if len(ids) == 1:
            read.values["token_id"] = next(iter(ids))
        if len(secrets) == 1:
            read.secret = next(iter(secrets))
    urls = dict.fromkeys(url_of(found) for found in re.findall(r"https?://[^\s\"'<>|,]+", text))
    if len(urls) == 1:
        read.values["url"] = next(iter(urls))
    return read


def url_of(text: str) -> str:
    """Host and port of what is written, as one URL; the text itself where it names no server."""
    try:
        return place_of(text).url
    except ValueError:
        # Its form is looked at, and told, with the other fields.
        return text.strip()


def _tidied(text: str) -> str:
    return _BEFORE_TOKEN.sub("", text.strip().strip("\"'"))
