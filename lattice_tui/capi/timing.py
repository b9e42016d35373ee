"""`Timing`: every time constant of watching in one place, passed to whoever needs it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds. What a person is told within 10 s and what is mended within 60 s follows from these."""

    stale_after_s: float = 9.0
    """Without news and without an answer for this long, the panes say that they may be out of date."""
    probe_after_s: float = 3.0
    """Quiet for this long: the server is asked directly whether it is there."""
    probe_timeout_s: float = 5.0
    tick_s: float = 0.5
    """How often the link is looked at: stale is said at most this much late."""
    server_ends_after_s: tuple[float, float] = (40.0, 50.0)
    """The server ends each watch about then and sends a bookmark before: its end is our heartbeat."""
    read_timeout_s: float = 55.0
    """A watch that has not even been ended by now has nobody at its other end."""
    answer_within_s: float = 60.0
    """A whole answer that is not a watch, however steadily it drips."""
    healthy_s: float = 30.0
    """A watch that lived this long was well: the next failure starts its backoff anew."""
    brief_s: float = 5.0
    """A stream that the server ends sooner counts as a failure; later it is a server's habit."""
    no_such_kind_s: float = 2.0
    """Between looks for a kind that is not installed yet."""
    retry_after_cap_s: float = 120.0
    """The longest Retry-After that is obeyed to the letter."""
    backoff_base_s: float = 0.8
    backoff_cap_s: float = 30.0

    def faster(self, factor: float) -> Timing:
        """The same, that many times as fast."""
        low_s, high_s = self.server_ends_after_s
        return Timing(
            stale_after_s=self.stale_after_s / factor,
            probe_after_s=self.probe_after_s / factor,
            probe_timeout_s=self.probe_timeout_s / factor,
            tick_s=self.tick_s / factor,
            server_ends_after_s=(low_s / factor, high_s / factor),
            read_timeout_s=self.read_timeout_s / factor,
            answer_within_s=self.answer_within_s / factor,
            healthy_s=self.healthy_s / factor,
            brief_s=self.brief_s / factor,
            no_such_kind_s=self.no_such_kind_s / factor,
            retry_after_cap_s=self.retry_after_cap_s / factor,
            backoff_base_s=self.backoff_base_s / factor,
            backoff_cap_s=self.backoff_cap_s / factor,
        )


USUAL = Timing()
