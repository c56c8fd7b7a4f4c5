"""Texts that nobody wrote for a pipeline: made from the bundled samples, the same each time."""

import base64
import json
from collections.abc import Callable, Iterator, Mapping
from itertools import count
from pathlib import Path
from random import Random
from typing import Final

import millrace

Writer = Callable[[int], str]

_SAMPLES: Final = Path(millrace.__file__).parent / "samples"
_ENGLISH: Final = tuple(
    json.loads(path.read_text("utf-8"))["text"]
    for path in sorted(_SAMPLES.glob("*.json"))
    if path.stem not in ("news-chinese", "news-japanese")
)
_OTHERS: Final = (
    *(
        json.loads((_SAMPLES / f"news-{name}.json").read_text("utf-8"))["text"]
        for name in ("chinese", "japanese")
    ),
    "Die Firma Müller & Söhne übernahm am 3. März 2024 die Zorblat GmbH in Köln. ",
    "L'usine a été vendue à Zorblat pour 3,5 millions d'euros, a-t-il déclaré jeudi. ",
    "Компания «Зорблат» купила завод в Казани 3 марта 2024 года. ",
    "استقال المدير يوم الثلاثاء في القاهرة. ",
    "บริษัทซื้อโรงงานในกรุงเทพเมื่อวันอังคาร ",
    "कंपनी ने मंगलवार को दिल्ली में कारखाना खरीदा। ",
    "👩‍🚒🔥 e\u0301lan \u202eזורבלט\u202c 👍🏽 ",
)
# What scanners take for each other.
_LOOKALIKES: Final = {
    "l": "1", "I": "l", "O": "0", "o": "0", "e": "c", "S": "5", "B": "8", "h": "b", "u": "ii",
    "m": "rn", "c": "e", ".": ",", ",": ".", "i": "!", "t": "f", "g": "q", "—": "-", "'": "`",
}  # fmt: skip
_NOISE: Final = 0.06
_LINE: Final = 72


def _filled(pieces: Iterator[str], size: int) -> str:
    """Pieces until there are so many bytes of UTF-8, and no more."""
    parts: list[str] = []
    written = 0
    while written < size:
        parts.append(next(pieces))
        written += len(parts[-1].encode())
    return "".join(parts).encode()[:size].decode("utf-8", "ignore")


def prose() -> Iterator[str]:
    """The English samples over and over, each time in another order."""
    for seed in count():
        for text in Random(seed).sample(_ENGLISH, len(_ENGLISH)):  # noqa: S311 - no secret
            yield f"{text}\n\n"


def _changed(change: Callable[[str], str]) -> Writer:
    return lambda size: _filled((change(text) for text in prose()), size)


def _without_ends(text: str) -> str:
    """A text without full stops, line ends or whatever else ends a sentence."""
    kept = "".join(" " if one.isspace() else one for one in text if one not in ".!?:;…")
    return kept.rstrip() + " "


def _rows(cell: str, end: str) -> Iterator[str]:
    for number in count():
        day = f"{1 + number % 28:02d}/03/2024"
        cells = (f"{number}", f"Zorblat {number} Ltd", day, f"${number * 37:,}.00", "", "LONDON")
        yield cell.join(f"{one:<16}" if end == " |\n" else one for one in cells) + end


def _table(size: int) -> str:
    rule = "+" + "+".join(["-" * 18] * 6) + "+\n"
    rows = (f"{rule}| {row}" for row in _rows(" | ", " |\n"))
    return _filled(rows, size)


def _art(size: int) -> str:
    figure = (
        "   /\\_/\\   .-\"\"\"-.   ____ ____  \n"
        "  ( o.o ) /       \\ |  _ \\___ \\ \n"
        "   > ^ < |  O   O  || |_) |__) |\n"
        " ~~~~~~~~ \\   ^   /  |____/____/\n"
        "==========================*****=\n"
    )  # fmt: skip
    return _filled((figure for _ in count()), size)


def _mail(size: int) -> str:
    """Mail with an attachment that its program pasted into the text."""
    content = Random(0).randbytes(64 * 1024)  # noqa: S311 - no secret
    lines = base64.encodebytes(content).decode()

    def parts() -> Iterator[str]:
        for text in prose():
            yield (
                f"From: Ann Lee <ann@example.com>\nSubject: Fwd: scan.pdf\n\n{text}"
                "> Content-Transfer-Encoding: base64\n> \n"
                f"{lines}\n-- \nAnn Lee\nZorblat Ltd\n\n"
            )

    return _filled(parts(), size)


def _mixed(size: int) -> str:
    def parts() -> Iterator[str]:
        for number, text in enumerate(prose()):
            yield text.partition("\n")[0] + " "
            yield _OTHERS[number % len(_OTHERS)]

    return _filled(parts(), size)


def scanned(text: str, seed: int = 0) -> str:
    """A text as a poor scan of it is read: letters for others, lost and added spaces, cut lines."""
    chance = Random(seed)  # noqa: S311 - no secret
    read: list[str] = []
    column = 0
    for one in text:
        written = one
        if chance.random() < _NOISE:
            written = " " if chance.random() < 0.1 else _LOOKALIKES.get(one, one)
            written = "" if one == " " else written
        column += len(written)
        if column > _LINE and one.isalpha():
            written += "-\n"
            column = 0
        read.append(written)
    return "".join(read)


def _scan(size: int) -> str:
    return _filled((scanned(text, seed) for seed, text in enumerate(prose())), size)


# Those that have a size of their own.
SHORT: Final[Mapping[str, str]] = {
    "empty": "",
    "white space": " \n\t\u3000 ",
    "one word": "Resigned",
    "one letter": "a",
    "one sign": "\u0301",
    "one name": "Theresa May",
}
# Each gives as many bytes of UTF-8 as asked, or some less.
LONG: Final[Mapping[str, Writer]] = {
    "prose": _changed(str),
    "no full stop": _changed(_without_ends),
    "no space": _changed(lambda text: "".join(text.split())),
    "table": _table,
    "tabs": lambda size: _filled(_rows("\t", "\n"), size),
    "ASCII art": _art,
    "base64 in mail": _mail,
    "mixed languages": _mixed,
    "all capitals": _changed(str.upper),
    "no capitals": _changed(str.lower),
    "every word capital": _changed(str.title),
    "OCR noise": _scan,
}
