"""Texts and documents of any size that are written to hold a stage up."""

from collections.abc import Callable, Mapping
from typing import Final

Writer = Callable[[int], str]


def _filled(piece: str, head: str = "", tail: str = "") -> Writer:
    """Gives at least ``size`` bytes of UTF-8 of one piece over and over."""

    def write(size: int) -> str:
        return head + piece * (1 + size // len(piece.encode())) + tail

    return write


def _nested(opening: str, closing: str) -> Writer:
    def write(size: int) -> str:
        depth = max(1, size // len((opening + closing).encode()))
        return opening * depth + "bought" + closing * depth

    return write


def _growing(piece: str, end: str) -> Writer:
    """Gives repetitions of a piece, each one piece longer than the one before."""

    def write(size: int) -> str:
        parts, written, count = [], 0, 1
        while written < size:
            parts.append(piece * count + end)
            written += len(parts[-1].encode())
            count += 1
        return "".join(parts)

    return write


def _distinct(pattern: str) -> Writer:
    """Gives a piece over and over, with another number in each."""

    def write(size: int) -> str:
        parts, written, count = [], 0, 0
        while written < size:
            parts.append(pattern.format(number=count, letters=_letters(count)))
            written += len(parts[-1].encode())
            count += 1
        return "".join(parts)

    return write


def _letters(number: int) -> str:
    letters = ""
    while True:
        number, rest = divmod(number, 26)
        letters += chr(97 + rest)
        if not number:
            return letters


# What is said of each is what it is meant to hold up.
TEXTS: Final[Mapping[str, Writer]] = {
    # characters without end
    "one letter": _filled("a"),
    "one capital": _filled("A"),
    "one digit": _filled("1"),
    "one han sign": _filled("中"),
    "combining marks": _filled("\u0301", "a"),
    "marks on each letter": _filled("e\u0301"),
    "zero width": _filled("\u200d", "a"),
    "zero width between": _filled("a\u200b"),
    "emoji joined": _filled("👨\u200d"),
    "right to left": _filled("\u202eשלום "),
    "spaces": _filled(" ", "a", "a"),
    "line ends": _filled("\n", "a", "a"),
    "carriage returns": _filled("\r", "a", "a"),
    "spaces at line ends": _filled("a" + " " * 400 + "\n"),
    "tabs and spaces": _filled("\t ", "bought", "x"),
    "ideographic spaces": _filled("\u3000", "中", "中"),
    "nulls": _filled("\0", "a"),
    # signs
    "full stops": _filled(".", "a"),
    "full stops apart": _filled(". "),
    "question marks": _filled("?!"),
    "cjk stops": _filled("。"),
    "hyphens": _filled("-", "a"),
    "letters and hyphens": _filled("a-"),
    "letters and apostrophes": _filled("a'"),
    "quotation marks": _filled('"'),
    "quotation marks apart": _filled("“a "),
    "single quotation marks": _filled("’s "),
    "brackets": _nested("(", ")"),
    "brackets open": _filled("(", "a"),
    "cjk brackets": _nested("「", "」"),
    "mixed brackets": _nested("([{«", "»}])"),
    "quoted lines": _filled(">", "a\n"),
    "quoted lines deeper each": _growing(">", " a\n"),
    "bars and marks": _filled("> | ", "", "a"),
    "list items": _filled("- a\n"),
    "rules": _filled("---\n"),
    "colons": _filled("A:"),
    "code fences": _filled("```json "),
    "angle brackets": _filled("<a"),
    "square brackets": _filled("[/INST"),
    # numbers, money, dates, times
    "digits apart": _filled("1 "),
    "digits and commas": _filled("1,"),
    "digits and full stops": _filled("1."),
    "digits and slashes": _filled("1/"),
    "digits and hyphens": _filled("12-"),
    "digits and colons": _filled("12:"),
    "thousands": _filled("123,"),
    "money": _filled("$1 "),
    "money signs": _filled("$"),
    "money units": _filled("US$ 5 million "),
    "percent": _filled("5 per cent "),
    "number words": _filled("one hundred and "),
    "number words hyphened": _filled("twenty-"),
    "dates": _filled("3 March 2024 "),
    "days and months": _filled("3 March, "),
    "months": _filled("March "),
    "months and days": _filled("March 3, "),
    "weekdays": _filled("Monday "),
    "last weekdays": _filled("last Monday last "),
    "days later": _filled("two days later "),
    "a day later without end": _filled("a day after "),
    "decades": _filled("1990s '90s "),
    "iso dates": _filled("2024-03-03T"),
    "iso dates joined": _filled("2024-03-03"),
    "times": _filled("3:00 p.m. "),
    "times and zones": _filled("12:30 UTC+"),
    "cjk dates": _filled("2024年3月3日"),
    "cjk digits": _filled("二〇"),
    "cjk money": _filled("300万円"),
    "years": _filled("2024 "),
    "quarters": _filled("Q1 2024 "),
    # names and addresses
    "names": _filled("John Smith "),
    "capitals apart": _filled("A "),
    "capitals": _filled("Ab "),
    "name after name": _distinct("{letters}x Ab{letters} "),
    "names and commas": _filled("Smith, "),
    "names and conjunctions": _filled("Acme & "),
    "names of": _filled("Bank of "),
    "companies": _filled("Acme Ltd. "),
    "initials": _filled("J. "),
    "initials joined": _filled("J."),
    "abbreviations": _filled("Mr. "),
    "abbreviations of all kinds": _filled("e.g. i.e. Inc. Dr. U.S. "),
    "al- names": _filled("al-"),
    "cities": _filled("London "),
    "cjk names": _filled("王小明先生"),
    "cjk companies": _filled("株式会社"),
    "cjk universities": _filled("大学"),
    "katakana": _filled("ア・"),
    "mail addresses": _filled("a@b.com "),
    "at signs": _filled("a@"),
    "dots and at signs": _filled("a.b@"),
    "links": _filled("http://a.b/"),
    "links apart": _filled("https://example.com/a "),
    "link in brackets": _filled("(", "http://a.b/"),
    "hosts": _filled("a.bc."),
    "www": _filled("www."),
    "streets": _filled("10 Downing Street "),
    "street without end": _filled("Downing ", "10 "),
    # the local engine
    "triggers": _filled("bought "),
    "triggers and names": _filled("Acme bought Widget in London. "),
    "triggers in one sentence": _filled("Acme bought Widget, "),
    "phrases in one sentence": _filled("Acme bought Widget and said that "),
    "because": _filled("Acme bought Widget because "),
    "after": _filled("Widget was sold after "),
    "many different events": _distinct("Acme{number} bought Widget{letters} in May 2024. "),
    "different kinds": _filled("He was killed. She resigned. They sued Acme. It exploded. "),
    "not": _filled("not "),
    "by": _filled("sold by "),
    "of the": _filled("purchase of the "),
    "relative clauses": _filled("which bought the company that "),
    "mail headers": _filled("From: a\n"),
    "forwarded": _filled("-----Original Message-----\nFrom: a@b.com\nSent: Monday\n\n"),
    "greetings": _filled("Hi Bob,\n"),
    "wrapped lines": _filled("Acme said on Monday that it bought all of Widget Ltd, and\n"),
    "wrapped without end": _filled("x" * 79 + "\n"),
    "one long word": _distinct("{letters}"),
    "different words": _distinct("{letters} "),
    "cjk events": _filled("公司收购了公司"),
    "cjk sentences": _filled("王先生在北京买了公司。"),
    "japanese": _filled("東京の会社が買収した。"),
    "arabic": _filled("مرحبا بالعالم؟ "),
    "thai": _filled("สวัสดีชาวโลก"),
    "unknown language": _filled("Zażółć gęślą jaźń. "),
}


def _deep(opening: str, closing: str, most: int) -> Callable[[int], bytes]:
    def write(size: int) -> bytes:
        depth = min(most, max(1, size // len(opening + closing)))
        return (opening * depth + "text" + closing * depth).encode()

    return write


def _bytes(piece: str, head: str = "", tail: str = "") -> Callable[[int], bytes]:
    write = _filled(piece, head, tail)
    return lambda size: write(size).encode()


def _many_parts(size: int) -> bytes:
    part = "--b\r\nContent-Type: text/plain\r\n\r\na\r\n"
    return (
        "Content-Type: multipart/mixed; boundary=b\r\n\r\n" + part * (size // len(part)) + "--b--"
    ).encode()


def _nested_parts(size: int) -> bytes:
    depth = 90
    heads = "".join(
        f"Content-Type: multipart/mixed; boundary=b{level}\r\n\r\n--b{level}\r\n"
        for level in range(depth)
    )
    return (heads + "\r\na" + "x\r\n" * (size // 3)).encode()


def _boundaries(size: int) -> bytes:
    part = "Content-Type: multipart/mixed; boundary=" + "b" * 50 + "\r\n\r\n--" + "b" * 50 + "\r\n"
    return (part * (size // len(part)) + "\r\ntext").encode()


# By content type, what is hostile in its own way; what is refused must be refused in time as well.
DOCUMENTS: Final[Mapping[str, Mapping[str, Callable[[int], bytes]]]] = {
    "application/json": {
        "nested lists": _bytes("["),
        "nested objects": _bytes('{"a":'),
        "numbers": _bytes("9", '{"text": '),
        "numbers with exponents": _bytes("1e9,", '{"text": ['),
        "escapes": _bytes("\\u0061", '{"text": "', '"}'),
        "surrogates": _bytes("\\ud83d\\ude00", '{"text": "', '"}'),
        "backslashes": _bytes("\\\\", '{"text": "', '"}'),
        "unended string": _bytes("a", '{"text": "'),
        "spaces": _bytes(" ", '{"text"', ': "a"}'),
        "metadata": lambda size: (
            '{"text": "a", "metadata": {'
            + ", ".join(f'"k{number}": "v"' for number in range(size // 16))
            + "}}"
        ).encode(),
        "unknown keys": lambda size: (
            "{" + ", ".join(f'"k{number}": 1' for number in range(size // 12)) + "}"
        ).encode(),
        "digits as a date": _bytes("1", '{"text": "a", "published_at": "', '"}'),
        "letters as a language": _bytes("a-", '{"text": "a", "language": "', '"}'),
    },
    "text/html": {
        "nested": _deep("<div>", "</div>", 10**9),
        "nested spans": _deep("<span>", "</span>", 4_900),
        "formatting unended": _bytes("<b>"),
        "links unended": _bytes("<a href=x>"),
        "formatting across": _bytes("<b><p></b>"),
        "fonts across": _bytes("<p><b><i><u><font color=red>x</p>"),
        "tables": _bytes("<table><tr><td>"),
        "table in table text": _bytes("<table>a"),
        "paragraphs": _bytes("<p>a"),
        "list items": _bytes("<li>a"),
        "options": _bytes("<option>a"),
        "end tags": _bytes("</p>"),
        "end tags unknown": _bytes("</a>", "<div><p>"),
        "brackets": _bytes("<"),
        "comments": _bytes("<!--"),
        "comments ended": _bytes("<!---->"),
        "comments half ended": _bytes("<!-- --", "", "-->"),
        "cdata": _bytes("<![CDATA["),
        "entities": _bytes("&amp;"),
        "entities unended": _bytes("&"),
        "entities unknown": _bytes("&abcdefgh"),
        "numbers of characters": _bytes("&#x41;"),
        "attributes": lambda size: (
            "<a " + " ".join(f"a{number}=1" for number in range(size // 8)) + ">text"
        ).encode(),
        "equal attributes": _bytes("a=1 ", "<a ", ">text"),
        "attribute unended": _bytes('"', "<a b=", ">text"),
        "quotes in tags": _bytes("'\"", "<a ", ">text"),
        "scripts": _bytes("<script></script>", "a"),
        "scripts unended": _bytes("<script>", "a"),
        "script names": _bytes("</script", "<script>"),
        "data": _bytes(
            '<script type="application/ld+json">{"@graph": [{}]}</script>', "<p>text</p>"
        ),
        "metas": _bytes('<meta name="a" content="b">', "", "<p>text"),
        "spaces": _bytes(" ", "<p>a", "b</p>"),
        "spaces in pre": _bytes(" \n", "<pre>a", "b</pre>"),
        "line ends in pre": _bytes("\n", "<pre>a", "b</pre>"),
        "breaks": _bytes("<br>", "a", "b"),
        "hidden": _bytes('<p style="display:none">a</p>', "text"),
        "classes": _bytes("a ", '<p class="', '">text</p>'),
        "svg": _bytes("<svg>"),
        "templates": _bytes("<template>"),
        "selects": _bytes("<select>"),
        "headings": _bytes("<h1>a"),
        "forms": _bytes("<form>"),
        "text alone": _bytes("Acme bought Widget. "),
        "articles": _bytes("<article><p>Acme bought Widget.</p></article>"),
    },
    "message/rfc822": {
        "headers": _bytes("From: a\r\n", "", "\r\ntext"),
        "different headers": lambda size: (
            "".join(f"X-{number}: a\r\n" for number in range(size // 11)) + "\r\ntext"
        ).encode(),
        "folded header": _bytes(" a\r\n", "Subject: a\r\n", "\r\ntext"),
        "long header": _bytes("a ", "Subject: ", "\r\n\r\ntext"),
        "addresses": _bytes("a@b.c, ", "To: ", "\r\n\r\ntext"),
        "brackets": _bytes("(", "From: ", "\r\n\r\ntext"),
        "angle brackets": _bytes("<", "From: ", "\r\n\r\ntext"),
        "quotes": _bytes('"', "From: ", "\r\n\r\ntext"),
        "groups": _bytes("a:", "To: ", "\r\n\r\ntext"),
        "message ids": _bytes("<", "Message-ID: ", "\r\n\r\ntext"),
        "references": _bytes("<a@b> ", "References: ", "\r\n\r\ntext"),
        "encoded words": _bytes("=?utf-8?q?a?= ", "Subject: ", "\r\n\r\ntext"),
        "encoded words in one": _bytes("=?", "Subject: ", "\r\n\r\ntext"),
        "date": _bytes("1 ", "Date: ", "\r\n\r\ntext"),
        "received": _bytes("Received: from a by b; Mon, 1 Jan 2024\r\n", "", "\r\ntext"),
        "type parameters": _bytes("; a=b", "Content-Type: text/plain", "\r\n\r\ntext"),
        "continued parameters": lambda size: (
            "Content-Type: text/plain"
            + "".join(f"; name*{number}=a" for number in range(size // 12))
            + "\r\n\r\ntext"
        ).encode(),
        "dispositions": _bytes("; filename=a", "Content-Disposition: inline", "\r\n\r\ntext"),
        "short broken headers": lambda size: (
            "".join(
                f"{name}: {'(<' * 900}\r\n"
                for name in ("From", "To", "Cc", "Date", "Message-ID", "References", "Sender")
            )
            + "\r\n"
            + "text\r\n" * (size // 6)
        ).encode(),
        "parts": _many_parts,
        "nested parts": _nested_parts,
        "nested boundaries": _boundaries,
        "mails in mails": _bytes("Content-Type: message/rfc822\r\n\r\n", "", "\r\ntext"),
        "boundaries in lines": _bytes(
            "--b\r\n", "Content-Type: multipart/mixed; boundary=b\r\n\r\n"
        ),
        "quoted printable": _bytes(
            "=41", "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
        ),
        "quoted printable broken": _bytes(
            "=", "Content-Transfer-Encoding: quoted-printable\r\n\r\n"
        ),
        "quoted printable spaces": _bytes(
            " ", "Content-Transfer-Encoding: quoted-printable\r\n\r\na", "\r\nb"
        ),
        "base64": _bytes("YWFh", "Content-Transfer-Encoding: base64\r\n\r\n"),
        "base64 broken": _bytes("Y=", "Content-Transfer-Encoding: base64\r\n\r\n"),
        "uuencoded": _bytes(
            "#86%A\n", "Content-Transfer-Encoding: x-uuencode\r\n\r\nbegin 644 a\n", "end\n"
        ),
        "utf-7": _bytes("+AGE-", "Content-Type: text/plain; charset=utf-7\r\n\r\n"),
        "iso-2022": _bytes(
            "\x1b$B", "Content-Type: text/plain; charset=iso-2022-jp\r\n\r\n"
        ),
        "html": _bytes("<b><p>", "Content-Type: text/html\r\n\r\n"),
        "line ends": _bytes("\r\n", "Subject: a\r\n\r\na", "a"),
        "returns": _bytes("\r", "Subject: a\r\n\r\na", "a"),
        "colons": _bytes(":"),
        "no header": _bytes("a"),
    },
    "text/plain; charset=hz": {"shifts": _bytes("~{"), "shifts back": _bytes("~}", "a")},
    "text/plain; charset=iso-2022-kr": {"shifts": _bytes("\x0e", "\x1b$)C")},
    "text/plain; charset=utf-16": {"halves": _bytes("a\x00")},
}  # fmt: skip
