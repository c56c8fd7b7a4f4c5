# ruff: noqa: PT017 - a check asserts of an error that may come
"""Records on ``documents.ingest``: a document with exact spans, or a refusal in one line."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from processors.annotation import AnnotationSettings, annotate
from processors.correspondence.reading import NOT_READ
from processors.decoding import DECODERS
from processors.sentences import MAX_SENTENCE_CHARACTERS
from schemas.errors import REFUSAL_KINDS, RefusedError
from schemas.record import Record
from schemas.work import Work
from tests.bad_input import corpus
from tests.fuzz.mutation import changed, changed_json
from tests.fuzz.target import Target, within
from tests.processors.texts import TEXTS
from tests.processors.works import LIVE, PROFILES

# A few kilobytes take milliseconds; what takes a second of them would hold up all behind it.
SECONDS = 3.0
LARGEST_SEED = 20_000
MAX_TEXT_BYTES = 64 * 1024
SETTINGS = AnnotationSettings(LIVE, PROFILES, "news", MAX_TEXT_BYTES)
SAMPLES = Path(__file__).parents[2] / "millrace" / "samples"
_JSON_WORDS = (b'"text":', b'"published_at":', b'"metadata":', b"\\ud800", b"\\u0000", b"NaN")
_HTML_WORDS = (
    b"<p>", b"</p>", b"<table>", b"<svg>", b"<script>", b"<title>", b"<pre>", b"&#x0;", b"&#xd800;",
    b'<meta charset="', b"<html lang='aa__", b"<template>", b"<![CDATA[", b"<!doctype", b"</html>",
    b"<script type='application/ld+json'>", b'<meta name="date" content="', b"<time datetime='",
)  # fmt: skip
_MAIL_WORDS = (
    b"Content-Type: ", b"text/html", b"multipart/alternative; boundary=b\r\n\r\n--b\r\n", b"--b--",
    b"Content-Transfer-Encoding: base64\r\n", b"quoted-printable", b"x-uuencode", b"message/rfc822",
    b"charset=utf-16", b"Date: ", b"From: ", b"Message-ID: <", b"Content-Disposition: attachment",
    b"filename*0*=", b"\r\n ", b"=\r\n", b"=?x?q?",
)  # fmt: skip
_OWN_PAGES = (
    b"<!doctype html><html lang=en><head><title>A</title><meta property='og:title' content='B'>"
    b'<script type=\'application/ld+json\'>{"@graph": [{"headline": "C", "datePublished": '
    b'"2024-03-03"}]}</script></head><body><nav>n</nav><article><h1>A</h1><p>Acme bought Widget '
    b"Ltd in London on 3 March 2024.</p><pre>a\n  b</pre><ul><li>x</ul></article></body></html>",
    b"<p>a<table><tr><td>b<td>c</table><p hidden>d<!-- e --><br>f&nbsp;&amp;g",
)
_OWN_MAILS = (
    b"From: A <a@example.com>\r\nTo: b@example.com\r\nSubject: =?utf-8?q?Caf=C3=A9?=\r\n"
    b"Date: Sun, 3 Mar 2024 09:30:00 +0000\r\nMessage-ID: <m1@example.com>\r\n"
    b"MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n"
    b"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n"
    b"\r\nAcme bought Widget Ltd=20in London.\r\n\r\n--b\r\nContent-Type: text/html\r\n\r\n<p>x\r\n"
    b"--b\r\nContent-Type: application/pdf; name*0=a; name*1=b\r\n"
    b"Content-Disposition: attachment\r\nContent-Transfer-Encoding: base64\r\n\r\nJVBERg==\r\n"
    b"--b--\r\n",
    b"Subject: x\n\n> From: a\n>> said:\nHi Bob,\nplease pay $40 by Monday.\n-- \nAnn\n",
)
_DOCUMENT = st.fixed_dictionaries(
    {"text": TEXTS},
    optional={
        "id": st.text(max_size=5),
        "title": st.text(max_size=9),
        "language": st.sampled_from(["en", "de", "ja", "zh-Hans", "en-", "x", "und", "EN_us"]),
        "published_at": st.one_of(
            st.datetimes().map(str), st.sampled_from(["0001-01-01T00:00:00+23:59", "2024-W01-1"])
        ),
        "profile": st.sampled_from(["news", "email", "neutral"]),
        "metadata": st.dictionaries(st.text(max_size=3), st.text(max_size=3), max_size=2),
    },
)


@cache
def seeds(content_type: str) -> list[bytes]:
    """Real documents of a content type,
    those of the shared folder of bad ones where it is there."""
    own: dict[str, tuple[bytes, ...]] = {"text/html": _OWN_PAGES, "message/rfc822": _OWN_MAILS}
    found = list(own.get(content_type, ()))
    found += [file.read_bytes() for file in sorted(SAMPLES.glob("*.json"))] * (not found)
    if corpus.FOLDER.is_dir():
        folder = "emails" if content_type == "message/rfc822" else "json_parsing"
        files = sorted(one for one in (corpus.FOLDER / folder).rglob("*") if one.is_file())
        if content_type != "text/html":
            found += [one.read_bytes() for one in files if one.stat().st_size < LARGEST_SEED]
    return found


def _labels(content_type: str) -> st.SearchStrategy[str]:
    charsets = ["utf-8", "latin-1", "utf-16", "utf-32", "utf-7", "idna", "hz", "shift_jis", "x"]
    return st.one_of(
        st.just(content_type), st.sampled_from([f"{content_type}; charset={c}" for c in charsets])
    )


@st.composite
def records(draw: st.DrawFn) -> tuple[str, bytes]:
    """A content type and a record's value."""
    kind = draw(st.sampled_from(sorted(DECODERS)))
    words = {"application/json": _JSON_WORDS, "text/html": _HTML_WORDS}.get(kind, _MAIL_WORDS)
    values: list[st.SearchStrategy[bytes]] = [changed(seeds(kind), words)]
    if kind == "application/json":
        made: st.SearchStrategy[Any] = st.one_of(_DOCUMENT, changed_json(_samples()))
        values.append(made.map(lambda one: json.dumps(one).encode()))
    else:
        values.append(TEXTS.map(str.encode))
        values.append(st.lists(st.sampled_from(words), max_size=40).map(b"".join))
    return draw(_labels(kind)), draw(st.one_of(values))


