"""Codes: found in what people paste, and never in what has none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from konektor.members.codes import find_code, is_code, new_code

CODE = "Qm3xT8vLr2KdPz7WcN5a"
AROUND = [
    "{}", " {}\n", "{}.", "<{}>", "({})", '"{}"', "\u201c{}\u201d", "\u00ab {} \u00bb", "\u300c{}\u300d", "{}\u3002",
    "`{}`", "\u200b{}", "{}\ufeff", "\u202a{}\u202c", "- {}", "\u9080\u8bf7\u7801\uff1a{}", "\u2014{}\u2026",
    "/i/{}.", "/i/{}/",
    "https://konektor.example/i/{}", "https://konektor.example/i/{}?x=1#y", "konektor.example/i/{}/",
    "<https://konektor.example/i/{}>", "http://127.0.0.1:8080/i/\u200b{}", "[here](https://konektor.example/i/{})",
    "Join me: https://konektor.example/i/{}, it is fun.",
]  # fmt: skip
PASTED = [*(around.format(CODE) for around in AROUND), f"{CODE[:9]}\u200b{CODE[9:]}", f"{CODE[:9]}\u00ad{CODE[9:]}"]
NONE = ["", " ", "...", "two words", f"{CODE} {CODE}x", "a\0bc", "--", "\u00e9", "https://konektor.example/signup"]


@pytest.mark.parametrize("pasted", PASTED, ids=ascii)
def test_a_code_is_found_in_what_was_pasted(pasted: str) -> None:
    """In its link or alone, with quotes, punctuation and invisible characters around it."""
    assert find_code(pasted) == CODE


@pytest.mark.parametrize("pasted", NONE, ids=ascii)
def test_where_no_code_can_be_told_none_is_made_up(pasted: str) -> None:
    """The text stays as it is, without what surrounds it, and is no code."""
    assert find_code(pasted) == pasted.strip()
    assert not is_code(find_code(pasted))


@given(st.from_regex(r"[A-Za-z0-9-]{4,64}", fullmatch=True).filter(is_code))
def test_every_code_that_can_be_made_is_found(code: str) -> None:
    """Whatever it is made of."""
    assert (
        find_code(code) == find_code(f"https://konektor.example/i/{code}") == find_code(f"\u201c{code}\u201d") == code
    )


def test_a_new_code_is_random() -> None:
    """20 letters and digits, another one each time."""
    codes = {new_code() for _ in range(100)}
    assert len(codes) == 100
    assert all(len(code) == 20 and code.isalnum() and is_code(code) for code in codes)


@pytest.mark.parametrize("text", ["abc", "x" * 65, "with blank", "a/b-c", "\u00fc" * 5, "----", "code\n", ""])
def test_operators_choose_codes_that_a_link_carries(text: str) -> None:
    """4 to 64 letters, digits or hyphens, not hyphens only."""
    assert not is_code(text)
