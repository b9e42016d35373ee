"""The steps of an install, one module a group.

What lives here: for each step a `probe` (looks at the real world, changes nothing, runs no tool) and a
`run` (does it, whatever half of it is there). What may not: which step comes when (plan_steps.py), and
anything that is true of one provider only (that provider's install_hooks.py). Who may import it: run.py.
"""
