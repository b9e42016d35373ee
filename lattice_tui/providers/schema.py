"""The JSON Schema of cluster.yaml as it is shipped, and the copy that lies beside a file of ours for editors.

Reads one file and imports no model: `lattice schema` costs no more than printing it. How it is made is
`lattice_tui.providers.json_schema`'s to say.
"""

from __future__ import annotations

import os

TYPE_CHECKING = False  # known to type checkers by this name
if TYPE_CHECKING:
    from pathlib import Path

_SHIPPED = "latticecluster.schema.json"
_OURS = b'"$id": "https://lattice.dev/v1alpha1/latticecluster.schema.json"'
"""Stands in every release of it, and in no schema that somebody else has written."""
_HEAD_BYTES = 1024
_OTHERS_READ_IT = 0o644
"""It holds no secret, and the editor may run as somebody else."""


def schema_bytes() -> bytes:
    """What `lattice schema` prints."""
    import schemas

    with open(os.path.join(os.path.dirname(schemas.__file__), _SHIPPED), "rb") as stream:
        return stream.read()


def lay_beside(cluster_file: Path) -> Path | None:
    """Put the schema beside a fresh file of ours, where its first line looks for it.

    Returns its path; None when something else of that name is there, which is left alone. Raises OSError.
    """
    from lattice_tui.document.writer import SCHEMA_FILE
    from lattice_tui.paths import UnsafePathError, refuse_unsafe_target, write_atomically

    target = cluster_file.with_name(SCHEMA_FILE)
    try:
        refuse_unsafe_target(target)
        before = target.read_bytes()
    except UnsafePathError:
        return None
    except FileNotFoundError:
        before = None
    if before is not None and _OURS not in before[:_HEAD_BYTES]:
        return None
    data = schema_bytes()
    if before != data:
        write_atomically(target, data, _OTHERS_READ_IT)
    return target
