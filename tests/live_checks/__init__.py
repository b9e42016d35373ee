"""`lattice check` as a person runs it, against a counterpart of each provider.

Lives here: runs of the real command line with credentials where people keep them, and what has to hold of every one.
May not live here: tests of a provider's single checks, which are beside the provider's other tests and run in process.
Who may import it: nobody.
"""
