"""The document's models and the core types every layer shares.

What lives here: pydantic models and frozen dataclasses, nothing else. What may not: I/O, clocks,
processes, and any import beyond pydantic and the standard library. Who may import it: everybody.
Modules are imported one by one (`from schemas.rows import MachineRow`), so that a command pays
only for the types it uses.
"""
