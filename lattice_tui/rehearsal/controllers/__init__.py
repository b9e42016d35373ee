"""What Cluster API's managers do, simulated: level-triggered controllers on a `Store` and the machine room.

Lives here: one module per controller, their conditions, messages and events (as Cluster API v1.13 words them), and
`manager`, which runs them for one management cluster. A reconcile is synchronous, reads its whole truth from the store
and the room and may be run at any time from any state. May not live here: anything that must outlive a management
cluster (containers, running boots, nodes): that is the room's. Imported by the world alone.
"""
