"""Our side of the Kubernetes API: requests, watches, and what the panes show of CAPI objects.

What lives here: the HTTP client, list and watch, typed projections of CAPI objects, the pure step
from object to row, and the manifests that all providers share. What may not: drawing, tools,
journals, and anything that knows one provider. Who may import it: providers, install, rehearsal
and whatever stands above them.
"""
