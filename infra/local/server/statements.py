"""Reading a statement as far as the HTTP interface must: no parser, the engine is that.

What has to be known before the engine sees a statement: whether it is an INSERT with data (and
where the data begins, which may be binary), which output format it names, and whether it asks for
something that a server must not do for a client (read or write files of the machine, several
statements at once).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from infra.local.server.errors import Code, QueryError

_TOKEN = re.compile(
    rb"""
      (?P<space>\s+ | --[^\n]*\n? | \#[\ !][^\n]*\n? | /\*.*?(?:\*/|\Z))
    | (?P<string>'(?:[^'\\]|\\.|'')*+(?:'|\\?\Z))
    | (?P<quoted>"(?:[^"\\]|\\.|"")*+(?:"|\\?\Z) | `(?:[^`\\]|\\.|``)*+(?:`|\\?\Z))
    | (?P<tag>\$\w*\$)
    | (?P<word>[A-Za-z_]\w*)
    | (?P<number>\d[\w.]*)
    | (?P<mark>.)
    """,
    re.VERBOSE | re.DOTALL,
)
# Each that there is, where it begins.
_TAGS = re.compile(rb"(?=(\$\w*\$))")
_BETWEEN_HEAD_AND_DATA = re.compile(rb"[ \t\f]*;?[ \t\f]*\r?\n?")
_READS = {"SELECT", "WITH", "FROM", "SHOW", "DESCRIBE", "DESC", "EXISTS", "EXPLAIN", "("}


@dataclass(frozen=True)
class Insert:
    """An INSERT whose data follows the statement."""

    head: str
    """The statement, without its clauses FORMAT and SETTINGS."""
    format: str
    data_at: int
    """Where the data begin in the bytes that were read."""
    settings: str = ""
    """Its SETTINGS clause, which stood behind the head."""


@dataclass(frozen=True)
class Statement:
    """Any other statement."""

    text: str
    verb: str
    """Its first word in upper case, `(` for a bracketed SELECT, or nothing."""
    format: str | None
    """The output format it names."""
    is_insert: bool
    names: frozenset[str]
    """The words and quoted names in it, in lower case."""

    @property
    def only_reads(self) -> bool:
        """Whether its verb is one of those that a reader may use."""
        return self.verb in _READS


@dataclass(frozen=True)
class _Token:
    kind: str
    text: bytes
    start: int
    end: int
    depth: int

    @property
    def word(self) -> str:
        """An unquoted word or mark, in upper case; nothing for all else."""
        is_word = self.kind in ("word", "mark")
        return self.text.decode(errors="replace").upper() if is_word else ""


def verb(text: bytes) -> str | None:
    """The first word of a statement, or None where more bytes are needed to tell."""
    for token in _tokens(text):
        return token.word if token.end < len(text) else None
    return None


def read_insert(text: bytes, is_all: bool) -> Insert | Statement | None:
    """Read a statement that begins with INSERT.

    `text` is what was received so far, `is_all` says that no more will come. Gives None when more
    is needed, and a Statement when the rows do not follow the statement (INSERT … SELECT).
    """
    previous = ""
    settings_at: int | None = None

    def insert(end: int, name: str, data_at: int) -> Insert:
        middle = end if settings_at is None else settings_at
        return Insert(_decoded(text[:middle]), name, data_at, _decoded(text[middle:end]))

    tokens = _tokens(text)
    for token in tokens:
        word = token.word if token.depth == 0 else ""
        if previous in ("INTO", "TABLE", "."):
            word = ""
        if word == "SETTINGS" and settings_at is None:
            settings_at = token.start
        if word == "FORMAT":
            name = next(tokens, None)
            if name is None or (name.end == len(text) and not is_all):
                return None
            gap = _BETWEEN_HEAD_AND_DATA.match(text, name.end)
            data_at = gap.end() if gap else name.end
            if data_at == len(text) and not is_all:
                return None
            return insert(token.start, _decoded(name.text), data_at)
        if word == "VALUES" and (is_all or token.end < len(text)):
            return insert(token.start, "Values", token.end)
        if word in ("SELECT", "WITH") or (word == "" and _begins_select(token, previous)):
            return read_statement(text) if is_all else None
        if word == "INFILE":
            raise QueryError(
                Code.INTO_OUTFILE_NOT_ALLOWED, "FROM INFILE is not allowed over HTTP: send the data"
            )
        previous = token.word
    return read_statement(text) if is_all else None


def read_statement(text: bytes) -> Statement:
    """Read a statement that is all here.

    Raises QueryError for several statements at once and for clauses that make the server read or
    write files of its machine on behalf of a client.
    """
    first, named_format, ended = "", None, False
    names: set[str] = set()
    before, last = "", ""
    for token in _tokens(text):
        if ended and token.text != b";":
            raise QueryError(
                Code.SYNTAX_ERROR,
                f"Syntax error (Multi-statements are not allowed): failed at position "
                f"{token.start + 1}",
            )
        word = token.word
        first = first or word or token.text.decode(errors="replace")
        ended = ended or token.text == b";"
        if token.kind == "word":
            names.add(word.lower())
        elif token.kind == "quoted":
            names.add(token.text[1:-1].decode(errors="replace").lower())
        if (last, word) in (("INTO", "OUTFILE"), ("FROM", "INFILE")):
            raise QueryError(
                Code.INTO_OUTFILE_NOT_ALLOWED, f"{last} {word} is not allowed over HTTP"
            )
        if last == "FORMAT" and token.kind == "word" and token.depth == 0 and before != ".":
            named_format = token.text.decode()
        elif named_format and word not in ("SETTINGS", ";", "") and last == named_format.upper():
            named_format = None
        before, last = last, word
    if not first:
        raise QueryError(Code.SYNTAX_ERROR, "Syntax error: Empty query")
    return Statement(
        text=_decoded(text),
        verb=first,
        format=named_format,
        is_insert=first == "INSERT",
        names=frozenset(names),
    )


def describes_function(text: str) -> bool:
    """Whether a DESCRIBE is of a table function instead of a table or a SELECT.

    To tell its columns the engine asks the file or server behind it.
    """
    words = [token.word for token in _tokens(text.encode())][1:]
    if words[:1] == ["TABLE"]:
        del words[0]
    return words[:1] != ["("] and "(" in words


def _begins_select(token: _Token, previous: str) -> bool:
    return token.depth > 0 and previous == "(" and token.text.upper() in (b"SELECT", b"WITH")


def _tokens(text: bytes) -> Iterator[_Token]:
    """The tokens, in time that grows with the text alone: what is not ended goes to its end."""
    depth = at = 0
    last_tags: dict[bytes, int] | None = None
    while match := _TOKEN.match(text, at):
        start, end = match.span()
        kind = match.lastgroup or ""
        if kind == "tag":
            if last_tags is None:
                last_tags = {one[1]: one.start() for one in _TAGS.finditer(text)}
            is_ended = last_tags[match[0]] >= end
            kind, end = (
                ("string", text.index(match[0], end) + len(match[0]))
                if is_ended
                else ("mark", start + 1)  # as the engine reads it: names stand behind it
            )
        at = end
        if kind == "space":
            continue
        found = text[start:end]
        if found in (b")", b"]"):
            depth = max(0, depth - 1)
        yield _Token(kind, found, start, end, depth)
        if found in (b"(", b"["):
            depth += 1


def _decoded(text: bytes) -> str:
    try:
        return text.decode()
    except UnicodeDecodeError as error:
        raise QueryError(
            Code.SYNTAX_ERROR, f"the query is not UTF-8 at byte {error.start}"
        ) from error
