"""From a prompt to token ids, in segments, so that a shared beginning is made once.

A chat template is rendered with place holders and cut at them. Its own pieces are tokenised with
the model's control tokens; what stands at the place holders, document text above all, without:
there ``</s>`` or ``<|assistant|>`` are letters. Segments are always tokenised one by one, so that
the ids of a beginning do not depend on what follows.
"""

import copy
import re
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

from processors.prompting.prompt import Prompt
from schemas.errors import SetupError

_Tokens = tuple[int, ...]
_PLACES = ("MillracePlaceA", "MillracePlaceB", "MillracePlaceC", "MillracePlaceD")
_SYSTEM, _USER, _ANSWER, _PROBLEM = _PLACES
_REMEMBERED_TOKENS = 500_000


class ChatTokens:
    """Tokenises prompts. Not for several threads at once: a tokenizer is changed while it works.

    Args:
        tokenizer: of the library transformers; a copy is worked on.

    Raises:
        SetupError: the chat template cannot be used.
    """

    def __init__(self, tokenizer: Any) -> None:
        self._tokenizer = copy.deepcopy(tokenizer)
        self._letters = _letters_encoder(self._tokenizer)
        self._shared: OrderedDict[str, list[int]] = OrderedDict()
        self._shared_tokens = 0
        self._first = self._layout(repair=False)
        self._repair = self._layout(repair=True)

    def encode(self, prompt: Prompt) -> list[int]:
        """The ids of a prompt up to where the model goes on.

        Raises:
            UnicodeError: a part holds a lone surrogate, which is no character.
        """
        layout = self._first if prompt.repair is None else self._repair
        system, user = prompt.instructions, prompt.user[len(prompt.document) :]
        ids = list(self._beginning(prompt))
        contents = {_SYSTEM: system, _USER: user}
        if prompt.repair is not None:
            contents |= {_ANSWER: prompt.repair.answer, _PROBLEM: prompt.repair.problem}
        at = layout.index(_USER)
        for segment in layout[at:]:
            ids += self._content(contents[segment]) if isinstance(segment, str) else segment
        return ids

    def _beginning(self, prompt: Prompt) -> list[int]:
        """All up to the end of the document: the same for all levels of one document."""
        key = prompt.prefix
        known = self._shared.get(key)
        if known is not None:
            self._shared.move_to_end(key)
            return known
        ids: list[int] = []
        for segment in self._first[: self._first.index(_USER)]:
            ids += self._content(prompt.instructions) if isinstance(segment, str) else segment
        ids += self._content(prompt.document)
        self._shared[key] = ids
        self._shared_tokens += len(ids)
        while self._shared_tokens > _REMEMBERED_TOKENS and len(self._shared) > 1:
            self._shared_tokens -= len(self._shared.popitem(last=False)[1])
        return ids

    def _content(self, text: str) -> list[int]:
        # Tokenizers refuse a lone surrogate with a TypeError, which says as little as it can mean.
        text.encode()
        return self._letters(text)

    def _layout(self, *, repair: bool) -> list[_Tokens | str]:
        """The template's pieces as ids, and between them the places of the contents."""
        if not self._tokenizer.chat_template:
            return self._plain(repair=repair)
        turns = [("user", _USER)]
        if repair:
            turns += [("assistant", _ANSWER), ("user", _PROBLEM)]
        rendered = self._render([("system", _SYSTEM), *turns])
        if rendered is None:  # some models know no system: its text opens the user's turn
            merged = [(role, text.replace(_USER, f"{_SYSTEM}\n\n{_USER}")) for role, text in turns]
            rendered = self._render(merged)
        if rendered is None:
            raise SetupError(
                "the model's chat template does not render a system, user and assistant turn: "
                "take an instruction-tuned model, or one without a chat template"
            )
        pieces = re.split(f"({'|'.join(_PLACES)})", rendered)
        return [piece if piece in _PLACES else self._control(piece) for piece in pieces if piece]

    def _render(self, turns: list[tuple[str, str]]) -> str | None:
        messages = [{"role": role, "content": text} for role, text in turns]
        try:
            rendered = str(
                self._tokenizer.apply_chat_template(
                    messages, tokenize=False, add_generation_prompt=True
                )
            )
        except Exception:  # whatever a template raises where it does not like a role
            return None
        places = [place for place in _PLACES if any(place in text for _, text in turns)]
        return rendered if re.findall("|".join(_PLACES), rendered) == places else None

    def _plain(self, *, repair: bool) -> list[_Tokens | str]:
        start = tuple(self._tokenizer.encode("", add_special_tokens=True))
        bos = self._tokenizer.bos_token_id
        gap = self._control("\n\n")
        layout: list[_Tokens | str] = [start[:1] if start[:1] == (bos,) else ()]
        layout += [_SYSTEM, gap, _USER, gap]
        return [*layout, _ANSWER, gap, _PROBLEM, gap] if repair else layout

    def _control(self, piece: str) -> _Tokens:
        return tuple(
            self._tokenizer.encode(piece, add_special_tokens=False, split_special_tokens=False)
        )


def _letters_encoder(tokenizer: Any) -> Callable[[str], list[int]]:
    """What tokenises a text in which control tokens are letters."""
    fast = copy.deepcopy(getattr(tokenizer, "backend_tokenizer", None))
    if fast is None:
        return lambda text: list(
            tokenizer.encode(text, add_special_tokens=False, split_special_tokens=True)
        )
    fast.encode_special_tokens = True
    fast.no_truncation()
    fast.no_padding()
    return lambda text: list(fast.encode(text, add_special_tokens=False).ids)
