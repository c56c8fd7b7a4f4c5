"""What differs between two runs, as a page and on a terminal."""

import io
import re
from dataclasses import replace

from rich.console import Console

from millrace.rendering.diff_page import page
from millrace.rendering.diff_terminal import render
from millrace.runs.comparison import RunComparison
from processors.comparison.reading import ReadEvent, Reading, ReadRelationship
from tests.millrace.rendering.run_comparisons import TEXT, comparison, example, run
from tests.millrace.rendering.test_html_document import ATTRIBUTES, ELEMENTS, HOSTILE, Parsed


def shown(found: RunComparison, width: int = 100) -> str:
    file = io.StringIO()
    console = Console(file=file, width=width, color_system=None)
    for part in render(found):
        console.print(part)
    return file.getvalue()


def hostile() -> RunComparison:
    event = ReadEvent(
        "e", HOSTILE, HOSTILE, 0, len(HOSTILE), HOSTILE, None, None, HOSTILE, HOSTILE,
        frozenset({(HOSTILE, HOSTILE, 0, 4)}),
    )  # fmt: skip
    link = ReadRelationship(HOSTILE, "e", "e", HOSTILE)
    one = example(
        document_id=HOSTILE, title=HOSTILE, language=HOSTILE, text=HOSTILE, status_a=HOSTILE,
        readings=(Reading((event,), (link,)), Reading((replace(event, kind="other"),))),
    )  # fmt: skip
    return comparison(
        one, a=run(HOSTILE), b=run(HOSTILE + "b"), profile=HOSTILE, only_in_a=(HOSTILE,)
    )


class TestThePage:
    def test_nothing_of_a_document_is_taken_as_html(self) -> None:
        html = page(hostile())

        found = Parsed(html)
        assert {name for name, _ in found.elements} <= ELEMENTS | {"article", "b", "ul"}
        assert {name for _, named in found.elements for name in named} <= ATTRIBUTES
        assert "<script" not in html
        assert html.count("</style>") == html.count("</title>") == 1

    def test_it_needs_no_other_file_and_no_script(self) -> None:
        html = page(comparison(example()))

        outside = r"https?:|src=|href=\"(?!#)|@import|url\(|<script|\son\w+="
        assert not re.search(outside, html)
        assert 'Content-Security-Policy" content="default-src ' in html

    def test_totals_come_first_then_the_examples(self) -> None:
        text = Parsed(page(comparison(example()))).text

        places = [text.index(one) for one in ("Totals", "events added", "Examples", "Acme buys")]
        assert places == sorted(places)

    def test_an_example_has_its_text_and_each_difference_a_mark_of_its_own_class_and_sign(
        self,
    ) -> None:
        found = Parsed(page(comparison(example())))

        assert TEXT in found.text
        marks = [
            (named["class"], named["data-label"])
            for name, named in found.elements
            if name == "mark" and "data-label" in named
        ]
        assert marks == [
            ("changed", "± purchase → merger"),
            ("same", "= personnel"),
            ("removed", "− weather"),
            ("added", "+ prices"),
        ]

    def test_without_colour_each_kind_of_mark_has_a_line_of_its_own(self) -> None:
        rules = dict(re.findall(r"^mark\.(\w+) \{([^}]*)\}", page(comparison()), re.MULTILINE))

        lines = {
            group: {words for words in ("solid", "line-through", "double", "dotted")
                    if words in rule}
            for group, rule in rules.items()
        }  # fmt: skip
        assert lines == {
            "added": {"solid"}, "removed": {"line-through"}, "changed": {"double"},
            "same": {"dotted"},
        }  # fmt: skip

    def test_colours_are_there_for_light_and_dark(self) -> None:
        html = page(comparison())

        assert html.count("--added:") == html.count("--removed:") == html.count("--changed:") == 2

    def test_every_link_leads_somewhere_in_the_page(self) -> None:
        found = Parsed(page(comparison(example()))).elements

        ids = [named["id"] for _, named in found if "id" in named]
        links = {str(named["href"]).removeprefix("#") for name, named in found if name == "a"}
        assert links <= set(ids)
        assert len(ids) == len(set(ids))

    def test_documents_that_one_run_has_alone_are_named_and_the_rest_counted(self) -> None:
        text = Parsed(page(comparison())).text

        assert "Only in live" in text
        assert "lonely-1" in text
        assert "and 1 more" in text
        assert "Only in careful" not in text

    def test_without_examples_it_says_so(self) -> None:
        assert "No example" in page(comparison())


class TestOnATerminal:
    def test_totals_come_first_then_the_examples(self) -> None:
        out = shown(comparison(example()))

        places = [out.index(one) for one in ("live", "documents that differ", "Acme buys")]
        assert places == sorted(places)
        assert "only in live, for one: lonely-1" in out

    def test_differences_are_seen_in_the_text_and_listed_below_it(self) -> None:
        out = shown(comparison(example()), width=200)

        assert "Acme bought[± purchase → merger] Widget Ltd. Its founder resigned[= pers" in out
        assert "It rained[− weather], and prices rose[+ prices]." in out
        assert "  ± merger: bought (5–11)\n      kind: purchase → merger\n" in out
        assert "a1 · validated → review" in out

    def test_control_characters_do_nothing(self) -> None:
        out = shown(comparison(example(title="a\x1b[2Jb", text="\x1b[2J" + TEXT)))

        assert "\x1b" not in out
        assert "a␛[2Jb" in out
