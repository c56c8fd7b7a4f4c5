"""ClickHouse's output formats, as far as HTTP must know them."""

TEXT = "text/plain; charset=UTF-8"
DEFAULT = "TabSeparated"

_CONTENT_TYPES = (
    (("jsoneachrow", "jsoncompacteachrow", "jsonlines", "ndjson"), "application/x-ndjson"),
    (("json",), "application/json"),
    (("tabseparated", "tsv"), "text/tab-separated-values"),
    (("csv",), "text/csv"),
    (("xml",), "application/xml"),
    (("markdown",), "text/markdown"),
)
_BINARY = ("native", "rowbinary", "arrow", "parquet", "orc", "avro", "npy", "bson", "msgpack")
_STREAMABLE = {"native", "rowbinary", "jsoneachrow", "jsoncompacteachrow"}


def content_type(name: str) -> str:
    """The `Content-Type` of a result in a format."""
    lower = name.lower()
    if lower.startswith(_BINARY):
        return "application/octet-stream"
    for prefixes, kind in _CONTENT_TYPES:
        if lower.startswith(prefixes):
            return f"{kind}; charset=UTF-8"
    return TEXT


def is_streamable(name: str) -> bool:
    """Whether the blocks of a result in this format can be sent one after another.

    Formats with a head, an end or totals cannot: each block would bring its own.
    """
    return name.lower() in _STREAMABLE
