"""What every screen shares: leaving it, and the page for terminals that are too small."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar, cast

from textual import on
from textual.app import SystemCommand
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.events import Mount
from textual.screen import Screen

from screens.too_small import TooSmall, is_too_small
from screens.worker_trouble import TellsWorkerTrouble

if TYPE_CHECKING:
    from screens.app import LatticeApp

ALLOWED_WHEN_SMALL = frozenset({"leave", "leave_small"})


class LatticeScreen(TellsWorkerTrouble, Screen[None]):
    """A full screen of ours. Attributes down, messages up."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("q", "leave_small", "Leave", show=False),
        Binding("question_mark", "keys", "Keys", show=False),
    ]
    KEYS_HELP: ClassVar[str] = ""
    """The keys of this screen, one a line."""

    @property
    def lattice(self) -> LatticeApp:
        """The app, by its own type."""
        return cast("LatticeApp", self.app)

    @on(Mount)
    def _mount_notice(self) -> None:
        self.mount(TooSmall())

    @property
    def is_cramped(self) -> bool:
        return is_too_small(self.app.size)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """In a terminal that is too small only leaving works: nothing is pressed unseen."""
        if action == "leave_small":
            return self.is_cramped
        if self.is_cramped:
            return action in ALLOWED_WHEN_SMALL
        return super().check_action(action, parameters)

    def commands(self) -> Iterable[SystemCommand]:
        """What the palette offers on this screen."""
        return ()

    def action_keys(self) -> None:
        """List the keys."""
        from screens.dialogs import Reading

        self.app.push_screen(Reading("Keys", Content(self.KEYS_HELP)))

    def action_leave_small(self) -> None:
        self.action_leave()

    def action_leave(self) -> None:
        """Leave the program, asking first where something would be lost."""
        self.lattice.leave(0)
