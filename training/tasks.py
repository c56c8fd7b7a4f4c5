"""The tasks that models are made for: what makes each, and what its card says."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from processors.learned.calibration import CALIBRATION, as_json
from processors.learned.maxent import WEIGHTS
from processors.learned.participant_choosing import CUTS
from training import document_type, entities, links, participants, times, triggers
from training.card import Section
from training.scores import entity_scores, link_scores, time_scores


@dataclass(frozen=True, slots=True)
class Task:
    """A task.

    Attributes:
        make: its files by their names' endings, from a folder of corpora and a seed.
        section: of the card.
        scores: lines of what a folder of models scores on held documents, in a folder of corpora.
    """

    make: Callable[[Path | None, int], Mapping[str, bytes]]
    section: Section
    scores: Callable[[Path, Path | None], list[str]] = lambda _models, _folder: []


def _entities(folder: Path | None, seed: int) -> Mapping[str, bytes]:
    trained = entities.train(folder, seed)
    return {"crf": trained.model, "words": trained.words}


def _triggers(folder: Path | None, _seed: int) -> Mapping[str, bytes]:
    return {
        "crf": triggers.train(folder=folder),
        CALIBRATION: as_json(triggers.calibration(folder)),
    }


def _document_type(folder: Path | None, _seed: int) -> Mapping[str, bytes]:
    return {WEIGHTS: document_type.train(folder)}


def _participants(folder: Path | None, _seed: int) -> Mapping[str, bytes]:
    trained = participants.train(folder)
    return {WEIGHTS: trained.pairs, CUTS: trained.cuts}


def _links(folder: Path | None, _seed: int) -> Mapping[str, bytes]:
    return {WEIGHTS: links.train(folder)}


def _times(folder: Path | None, _seed: int) -> Mapping[str, bytes]:
    return {WEIGHTS: times.train(folder)}


TASKS: Mapping[str, Task] = MappingProxyType(
    {
        entities.TASK: Task(
            _entities,
            Section(
                entities.TASK,
                entities.TEXT_PARTS,
                "People, organizations and places in English: a linear-chain CRF over words, "
                "shapes, affixes, clusters of words, lists of names, what the rules found, and "
                "what stands elsewhere in the document. Its labels are those of "
                f"{' and '.join(part.corpus for part in entities.PARTS)}; the other corpora gave "
                "lists of names and the texts that clusters are counted in.",
                entities.PARAMETERS,
            ),
            entity_scores,
        ),
        triggers.TASK: Task(
            _triggers,
            Section(
                triggers.TASK,
                triggers.PARTS,
                "Words that tell of an event, whatever its kind, in English: a linear-chain CRF.",
                triggers.PARAMETERS,
            ),
        ),
        document_type.TASK: Task(
            _document_type,
            Section(
                document_type.TASK,
                document_type.PARTS,
                "Which profile an English document without one fits: maximum entropy over the "
                "shape of its lines and the frequency of header names, greetings, and words of "
                "grammar and reporting, all of a closed list. Mails are learned from e-mails that "
                "the US State Department released under FOIA; only such counts are kept of them.",
                document_type.PARAMETERS,
            ),
            document_type.scores,
        ),
        participants.TASK: Task(
            _participants,
            Section(
                participants.TASK,
                participants.PARTS,
                "Who and what takes part in an event, and where it is, in English: maximum "
                "entropy over pairs of an event and a noun phrase (what stands between them, the "
                "sorts of both), and over the cuts of a phrase. Names are those that the model "
                "of names finds.",
                participants.PARAMETERS,
            ),
        ),
        links.TASK: Task(
            _links,
            Section(
                links.TASK,
                links.PARTS,
                "Which events of a sentence lead to which, in English: maximum entropy over pairs "
                "of triggers, by classes of words, the words between, and prepositions, "
                "conjunctions and commas.",
                links.PARAMETERS,
            ),
            link_scores,
        ),
        times.TASK: Task(
            _times,
            Section(
                times.TASK,
                times.PARTS,
                "Which date or time of an English text says when an event was, that of its "
                "sentence, of the text's first lines or of another: maximum entropy over events "
                "with each.",
                times.PARAMETERS,
            ),
            time_scores,
        ),
    }
)
