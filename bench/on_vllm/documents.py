"""Real news articles, joined until a prompt over them is as long as those of a page of news.

The corpus is not part of the project: see ``../shared/data``.
"""

import gzip
import json
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from processors.annotation import AnnotationSettings, annotate
from processors.profile_loading import load_profiles
from schemas.record import Record
from schemas.run import LIVE, Run, Specification
from schemas.work import Work

NEWS = Path(__file__).resolve().parents[3] / "shared/data/gold/ecbplus.jsonl.gz"
PROFILES = load_profiles()


def articles() -> list[str]:
    """The texts of the corpus."""
    if not NEWS.is_file():
        sys.exit(f"{NEWS} is not there: this benchmark reads news articles from it")
    with gzip.open(NEWS) as lines:
        return [str(json.loads(line)["text"]) for line in lines]


def works(engine: str, model: str, count: int, characters: int) -> Iterator[Work]:
    """Documents of about ``characters`` code points, as recognition leaves them."""
    specification = Specification(engine=engine, model=model, prompt_version="1", tier="standard")
    run = Run(run_id=LIVE, specification=specification)
    settings = AnnotationSettings(run, PROFILES, "news", 1 << 20)
    texts, made, at = articles(), 0, 0
    while made < count:
        # Each begins with a number: what follows may come again, no two begin alike.
        text = f"Report {made}."
        while len(text) < characters:
            text += "\n\n" + texts[at % len(texts)]
            at += 1
        value = json.dumps({"id": f"news-{made}", "text": text[:characters], "language": "en"})
        now = int(datetime(2024, 3, 5, tzinfo=UTC).timestamp() * 1000)
        message = annotate(
            Record("documents.ingest", 0, made, now, f"news-{made}".encode(), value.encode(), ()),
            settings,
        ).message
        assert isinstance(message, Work)
        yield message
        made += 1
