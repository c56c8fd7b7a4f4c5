"""Bad records made from a seed: the same in every run, each broken in its own way.

Every text holds the ``CANARY``, which must never be seen outside the text itself.
"""

import json
from collections.abc import Callable, Iterator
from random import Random

from schemas.record import Outgoing
from schemas.topics import DOCUMENTS_INGEST, HEADER_ATTEMPT, HEADER_CONTENT_TYPE, HEADER_RUN

COUNT = 2_000
SEED = 20_240_303
CANARY = "Xanthippe"
MIB = 1024 * 1024
_TYPES = (b"application/json", b"text/plain", b"message/rfc822", b"text/html")
_DEPTHS = (20, 300, 3_000, 100_000)
_WRONG: tuple[object, ...] = (
    None, True, 0, -1, 1.5, [], {}, [CANARY], {"a": CANARY}, "", " ", "\x00", "\ufffe",
    "\U0010ffff",
)  # fmt: skip
_TIMES = (
    "0001-01-01", "9999-12-31T23:59:59.999999-23:59", "0001-01-01T00:00:00+23:59", "2024-02-30",
    "1899-12-31", "2299-12-31", "2300-01-01", "24:00", "now", "1709424000", "2024-W10-7", "99999",
    "2024-03-03T25:00:00Z", "2024-03-03T09:30:00+99:99", "１９９９-01-01", "",
)  # fmt: skip

Make = Callable[[Random, str], Outgoing]


def generated(count: int = COUNT, seed: int = SEED) -> Iterator[Outgoing]:
    """``count`` records, every sort of them in turn; keys are ``bad-<number>`` where they matter.

    Those of several MiB come once each, so that the whole is some tens of MiB.
    """
    random = Random(seed)  # noqa: S311 - not for secrets
    for number in range(count):
        name = f"bad-{number}"
        make = _LARGE[number] if number < len(_LARGE) else _SORTS[number % len(_SORTS)]
        yield make(random, name)


def text(name: str) -> str:
    """A text that no other record has."""
    return f"{CANARY} bought {name} Ltd in London on 3 March 2024. It closed a day later."


def ingest(
    name: str, value: bytes | None, *headers: tuple[str, bytes | None], key: bytes | None = b""
) -> Outgoing:
    """A record to be ingested, under its name as key unless another is given."""
    return Outgoing(DOCUMENTS_INGEST, name.encode() if key == b"" else key, value, headers)


def _json(name: str, **fields: object) -> bytes:
    return json.dumps({"text": text(name), **fields}).encode()


def truncated(random: Random, name: str) -> Outgoing:
    value = _json(name, id=name, title="Lots")
    return ingest(name, value[: random.randrange(len(value))])


def flipped(random: Random, name: str) -> Outgoing:
    value = bytearray(_json(name))
    for _ in range(random.randint(1, 8)):
        value[random.randrange(len(value))] = random.randrange(256)
    return ingest(name, bytes(value))


def random_bytes(random: Random, name: str) -> Outgoing:
    header = (HEADER_CONTENT_TYPE, random.choice(_TYPES))
    return ingest(name, random.randbytes(random.randint(0, 400)), header)


def wrong_encoding(random: Random, name: str) -> Outgoing:
    charset = random.choice(("utf-16", "utf-16-le", "utf-32", "latin-1", "shift_jis", "cp037"))
    content = json.dumps({"text": text(name), "title": "caf\u00e9"}, ensure_ascii=False)
    value = content.encode(charset, "replace")
    label = random.choice((b"utf-8", b"UTF-16", b"ascii", b"shift_jis", b"utf-7", b"x" * 99, b""))
    kind = random.choice(_TYPES)
    return ingest(name, value, (HEADER_CONTENT_TYPE, kind + b"; charset=" + label))


def huge_number(random: Random, name: str) -> Outgoing:
    number = random.choice(("1" * 5_000, "1e999999", "-1E+400", "0." + "1" * 5_000, "NaN"))
    field = random.choice(("id", "title", "published_at", "metadata", "text", "other"))
    return ingest(name, f'{{"text": "{text(name)}", "{field}": {number}}}'.encode())


