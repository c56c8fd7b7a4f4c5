"""Web pages: the article as text, with title, date and language."""

import time
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from processors.decoding import decode_document
from schemas.document import IngestDocument
from schemas.errors import RefusedError

PAGE = """<!DOCTYPE html><html lang="en-GB"><head><title>Acme buys Widget</title>
<meta property="article:published_time" content="2024-03-03T10:30:00+01:00">
<link rel="canonical" href="https://example.org/a"></head><body>
<nav><ul><li><a href="/w">World</a></li></ul></nav>
<article><h1>Acme buys</h1><p>Acme bought <b>Widget&nbsp;Ltd</b> on
3 March.</p><ul><li>Shares rose.</li></ul><p hidden>Hidden.</p>
<p style="display:none">Gone.</p><script>Script.</script><template>Stencil.</template>
<p>Its founder resigned.</p></article><footer>Imprint</footer></body></html>"""


def decoded(page: str | bytes, content_type: bytes = b"text/html") -> IngestDocument:
    value = page.encode() if isinstance(page, str) else page
    return decode_document(value, content_type, None, 1 << 24)


def test_the_article_is_the_text_in_paragraphs() -> None:
    assert decoded(PAGE).text == (
        "Acme buys\n\nAcme bought Widget Ltd on 3 March.\n\nShares rose.\n\nIts founder resigned."
    )


def test_title_date_language_and_address_are_taken_along() -> None:
    document = decoded(PAGE)

    assert (document.title, document.language, document.source) == (
        "Acme buys Widget", "en", "https://example.org/a",
    )  # fmt: skip
    assert str(document.published_at) == "2024-03-03 09:30:00+00:00"


def test_json_ld_tells_the_date_and_a_broken_one_is_left_out() -> None:
    page = '<script type="application/ld+json">[{"datePublished": "%s"}]</script><p>Acme rose.'
    assert str(decoded(page % "2024-03-03").published_at) == "2024-03-03 00:00:00+00:00"
    assert decoded(page % "yesterday").published_at is None


def test_a_page_without_an_article_is_all_that_is_seen_on_it() -> None:
    assert decoded("<nav><a href=/a>World</a> <a href=/b>Sport</a></nav>").text == "World Sport"


def test_a_page_with_nothing_to_be_seen_is_refused() -> None:
    with pytest.raises(RefusedError, match="no text is to be seen") as caught:
        decoded("<title>Acme</title><script>a</script>")
    assert caught.value.kind == "empty"


def test_the_charset_is_that_of_the_header_then_the_mark_then_the_page_then_utf_8() -> None:
    latin = "<meta charset=iso-8859-1><p>Café".encode("latin-1")
    assert decoded(latin).text == "Café"
    assert decoded("<p>Café".encode("latin-1"), b"text/html; charset=latin-1").text == "Café"
    assert decoded("\ufeff<p>Café".encode("utf-16-le")).text == "Café"
    with pytest.raises(RefusedError, match="not utf-8 at byte 6"):
        decoded(b"<p>Caf\xe9")


@pytest.mark.parametrize(
    "page",
    [
        "<div>" * 100_000 + "x", "<" * (1 << 20), "<div>" * 4_900 + "<p>x" * 100_000,
        "<p " + " ".join(f"a{one}=1" for one in range(100_000)) + ">x", "<p>x</p>" * 25_000,
        "<!--" * 200_000, "<script>" * 100_000, "<svg><div>" + "<path/>" * 50_000 + "<div>" * 4_990,
    ],
    ids=["deep", "brackets", "deep and long", "attributes", "long", "comments", "scripts", "svg"],
)  # fmt: skip
def test_a_hostile_page_takes_no_more_than_seconds(page: str) -> None:
    began = time.process_time()
    with suppress(RefusedError):
        decoded(page)
    assert time.process_time() - began < 10


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=80), st.sampled_from(["<p>", "<div hidden>", "<meta charset=", "<a b='"]))
def test_any_bytes_are_read_or_refused(value: bytes, before: str) -> None:
    with suppress(RefusedError):
        decoded(before.encode() + value).model_dump_json().encode()
