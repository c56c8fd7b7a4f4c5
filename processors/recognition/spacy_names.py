"""Names by a pipeline of spaCy, from a folder or an installed package."""

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from processors.errors import RecogniserError, first_line
from processors.model_folder import folder_revision
from processors.recognition.found import Found
from processors.recognition.labels import check_labels
from processors.recognition.windows import windows, within_sentences
from schemas.annotation import Span

if TYPE_CHECKING:
    from spacy.language import Language

_WINDOW_CHARACTERS = 4_000
_BATCH = 16
# spaCy's code of pipelines for any language.
_ANY_LANGUAGE = "xx"
# They find no entities, and take more than half of the time. Rules may ask what they say.
_UNNEEDED = frozenset(
    {
        "entity_linker",
        "lemmatizer",
        "morphologizer",
        "parser",
        "senter",
        "tagger",
        "textcat",
        "textcat_multilabel",
        "trainable_lemmatizer",
    }
)
_RULERS = frozenset({"entity_ruler", "span_ruler"})


class SpacyNames:
    """A pipeline as a finder of names. What it takes for dates and amounts is left to the rules."""

    def __init__(self, pipeline: "Language", identity: str) -> None:
        self._pipeline = pipeline
        self.identity = identity

    @classmethod
    def opened(cls, model: str) -> "SpacyNames":
        """Load a pipeline.

        Args:
            model: a folder that spaCy wrote, or the name of an installed package.

        Raises:
            RecogniserError: spaCy is not installed, there is no such pipeline, or it finds no
                names.
        """
        try:
            import spacy
        except ImportError as error:
            raise RecogniserError(
                f"recogniser is spacy, but spaCy cannot be imported ({error}): install millrace "
                "with its extra `spacy`"
            ) from None
        folder = Path(model)
        if not folder.is_dir() and not spacy.util.is_package(model):
            raise RecogniserError(
                f"no pipeline of spaCy {model!r}: recogniser_model names a folder or an installed "
                "package; nothing is downloaded here"
            )
        try:
            pipeline = spacy.load(folder if folder.is_dir() else model)
            version = f"+{folder_revision(folder)}" if folder.is_dir() else ""
        except Exception as error:
            # Of its files, its configuration or a component that is not installed: many kinds.
            raise RecogniserError(
                f"the pipeline of spaCy {model!r} cannot be loaded: {first_line(error)}"
            ) from None
        meta = pipeline.meta
        name = f"spacy/{meta['lang']}_{meta['name']}-{meta['version']}{version}"
        _check(pipeline, model)
        _leave_out(pipeline)
        return cls(pipeline, name)

    @property
    def languages(self) -> Collection[str]:
        """The pipeline's own; none where it is for any."""
        language = self._pipeline.lang or _ANY_LANGUAGE
        return () if language == _ANY_LANGUAGE else (language,)

    def names(self, text: str, sentences: Sequence[Span]) -> list[Found]:
        """The names in ``text``, in order and without overlaps, by spaCy's own offsets."""
        found: list[Found] = []
        read = ((text[one.start : one.end], one) for one in windows(sentences, _WINDOW_CHARACTERS))
        # What it learned of words goes again: a stream has new ones for ever.
        with self._pipeline.memory_zone():
            for doc, window in self._pipeline.pipe(read, as_tuples=True, batch_size=_BATCH):
                labelled = [
                    (window.start + one.start_char, window.start + one.end_char, one.label_)
                    for one in doc.ents
                ]
                found += within_sentences(text, window, labelled)
        return found


def _check(pipeline: "Language", model: str) -> None:
    finders = [
        name
        for name in pipeline.pipe_names
        if "doc.ents" in pipeline.get_pipe_meta(name).assigns
        or pipeline.get_pipe_meta(name).factory in _RULERS
    ]
    if not finders:
        raise RecogniserError(
            f"the pipeline of spaCy {model!r} finds no entities: it has no component such as ner"
        )
    labels = pipeline.pipe_labels
    check_labels(
        (label for name in finders for label in labels.get(name, ())),
        f"the pipeline of spaCy {model!r}",
    )


def _leave_out(pipeline: "Language") -> None:
    factories = {name: pipeline.get_pipe_meta(name).factory for name in pipeline.pipe_names}
    if _RULERS.isdisjoint(factories.values()):
        for name, factory in factories.items():
            if factory in _UNNEEDED:
                pipeline.disable_pipe(name)
