"""A worker that broke tells so: it neither closes the program nor ends in silence."""

from __future__ import annotations

from textual.message_pump import MessagePump
from textual.worker import Worker, WorkerState

SHOWN_S = 20.0


class TellsWorkerTrouble(MessagePump):
    """For whatever runs workers with `exit_on_error=False`."""

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Show what a worker of ours died of."""
        if event.state is WorkerState.ERROR:
            from lattice_tui.text import safe_text  # once something has broken

            error = event.worker.error
            what = safe_text(f"{type(error).__name__}: {error}", 200)
            self.app.notify(
                what, title="A part of this program failed", severity="error", timeout=SHOWN_S, markup=False
            )
