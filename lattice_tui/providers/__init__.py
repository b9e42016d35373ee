"""One folder a provider, and the registry that finds it.

What lives here: the registry, the reading of a whole cluster.yaml (the document's shape, then the
provider's block), and the providers' folders, which do not know one another. What may not: drawing,
and knowledge of how an install runs. Who may import it: wizard, install, rehearsal and the doors;
a provider's folder is imported by name through the registry, never as a whole.
"""
