"""A form with a file in it, as pveproxy reads one. Source: pve-http-server, file_upload_multipart."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from lattice_tui.rehearsal.proxmox.calls import ApiError

FILE = "file"
"""Under this name the file's content stands beside the other values."""
_BOUNDARY = re.compile(r";\s*boundary=([^\s;\"]+)\s*$")
_NAME = re.compile(rb'Content-Disposition: form-data; name="([a-z-]+)"(?:; filename="([^"]+)")?')


def form_of(body: bytes, headers: Mapping[str, str]) -> dict[str, Any]:
    """Its values, `filename`, and the file's content. Raises ApiError 501 for what pveproxy does not take."""
    boundary = _BOUNDARY.search(headers.get("Content-Type", ""))
    if boundary is None or "Content-Length" not in headers:
        raise ApiError(501, "upload failed")
    found: dict[str, Any] = {}
    for section in body.split(b"--" + boundary[1].encode())[1:-1]:
        head, _, content = section.removeprefix(b"\r\n").partition(b"\r\n\r\n")
        named = _NAME.search(head)
        if named is None or (named[2] and named[1] != b"filename"):
            raise ApiError(501, "upload failed")
        content = content.removesuffix(b"\r\n")
        if named[2]:
            found |= {"filename": named[2].decode(), FILE: content}
        else:
            found[named[1].decode()] = content.decode()
    return found
