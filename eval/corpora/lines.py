"""Lines of corpus files, compressed or not: read, checked, and named where they are wrong."""

import gzip
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from eval.corpora.errors import CorpusError
from eval.gold import GoldDocument
from schemas.model import describe_invalid


class MalformedError(ValueError):
    """What is wrong with a line, said by one who does not know which line it is."""


class Line(NamedTuple):
    """A line without its end; ``number`` counts from 1."""

    number: int
    text: str


class Record(BaseModel):
    """A JSON object of a corpus. Keys that are not read may come and go."""

    model_config = ConfigDict(frozen=True, extra="ignore")


R = TypeVar("R", bound=Record)


def lines(path: Path) -> Iterator[Line]:
    """The lines of a text file, decompressed where its name ends in ``.gz``.

    Raises:
        CorpusError: the file is damaged or is not UTF-8.
    """
    number = 0
    try:
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
            for number, line in enumerate(file, start=1):
                yield Line(number, line.decode().rstrip("\r\n"))
    except UnicodeDecodeError:
        raise CorpusError(f"{path}, line {number}: not UTF-8") from None
    except (gzip.BadGzipFile, EOFError) as error:
        raise CorpusError(f"{path}, after line {number}: damaged: {error}") from None


def records(
    path: Path, model: type[R], document: Callable[[R], GoldDocument]
) -> Iterator[GoldDocument]:
    """A document for each line of a JSON lines file.

    Args:
        path: the file.
        model: the shape of its lines.
        document: makes a document of a line; raises MalformedError where it makes no sense.

    Raises:
        CorpusError: a line has another shape or makes no sense.
    """
    for line in lines(path):
        try:
            read = document(model.model_validate_json(line.text))
        except ValidationError as error:
            wrong = describe_invalid("document", error)
            raise CorpusError(f"{path}, line {line.number}: {wrong}") from None
        except MalformedError as error:
            raise CorpusError(f"{path}, line {line.number}: {error}") from None
        yield read
