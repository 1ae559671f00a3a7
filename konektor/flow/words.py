"""Words: what a text is searched by, in any script.

A query matches a text when each of its words begins a word of the text, in any order, whatever the accents and case.
Scripts that put no spaces between words (Thai, Lao, Khmer, Burmese, Chinese, Japanese and a few more) are matched by
characters: each run of them in the query is somewhere in the text.

The database finds texts by keys, which are stored with each: of a word its first 2 and 4 letters, with `*` behind them
when it goes on; of a Korean word, whose letters are syllables, the first 1 and 2; of a run each Chinese character, and
each pair of neighbours that are not both Chinese. Every text that matches a query has one of each of its `choices`;
`matches` decides.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain

from konektor.flow.folding import fold
from konektor.flow.text import without_ignorable

MOST_CHOICES = 8
"""Choices of a query: those of its longest words are enough to find few texts."""
_FIRST, _FIRST_SYLLABLES = (2, 4), (1, 2)


def _class(points: Iterable[int]) -> str:
    """The points as a character class of a regular expression, without its brackets."""
    ranges: list[list[int]] = []
    for point in points:
        if ranges and ranges[-1][1] == point - 1:
            ranges[-1][1] = point
        else:
            ranges.append([point, point])
    return "".join(f"{chr(first)}-{chr(last)}" for first, last in ranges)


def _of_category(points: Iterable[int], categories: str) -> Iterator[int]:
    return (point for point in points if unicodedata.category(chr(point))[0] in categories)


_HAN_CLASS = "\u3005-\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af"
_UNSPACED = _HAN_CLASS + _class(
    _of_category(
        chain(
            range(0x0E00, 0x0F00),  # Thai, Lao
            range(0x1000, 0x10A0),  # Burmese
            range(0x1780, 0x1800),  # Khmer
            range(0x1950, 0x19E0),  # Tai Le, New Tai Lue
            range(0x1A20, 0x1AB0),  # Tai Tham
            range(0x3021, 0x302A),  # Hangzhou numerals
            range(0x3031, 0x3130),  # Hiragana, Katakana, Bopomofo
            range(0x31A0, 0x3200),  # more of these
            range(0xA000, 0xA4D0),  # Yi
            range(0xA9E0, 0xAA00),  # more of Burmese
            range(0xAA60, 0xAAE0),  # more of Burmese, Tai Viet
            range(0x11700, 0x11750),  # Ahom
            range(0x1B000, 0x1B170),  # more of Hiragana and Katakana
        ),
        "LMN",
    )
)
_MARKS = _class(
    _of_category(
        chain(
            range(0x300, 0x1E00),
            range(0x20D0, 0x2100),
            range(0xA660, 0xAC00),
            range(0x10A00, 0x11F60),
            range(0x16AF0, 0x16FF0),
            range(0x1E000, 0x1E94B),
        ),
        "M",
    )
)
_ASCII_WORD = re.compile("[a-z0-9]+")
_HAS_UNSPACED = re.compile(f"[{_UNSPACED}]")
_LETTER = rf"(?![{_UNSPACED}])[^\W_]"
_WORD = re.compile(f"{_LETTER}(?:{_LETTER}|(?![{_UNSPACED}])[{_MARKS}])*")
_RUN = re.compile(f"[{_UNSPACED}]+")
_HAN = re.compile(f"[{_HAN_CLASS}]")
_SYLLABLE = re.compile("[\uac00-\ud7a3]")
_VOWEL_SIGNS = re.compile(
    "[\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u0640\u064b-\u0653\u0656-\u065f\u0670\u06d6-\u06dc"
    "\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed]"
)
"""Of Hebrew and Arabic, where they are mostly left out, and the line that stretches a word."""
_OTHERS = {"ł": "l", "ø": "o", "đ": "d", "ħ": "h", "ŧ": "t", "ı": "i", "æ": "ae", "œ": "oe"}
"""Letters that Unicode does not take for accented ones."""
_OTHER = re.compile(f"[{''.join(_OTHERS)}]")


@dataclass(frozen=True, slots=True)
class Terms:
    """What a text consists of, folded: its words, and its runs of scripts without spaces between words."""

    words: list[str]
    runs: list[str]


def terms(text: str) -> Terms:
    """The terms of a text, in their order. What is neither letter nor digit, such as an emoji, is in none."""
    folded = fold(text)
    if folded.isascii():
        return Terms(_ASCII_WORD.findall(folded), [])
    folded = _VOWEL_SIGNS.sub("", without_ignorable(folded))
    folded = _OTHER.sub(lambda letter: _OTHERS[letter[0]], folded)
    runs = _RUN.findall(folded) if _HAS_UNSPACED.search(folded) else []
    return Terms(_WORD.findall(folded), runs)


def keys(text: str) -> list[str]:
    """The keys of a text, each once: at most two for each word, and for each character of a run."""
    found = terms(text)
    every = chain(*map(_word_keys, found.words), *map(_run_keys, found.runs))
    return list(dict.fromkeys(every))


def _lengths(word: str) -> tuple[int, int]:
    return _FIRST_SYLLABLES if _SYLLABLE.match(word) else _FIRST


@lru_cache(maxsize=16_384)
def _word_keys(word: str) -> tuple[str, ...]:
    size = len(word)
    return tuple(word if size == length else f"{word[:length]}*" for length in _lengths(word) if size >= length)


def _run_keys(run: str) -> list[str]:
    """Each Chinese character, and each pair of neighbours that are not both Chinese.

    Two Chinese characters need no key of their own: each of them is rare enough.
    """
    han = [_HAN.match(char) is not None for char in run]
    single = [char for char, known in zip(run, han, strict=True) if known]
    return single + [run[place : place + 2] for place in range(len(run) - 1) if not (han[place] and han[place + 1])]


@dataclass(frozen=True, slots=True)
class Query:
    """What is looked for. A text that matches has at least one key of each choice, the most telling choice first."""

    terms: Terms
    choices: tuple[tuple[str, ...], ...]

    def matches(self, text: str) -> bool:
        """Whether every word of the query begins a word of the text, and every run is in one of its runs. A query
        without any matches nothing.
        """
        wanted, found = self.terms, terms(text)
        return (
            bool(wanted.words or wanted.runs)
            and all(any(word.startswith(one) for word in found.words) for one in wanted.words)
            and all(any(one in run for run in found.runs) for one in wanted.runs)
        )


def query(text: str) -> Query:
    """The query of what somebody typed. Without `choices` the database cannot look for it: it has no letters, or only
    single ones of a script that needs two.
    """
    wanted = terms(text)
    choices = dict.fromkeys(
        choice for choice in [*map(_choice, wanted.words), *((key,) for run in wanted.runs for key in _run_keys(run))]
        if choice
    )  # fmt: skip
    telling = sorted(choices, key=lambda choice: (-len(choice[0]), len(choice)))
    return Query(wanted, tuple(telling[:MOST_CHOICES]))


def _choice(word: str) -> tuple[str, ...]:
    """The keys of the words that begin with this one: of the longest length that it has, itself or what goes on."""
    size, lengths = len(word), _lengths(word)
    length = max((known for known in lengths if known <= size), default=0)
    if not length:
        return ()
    return (word, f"{word}*") if size == length else (f"{word[:length]}*",)
