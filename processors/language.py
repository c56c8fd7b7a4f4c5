"""The language of a text: what its producer said, else what its script and words allow to say."""

import re

from schemas.errors import RefusedError

UNDETERMINED = "und"

_SAMPLE_CHARACTERS = 8_000
_TAG = re.compile(r"([A-Za-z]{2,3})(?:[-_][A-Za-z0-9]{1,8})*")

# Where several languages share a script, the one with the most texts is taken.
_SCRIPTS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("latin", re.compile(r"[A-Za-z\u00c0-\u024f]+")),
    ("hiragana", re.compile(r"[\u3041-\u309f]+")),
    ("katakana", re.compile(r"[\u30a0-\u30ff\uff66-\uff9f]+")),
    ("zh", re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]+")),
    ("ko", re.compile(r"[\uac00-\ud7a3]+")),
    ("ru", re.compile(r"[\u0400-\u04ff]+")),
    ("ar", re.compile(r"[\u0600-\u06ff]+")),
    ("he", re.compile(r"[\u0590-\u05ff]+")),
    ("el", re.compile(r"[\u0370-\u03ff]+")),
    ("th", re.compile(r"[\u0e00-\u0e7f]+")),
    ("hi", re.compile(r"[\u0900-\u097f]+")),
)
# A Japanese text has hiragana throughout; a Chinese one may quote a word in kana.
_HIRAGANA_SHARE = 0.05

# An attachment in base64, a link, a table's rule: no language has such words.
_NO_WORD = re.compile(r"[!-~]{40,}")
_WORD = re.compile(r"[a-z]+(?:['’][a-z]+)?")
_ENGLISH_WORDS = (
    "the and of to that with for was his her its has have had from they this will would be been by "
    "at it she are not were which their there what when who you your my our can could should about "
    "after before into than then them these those but if"
)
# Past forms that no other language has: a short text may hold no function word at all.
_ENGLISH_VERBS = (
    "said told bought sold paid won lost gave took came went found held met led left built sent "
    "spent kept began grew fell rose broke chose spoke wrote brought thought caught fought felt "
    "knew saw ran died killed hired fired moved opened closed signed announced acquired arrested "
    "resigned elected launched agreed attacked approved appointed joined merged called asked "
    "started ended"
)
# Words of English that other languages write as well: half the weight.
_SHARED_WORDS = "a an as do he i in is me no on or so we all am us up"
_ENGLISH = frozenset(f"{_ENGLISH_WORDS} {_ENGLISH_VERBS}".split())
_SHARED = frozenset(_SHARED_WORDS.split())
_ENGLISH_SHARE = 0.12
_SHORTEST_JUDGED = 3


def determine_language(text: str, given: str | None = None) -> str:
    """The primary language subtag (ISO 639) of ``text``.

    Args:
        text: the document's text; its first 8,000 code points are looked at.
        given: what the producer said, as in "en" or "pt-BR"; empty or "und" counts as unsaid.

    Returns:
        The given language in lower case; else "ja", "zh", "ko" or the most likely language of
        another script; "en" where enough words of a Latin text are plainly English; "und"
        otherwise. No guess is made among other languages in Latin script.

    Raises:
        RefusedError: ``malformed``, the given language is no language tag.
    """
    language = given_language(given) if given else UNDETERMINED
    if language != UNDETERMINED:
        return language
    return _detect(_NO_WORD.sub(" ", text[:_SAMPLE_CHARACTERS]))


def given_language(tag: str) -> str:
    """The primary subtag of a language tag as a producer gives it, in lower case.

    Raises:
        RefusedError: ``malformed``, it is no language tag.
    """
    match = _TAG.fullmatch(tag)
    if match is None:
        raise RefusedError(
            "malformed",
            "language: should be an ISO 639 code of two or three letters, as in en or pt-BR",
        )
    return match[1].lower()


def _detect(sample: str) -> str:
    if sample.isascii():
        return "en" if _is_english(sample) else UNDETERMINED
    counts = {
        script: sum(len(run) for run in pattern.findall(sample)) for script, pattern in _SCRIPTS
    }
    hiragana, katakana = counts.pop("hiragana"), counts.pop("katakana")
    together = hiragana + katakana + counts["zh"]
    if katakana > counts["zh"] or hiragana > _HIRAGANA_SHARE * together:
        counts["ja"] = together
    script = max(counts, key=lambda name: counts[name])
    if not counts[script]:
        return UNDETERMINED
    if script == "latin":
        return "en" if _is_english(sample) else UNDETERMINED
    return script


def _is_english(sample: str) -> bool:
    words = _WORD.findall(sample.lower())
    if len(words) < _SHORTEST_JUDGED:
        return False
    sure = sum(word in _ENGLISH for word in words)
    shared = sum(word in _SHARED for word in words)
    return sure > 0 and sure + shared / 2 >= _ENGLISH_SHARE * len(words)
