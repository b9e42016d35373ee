"""The install engine: plan -> steps -> journal -> Snapshot.

What lives here: resolving a document to a plan, the steps and their scheduler, the write-ahead journal,
its fold and its tail, and what a door needs to start, find and stop an engine. What may not: drawing,
asking, argv, and anything that knows the rehearsal (the world is behind the tools seam). Who may import
it: the doors and `lattice_tui.engine`; `fold`, `tail` and `runs` are cheap enough for every command.
"""
