"""The Textual door: the wizard, and the screen that watches an install.

What lives here: the app, its screens with one .tcss beside each, and the pure functions that turn a Snapshot into lines
of text. What may not: a rule about the document, a request to a server, a process (those are reached through
`screens.seams`, which workers call). Who may import it: `lattice_tui.__main__` and the command line, inside functions.
"""
