from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from embeddings.packaged.e5s1 import BLOCK, dequantise, read


@given(st.floats(-8, 8, width=16), st.lists(st.integers(0, 15), min_size=BLOCK, max_size=BLOCK))
def test_dequantise_gives_scale_times_nibble_minus_eight(scale: float, nibbles: list[int]) -> None:
    low, high = nibbles[: BLOCK // 2], nibbles[BLOCK // 2 :]
    packed = bytes(a | b << 4 for a, b in zip(low, high, strict=True))
    raw = np.frombuffer(np.float16(scale).tobytes() + packed, dtype=np.uint8)
    assert dequantise(raw).tolist() == [scale * (nibble - 8) for nibble in nibbles]


def test_read_refuses_another_format() -> None:
    with pytest.raises(ValueError, match="not an E5S1 file"):
        read(b"GGUF" + bytes(64))
