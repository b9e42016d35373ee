"""The pane of lines repaints what changed and nothing else, and lets no escape through."""

from __future__ import annotations

from textual.app import App, ComposeResult

from screens.lines import Line, span
from screens.lines_view import LinesView
from screens.themes import DARK, DEFAULTS
from tests.screens.test_lines import CONTROLS, HOSTILE


class OneView(App[None]):
    """A pane and nothing else."""

    def __init__(self, **options: object) -> None:
        super().__init__()
        self.view = LinesView(**options)  # type: ignore[arg-type]

    def get_theme_variable_defaults(self) -> dict[str, str]:
        return DEFAULTS

    def on_mount(self) -> None:
        self.register_theme(DARK)
        self.theme = DARK.name

    def compose(self) -> ComposeResult:
        yield self.view


def numbered(count: int, changed: int = -1) -> list[Line]:
    return [(span(f"line {number}{' new' if number == changed else ''}"),) for number in range(count)]


async def test_only_the_line_that_changed_is_repainted() -> None:
    app = OneView()
    async with app.run_test(size=(40, 10)) as pilot:
        app.view.show(lambda _width: numbered(8))
        await pilot.pause()
        before = app.view.repainted
        app.view.show(lambda _width: numbered(8, changed=3))
        await pilot.pause()

        assert app.view.repainted == before + 1
        assert app.view.text_lines()[3] == "line 3 new"
        assert app.view.render_line(3).text.rstrip() == "line 3 new"


async def test_the_same_lines_again_repaint_nothing() -> None:
    app = OneView()
    async with app.run_test(size=(40, 10)) as pilot:
        app.view.show(lambda _width: numbered(8))
        await pilot.pause()
        before = app.view.repainted
        app.view.show(lambda _width: numbered(8))
        await pilot.pause()

        assert app.view.repainted == before


async def test_lines_are_made_again_for_another_width() -> None:
    app = OneView()
    async with app.run_test(size=(40, 10)) as pilot:
        app.view.show(lambda width: [(span(f"{width} wide"),)])
        await pilot.pause()
        await pilot.resize_terminal(60, 10)
        await pilot.pause()
        await pilot.pause()

        assert app.view.text_lines() == ["60 wide"]


async def test_the_cursor_stays_on_the_lines_and_under_the_head() -> None:
    app = OneView(has_cursor=True, header_lines=1)
    async with app.run_test(size=(40, 10)) as pilot:
        app.view.show(lambda _width: numbered(4))
        app.view.focus()
        await pilot.press("down", "down", "down", "down")
        assert app.view.cursor == 2
        await pilot.press("home")
        assert app.view.cursor == 0
        app.view.show(lambda _width: numbered(1))
        await pilot.press("end", "up", "pagedown")

        assert app.view.cursor == 0


async def test_the_newest_line_stays_in_view_until_one_scrolls_up() -> None:
    app = OneView(follow=True)
    async with app.run_test(size=(40, 10)) as pilot:
        app.view.show(lambda _width: numbered(30))
        await pilot.pause()
        await pilot.pause()
        assert app.view.render_line(9).text.rstrip() == "line 29"
        app.view.focus()
        await pilot.press("up", "up")
        top = app.view.render_line(0).text
        app.view.show(lambda _width: numbered(40))
        await pilot.pause()

        assert app.view.render_line(0).text == top


async def test_a_hostile_line_reaches_the_terminal_without_escapes() -> None:
    app = OneView()
    async with app.run_test(size=(120, 10)) as pilot:
        app.view.show(lambda _width: [(span(HOSTILE, "fail"),)])
        await pilot.pause()
        strip = app.view.render_line(0)

        assert not any(character in CONTROLS for segment in strip for character in segment.text)
        assert "[@click=app.quit]" in strip.text
        assert all(segment.style is None or not segment.style.meta for segment in strip)


async def test_a_cursor_that_is_set_with_the_first_lines_is_in_view_and_the_bar_knows() -> None:
    app = OneView(has_cursor=True)
    async with app.run_test(size=(40, 10)) as pilot:
        app.view.show(lambda _width: numbered(30))
        app.view.cursor = 20
        await pilot.pause()

        assert app.view.scroll_offset.y == 15
        assert app.view.vertical_scrollbar.position == 15


async def test_a_pane_that_gets_smaller_keeps_its_cursor_in_view() -> None:
    app = OneView(has_cursor=True)
    async with app.run_test(size=(40, 20)) as pilot:
        app.view.show(lambda _width: numbered(30))
        app.view.cursor = 18
        await pilot.pause()
        await pilot.resize_terminal(40, 8)
        await pilot.pause()

        assert app.view.scroll_offset.y <= 18 < app.view.scroll_offset.y + 8


async def test_one_step_scrolls_no_more_than_one_line() -> None:
    app = OneView(has_cursor=True)
    async with app.run_test(size=(40, 10)) as pilot:
        app.view.show(lambda _width: numbered(30))
        app.view.focus()
        seen = []
        for _ in range(12):
            await pilot.press("down")
            seen.append(app.view.scroll_offset.y)

        assert seen == [0] * 9 + [1, 2, 3]