def deep_nesting(random: Random, name: str) -> Outgoing:
    depth = random.choice(_DEPTHS)
    opening, closing = random.choice((("[", "]"), ('{"a":', "}")))
    inside = opening * depth + "1" + closing * (depth if random.random() < 0.5 else 0)
    return ingest(name, f'{{"text": "{text(name)}", "metadata": {inside}}}'.encode())


def lone_surrogate(random: Random, name: str) -> Outgoing:
    surrogate = random.choice((r"\ud800", r"\udfff", r"\ud83d\ud83d", r"\udc00\ud800"))
    fields = {"text": text(name), "title": "Lots", "metadata": {"any": "thing"}}
    fields[random.choice(("text", "title"))] += "MARK"  # type: ignore[operator]
    return ingest(name, json.dumps(fields).replace("MARK", surrogate).encode())


def wrong_type(random: Random, name: str) -> Outgoing:
    fields = ("text", "id", "title", "profile", "language", "published_at", "source", "metadata")
    wrong = {random.choice(fields): random.choice(_WRONG) for _ in range(random.randint(1, 4))}
    return ingest(name, _json(name, **wrong))


def no_object(random: Random, name: str) -> Outgoing:
    return ingest(name, json.dumps([random.choice(_WRONG), text(name)]).encode())


def unknown_key(random: Random, name: str) -> Outgoing:
    key = random.choice(("body", "Text", "text ", "\x00", "\u202e", "k" * 5_000, "\n\r", "", "é"))
    return ingest(name, _json(name, **{key: text(name)}))


def key_twice(_: Random, name: str) -> Outgoing:
    return ingest(name, _json(name)[:-1] + b', "text": "again"}')


def unknown_content_type(random: Random, name: str) -> Outgoing:
    kind = random.choice(
        (b"application/pdf", b"image/png", b"json", b"/", b"text/", b"*/*", b"\x00", b"a" * 70_000)
    )
    return ingest(name, _json(name), (HEADER_CONTENT_TYPE, kind))


def unknown_profile(random: Random, name: str) -> Outgoing:
    profile = random.choice(("nwes", "NEWS", "", " news", "../news", "x" * 9_000, "\u202enews"))
    return ingest(name, _json(name, profile=profile))


def odd_language(random: Random, name: str) -> Outgoing:
    return ingest(name, _json(name, language=random.choice(("english", "e", "e\n", "??", "12"))))


def odd_time(random: Random, name: str) -> Outgoing:
    return ingest(name, _json(name, published_at=random.choice(_TIMES), profile="news"))


def odd_id(random: Random, name: str) -> Outgoing:
    identity = random.choice(
        ("", "x" * 513, "a\nb", "\x7f", "\u0085", f"{name}\u202e", f"{name}'\\")
    )
    return ingest(name, _json(name, id=identity))


def odd_key(random: Random, name: str) -> Outgoing:
    key = random.choice((b"\xff\xfe", b"x" * 513, b"a\x00b", b"\x00", name.encode() + b" \xc2\xa0"))
    return ingest(name, _json(name), key=key)


def empty(random: Random, name: str) -> Outgoing:
    value = random.choice((b"", b" ", b"{}", b"null", b'{"text": ""}', b'{"text": " \\u3000\\n"}'))
    return ingest(name, value, (HEADER_CONTENT_TYPE, random.choice(_TYPES[:2])))


def null_key(random: Random, name: str) -> Outgoing:
    value = random.choice((None, _json(name), text(name).encode()))
    return ingest(name, value, key=None)


