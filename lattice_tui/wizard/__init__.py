"""The wizard's engine: answers in, `cluster.yaml` out.

What lives here: the steps, the answers given so far and the drafts that keep them, presets, what a step still has
wrong, and the text that the answers make. What may not: Textual, a terminal, a process, a rule about the document
(those are the document's own and are asked through `lattice_tui.providers.reading`). Who may import it: the doors.
"""
