"""Answers of sample members: a short line that fits what somebody wrote."""

import re
from collections.abc import Collection, Sequence

SUBJECTS: Sequence[tuple[str, Sequence[str]]] = (
    (
        r"^\W*(hi|hello|hey|good (morning|evening|day|afternoon)|greetings|hallo|hola|salut|moin|ciao)\b",
        (
            "Hello {name}, good to have you here.",
            "Hi {name}! Where are you writing from?",
            "Welcome, {name}. Pull up a chair.",
            "Hey {name}. You are the first new face today.",
            "Hello! We were just talking about breakfast.",
        ),
    ),
    (
        r"\b(thanks|thank you|thx|cheers)\b",
        ("You're welcome, {name}.", "Any time.", "With pleasure."),
    ),
    (
        r"\b(birthday|cake|candles?|party|present|born)\b",
        (
            "At home it was always cake for breakfast.",
            "I never know what to wish for. You, {name}?",
            "My brother ate the candles once. He was fine.",
            "I still get one card by post every year, and I keep them all.",
            "We should count the candles of this room together.",
        ),
    ),
    (
        r"\b(song|music|band|concert|album|radio|sing|dance|tape|record)\b",
        (
            "Now I have that tune in my head for the day.",
            "I had it on a tape that my cousin recorded over.",
            "My neighbour plays the trumpet, so I hear music whether I like it or not.",
            "That one makes me want to dance in the kitchen.",
        ),
    ),
    (
        r"\b(eat|food|cook|breakfast|lunch|dinner|coffee|tea|soup|pizza|chocolate|ice cream|bake)\b",
        (
            "You are making me hungry, {name}.",
            "Coffee first, then I can talk about it.",
            "My grandmother would have a recipe for that.",
            "I burn everything except toast, and sometimes toast.",
        ),
    ),
    (
        r"\b(school|teacher|class|child(hood)?|kid|toy|game|street)\b",
        (
            "I walked to school along a canal. Best part of the day.",
            "We played in the street until the lamps came on.",
            "My teacher would be surprised to see me write so much.",
            "I still have mine in a box somewhere.",
        ),
    ),
    (
        r"\b(rain|snow|sun(ny)?|weather|summer|winter|spring|autumn|cold|warm)\b",
        ("Grey and mild here. And there?", "Send some of it over, {name}.", "I like it best right after the rain."),
    ),
    (
        r"\?",
        (
            "Good question. Hard to pick just one; what's yours, {name}?",
            "Depends on the day. Today: yes, definitely.",
            "I asked myself that last week, on a train.",
            "The first thing that comes to mind: a kitchen table with far too many people around it.",
            "My sister would say something else, but I stand by the blue one.",
            "Let me think about it over tea.",
        ),
    ),
)
"""For each subject a pattern and lines; the first that matches is answered."""

OTHERS = (
    "Same here, {name}.",
    "Tell us more.",
    "I could have written that.",
    "That made me smile.",
    "Now I'm curious: where was that?",
    "Funny, I was thinking of something like it this morning.",
    "It took me years to see it that way.",
    "We should write these things down.",
    "I'll remember that one.",
    "You too? I thought it was only me.",
)
"""Lines for everything else."""


def answer_to(text: str, name: str, number: int, recent: Collection[str]) -> str:
    """A line that fits the text of the member `name`; `number` varies it. Avoids what is `recent` where it can."""
    fitting = next((lines for pattern, lines in SUBJECTS if re.search(pattern, text, re.IGNORECASE)), OTHERS)
    for lines in (fitting, OTHERS):
        fresh = [line for line in (line.format(name=name) for line in lines) if line not in recent]
        if fresh:
            return fresh[number % len(fresh)]
    return fitting[number % len(fitting)].format(name=name)
