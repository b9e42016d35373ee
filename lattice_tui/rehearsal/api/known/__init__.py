"""What is known of kinds without asking anyone: our own compact definitions of the built-in and Cluster API kinds.

Lives here: the definitions (`kinds/*.txt`, in the notation that `notation.py` explains), the reader that makes schemas
of them, and the cells of the built-in kinds (`printing`). May not live here: rules about what may be written, HTTP.
For the rest of `rehearsal.api` and for whoever opens kinds in a store.
"""

from lattice_tui.rehearsal.api.known.versions import known_versions, with_known_versions

__all__ = ["known_versions", "with_known_versions"]
