"""Every regular expression that the code compiles, found in its syntax tree."""

import ast
import importlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any, Final

ROOT: Final = Path(__file__).parents[2]
PACKAGES: Final = ("schemas", "processors", "streams", "infra", "millrace")
_FUNCTIONS: Final = frozenset(
    {"compile", "search", "match", "fullmatch", "split", "findall", "finditer", "sub", "subn"}
)
_ANCHORED: Final = frozenset({"match", "fullmatch"})


@dataclass(frozen=True)
class Found:
    """A regular expression of a module, and by which methods it is asked; any scan is one."""

    place: str
    pattern: re.Pattern[Any]
    methods: tuple[str, ...]


@dataclass(frozen=True)
class Call:
    """A call of a function of ``re``: its arguments are only known while its module runs."""

    file: Path
    node: ast.Call
    function: str
    assigned: str

    @property
    def place(self) -> str:
        """The file, and the name, the function or the line of the expression."""
        return f"{self.file.relative_to(ROOT)}:{self.assigned or self.node.lineno}"


def calls() -> Iterator[Call]:
    """Every call of ``re.compile``, ``re.search`` and so on in the packages."""
    for package in PACKAGES:
        for file in sorted((ROOT / package).rglob("*.py")):
            tree = ast.parse(file.read_text("utf-8"))
            names = {
                id(inner): node.name
                for node in ast.walk(tree)
                if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
                for inner in ast.walk(node)
            }
            names |= {
                id(node.value): target.id
                for node in ast.walk(tree)
                if isinstance(node, ast.Assign | ast.AnnAssign)
                for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
                if isinstance(target, ast.Name) and id(node.value) not in names
            }
            for node in ast.walk(tree):
                if isinstance(node, ast.Call) and (function := _function(node)):
                    yield Call(file, node, function, names.get(id(node), ""))


def imported_otherwise() -> list[str]:
    """Files that take functions out of ``re``, or have another engine: ``calls`` finds neither."""
    return [
        str(file.relative_to(ROOT))
        for package in PACKAGES
        for file in sorted((ROOT / package).rglob("*.py"))
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if (isinstance(node, ast.ImportFrom) and node.module in ("re", "regex"))
        or (
            isinstance(node, ast.Import)
            and any(one.name == "regex" or (one.name == "re" and one.asname) for one in node.names)
        )
    ]


def found(local: Mapping[str, re.Pattern[Any]]) -> list[Found]:
    """The expressions of all calls.

    Args:
        local: by place, an example of each that its function puts together from what it is given.

    Raises:
        LookupError: one is put together in a function and has no example.
    """
    every = []
    for call in calls():
        pattern = local.get(call.place) or _evaluated(call)
        if pattern is None:
            raise LookupError(f"{call.place}: made in a function: give an example of it in LOCAL")
        every.append(Found(call.place, pattern, _methods(call)))
    return every


def _function(node: ast.Call) -> str:
    function = node.func
    is_ours = (
        isinstance(function, ast.Attribute)
        and isinstance(function.value, ast.Name)
        and function.value.id == "re"
        and function.attr in _FUNCTIONS
    )
    return function.attr if is_ours and isinstance(function, ast.Attribute) else ""


def _module(file: Path) -> ModuleType:
    parts = file.relative_to(ROOT).with_suffix("").parts
    return importlib.import_module(".".join(parts[:-1] if parts[-1] == "__init__" else parts))


def _evaluated(call: Call) -> re.Pattern[Any] | None:
    names = vars(_module(call.file))
    flags = [one.value for one in call.node.keywords if one.arg == "flags"]
    if call.function == "compile":
        flags += call.node.args[1:]
    try:
        values = [
            eval(compile(ast.Expression(one), str(call.file), "eval"), names)  # noqa: S307 - ours
            for one in (call.node.args[0], *flags)
        ]
    except NameError:
        return None
    return re.compile(*values)


def _methods(call: Call) -> tuple[str, ...]:
    """``match`` and ``fullmatch`` where a private name is asked by them alone, else a scan."""
    if call.function != "compile":
        return (call.function,) if call.function in _ANCHORED else ("finditer",)
    if not call.assigned.startswith("_"):
        return ("finditer",)
    tree = ast.parse(call.file.read_text("utf-8"))
    asked = {
        id(node.value): node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)
    }
    used = {
        asked.get(id(node), "")
        for node in ast.walk(tree)
        if isinstance(node, ast.Name)
        and node.id == call.assigned
        and isinstance(node.ctx, ast.Load)
    }
    return tuple(sorted(used)) if used and used <= _ANCHORED else ("finditer",)
