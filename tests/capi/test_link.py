"""Ten seconds without news make the panes stale, and say so once."""

from __future__ import annotations

from dataclasses import dataclass, field

from lattice_tui.capi.changes import LinkChange
from lattice_tui.capi.link import Link


@dataclass
class World:
    """A clock to turn by hand, and a server that answers or not."""

    now_s: float = 0.0
    answers: bool = True
    probes: int = 0
    recoveries: int = 0
    said: list[LinkChange] = field(default_factory=list)

    def probe(self) -> bool:
        self.probes += 1
        return self.answers

    def recover(self) -> None:
        self.recoveries += 1

    def link(self) -> Link:
        return Link(self.said.append, probe=self.probe, on_recover=self.recover, clock=lambda: self.now_s)

    def tick(self, link: Link, seconds: float) -> None:
        for _ in range(int(seconds)):
            self.now_s += 1
            link.check()
            link.look()


def test_nothing_is_said_before_anybody_has_heard_from_the_server() -> None:
    world = World()
    link = world.link()

    link.look()

    assert world.said == []


def test_a_quiet_watch_on_a_healthy_server_stays_live() -> None:
    world = World()
    link = world.link()
    link.contact("machines")
    world.tick(link, 120)

    assert world.said == [LinkChange("live")]
    assert world.probes > 10


def test_a_server_that_vanishes_is_stale_within_ten_seconds_and_live_again_when_it_is_back() -> None:
    world = World()
    link = world.link()
    link.contact("machines")
    world.answers = False
    world.tick(link, 8)
    assert [change.state for change in world.said] == ["live"]
    world.tick(link, 2)
    assert [change.state for change in world.said] == ["live", "stale"]
    world.tick(link, 60)
    world.answers = True
    world.tick(link, 1)

    assert [change.state for change in world.said] == ["live", "stale", "live"]
    assert world.said[1].why == "the API server does not answer"
    assert world.recoveries == 1


def test_one_watcher_that_is_refused_makes_the_link_stale_although_the_others_are_well() -> None:
    world = World()
    link = world.link()
    for second in range(12):
        world.now_s = second
        link.contact("machines")
        link.trouble("events", "The API server does not allow this")

    assert world.said[-1] == LinkChange("stale", "The API server does not allow this")

    link.contact("events")
    assert world.said[-1] == LinkChange("live")


def test_a_short_failure_is_not_worth_a_word() -> None:
    world = World()
    link = world.link()
    link.contact("machines")
    link.trouble("machines", "broken")
    world.now_s = 8
    link.look()
    link.contact("machines")

    assert world.said == [LinkChange("live")]


def test_a_server_that_never_answers_is_stale_too() -> None:
    world = World(answers=False)
    link = world.link()
    link.trouble("machines", "Nothing answers at the API server's address")
    world.tick(link, 11)

    assert world.said == [LinkChange("stale", "Nothing answers at the API server's address")]


def test_after_the_end_nothing_is_said() -> None:
    world = World()
    link = world.link()
    link.stop()
    link.contact("machines")

    assert world.said == []
