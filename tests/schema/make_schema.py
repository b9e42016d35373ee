"""Writes schemas/latticecluster.schema.json anew from the models: `python -m tests.schema.make_schema`."""

from __future__ import annotations

from lattice_tui.providers.json_schema import schema_text
from tests.shared import ROOT

SCHEMA_FILE = ROOT / "schemas" / "latticecluster.schema.json"

if __name__ == "__main__":
    SCHEMA_FILE.write_text(schema_text(), "utf-8")
    print(f"{SCHEMA_FILE.relative_to(ROOT)} is written")
