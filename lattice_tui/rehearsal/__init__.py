"""The rehearsed world: a simulated Docker host, its clusters' Kubernetes APIs, and the controllers in them.

Lives here: everything simulated. It runs as a process of its own and is met only through the same seams as the real
thing: an HTTPS Kubernetes API, a Docker Engine socket, programs that stand for kind, clusterctl, helm and kubectl.
May not live here: anything the production path needs. Only `launch` is imported by the doors and the engine.
"""
