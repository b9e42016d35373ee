"""cluster.yaml on disk: guard, reader, writer, edits of a person's file, the common questions, and the pinned versions.

What lives here: everything that turns bytes into a `LatticeCluster` with its problems, and back to disk without loss.
What may not: network access, processes, any provider's own keys, and drawing. Who may import it:
everything above it; modules are imported one by one, so that a command pays only for what it uses.
"""