@cache
def _samples() -> list[Any]:
    return [json.loads(file.read_text("utf-8")) for file in sorted(SAMPLES.glob("*.json"))]


def check_record(given: tuple[str, bytes]) -> None:
    """The ner stage makes work of a record, or refuses it as documented, and soon."""
    content_type, value = given
    record = Record(
        "documents.ingest", 0, 0, 1_709_632_800_123, b"k", value,
        (("content-type", content_type.encode("utf-8", "replace")),),
    )  # fmt: skip
    with within(SECONDS):
        try:
            work = annotate(record, SETTINGS).message
        except RefusedError as error:
            assert error.kind in REFUSAL_KINDS
            assert error.kind != "unexpected"
            assert error.message.isprintable(), "not one line of plain text"
            assert len(error.message) < 1_000
            return
        assert isinstance(work, Work)
        check_work(work)
        assert Work.from_json(work.to_json()) == work


def check_work(work: Work) -> None:
    """Every span is inside the text, in order, and what it says stands there."""
    text = work.document.text
    assert len(text.encode()) <= MAX_TEXT_BYTES
    # Of a mail what is not its own words has no sentences, and a finding says so.
    is_whole = all(one.rule != NOT_READ for one in work.findings)
    behind, covered = 0, 0
    for sentence in work.sentences:
        assert behind <= sentence.start < sentence.end <= len(text)
        assert sentence.end - sentence.start <= MAX_SENTENCE_CHARACTERS
        assert not (is_whole and text[behind : sentence.start].strip())
        behind, covered = sentence.end, covered + sentence.end - sentence.start
    assert not (is_whole and text[behind:].strip())
    behind = 0
    for mention in work.entities:
        assert mention.text == text[mention.start : mention.end] != ""
        assert behind <= mention.start, "mentions overlap or are out of order"
        behind = mention.end
    assert [one.index for one in work.chunks] == list(range(len(work.chunks)))


TARGET = Target("documents", records(), check_record)
