"""What of a mail is its writer's own words, and what is not read."""

from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from processors.correspondence.own_words import has_mail_headers, left_out

HEADERS = "From: Ann Lee <ann@mail.example>\nSent: Monday, 4 March 2024 09:00\nTo: Bob Ray\n"
BELOW = "From: Bob Ray\nSent: Sunday\nTo: Ann Lee\nSubject: Visit\n\n"


def read(text: str, subject: str = "") -> str:
    """The words that are read, each run of white space as one blank."""
    kept, at = [], 0
    for stretch in left_out(text, subject):
        kept.append(text[at : stretch.start])
        at = stretch.end
    return " ".join(" ".join([*kept, text[at:]]).split())


def reasons(text: str) -> list[str]:
    return [stretch.reason for stretch in left_out(text)]


class TestOfAReply:
    @pytest.mark.parametrize(
        "quoted",
        [
            "On Mon, 4 Mar 2024 at 08:00, Bob Ray <bob@mail.example> wrote:\n> Can we meet?\n",
            "On Mon, 4 Mar 2024 at 08:00, Bob Ray\n<bob@mail.example> wrote:\n\n> Can we meet?\n",
            "On Mon, 4 Mar 2024 at 08:00, Bob Ray wrote:\nCan we meet?\n\nOr not?\n",
            "Am 04.03.2024 um 08:00 schrieb Bob Ray:\n> Can we meet?\n",
            "-----Original Message-----\n" + BELOW + "Can we meet?\n",
            "    Original Message\n" + BELOW + "Can we meet?\n",
            BELOW + "Can we meet?\n",
            "Von: Bob Ray\nGesendet: Sonntag\nAn: Ann Lee\nBetreff: Besuch\n\nCan we meet?\n",
            "发件人：Bob\n发送时间：2024年3月4日\n收件人：Ann\n主题：见面\n\nCan we meet?\n",
        ],
    )
    def test_what_it_quotes_is_not_read(self, quoted: str) -> None:
        assert read(f"I agree.\n\n{quoted}", "RE: Visit") == "I agree."

    def test_answers_between_quotes_are(self) -> None:
        text = "On Mon, Bob wrote:\n> Can we meet?\n\nYes, at noon.\n\n> And then?\nWe sign.\n"
        assert read(text) == "Yes, at noon. We sign."

    def test_headers_inside_a_quote_do_not_end_it(self) -> None:
        assert read("No.\n> From: Bob\n> Sent: Monday\n> To: Ann\n>\n> Go?\nNever.") == "No. Never."


class TestOfAForward:
    @pytest.mark.parametrize(
        "text",
        [
            "FYI\n\n---------- Forwarded message ---------\n" + BELOW + "I resign.",
            "FYI\n\nBegin forwarded message:\n\n" + BELOW + "I resign.",
            HEADERS + "Subject: Fw: Visit\n\nFYI\n\n" + BELOW + "I resign.",
        ],
    )
    def test_the_mail_that_is_passed_on_is_read_without_its_headers(self, text: str) -> None:
        assert read(text).removeprefix("Fw: Visit ") == "FYI I resign."

    def test_what_that_one_quotes_is_not(self) -> None:
        text = f"FYI\n\n--- Forwarded message ---\n{BELOW}I resign.\n\n{BELOW}Do you stay?"
        assert read(text) == "FYI I resign."

    def test_a_mail_with_no_words_of_its_own_passes_on_what_is_below(self) -> None:
        assert read(f"{HEADERS}Subject: RE: Visit\n\n{BELOW}I resign.") == "I resign."


class TestOfHeadersAtTheTop:
    def test_only_the_words_of_the_subject_are_read(self) -> None:
        text = f"{HEADERS}Cc: Cy\nSubject: Plant closes\n\nSee you."
        assert read(text) == "Plant closes See you."

    def test_a_subject_that_repeats_anothers_is_not(self) -> None:
        assert read(f"{HEADERS}Subject: Re: Plant closes\n\nSee you.") == "See you."

    def test_an_archives_banner_above_them_goes_with_them(self) -> None:
        assert read(f"RELEASED IN FULL No. 0123456\n\n{HEADERS}Subject:\n\nSee you.") == "See you."

    def test_they_tell_a_mail(self) -> None:
        assert has_mail_headers(f"\n{HEADERS}\nSee you.")
        assert not has_mail_headers("From: one to ten\nTo: err is human.")
        assert not has_mail_headers(f"We met and then wrote this.\n{HEADERS}")


class TestOfTheEnd:
    @pytest.mark.parametrize(
        "end",
        [
            "-- \nAnn Lee\nHead of Sales",
            "Best regards,\nAnn Lee\nTel: +44 20 7946 0000",
            "Sent from my iPhone",
            "This email and any attachments are confidential.",
        ],
    )
    def test_signatures_and_disclaimers_are_not_read(self, end: str) -> None:
        assert read(f"We sign on Friday.\n\n{end}\n") == "We sign on Friday."
        assert reasons(f"We sign on Friday.\n\n{end}\n") == ["signature"]

    def test_a_telephone_number_in_the_midst_is(self) -> None:
        text = "Call my cell 202 555 0100 to sign.\nThen we meet at noon."
        assert read(text) == " ".join(text.split())


@pytest.mark.parametrize(
    "text",
    ["", "Acme bought Widget.", "> all of it\n> is quoted", "Thanks,\nAnn", "a > b\nc < d"],
)
def test_where_nothing_is_recognised_or_left_all_is_read(text: str) -> None:
    assert left_out(text) == ()


@pytest.mark.parametrize(
    "unit",
    [
        *(
            "> a\n",
            "From: x\n",
            "From: x\nSent: y\nTo: z\n\nok\n",
            "Bob\n",
            "\n",
            "wrote:\n",
            "@\n",
        ),
        *("On <@<@ x wrote:\n", "Am schrieb a:\n", "-----Original Message-----\n", "<a@b> ", ">"),
    ],
)
def test_time_grows_with_the_length_alone(unit: str) -> None:
    text = (unit * 100_000)[:100_000]
    began = process_time()
    left_out(text)
    assert process_time() - began < 3


@given(
    st.lists(
        st.sampled_from(
            [
                "> a",
                "b",
                "",
                "From: a",
                "Sent: b",
                "To: c",
                "Subject: d",
                "-- ",
                "On Monday, a wrote:",
                *("-----Original Message-----", "Begin forwarded message:", "Thanks,", "\r"),
            ]
        ),
        max_size=25,
    ).map("\n".join)
)
@settings(deadline=None)
def test_stretches_are_in_order_apart_and_inside(text: str) -> None:
    at = 0
    for stretch in left_out(text):
        assert at <= stretch.start < stretch.end <= len(text)
        at = stretch.end
