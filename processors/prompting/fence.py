"""Fences around a document's words, so that instructions inside them stay data.

Two things could make data look like a prompt's own words:

- The end of the fence. Its lines carry a key, a hash of what is inside; a key that stands inside is
  hashed again, so no text can hold its own fence. The same text always has the same fence.
- The signs by which a model's chat template marks who speaks, ``<|im_end|>`` or ``[INST]``: a
  tokenizer reads them as such wherever they stand. They are broken by a word joiner, which cannot
  be seen, whatever the model: everything of the forms ``<|``, ``<word>`` and ``[WORD]``. A model
  may write the joiner back in a quote; ``mended`` takes it out, so that quotes are grounded in the
  text as it is.
"""

import re

from schemas.ids import content_id

JOINER = "\u2060"
_KEY_DIGITS = 8
# Addresses, <a@b.org> and <https://b.org>, hold a full stop and stay as they are. Bounded: linear.
_CONTROL = re.compile(r"<(?=[|｜]|[^\s<>@.]{1,60}>)|\[(?=/?g?[A-Z][A-Z_0-9]{1,40}\])")


def fenced(content: str) -> str:
    """``content`` between two lines with a key that does not stand in it."""
    key = content_id("fence", content)[:_KEY_DIGITS]
    while key in content:
        key = content_id("fence", key, content)[:_KEY_DIGITS]
    return f"BEGIN DATA {key}\n{content}\nEND DATA {key}"


def neutral(text: str) -> str:
    """``text`` in which nothing is a sign of a chat template; every other text is unchanged."""
    return _CONTROL.sub(rf"\g<0>{JOINER}", text)


def mended(words: str) -> str:
    """Words of an answer without the joiners that ``neutral`` put into the text."""
    return words.replace(f"<{JOINER}", "<").replace(f"[{JOINER}", "[")
