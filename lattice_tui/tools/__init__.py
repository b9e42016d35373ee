"""Foreign programs: finding them, running them, stopping them.

What lives here: the toolbox (where kind, clusterctl, helm and kubectl are), the runner that streams
their output and ends them, the small launcher that ends them when we die, and what they say of their
version. What may not: what the tools are for (that is the install engine's). Who may import it: the
install engine, the rehearsal and the doors. It is the only place that starts foreign programs.
"""
