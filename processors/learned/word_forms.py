"""What an English word's form tells: whether it can be a verb, and which verb a noun is made of."""

from functools import lru_cache

from processors.lexical.lexicon import lemma

_MOST_WORDS = 16_384
# Endings that make a noun of a verb, and what the verb may end in instead of them.
_NOMINAL: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("ification", ("ify",)),
    ("isation", ("ise", "ize")),
    ("ization", ("ize", "ise")),
    ("ication", ("icate", "y")),
    ("ation", ("ate", "e", "")),
    ("ition", ("e", "ite", "")),
    ("ission", ("it",)),
    ("ision", ("ide", "ise")),
    ("usion", ("ude", "use")),
    ("sion", ("d", "de", "t", "s")),
    ("tion", ("t", "te", "e")),
    ("ment", ("",)),
    ("ance", ("", "e", "ate")),
    ("ence", ("", "e")),
    ("age", ("", "e")),
    ("ure", ("", "e")),
    ("al", ("", "e")),
    ("ery", ("", "e")),
    ("ing", ("", "e")),
    ("th", ("",)),
    ("y", ("", "e")),
)


@lru_cache(_MOST_WORDS)
def is_verb(base: str) -> bool:
    """Whether the dictionary has a verb's forms of a word: "attacking" for "attack"."""
    if len(base) < 2 or not base.isalpha():
        return False
    stems = [base]
    if base.endswith("e"):
        stems = [base[:-1]]
    elif base[-1] not in "aeiouywx" and base[-2] in "aeiou":
        stems.append(base + base[-1])
    return any(
        lemma(stem + "ing", "en") == base or lemma(stem + "ed", "en") == base for stem in stems
    )


@lru_cache(_MOST_WORDS)
def verb_of(noun: str) -> str:
    """The verb that a noun is made of ("announcement": "announce"); empty where none is seen."""
    for ending, instead in _NOMINAL:
        stem = noun.removesuffix(ending)
        if stem == noun or len(stem) < 3:
            continue
        for end in instead:
            if is_verb(stem + end):
                return stem + end
        if stem[-1] == stem[-2] and is_verb(stem[:-1]):
            return stem[:-1]
        if stem[-1] == "i" and is_verb(stem[:-1] + "y"):
            return stem[:-1] + "y"
    return ""
