"""What people paste, in the forms in which consoles, chats and documentation hand it out."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lattice_tui.providers.pasting import MAX_PASTED_CHARACTERS, exports, ini_sections, mapping


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("export A=b", "b"),
        ("A=b", "b"),
        ("  export A='b c'", "b c"),
        ('export A="b c"  # why', "b c"),
        ("export A=b#c", "b#c"),
        ("$ export A=b", "b"),
        ("export A=b;", "b"),
        ("export A = b", "b"),
        ("A = “b”", "b"),
        ("export A=b\\ c", "b c"),
        ('A="say \\"b\\""', 'say "b"'),
        ("A='it''s'", "its"),
        ("declare -x A=b", "b"),
        ("env A=b command --flag", "b"),
        ('$env:A = "b c"', "b c"),
        ("PS C:\\> $Env:A='b'", "b"),
        ("set A=b c", "b c"),
        ('set "A=b c"', "b c"),
        ("C:\\Users\\me> set A=b", "b"),
        ("set -gx A b", "b"),
        ("set -x A 'b c'", "b c"),
        ("setenv A b", "b"),
        ("A=", ""),
        ("A='$b'c", "$bc"),
        ("A=b=c==", "b=c=="),
        ("\ufeffexport A=b", "b"),
    ],
)
def test_a_line_that_sets_a_variable_is_read_in_every_shells_way(line: str, value: str) -> None:
    assert exports(line) == {"A": value}


@pytest.mark.parametrize(
    "line",
    [
        *("", "# export A=b", "echo A=b", "export A", "unset A", "export A=$B", "A=${B}", "A=$(cat file)", "A=`id`"),
        *("read -sr A", "if [ -z $A ]; then", "1A=b", "curl -H 'X: A=b'"),
    ],
)
def test_a_line_that_says_no_value_is_left_out(line: str) -> None:
    assert exports(line) == {}


def test_several_pairs_and_lines_are_read_and_the_last_one_counts() -> None:
    text = "export A=1 B='2 2'; export C=3\r\nA=4\n\nexport D=5"

    assert exports(text) == {"A": "4", "B": "2 2", "C": "3", "D": "5"}


def test_an_ini_file_keeps_its_sections_apart() -> None:
    text = """
        # mine
        [default]
        AWS_Access_Key_Id = AKIA
        s3 =
          max = 5
        [profile work]
        region=eu-central-1
        region=ignored
        ; end
    """

    assert ini_sections(text) == {
        "default": {"aws_access_key_id": "AKIA", "s3": ""},
        "profile work": {"region": "eu-central-1"},
    }


def test_keys_without_a_section_are_kept_under_no_name() -> None:
    assert ini_sections("a = 1\n[b]\nc = 2") == {"": {"a": "1"}, "b": {"c": "2"}}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("clouds:\n  a: {auth: {username: me}}", {"clouds": {"a": {"auth": {"username": "me"}}}}),
        ('{"a": [1, 2]}', {"a": [1, 2]}),
        ("{a: b}", {"a": "b"}),
        ("", None),
        ("   ", None),
        ("just words", None),
        ("- a\n- b", None),
        ("a: [", None),
        ("a: &x 1\nb: *x", None),
        ("a: !!python/object/apply:os.system [id]", None),
        ("a: 2026-99-99", None),
        ("a\x00b: c", None),
    ],
)
def test_a_yaml_or_json_mapping_is_read_and_nothing_else(text: str, said: object) -> None:
    assert mapping(text) == said


def test_a_few_lines_that_stand_for_gigabytes_are_not_read() -> None:
    bomb = "a: &a [x, x]\n" + "\n".join(
        f"{chr(98 + n)}: &{chr(98 + n)} [{', '.join([f'*{chr(97 + n)}'] * 9)}]" for n in range(9)
    )

    assert mapping(bomb) is None
    assert mapping("[" * 5000) is None


def test_a_text_longer_than_any_file_of_credentials_is_not_read() -> None:
    text = "A=b\n" + "#" * MAX_PASTED_CHARACTERS

    assert (exports(text), ini_sections(text), mapping("a: b\n" + text)) == ({}, {}, None)


@given(st.text(max_size=200))
def test_no_text_whatever_breaks_a_reader(text: str) -> None:
    exports(text)
    ini_sections(text)
    mapping(text)


@given(st.text(alphabet=st.characters(blacklist_categories=("Cc", "Cs", "Zl", "Zp")), max_size=40))
def test_a_secret_in_single_quotes_comes_through_to_the_letter(secret: str) -> None:
    plain = secret.translate(dict.fromkeys(map(ord, "'“”‘’\ufeff\u00a0$`"), None))

    assert exports(f"export A='{plain}'") == {"A": plain}


@pytest.mark.parametrize(
    "text", ["a" * 60_000, "a " * 30_000, "a =" * 20_000, "{" * 60_000, "[" * 60_000, "export " * 9_000]
)
def test_a_paste_of_a_whole_book_is_read_in_no_time(text: str) -> None:
    started = time.monotonic()

    exports(text)
    ini_sections(text)
    mapping(text)

    assert time.monotonic() - started < 2
