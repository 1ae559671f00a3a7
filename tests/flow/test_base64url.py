"""Base64url: what browsers write is read, with padding or without, and nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from konektor.flow.base64url import decoded, encoded


@given(st.binary(max_size=70))
def test_what_was_encoded_is_decoded(data: bytes) -> None:
    """Without padding in it, which may be there."""
    text = encoded(data)
    assert "=" not in text
    assert decoded(text) == decoded(text + "=" * (-len(text) % 4)) == data


@pytest.mark.parametrize("text", ["a", "a+b/", "ab c", "a\n", "\u00e9a", "ab===", "====", "a=b="])
def test_another_text_is_refused(text: str) -> None:
    """Also the alphabet of plain Base64."""
    with pytest.raises(ValueError, match="base64url"):
        decoded(text)
