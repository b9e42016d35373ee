"""A Kubernetes API server in memory: one `Store` per simulated cluster, and the HTTPS server in front of it.

Lives here: objects, their rules (versions, ownership, deletion, selectors, server-side apply) and the wire format.
May not live here: what any object *means*. Controllers do that, against `Store`; nothing here knows Cluster API
beyond the names of its kinds. Imported by the rest of `lattice_tui.rehearsal` alone. One asyncio loop, no locks.
"""
