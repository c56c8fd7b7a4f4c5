"""Versions of prompts: folders of Jinja templates, bundled or from further folders.

A version is a folder ``<version>/`` with the five templates of ``TEMPLATES``. A folder inside it
that is named like a profile may hold some of them anew for it: ``<version>/<profile>/detail.j2``.
A template may include one of another version: ``{% include "1/summary.j2" %}``.

Templates run in Jinja's sandbox and see nothing but these files; a name that they use and that is
not there is an error, never an empty word.
"""

import json
import re
from collections.abc import Mapping
from pathlib import Path

from jinja2 import DictLoader, StrictUndefined, Template, TemplateError, TemplateSyntaxError, meta
from jinja2.sandbox import ImmutableSandboxedEnvironment

from processors.errors import PromptTemplateError
from processors.prompting.fence import fenced, neutral
from schemas.errors import RefusedError
from schemas.ids import content_id
from schemas.topics import LEVELS, Level

BUNDLED_TEMPLATES = Path(__file__).parent / "templates"
TEMPLATES = ("instructions", "document", "summary", "detail", "relationship")
_SUFFIX = ".j2"
# What the prompts of every level hold, beside the level's own template.
_SHARED = ("instructions", "document")
# A template that is another one: nothing else is in it.
_ALIAS = re.compile(r"""\n*\{%-?\s*include\s+(["'])([^"']+)\1\s*-?%\}\n*""")
_DIGEST_LENGTH = 16


class PromptTemplates:
    """All versions of the prompts, compiled.

    Args:
        sources: each template's text by its name, ``1/detail.j2`` or ``1/news/detail.j2``.

    Raises:
        PromptTemplateError: a template is not valid, or a version lacks one.
    """

    def __init__(self, sources: Mapping[str, str]) -> None:
        environment = ImmutableSandboxedEnvironment(
            loader=DictLoader(sources),
            undefined=StrictUndefined,
            # A prompt is no HTML.
            autoescape=False,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        environment.filters["fenced"] = lambda content: fenced(content.strip("\n"))
        environment.filters["quoted"] = quoted
        self._environment = environment
        self._sources = sources
        self._templates = {name: _compiled(environment, name) for name in sources}
        self.versions = tuple(sorted({name.partition("/")[0] for name in sources}))
        for version in self.versions:
            for template in TEMPLATES:
                if f"{version}/{template}{_SUFFIX}" not in sources:
                    raise PromptTemplateError(
                        f"prompts of version {version!r}: {template}{_SUFFIX} is missing: add it, "
                        'or include the bundled one in it: {% include "1/' + template + '.j2" %}'
                    )

    def digests(self, version: str) -> dict[Level, str]:
        """Of each level a digest of all templates that decide its prompts, for any profile.

        Versions that say the same of a level have the same digest of it, however they are spread
        over files: a template that only includes another one counts as that one.

        Raises:
            PromptTemplateError: no such version is known here.
        """
        self.require(version)
        return {level: self._digest(version, (*_SHARED, level)) for level in LEVELS}

    def require(self, version: str) -> None:
        """Make sure that there is such a version.

        Raises:
            PromptTemplateError: there is none; the message names those that are there.
        """
        if version not in self.versions:
            raise PromptTemplateError(
                f"prompts of version {version!r} are not known here: there are "
                f"{', '.join(self.versions)}; add a folder of that name to the folder of prompts"
            )

    def _digest(self, version: str, templates: tuple[str, ...]) -> str:
        ends = tuple(f"/{template}{_SUFFIX}" for template in templates)
        # The version's own, and those of its profiles' folders.
        own = sorted(
            name
            for name in self._sources
            if name.startswith(f"{version}/") and name.endswith(ends) and name.count("/") < 3
        )
        parts = [part for name in own for part in (name.partition("/")[2], self._content(name))]
        return content_id("prompt", *parts)[:_DIGEST_LENGTH]

    def _content(self, name: str, within: tuple[str, ...] = ()) -> str:
        """A template with all that it refers to, as a text that is the same where these are."""
        source = self._sources.get(name)
        if source is None or name in within:
            return ""
        alias = _ALIAS.fullmatch(source)
        if alias:
            return self._content(alias.group(2), (*within, name))
        referred = meta.find_referenced_templates(self._environment.parse(source))
        contents = [
            # A name that is only known when it is rendered may be any of them.
            content_id(*sum(sorted(self._sources.items()), ()))
            if one is None
            else self._content(one, (*within, name))
            for one in referred
        ]
        return content_id(source.strip("\n"), *contents)

    def render(
        self, version: str, profile: str, template: str, values: Mapping[str, object]
    ) -> str:
        """A template of a version, the profile's own where it has one.

        Raises:
            PromptTemplateError: the template fails on these values.
            RefusedError: ``unserved_model``, there is no such version here.
        """
        if version not in self.versions:
            raise RefusedError(
                "unserved_model",
                f"prompts of version {version!r} are not known here (known: "
                f"{', '.join(self.versions)}): add their folder, or use a run with another",
            )
        names = (f"{version}/{profile}/{template}{_SUFFIX}", f"{version}/{template}{_SUFFIX}")
        found = next(self._templates[name] for name in names if name in self._templates)
        try:
            return found.render(values).strip("\n")
        except (TemplateError, ArithmeticError, LookupError, TypeError, ValueError) as error:
            # Jinja's messages about names are its own; those of other errors may quote values.
            why = error.message if isinstance(error, TemplateError) else type(error).__name__
            raise PromptTemplateError(f"{found.name}: cannot be rendered: {why}") from None


def load_templates(*folders: Path) -> PromptTemplates:
    """The bundled versions of the prompts, and those of ``folders``.

    Raises:
        PromptTemplateError: a folder is missing, a version is there twice, or a template is wrong.
    """
    sources: dict[str, str] = {}
    origins: dict[str, Path] = {}
    for folder in (BUNDLED_TEMPLATES, *folders):
        if not folder.is_dir():
            raise PromptTemplateError(
                f"{folder}: no such folder of prompts: create it or leave it out"
            )
        for path in sorted(folder.glob(f"*/**/*{_SUFFIX}")):
            name = path.relative_to(folder).as_posix()
            version = name.partition("/")[0]
            if origins.setdefault(version, folder) != folder:
                raise PromptTemplateError(
                    f"{folder / version}: version {version!r} is in {origins[version]} already: "
                    "rename the folder, so that a version always means the same prompts"
                )
            sources[name] = _read(path)
    return PromptTemplates(sources)


def quoted(words: str) -> str:
    """Words of a document as a JSON string: on one line, with an end that they cannot hold."""
    return json.dumps(neutral(words), ensure_ascii=False)


def _compiled(environment: ImmutableSandboxedEnvironment, name: str) -> Template:
    try:
        return environment.get_template(name)
    except TemplateSyntaxError as error:
        raise PromptTemplateError(f"{name}: line {error.lineno}: {error.message}") from None


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise PromptTemplateError(f"{path}: cannot be read: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise PromptTemplateError(
            f"{path}: not UTF-8 at byte {error.start}: save it as UTF-8"
        ) from None
