"""E-mail addresses: each has one form, however it is typed, and what is none is told why."""

import unicodedata
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from konektor.errors import Refused
from konektor.members.emails import MAX, canonical, comparable, spellings

SAME = [
    ["ada@example.org", " ADA@Example.ORG ", "\u200bada@example.org\ufeff", "\u202aada@example.org\u202c"],
    ["jos\u00e9@example.org", "jose\u0301@example.org", "JOSE\u0301@EXAMPLE.org"],
    ["ada@b\u00fccher.de", "ada@bu\u0308cher.de", "ada@xn--bcher-kva.de", "Ada@XN--BCHER-KVA.de", "ada@B\u00dcCHER.de"],
    ["ada@例え.jp", "ada@xn--r8jz45g.jp", "ada@例え。jp"],
]
WRONG = [
    ("a@example.com%00", "invalid characters"),
    ("a@b", "period"),
    ("", "@-sign"),
    ('"a b"@example.org', "Quoting"),
    ("a@[127.0.0.1]", "bracketed IP"),
    ("Ada <ada@example.org>", "display name"),
    ("a\u200bb@example.org", "unsafe"),
    ("a\ud800@example.org", "unsafe"),
    ("a\0@example.org", ""),
    ("x" * 243 + "@example.org", "too long"),
    ("a@" + "b" * 64 + ".org", "too many"),
    ("a@xn--zz.de", "IDNA"),
    ("ada@printer.local", "reserved"),
]


@pytest.mark.parametrize("typed", SAME, ids=lambda typed: ascii(typed[0]))
def test_one_address_has_one_form(typed: list[str]) -> None:
    """Case, composed and decomposed letters, Unicode and ASCII domains, and what is invisible at the ends."""
    assert {canonical(text) for text in typed} == {comparable(text) for text in typed} == {typed[0]}


@pytest.mark.parametrize(("text", "why"), WRONG, ids=lambda value: ascii(value)[:24])
def test_what_is_no_address_is_told_why(text: str, why: str) -> None:
    """BAD_REQUEST of the field, in a sentence."""
    with pytest.raises(Refused, match="That is not an e-mail address") as caught:
        canonical(text)
    assert (caught.value.code, caught.value.details["field"]) == ("BAD_REQUEST", "email")
    assert why in caught.value.message


@pytest.mark.parametrize("text", ["ada@example.com", "ada@demo.example", "ada@load.example", "ada@host.test"])
def test_addresses_for_trying_things_out_are_addresses(text: str) -> None:
    """Those of the sample members among them."""
    assert canonical(text) == text


LETTERS = st.text(
    "abcXYZ019 \u00e9\u00c9\u00df\u0130\u03a3\u03c2\u01c5\ufb01\u1e9e\u212b\u0301\u0308가例.-", min_size=1, max_size=9
)


@given(st.emails() | st.builds("{}@{}.de".format, LETTERS, LETTERS))
def test_the_form_of_an_address_stays_as_it_is(text: str) -> None:
    """Stored, mailed and typed again it is the same address, and never longer than the contract allows."""
    with suppress(Refused):
        address = canonical(text)
        assert comparable(address) == address
        assert len(address) <= MAX


@given(st.builds("{}@{}.de".format, LETTERS, LETTERS))
def test_both_spellings_of_an_address_are_one(text: str) -> None:
    """Composed and decomposed; and an account stored in either spelling is looked for."""
    apart = unicodedata.normalize("NFD", text)
    assert comparable(apart) == comparable(unicodedata.normalize("NFC", text))
    assert comparable(text) in spellings(apart)


def test_accounts_of_older_forms_are_looked_for() -> None:
    """The form as typed first, then that of today, then all others that the same address may have been stored in."""
    assert spellings("ada@example.org") == ["ada@example.org"]
    assert spellings("Ada@xn--bcher-kva.de") == ["ada@xn--bcher-kva.de", "ada@b\u00fccher.de", "ada@bu\u0308cher.de"]
    assert "jose\u0301@xn--bcher-kva.de" in spellings("jos\u00e9@b\u00fccher.de")
    assert spellings(" A@Example.com%00") == ["a@example.com%00"]
    assert comparable(" A@Example.com%00") == "a@example.com%00"