def odd_header(random: Random, name: str) -> Outgoing:
    odd: tuple[tuple[str, bytes | None], ...] = random.choice(
        (
            (("x", b"1"), ("x", b"2"), ("x", None)),
            (("", b"without a name"),),
            (("x", b"\xff\xfe\x00"),),
            tuple((f"h{number}", b"v") for number in range(100)),
            (("\u540d\u524d", b""), ("a" * 5_000, b"long")),
            ((HEADER_CONTENT_TYPE, None),),
            ((HEADER_CONTENT_TYPE, b""), (HEADER_CONTENT_TYPE, b"application/json")),
            (("traceparent", b"\x00garbage"),),
            ((HEADER_RUN, b"\xffother"),),
            ((HEADER_RUN, b""),),
            ((HEADER_RUN, b"r" * 100_000),),
            ((HEADER_ATTEMPT, b"-1"),),
            ((HEADER_ATTEMPT, b"9" * 5_000),),
            ((HEADER_ATTEMPT, None),),
            ((HEADER_ATTEMPT, "\u0663".encode()),),
        )
    )
    return ingest(name, _json(name), *odd)


def broken_mail(random: Random, name: str) -> Outgoing:
    mail = (
        f"From: a <a@example.com>\r\nSubject: =?utf-8?b?{name}\r\nDate: 99 Foo 2024\r\n"
        f"Message-ID: <{name}@example.com>\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
        f"--b\r\nContent-Transfer-Encoding: base64\r\n\r\n!{text(name)}!\r\n--b\r\n\r\n{text(name)}"
    ).encode()
    return ingest(
        name, mail[: random.randrange(len(mail))], (HEADER_CONTENT_TYPE, b"message/rfc822")
    )


def broken_page(random: Random, name: str) -> Outgoing:
    start = random.choice(("<", "<html", "<!--", "<script>", "<b><i>" * 200, "&#xd800;", "\x00<p>"))
    page = f"{start}<p title='{text(name)}'>{text(name)}</a></div>"
    return ingest(
        name, page[: random.randint(1, len(page))].encode(), (HEADER_CONTENT_TYPE, b"text/html")
    )


def text_over_limit(_: Random, name: str) -> Outgoing:
    return ingest(name, _json(name, text=(text(name) + "a" * MIB)))


def ten_mib_of_json(_: Random, name: str) -> Outgoing:
    return ingest(name, _json(name, metadata={"any": "b" * 10 * MIB}))


def ten_mib_of_noise(random: Random, name: str) -> Outgoing:
    return ingest(name, random.randbytes(10 * MIB))


def ten_mib_of_page(_: Random, name: str) -> Outgoing:
    page = b"<p>" + (b"<b>" * 100 + b"x" + b"</b>" * 100) * (10 * MIB // 701)
    return ingest(name, page, (HEADER_CONTENT_TYPE, b"text/html"))


def ten_mib_of_mail(_: Random, name: str) -> Outgoing:
    return ingest(
        name, b"Subject: x\n\n" + b"y" * 10 * MIB, (HEADER_CONTENT_TYPE, b"message/rfc822")
    )


def ten_mib_key(random: Random, name: str) -> Outgoing:
    return ingest(name, _json(name), key=b"\xff" + random.randbytes(10 * MIB - 1))


def ten_mib_of_headers(random: Random, name: str) -> Outgoing:
    return ingest(name, _json(name), *((f"h{one}", random.randbytes(MIB)) for one in range(10)))


def ten_mib_run(random: Random, name: str) -> Outgoing:
    return ingest(name, _json(name), (HEADER_RUN, random.randbytes(10 * MIB)))


_LARGE: tuple[Make, ...] = (
    ten_mib_of_json, ten_mib_of_noise, ten_mib_of_page, ten_mib_of_mail,
    ten_mib_key, ten_mib_of_headers, ten_mib_run, text_over_limit,
)  # fmt: skip
_SORTS: tuple[Make, ...] = (
    truncated, flipped, random_bytes, wrong_encoding, huge_number, deep_nesting, lone_surrogate,
    wrong_type, no_object, unknown_key, key_twice, unknown_content_type, unknown_profile,
    odd_language, odd_time, odd_id, odd_key, empty, null_key, odd_header, broken_mail, broken_page,
)  # fmt: skip
