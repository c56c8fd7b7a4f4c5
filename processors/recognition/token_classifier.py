"""Names by a token classifier of Hugging Face transformers, from a folder or the local cache."""

from collections.abc import Collection, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from processors.errors import RecogniserError, first_line
from processors.model_folder import folder_revision
from processors.recognition.found import Found
from processors.recognition.labels import check_labels
from processors.recognition.tagged_words import (
    Labelled,
    SubToken,
    labels_of,
    names_in,
    split_label,
    words_of,
)
from processors.recognition.windows import Window, windows, within_sentences
from schemas.annotation import Span

# About 250 tokens of English: attention takes the square of what it sees.
_WINDOW_CHARACTERS = 1_000
_BATCH = 8
_LONGEST_PIECE = 512
# Some models count positions from two on.
_RESERVED_POSITIONS = 2
# What pieces of one window share, of their length.
_SHARED = 8


class TokenClassifier:
    """A token classifier as a finder of names, on one device."""

    languages: Collection[str] = ()

    def __init__(self, tokenizer: Any, model: Any, identity: str) -> None:
        self._tokenizer = tokenizer
        self._model = model
        self._labels: dict[int, str] = model.config.id2label
        self.identity = identity
        positions = getattr(model.config, "max_position_embeddings", None) or _LONGEST_PIECE
        self._longest = min(
            positions - _RESERVED_POSITIONS, tokenizer.model_max_length, _LONGEST_PIECE
        )

    @classmethod
    def opened(cls, model: str, device: str) -> "TokenClassifier":
        """Load tokenizer and model; nothing is downloaded, and no code of theirs is run.

        Args:
            model: a folder, or a name on a hub that lies in the local cache.
            device: as torch names it.

        Raises:
            RecogniserError: transformers or torch is not installed, there is no such model here,
                it is no classifier of names, or the device is not there.
        """
        try:
            import torch
            from huggingface_hub import snapshot_download
            from transformers import AutoModelForTokenClassification, AutoTokenizer
        except ImportError as error:
            raise RecogniserError(
                f"recogniser is transformers, but it cannot be imported ({error}): install "
                "millrace with its extra `transformers`"
            ) from None
        folder = Path(model)
        if not folder.is_dir():
            try:
                folder = Path(snapshot_download(model, local_files_only=True))
            except Exception:
                raise RecogniserError(
                    f"no model {model!r}: recogniser_model names a folder, or a model that lies in "
                    "the cache of this machine (`hf download NAME` puts it there); nothing is "
                    "downloaded here"
                ) from None
        local: dict[str, Any] = {"local_files_only": True, "trust_remote_code": False}
        try:
            tokenizer = AutoTokenizer.from_pretrained(folder, **local)
            loaded, report = AutoModelForTokenClassification.from_pretrained(
                folder,
                dtype=torch.float32 if device == "cpu" else "auto",
                output_loading_info=True,
                **local,
            )
            loaded.to(device).eval()
        except Exception as error:
            # Of missing files, damaged weights, an unknown architecture, a device: many kinds.
            raise RecogniserError(
                f"the model {model!r} cannot be loaded on {device}: {first_line(error)}"
            ) from None
        _check(tokenizer, loaded, report["missing_keys"], model)
        is_named = not Path(model).is_dir()
        name, version = (model, folder.name) if is_named else (folder.name, folder_revision(folder))
        return cls(tokenizer, loaded, f"transformers/{name}@{version}")

    def names(self, text: str, sentences: Sequence[Span]) -> list[Found]:
        """The names in ``text``, each of whole words of one sentence, in order."""
        found: list[Found] = []
        batch: list[Window] = []
        for window in windows(sentences, _WINDOW_CHARACTERS):
            batch.append(window)
            if len(batch) == _BATCH:
                found += self._read(text, batch)
                batch = []
        found += self._read(text, batch)
        return found

    def _read(self, text: str, batch: Sequence[Window]) -> Iterator[Found]:
        pieces = self._pieces([text[one.start : one.end] for one in batch])
        for window, read in zip(batch, pieces, strict=True):
            at = window.start
            moved = [
                [SubToken(at + start, at + end, label) for start, end, label in piece]
                for piece in read
            ]
            sentences = [words_of(text, one.start, one.end) for one in window.sentences]
            labels = iter(labels_of([word for words in sentences for word in words], moved))
            labelled: list[Labelled] = []
            for words in sentences:
                labelled += names_in(words, islice(labels, len(words)))
            yield from within_sentences(text, window, labelled)

    def _pieces(self, texts: Sequence[str]) -> list[list[list[SubToken]]]:
        """The labelled sub-tokens of each text, in one piece or several that overlap."""
        found: list[list[list[SubToken]]] = [[] for _ in texts]
        if not texts:
            return found
        encoded = self._tokenizer(
            list(texts),
            truncation=True,
            max_length=self._longest,
            stride=self._longest // _SHARED,
            return_overflowing_tokens=True,
            return_offsets_mapping=True,
            return_special_tokens_mask=True,
        )
        for first in range(0, len(encoded["input_ids"]), _BATCH):
            rows = range(first, min(first + _BATCH, len(encoded["input_ids"])))
            for row, labels in zip(rows, self._labels_of(encoded, rows), strict=True):
                tokens = zip(
                    encoded["offset_mapping"][row],
                    encoded["special_tokens_mask"][row],
                    labels,
                    strict=True,
                )
                piece = [
                    SubToken(start, end, label)
                    for (start, end), is_special, label in tokens
                    if not is_special
                ]
                found[encoded["overflow_to_sample_mapping"][row]].append(piece)
        return found

    def _labels_of(self, encoded: Any, rows: range) -> list[list[str]]:
        import torch

        taken = {
            name: [encoded[name][row] for row in rows]
            for name in self._tokenizer.model_input_names
            if name in encoded
        }
        padded = self._tokenizer.pad(taken, return_tensors="pt").to(self._model.device)
        with torch.inference_mode():
            best = self._model(**padded).logits.argmax(-1).tolist()
        # Padding may stand on either side; a row of no padding is what it was.
        return [
            [self._labels[number] for number in _unpadded(numbers, mask)]
            for numbers, mask in zip(best, padded["attention_mask"].tolist(), strict=True)
        ]


def _unpadded(numbers: Sequence[int], mask: Sequence[int]) -> Iterator[int]:
    return (number for number, is_there in zip(numbers, mask, strict=True) if is_there)


def _check(tokenizer: Any, model: Any, missing: Collection[str], name: str) -> None:
    if missing:
        raise RecogniserError(
            f"the model {name!r} is no token classifier: it lacks {sorted(missing)[0]}: choose "
            "one that was trained to recognise names"
        )
    if not tokenizer.is_fast:
        raise RecogniserError(
            f"the model {name!r} has a tokenizer that tells no offsets: it needs a tokenizer.json"
        )
    labels = (split_label(label)[1] for label in model.config.id2label.values())
    check_labels((label for label in labels if label), f"the model {name!r}")
