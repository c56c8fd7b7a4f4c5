"""Small corpora for tests of what is done with any: names in three documents, events in two."""

from pathlib import Path

from eval.corpora import meantime, uner_ewt_dev
from tests.eval.corpora.written import cat_document, write_records, write_text

BOUGHT = "Acme bought Widget Ltd in London ."
# No engine takes its verb for the name that it is in the gold.
TOLD = "Nobody told them ."
RESIGNED = "Acme resigned ."
EVENTS = (
    "Acme bought Widget Ltd in London on 3 March 2024.",
    "Workers protested in Leeds because prices rose.",
)
NAMES = (
    ("reviews-1", BOUGHT, {"Acme": "B-ORG", "Widget": "B-ORG", "Ltd": "I-ORG", "London": "B-LOC"}),
    ("reviews-2", TOLD, {"told": "B-PER"}),
    ("reviews-3", RESIGNED, {"Acme": "B-ORG"}),
)
ARGUMENT = {"sem_role": "Arg0"}


def write_names(folder: Path) -> None:
    """The file of uner_ewt_dev, of which all documents test."""
    lines = []
    for name, text, tags in NAMES:
        lines += [f"# newdoc id = {name}", f"# text = {text}"]
        lines += [
            f"{number}\t{word}\t{tags.get(word, 'O')}\t-\t-"
            for number, word in enumerate(text.split(), start=1)
        ]
        lines.append("")
    write_text(folder, uner_ewt_dev.FILE, "\n".join(lines) + "\n")


def write_events(folder: Path) -> None:
    """The file of MEANTIME: a document that tests, and one that trains."""
    records = [
        cat_document(
            f"corpus_{topic}/1_A",
            # No text is read twice.
            (*EVENTS, f"This is of {topic}."),
            mentions=[
                ("1", "EVENT_MENTION", "bought", {"pos": "VERB"}),
                ("2", "EVENT_MENTION", "protested", {"pos": "VERB"}),
                ("3", "EVENT_MENTION", "rose", {"pos": "VERB"}),
                ("4", "ENTITY_MENTION", "Acme", {"syntactic_type": "NAM"}),
                ("5", "ENTITY_MENTION", "prices", {"syntactic_type": "NOM"}),
            ],
            instances=[("a", "ENTITY", {"ent_type": "ORG"}, ["4"])],
            relations=[
                ("HAS_PARTICIPANT", "1", "4", ARGUMENT),
                ("HAS_PARTICIPANT", "3", "5", ARGUMENT),
                ("CLINK", "3", "2", {}),
            ],
        )
        for topic in ("apple", "airbus")
    ]
    write_records(folder, meantime.FILE, records)
