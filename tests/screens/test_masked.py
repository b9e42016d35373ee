"""What is pasted shows the names of its values, never the values."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screens.masked import masked


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("export PROXMOX_SECRET=abc-def", "export PROXMOX_SECRET=*******"),
        ("  password: 'hunter two'", "  password: ******* ****"),
        ('"aws_secret_access_key": "x"', '"aws_secret_access_key": ***'),
        ("aws_session_token = a=b==", "aws_session_token = *****"),
        ("lattice@pve!installer=0f6a3c1e", "lattice@pve!installer=********"),
        ("[profile work]", "[profile work]"),
        ("clouds:", "clouds:"),
        ("0f6a3c1e-5b7d-4e2f", "******************"),
        ("eyJhbGciOi.eyJzdWIi.c2ln/bmF0dXJl==", "***********************************"),
        ("hello there", "***** *****"),
    ],
)
def test_names_stay_and_values_are_stars(line: str, shown: str) -> None:
    assert masked(line) == shown


@given(
    name=st.from_regex(r"[A-Z][A-Z_]{0,19}", fullmatch=True),
    secret=st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs")), min_size=8),
)
def test_no_value_shows_through_and_the_line_keeps_its_length(name: str, secret: str) -> None:
    line = f"export {name}={secret}"
    shown = masked(line)

    assert len(shown) == len(line)
    assert set(shown.removeprefix(f"export {name}=")) <= {"*"} | {one for one in secret if one.isspace()}
