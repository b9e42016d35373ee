"""The cells of `kubectl get` for the kinds Kubernetes brings itself, computed as its server does.

Here: one function per kind from an object to its cells. Not here: kinds that come with a definition (their columns are
paths), the Table around the cells. For `api/table.py` and `known/` alone.
Source: k8s.io/kubernetes/pkg/printers/internalversion/printers.go, of Kubernetes 1.35.
"""
