"""What is counted of a packed stream is what it holds, however it is cut into pieces."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.documents.unpacking import UNPACKERS


def unpacked(name: str, data: bytes, size: int) -> bytes:
    return b"".join(UNPACKERS[name](data[at : at + size] for at in range(0, len(data), size)))


@pytest.mark.parametrize("size", [1, 2, 3, 1000])
def test_run_lengths(size: int) -> None:
    assert unpacked("/RL", b"\x02abc\xfed\x00e\x80\x00x", size) == b"abcddde"
    assert unpacked("/RL", b"\x05abc", size) == b""  # cut short


@given(data=st.binary(max_size=400))
def test_base_85_and_hexadecimals(data: bytes) -> None:
    zeros = b"\0" * 8 + data
    assert unpacked("/A85", base64.a85encode(zeros, wrapcol=20) + b"~>x", 7) == zeros
    assert unpacked("/AHx", data.hex().upper().encode() + b" >x", 7) == data
