"""Looks: how a sample member looks, chosen from a seed so that one seed always has one face."""

from collections.abc import Sequence
from dataclasses import dataclass

from konektor.running.chance import between, part, pick
from konektor.running.portraits.canvas import BLACK, Colour, mix, rgb

SKINS = tuple(
    rgb(text)
    for text in ("#fbe0cb", "#f5cfb0", "#ecbb94", "#dda577", "#c68a5b", "#a66d43", "#85532f", "#6e4328", "#5a3621")
)
"""From light to dark."""
HAIRS = {
    "black": rgb("#231c1f"),
    "dark": rgb("#3a2922"),
    "brown": rgb("#5b3c2a"),
    "chestnut": rgb("#7f4a2b"),
    "auburn": rgb("#98452a"),
    "ginger": rgb("#c9692f"),
    "sand": rgb("#a9834f"),
    "blond": rgb("#dcb66e"),
    "grey": rgb("#8f8f96"),
    "silver": rgb("#d8d6d6"),
    "rose": rgb("#d9798f"),
    "teal": rgb("#2f8f8f"),
}
PALETTES: dict[str, tuple[Sequence[int], Sequence[str], Sequence[str]]] = {
    "north": ((0, 0, 1, 1), ("blond", "sand", "brown", "ginger", "chestnut", "dark", "auburn"), ("straight", "wavy")),
    "south": ((1, 2, 2, 3), ("dark", "brown", "black", "chestnut"), ("straight", "wavy", "curly")),
    "east": ((0, 1, 2), ("black", "black", "dark"), ("straight",)),
    "middle": ((2, 3, 3, 4), ("black", "dark", "brown"), ("wavy", "curly", "straight")),
    "india": ((3, 4, 5), ("black", "black", "dark"), ("straight", "wavy")),
    "africa": ((6, 7, 7, 8), ("black", "black", "dark"), ("coily",)),
    "mixed": ((3, 4, 5, 6), ("black", "dark", "brown", "chestnut"), ("curly", "coily")),
}
"""For each its skins, colours of hair and kinds of hair."""
STYLES: dict[tuple[str, str], Sequence[str]] = {
    ("woman", "straight"): ("long", "bob", "fringe", "parted", "bun", "ponytail", "pixie", "lob"),
    ("woman", "wavy"): ("waves", "parted", "bun", "lob", "waves", "ponytail"),
    ("woman", "curly"): ("curls", "ringlets", "bun", "curls", "waves"),
    ("woman", "coily"): ("afro", "braids", "puffs", "ringlets", "crop", "topknot"),
    ("man", "straight"): ("side", "quiff", "caesar", "crop", "swept", "spiky"),
    ("man", "wavy"): ("swept", "quiff", "side", "shaggy", "crop"),
    ("man", "curly"): ("curly-top", "crop", "shaggy", "curly-top"),
    ("man", "coily"): ("crop", "flat-top", "afro", "locs", "curly-top"),
}
EARS_COVERED = frozenset({"long", "lob", "parted", "fringe", "bob", "waves", "ringlets", "curls", "covered"})
"""Styles that cover the ears."""
IRISES = tuple(rgb(text) for text in ("#3b2519", "#4a2f1d", "#6b4423", "#4f6b57", "#4b7396", "#6d7f8c"))
CLOTHES = ("tee", "shirt", "hoodie", "blazer", "turtleneck", "v-neck", "stripes", "cardigan", "scarf", "tee")
CLOTHS = tuple(
    rgb(text)
    for text in (
        *("#2f3e5c", "#b5523b", "#d9a441", "#3f6b4f", "#2f7f86", "#6d3f63", "#f1e6d2", "#3b3b41", "#7fb0d6", "#d98a94"),
        *("#f7f5f0", "#7d7d45", "#c9c3ea", "#e3764f", "#25564f"),
    )
)
MOUTHS = ("smile", "smile", "grin", "laugh", "soft", "smirk")
DARK_FRAMES = (rgb("#2b2528"), rgb("#6b3f2a"), rgb("#3b4f7a"), rgb("#7a2e3c"))
LIGHT_FRAMES = (rgb("#17141a"), rgb("#e0b65a"), rgb("#f1e6d2"), rgb("#17141a"))
OLD = 58
"""From this age on faces have lines, and hair is often grey."""
GLASSES = ("round", "square", "thin", "wide")
BEARDS = ("stubble", "full", "goatee", "moustache", "short", "stubble", "short")


