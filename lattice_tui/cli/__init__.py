"""The command line: arguments in, lines and an exit code out.

What lives here: one module a command, and what they share (text of problems, terminal facts, the
headless watcher). What may not: a rule about clusters, a process of its own, Textual. Who may import
it: `lattice_tui.__main__` alone. Each command imports what it needs inside a function, so that
`lattice --help` costs no more than reading one constant.
"""
