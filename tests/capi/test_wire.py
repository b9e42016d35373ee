"""Chunked bodies are taken apart alike however their bytes are cut."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lattice_tui.capi.wire import SIZE_LINE_CAP, Dechunker


@given(chunks=st.lists(st.binary(min_size=1, max_size=40)), cuts=st.lists(st.integers(1, 9)))
def test_the_content_is_the_same_however_the_bytes_are_cut(chunks: list[bytes], cuts: list[int]) -> None:
    data = b"".join(b"%x;note=1\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks) + b"0\r\nTrailer: x\r\n\r\n"
    dechunker = Dechunker()
    found = b""
    sizes = iter(cuts)
    while data:
        assert not dechunker.is_over
        size = next(sizes, len(data))
        found += dechunker.feed(data[:size])
        data = data[size:]

    assert found == b"".join(chunks)
    assert dechunker.is_over


@pytest.mark.parametrize("data", [b"nonsense\r\n", b"1" * (SIZE_LINE_CAP + 1), b"2\r\nabXY5\r\n"])
def test_what_is_not_chunked_is_refused_and_never_kept(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"chunk|invalid literal"):
        Dechunker().feed(data)
