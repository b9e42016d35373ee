"""`lattice schema`: the JSON Schema of cluster.yaml, for editors and validators, as it is shipped."""

from __future__ import annotations

from lattice_tui.cli.guarding import write_out


def run(arguments: list[str]) -> int:
    """Print the schema. Returns 0."""
    from lattice_tui.providers.schema import schema_bytes

    as_line = bool(arguments) and _is_json(arguments)
    text = schema_bytes().decode()
    if as_line:
        import json

        from lattice_tui.cli.json_lines import write_json

        write_json("schema.printed", {"schema": json.loads(text)})
    else:
        write_out(text.rstrip("\n"))
    return 0


def _is_json(arguments: list[str]) -> bool:
    # The common form has no arguments, and needs no argparse.
    from lattice_tui.cli.arguments import Parser, add_output

    parser = Parser("schema", "Print the JSON Schema (draft 2020-12) of cluster.yaml: lattice schema > FILE.json")
    add_output(parser)
    return bool(parser.read(arguments).output == "json")