@dataclass(frozen=True, slots=True)
class Build:
    """The measures of somebody, in hundredths of the picture."""

    wide: float
    """Half the width of the face."""
    jaw: float
    chin: float
    long: float
    """How much lower the chin is."""
    neck: float
    """Half the width of the neck."""
    shoulders: float
    apart: float
    """How far from the middle the eyes are."""
    raised: float
    arch: float
    brows: float

    @classmethod
    def of(cls, seed: str, *, woman: bool) -> "Build":
        """The build of a seed."""
        return Build(
            wide=between(seed, "wide", 15.8, 17.4) + (0.0 if woman else 0.5),
            jaw=between(seed, "jaw", 0.8, 0.87) + (0.0 if woman else 0.06),
            chin=between(seed, "chin", 0.36, 0.46) + (0.0 if woman else 0.08),
            long=between(seed, "long", -1.2, 1.6) + (0.0 if woman else 0.5),
            neck=between(seed, "neck", 6.4, 7.2) + (0.0 if woman else 1.3),
            shoulders=between(seed, "shoulders", 29, 32) + (0.0 if woman else 3.6),
            apart=between(seed, "apart", 6.5, 7.3),
            raised=between(seed, "raised", -0.3, 0.7),
            arch=between(seed, "arch", 0.0, 0.8),
            brows=between(seed, "brows", 0.8, 1.15) if woman else between(seed, "brows", 1.2, 1.75),
        )


@dataclass(frozen=True, slots=True)
class Look:
    """Everything that a portrait shows."""

    seed: str
    build: Build
    skin: Colour
    hair: Colour
    style: str
    iris: Colour
    eyes: str
    nose: str
    mouth: str
    glasses: str
    frame: Colour
    beard: str
    clothes: str
    cloth: Colour
    second: Colour
    freckles: bool
    earrings: bool
    lashes: bool
    lipstick: bool
    old: bool
    """Whether the face has lines."""

    @property
    def is_light(self) -> bool:
        """Whether the skin is lighter than what is drawn on it."""
        return sum(self.skin) > 300

    @property
    def shade(self) -> Colour:
        """The skin in shadow."""
        return mix(mix(self.skin, rgb("#8a2f1d"), 0.14), BLACK, 0.12)


def look_of(seed: str, *, gender: str = "", palette: str = "", age: int = 30) -> Look:
    """The look of a seed, for a gender (woman, man or anything else), one of PALETTES, and an age."""
    palette = palette or pick(seed, "palette", sorted(PALETTES))
    shown = gender if gender in ("woman", "man") else pick(seed, "shown", ("woman", "man"))
    skins, colours, kinds = PALETTES[palette]
    woman, old = shown == "woman", age >= OLD
    skin, cloth = SKINS[pick(seed, "skin", skins)], pick(seed, "cloth", CLOTHS)
    style = _style(seed, STYLES[shown, pick(seed, "kind", kinds)], palette, woman=woman, age=age)
    light_eyes = palette == "north" and part(seed, "light eyes") < 0.6
    return Look(
        seed=seed,
        build=Build.of(seed, woman=woman),
        skin=skin,
        hair=_set_off(_hair_colour(seed, age, colours), skin),
        style=style,
        iris=pick(seed, "iris", IRISES[3:] if light_eyes else IRISES[:3]),
        eyes=pick(seed, "eyes", (*(("narrow",) if palette == "east" else ("open",)) * 2, "dot", "happy")),
        nose=pick(seed, "nose", ("round", "wide") if palette == "africa" else ("round", "line", "soft")),
        mouth=pick(seed, "mouth", MOUTHS),
        glasses=pick(seed, "which glasses", GLASSES) if part(seed, "glasses") < (0.5 if old else 0.24) else "",
        frame=pick(seed, "frame", DARK_FRAMES if sum(skin) > 400 else LIGHT_FRAMES),
        beard="" if woman or part(seed, "beard") > 0.65 else pick(seed, "which beard", BEARDS),
        clothes=pick(seed, "clothes", CLOTHES),
        cloth=cloth,
        second=pick(seed, "second", [colour for colour in CLOTHS if colour != cloth]),
        freckles=palette == "north" and part(seed, "freckles") < 0.2,
        earrings=woman and style != "covered" and part(seed, "earrings") < 0.4,
        lashes=woman,
        lipstick=woman and part(seed, "lipstick") < 0.3,
        old=old,
    )


def _style(seed: str, styles: Sequence[str], palette: str, *, woman: bool, age: int) -> str:
    if woman:
        return "covered" if palette == "middle" and part(seed, "covered") < 0.45 else pick(seed, "style", styles)
    bald = part(seed, "bald") < (0.45 if age >= OLD else 0.1 if age >= 30 else 0.0)
    return "bald" if bald else pick(seed, "style", styles)


def _set_off(hair: Colour, skin: Colour) -> Colour:
    """The hair, darker if it could not be told from the skin."""
    return mix(hair, BLACK, 0.45) if abs(sum(hair) - sum(skin)) < 150 and sum(skin) < 480 else hair


def _hair_colour(seed: str, age: int, colours: Sequence[str]) -> Colour:
    own = HAIRS[pick(seed, "colour", colours)]
    if age >= 66 or (age >= 56 and part(seed, "grey") < 0.6):
        return HAIRS[pick(seed, "which grey", ("grey", "silver"))]
    if age >= 46 and part(seed, "grey") < 0.5:
        return mix(own, HAIRS["grey"], 0.5)
    if age < 40 and part(seed, "dyed") < 0.05:
        return HAIRS[pick(seed, "which dye", ("rose", "teal"))]
    return own
