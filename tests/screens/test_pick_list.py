"""A pick-list in text: filtering, columns, and the words for each way in which there is nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from schemas.choices import LiveChoice, LiveChoices
from screens.lines import plain
from screens.pick_list import (
    PickList,
    cannot_take,
    choice_lines,
    entry_detail,
    matching,
    offers_typed,
    standing,
    typed_line,
)
from tests.screens.provider_samples import NO_LIST, NONE_USABLE, POOLS, TEMPLATES
from tests.screens.recording import START

NASTY = "[@click=app.bell]press[/] \x1b[31m\u202e"


def said(state: PickList, typed: str = "", seconds: float = 0.0) -> str:
    shown = len(matching(state.found, typed))
    return standing(state, shown, typed, START + timedelta(seconds=seconds), 200).plain


def test_every_word_has_to_be_there_in_any_order_and_case() -> None:
    assert [one.value for one in matching(TEMPLATES, "KUBEADM 9000")] == ["9000"]
    assert [one.value for one in matching(TEMPLATES, "plain pve1")] == ["9001"]
    assert matching(TEMPLATES, "  ") == TEMPLATES.choices
    assert matching(None, "x") == ()


def test_what_is_no_value_yet_can_be_taken_as_it_is_typed() -> None:
    assert offers_typed(TEMPLATES, "9100")
    assert not offers_typed(TEMPLATES, " 9000 ")
    assert not offers_typed(TEMPLATES, "  ")
    assert plain(typed_line(" 9100 ", 40)).strip() == "( )  Use what you typed: 9100"


def test_facts_stand_in_columns_and_what_cannot_be_taken_says_why() -> None:
    lines = [plain(line) for line in choice_lines(TEMPLATES.choices, ["9000"], 76)]

    assert lines[0].startswith("(x)  ubuntu-2404-kube-v1.35.5  pve1  kubeadm 1.35.5  20 GiB")
    assert lines[1].startswith("( )  debian-13-cloud           pve1  plain image     8 GiB ")
    assert lines[2].startswith(" -   windows-2025              cannot: the guest agent is off")


def test_a_narrow_list_drops_facts_from_the_right_and_no_line_is_too_long() -> None:
    for width in (30, 44, 56):
        assert max(len(plain(line)) for line in choice_lines(TEMPLATES.choices, [], width)) <= width
    assert "20 GiB" not in plain(choice_lines(TEMPLATES.choices, [], 50)[0])


def test_each_way_to_have_nothing_has_its_own_words() -> None:
    assert "F3 asks" in said(PickList())
    assert said(PickList(since=START, source="Proxmox"), seconds=0.2).startswith("Asking Proxmox for the list. You can")
    assert "for the list, 4 s." in said(PickList(since=START, source="Proxmox"), seconds=4)
    assert said(PickList(NO_LIST)).startswith("No list: The token may not see machines.")
    assert said(PickList(POOLS)).startswith("There is nothing to choose from. No resource pool was made")
    assert "None of them can be taken. No template can be used: make one" in said(PickList(NONE_USABLE))
    assert said(PickList(TEMPLATES), "zzz").startswith("None of 4 matches")
    assert said(PickList(TEMPLATES), "deb") == "1 of 4 match."


def test_what_is_there_is_counted_with_the_reason_of_what_is_proposed() -> None:
    assert said(PickList(TEMPLATES)) == "4 entries. 2 cannot be taken. Proposed: it carries Kubernetes 1.35.5."
    assert "Answers are simulated." in said(PickList(replace(TEMPLATES, simulated=True)))
    assert "Only the first 4 were sent" in said(PickList(replace(TEMPLATES, total=812)))


def test_words_of_a_server_are_cleaned_wherever_they_are_drawn() -> None:
    nasty = LiveChoice(NASTY, NASTY, (NASTY,), NASTY, usable=False)
    texts = [
        plain(choice_lines([nasty], [], 76)[0]),
        entry_detail(nasty, 60, 9).plain,
        cannot_take(nasty, 60).plain,
        said(PickList(LiveChoices("x", "unknown", reason=NASTY))),
    ]

    assert all("\x1b" not in text and "\u202e" not in text for text in texts)
    assert all("[@click" in text for text in texts)
