"""Folding: what people type finds what is written with accents."""

import pytest

from konektor.flow.folding import fold


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Zoë", "zoe"),
        ("  São  Paulo ", "sao paulo"),
        ("STRASSE", "strasse"),
        ("Straße", "strasse"),
        ("Ｌｙｏｎ", "lyon"),
        ("Ελλάδα", "ελλαδα"),
        ("กรุงเทพ", "กรุงเทพ"),
        ("हिन्दी", "हिन्दी"),
        ("東京", "東京"),
    ],
)
def test_accents_case_and_width_make_no_difference(text: str, folded: str) -> None:
    """The vowels of other scripts stay, and folding twice is folding once."""
    assert fold(text) == folded == fold(folded)
