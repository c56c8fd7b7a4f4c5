"""Makes the word list of ``processors.learned.word_senses`` from WordNet 3.0.

    python -m training.word_senses FOLDER

FOLDER holds WordNet's database files, as Debian's package wordnet-base installs them in
/usr/share/wordnet. The list is committed, so that nothing but a new WordNet asks for this.
"""

import gzip
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from processors.learned.word_senses import FILE

# The lexicographers' files of WordNet, by number: what a sense is about (lexnames(5WN)).
_TOPICS = [
    "all",
    "pert",
    "all",
    "Tops",
    "act",
    "animal",
    "artifact",
    "attribute",
    "body",
    "cognition",
    "communication",
    "event",
    "feeling",
    "food",
    "group",
    "location",
    "motive",
    "object",
    "person",
    "phenomenon",
    "plant",
    "possession",
    "process",
    "quantity",
    "relation",
    "shape",
    "state",
    "substance",
    "time",
    "body",
    "change",
    "cognition",
    "communication",
    "competition",
    "consumption",
    "contact",
    "creation",
    "emotion",
    "motion",
    "perception",
    "possession",
    "social",
    "stative",
    "weather",
    "ppl",
]
_EVENTFUL = frozenset({"act", "event", "phenomenon", "process", "state"})
_FILES = {"n": "noun", "v": "verb", "a": "adj"}
_SORTS = {1: "n", 2: "v", 3: "a", 4: "r", 5: "a"}
_SENSES_COUNTED = 4
# Shares of a word's uses in the texts that WordNet's makers tagged.
_RARE, _NEARLY_ALL = 0.05, 0.9
_LONGEST = 20


@dataclass(slots=True)
class _Word:
    topics: dict[str, list[str]] = field(default_factory=dict)
    uses: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    is_of_verb: bool = False


def main(folder: Path) -> None:
    """Write the list from the database files in a folder."""
    by_features: dict[str, list[str]] = defaultdict(list)
    for name, word in sorted(_words(folder).items()):
        if name.isalpha() and name.isascii() and len(name) <= _LONGEST:
            by_features[" ".join(_features(word))].append(name)
    lines = (f"{features}\t{' '.join(names)}\n" for features, names in sorted(by_features.items()))
    FILE.parent.mkdir(exist_ok=True)
    FILE.write_bytes(gzip.compress("".join(lines).encode(), mtime=0))


def _words(folder: Path) -> Mapping[str, _Word]:
    words: dict[str, _Word] = defaultdict(_Word)
    for sort, name in _FILES.items():
        topics = {}
        for place, topic, lemmas, made_of_verbs in _synsets(folder / f"data.{name}"):
            topics[place] = topic
            if sort == "n":
                for number in made_of_verbs:
                    words[lemmas[number]].is_of_verb = True
        for line in _lines(folder / f"index.{name}"):
            parts = line.split()
            senses = parts[-int(parts[2]) :]
            words[parts[0]].topics[sort] = [topics[place] for place in senses]
    for line in _lines(folder / "cntlist.rev"):
        key, _, count = line.split()
        lemma, _, rest = key.partition("%")
        if lemma in words:
            words[lemma].uses[_SORTS[int(rest[0])]] += int(count)
    return words


def _synsets(file: Path) -> Iterator[tuple[str, str, list[str], Iterable[int]]]:
    """Of each synset: its offset, topic, words, and the places of those that verbs are akin to."""
    for line in _lines(file):
        parts = line.partition(" | ")[0].split()
        count = int(parts[3], 16)
        lemmas = [parts[4 + 2 * number].lower() for number in range(count)]
        at = 4 + 2 * count
        pointers = [
            parts[at + 1 + 4 * number : at + 5 + 4 * number] for number in range(int(parts[at]))
        ]
        akin = [int(ends[:2], 16) - 1 for sign, _, to, ends in pointers if (sign, to) == ("+", "v")]
        yield parts[0], _TOPICS[int(parts[1])], lemmas, akin


def _lines(file: Path) -> Iterator[str]:
    with file.open(encoding="utf-8") as lines:
        yield from (line for line in lines if not line.startswith("  "))


def _features(word: _Word) -> Iterator[str]:
    nouns, verbs = word.topics.get("n"), word.topics.get("v")
    if nouns:
        first = nouns[:_SENSES_COUNTED]
        yield f"n={nouns[0]}"
        yield f"eventful={sum(topic in _EVENTFUL for topic in first)}/{len(first)}"
        if word.is_of_verb:
            yield "of-verb"
    if verbs:
        yield from (f"v{place}={topic}" for place, topic in enumerate(verbs[:2], 1))
    if "a" in word.topics:
        yield "adjective"
    yield f"as={_uses(word)}"


def _uses(word: _Word) -> str:
    """The sorts of a word that are met, commonest first; "!" where one is nearly all."""
    total = sum(word.uses.values())
    if not total:
        return "?" + "".join(word.topics)
    sorts = sorted("nva", key=lambda sort: -word.uses[sort])
    found = "".join(sort for sort in sorts if word.uses[sort] > _RARE * total)
    return found + ("!" if max(word.uses.values()) > _NEARLY_ALL * total else "")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
