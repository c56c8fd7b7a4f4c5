"""Multipart requests: a query with its parameters and the tables sent along with it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from aiohttp import BodyPartReader, web

from infra.local.server.errors import Code, QueryError
from infra.local.server.execution import ExternalTable

_LARGEST_PART_BYTES = 256 * 1024 * 1024
_TABLE_NAME = re.compile(r"[A-Za-z_]\w*")


@dataclass(frozen=True)
class Form:
    """What a multipart body holds."""

    query: str
    parameters: Mapping[str, str]
    tables: tuple[ExternalTable, ...]


EMPTY = Form("", {}, ())


async def read(request: web.Request) -> Form:
    """Read a multipart body. Raises QueryError for parts that make no sense."""
    try:
        return await _read(request)
    except (ValueError, RuntimeError, AssertionError, LookupError) as error:  # of the form's reader
        raise QueryError(
            Code.BAD_ARGUMENTS, f"the form cannot be read ({type(error).__name__})"
        ) from None


async def _read(request: web.Request) -> Form:
    query, parameters, tables = "", {}, []
    async for part in await request.multipart():
        if not isinstance(part, BodyPartReader) or not part.name:
            raise QueryError(Code.BAD_ARGUMENTS, "a part of the form has no name")
        data = await _content(part)
        if part.filename is not None:
            tables.append(_table(part.name, data, request.query))
        elif part.name == "query":
            query += data.decode()
        elif part.name.startswith("param_"):
            parameters[part.name] = data.decode()
        else:
            raise QueryError(Code.BAD_ARGUMENTS, f"the form has an unknown part {part.name!r}")
    return Form(query, parameters, tuple(tables))


async def _content(part: BodyPartReader) -> bytes:
    content = bytearray()
    while data := await part.read_chunk(1024 * 1024):
        content += data
        if len(content) > _LARGEST_PART_BYTES:
            raise QueryError(
                Code.QUERY_IS_TOO_LARGE, f"a part of the form is over {_LARGEST_PART_BYTES} bytes"
            )
    return bytes(content)


def _table(name: str, data: bytes, url: Mapping[str, str]) -> ExternalTable:
    if not _TABLE_NAME.fullmatch(name):
        raise QueryError(Code.BAD_ARGUMENTS, f"{name!r} is no name of an external table")
    structure = url.get(f"{name}_structure")
    types = url.get(f"{name}_types")
    if structure is None and types is not None:
        structure = ", ".join(f"_{at} {kind}" for at, kind in enumerate(types.split(","), start=1))
    if structure is None:
        raise QueryError(
            Code.BAD_ARGUMENTS, f"neither {name}_structure nor {name}_types is in the URL"
        )
    return ExternalTable(name, structure, url.get(f"{name}_format", "TabSeparated"), data)
