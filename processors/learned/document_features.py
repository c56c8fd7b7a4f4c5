"""Features of a whole document that tell which sort it is: shapes, and words that all texts share.

Words are counted where they stand on a closed list: names of mail headers, greetings and words of
grammar and reporting. So a model of these features holds nothing of the texts that it learned from.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence

# What a text is shows early; no more of it is looked at.
_CHARACTERS = 4_000
_MOST_LINES = 80
_TOP_LINES = 12
_WORD = re.compile(r"[A-Za-z]+(?:['’][a-z]+)?")
_HEADER = re.compile(
    r"[ \t]*(from|to|cc|bcc|sent|date|subject|reply-to|message-id|attachments|importance)[ \t]*:",
    re.IGNORECASE,
)
_GREETING = re.compile(
    r"[ \t]*(hi|hello|dear|hey|good morning|all|team|folks|thanks|thank you|many thanks|regards"
    r"|best regards|kind regards|best|cheers|sincerely|yours|fyi|pls|please)\b[^.:;?]{0,30}$",
    re.IGNORECASE,
)
_COUNTED = """
i me my mine we us our ours you your yours he him his she her they them their it its this that
these those who which what when where how why said says say told according reported announced
officials official police spokesman spokeswoman statement percent yesterday today tomorrow tonight
monday tuesday wednesday thursday friday saturday sunday please thanks thank hi hello dear regards
let know attached fyi re fw call talk meeting will would can could should may might must shall was
were is are am be been being has have had do does did not no and or but if because so then also
just now very the a an of in on at to for with by from as into about after before during between
through over under against born became known often usually many several first second one two both
each however such i'm i'll i've i'd you're you'll we're we'll we've don't can't it's that's let's
didn't
"""
_WORDS = frozenset(_COUNTED.split())
_SIGNS = {
    "quote": re.compile('["“”]'),
    "question": re.compile(r"\?"),
    "exclamation": re.compile("!"),
    "address": re.compile(r"[\w.+-]{1,60}@[\w-]{1,60}\."),
    "link": re.compile(r"https?://|www\."),
    "year": re.compile(r"\b(?:1[5-9]|20)\d\d\b"),
    "number": re.compile(r"\b\d+\b"),
    "money": re.compile(r"[$€£]\s?\d"),
    "clock": re.compile(r"\b\d{1,2}:\d\d\b"),
    "bracket": re.compile(r"[(\[]"),
    "hash": re.compile(r"(?:^|\s)[#@]\w"),
    "dash": re.compile("[–—]|--"),
    "semicolon": re.compile(";"),
    "capitals": re.compile(r"\b[A-Z]{3,}\b"),
    "ed": re.compile(r"[a-z]{2}ed\b"),
    "ing": re.compile(r"[a-z]{2}ing\b"),
    "name": re.compile(r"(?<=[a-z,] )[A-Z][a-z]+"),
}
_WROTE = re.compile(
    r"\bwrote:|^[ \t]*>|original message|forwarded message|sent from my", re.I | re.M
)
_DATELINE = re.compile(
    r"[A-Z][A-Za-z .,]{2,40}(?:\([A-Z][A-Za-z ]{1,20}\))?[ \t]{0,4}(?:--|—|–)[ \t]"
)
_LISTED = re.compile(r"[ \t]*(?:[-*•]|\(?\d{1,2}[.)])[ \t]+\S")
# Times in a thousand words, and lengths, are told apart by these.
_RATES = (0.0, 2.0, 5.0, 10.0, 20.0, 40.0, 80.0)
_LENGTHS = (200, 500, 1_000, 2_000, 4_000)
_TENTHS = 5


def document_features(text: str) -> list[str]:
    """The features of a text, each once, in an order of their own.

    Args:
        text: any; only its beginning is looked at.
    """
    text = text[:_CHARACTERS]
    lines = [line for line in text.split("\n") if not line.isspace() and line][:_MOST_LINES]
    words = [word.lower().replace("’", "'") for word in _WORD.findall(text)]
    return ["bias", *_of_lines(lines), *_of_words(words), *_of_signs(text, len(words))]


def _of_lines(lines: Sequence[str]) -> Iterator[str]:
    names = Counter(
        found.group(1).lower() for line in lines if (found := _HEADER.match(line)) is not None
    )
    yield from (f"header={name}" for name in sorted(names))
    top = {found.group(1).lower() for line in lines[:_TOP_LINES] if (found := _HEADER.match(line))}
    yield f"headers above={min(len(top), 4)}"
    greetings = sorted(
        {found.group(1).lower() for line in lines if (found := _GREETING.match(line))}
    )
    yield f"greetings={min(len(greetings), 3)}"
    yield from (f"greeting={one}" for one in greetings)
    if any(_DATELINE.match(line) for line in lines[:4]):
        yield "dateline"
    count = max(len(lines), 1)
    yield f"listed={_share(sum(1 for line in lines if _LISTED.match(line)), count)}"
    yield f"ended={_share(sum(1 for line in lines if line.rstrip()[-1] in _ENDS), count)}"
    yield f"line={_step(sum(map(len, lines)) / count, (20, 40, 60, 80, 120, 300, 800))}"


def _of_words(words: Sequence[str]) -> Iterator[str]:
    count = max(len(words), 1)
    met = Counter(word for word in words if word in _WORDS)
    for word in sorted(met):
        yield f"has={word}"
        yield f"rate {word}={_step(1000 * met[word] / count, _RATES)}"


def _of_signs(text: str, words: int) -> Iterator[str]:
    count = max(words, 1)
    for name, pattern in _SIGNS.items():
        yield f"{name}={_step(1000 * len(pattern.findall(text)) / count, _RATES)}"
    yield f"length={_step(len(text), _LENGTHS)}"
    if _WROTE.search(text):
        yield "quotes a mail"


_ENDS = ".!?\"”'’)"


def _share(part: int, whole: int) -> int:
    return _TENTHS * part // whole


def _step(value: float, bounds: Sequence[float]) -> int:
    return sum(value > bound for bound in bounds)
