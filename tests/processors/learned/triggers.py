"""A model of triggers that is learned in a moment, from a few sentences."""

from functools import cache

from processors.learned.crf import Crf
from processors.learned.event_tagging import TriggerTagger
from training.triggers import Sentence, fitted

# Words of triggers are marked by a star before each; those that go on by two.
_SENTENCES = (
    "Acme *bought Widget Ltd in London .",
    "Acme *hailed the *merger .",
    "Ann *resigned after the *merger .",
    "Nobody *hailed the mill in London .",
    "The bank in London has a fire department .",
    "Acme *took **over Widget Ltd .",
    "Bob *took **over the bank .",
    "The retired teacher has a mill .",
    "Guests *hailed the *wedding .",
)


@cache
def small_tagger() -> TriggerTagger:
    """Knows bought, hailed, merger, resigned, took over and wedding."""
    return TriggerTagger(Crf(fitted(map(_sentence, _SENTENCES * 3))))


def _sentence(marked: str) -> Sentence:
    words = marked.split()
    stars = [len(word) - len(word.lstrip("*")) for word in words]
    return Sentence([word.lstrip("*") for word in words], ["OBI"[count] for count in stars])
