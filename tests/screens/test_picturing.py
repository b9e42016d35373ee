"""Looking at a screen changes nothing about how it looks."""

from __future__ import annotations

from textual.screen import ModalScreen

from tests.screens.driving import SMALL, rehearse, text_of, wizard_app
from tests.screens.picturing import settled

BEHIND = "Step 1 of 5"


class Dialog(ModalScreen[None]):
    """One that lets through what is behind it."""

    CSS = "Dialog { background: black 50%; }"


async def test_a_dialog_read_before_it_was_drawn_still_shows_what_is_behind() -> None:
    app = wizard_app()
    async with app.run_test(size=SMALL) as pilot:
        await rehearse(pilot)
        await app.push_screen(Dialog())
        app.screen._styles_cache.clear()
        app.screen._compositor.reflow(app.screen, app.size)

        assert BEHIND in text_of(app)
        await settled(pilot)
        assert BEHIND in app.export_screenshot().replace("&#160;", " ")
