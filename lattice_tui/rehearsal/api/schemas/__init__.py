"""What an object may look like: the OpenAPI v3 schema of a kind, walked the way a real API server walks it.

Lives here: unknown fields, pruning, defaults, validation with the real server's words, CEL rules, and reading the
served versions out of a CustomResourceDefinition. May not live here: stores, requests, or what a kind means.
Imported by `lattice_tui.rehearsal.api`, and by `crd_folder`. Every part works on plain JSON values and changes none.
"""
