"""Words: what a query finds in any script, and that the keys of a text never miss it."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from konektor.flow.words import MOST_CHOICES, Query, keys, query, terms

FOUND = [
    ("Happy birthday to us!", "birth"),
    ("Happy birthday to us!", "BIRTHDAY happy"),
    ("Happy birthday to us!", "us t"),
    ("Zoë's café, naïve", "zoe cafe nai"),
    ("zoe cafe", "Zoë CAFÉ"),
    ("Straße", "strasse"),
    ("STRASSE", "straß"),
    ("Łódź, Ærø, Đorđe", "lodz aero dorde"),
    ("ΟΔΥΣΣΕΑΣ", "οδυσσέας"),
    ("Ёлка", "елк"),
    ("ｆｕｌｌ width", "full"),
    ("don't", "don't"),
    ("foo_bar-baz", "bar baz"),
    ("17th of May", "17"),
    ("so\u00adft", "soft"),
    ("cake 🎂🎂", "🎂 cake"),
    ("हिन्दी भाषा", "हिन्"),
    ("밥 먹었어?", "먹"),
    ("밥 먹었어?", "밥 먹었어"),
    ("שָׁלוֹם", "שלום"),
    ("مُحَمَّد", "محمد"),
    ("كِتَاب", "كتا"),
    ("สวัสดีครับ", "ดีค"),
    ("สวัสดีครับ", "สวัสดี"),
    ("ສະບາຍດີ", "ບາຍ"),
    ("ជំរាបសួរ", "រាប"),
    ("မင်္ဂလာပါ", "လာ"),
    ("我在北京大学学习", "北京大学"),
    ("我在北京大学学习", "京 习"),
    ("我在北京大学学习", "学习 我在"),
    ("東京タワーで食べる", "京タ"),
    ("東京タワーで食べる", "食べ"),
    ("ありがとう", "がと"),
    ("iPhone手机很好", "手机 iph"),
    ("see東京now", "now 東京"),
    ("ｶﾞｷﾞ", "ガギ"),
]
NOT_FOUND = [
    ("Happy birthday", "irthday"),
    ("Happy birthday", "birthdays"),
    ("Happy birthday", "happy x"),
    ("north", "no th"),
    ("สวัสดีครับ", "ดีสวั"),
    ("北京", "京北"),
    ("東京タワー", "東タ"),
    ("대한민국", "민국"),
    ("हिन्दी", "न्दी"),
    ("हिन्दी", "दी"),
    ("ありがとう", "あが"),
    ("", "cake"),
    ("🎂", "cake"),
    ("北 京", "北京"),
]


def may_find(wanted: Query, text: str) -> bool:
    """Whether the database hands the text to whoever looks for it."""
    return bool(wanted.choices) and all(set(choice) & set(keys(text)) for choice in wanted.choices)


@pytest.mark.parametrize(("text", "wanted"), FOUND)
def test_a_text_is_found_by_how_its_words_begin(text: str, wanted: str) -> None:
    """In any order, whatever the accents and the case; without spaces between words wherever it stands."""
    assert query(wanted).matches(text)
    assert may_find(query(wanted), text)


@pytest.mark.parametrize(("text", "wanted"), NOT_FOUND)
def test_a_text_is_not_found_by_anything_else(text: str, wanted: str) -> None:
    """Neither by the middle of a word, nor by characters that do not stand beside each other."""
    assert not query(wanted).matches(text)


@pytest.mark.parametrize("text", ["🎂🎂", "a b", "!? -", "ก ข", "_", "\u0301\u0301", "…", "x"])
def test_what_has_no_key_has_no_choices(text: str) -> None:
    """Signs, and single letters of scripts of which two are needed."""
    assert query(text).choices == ()


@pytest.mark.parametrize("text", ["中国", "中 国", "밥 물", "be", "กข"])
def test_a_character_that_is_a_word_is_looked_for(text: str) -> None:
    """Chinese and Korean ones alone, others in twos."""
    assert query(text).choices


ALPHABETS = [
    "abcdeé",
    "ABÉñ ",
    "привет ",
    "กขคงัี",
    "中国北京学",
    "あいうがカキ",
    "한국밥 ",
    "हिन्दी ",
    "שָׁלוֹ ",
    "مُحَمَّ ",
    "🎂❤️\u200d",
    "_-'. 17\u00ad",
]
mixed = st.lists(st.sampled_from(ALPHABETS).flatmap(lambda letters: st.text(letters, max_size=6)), max_size=8)
texts = mixed.map("".join) | st.text(max_size=30)


@given(texts, texts)
def test_keys_find_whatever_matches(text: str, wanted: str) -> None:
    """No message is missed because the database does not hand it over."""
    looked_for = query(wanted)
    assert not looked_for.choices or not looked_for.matches(text) or may_find(looked_for, text)


@given(texts, st.data())
def test_every_beginning_and_every_part_of_a_run_is_found(text: str, data: st.DataObject) -> None:
    """Of each word the beginning of any length from two letters, of each run two neighbours and more; together too."""
    found = terms(text)
    parts = [word[: data.draw(st.integers(min(2, len(word)), len(word)))] for word in found.words]
    for run in found.runs:
        begin = data.draw(st.integers(0, max(0, len(run) - 2)))
        parts.append(run[begin : data.draw(st.integers(begin + 1, len(run)))])
    wanted = query(" ".join(data.draw(st.permutations(parts))))
    assert wanted.matches(text) is bool(parts)
    assert not wanted.choices or may_find(wanted, text)
    for part in parts:
        assert len(part) < 2 or may_find(query(part), text)


@given(texts)
def test_composed_and_decomposed_texts_are_the_same(text: str) -> None:
    """However an accent is spelled, terms and keys are equal."""
    composed, decomposed = (unicodedata.normalize(form, text) for form in ("NFC", "NFD"))
    assert terms(composed) == terms(decomposed)
    assert keys(composed) == keys(decomposed)


@pytest.mark.parametrize(
    "text",
    [
        "".join(map(chr, range(0x4E00, 0x4E00 + 2000))),
        "ab " * 667,
        "中あ" * 1000,
        "\ufdfa" * 2000,
        "ก้" * 1000,
        "a" * 2000,
    ],
    ids=["chinese", "short words", "japanese", "long ligatures", "thai", "one word"],
)
def test_the_keys_of_the_longest_message_are_bounded(text: str) -> None:
    """Each once, short, and at most three for two characters."""
    made = keys(text)
    assert len(made) == len(set(made)) <= 3_000
    assert all(0 < len(key) <= 5 for key in made)


def test_a_long_query_has_few_choices() -> None:
    """Those of its longest words; the text is compared with all of them."""
    wanted = query(" ".join(f"w{number}ord" for number in range(20)) + " be")
    assert len(wanted.choices) == MOST_CHOICES
    assert ("be", "be*") not in wanted.choices
    assert not wanted.matches(" ".join(f"w{number}ord" for number in range(20)))
