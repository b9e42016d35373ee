"""lattice-tui: from nothing to a running Kubernetes cluster, through Cluster API.

Only the version lives here: `lattice --version` must cost no more than starting Python.
"""

__version__ = "0.1.0"
