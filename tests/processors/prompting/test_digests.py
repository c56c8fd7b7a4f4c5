"""What tells the prompts of two versions apart, level by level."""

from pathlib import Path

import pytest

from processors.errors import PromptTemplateError
from processors.prompting.versions import BUNDLED_TEMPLATES, TEMPLATES, load_templates
from schemas.topics import LEVELS

INCLUDED = {name: f'{{% include "1/{name}.j2" %}}\n' for name in TEMPLATES}


def differing(folder: Path, **templates: str) -> list[str]:
    """The levels whose prompts differ from the bundled ones, in a version of these templates.

    A name with ``__`` is that of a profile and a template.
    """
    for name, content in {**INCLUDED, **templates}.items():
        path = folder / "mine" / f"{name.replace('__', '/')}.j2"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    found = load_templates(folder)
    ours, theirs = found.digests("mine"), found.digests("1")
    return [level for level in LEVELS if ours[level] != theirs[level]]


def test_each_level_has_one_that_stays_the_same() -> None:
    first, second = load_templates().digests("1"), load_templates().digests("1")

    assert first == second
    assert len(set(first.values())) == len(LEVELS)


def test_a_version_that_only_includes_another_says_the_same(tmp_path: Path) -> None:
    assert differing(tmp_path) == []


def test_a_copy_of_a_version_says_the_same(tmp_path: Path) -> None:
    bundled = BUNDLED_TEMPLATES / "1"

    assert differing(tmp_path, **{n: (bundled / f"{n}.j2").read_text() for n in TEMPLATES}) == []


def test_a_levels_own_template_decides_that_level_alone(tmp_path: Path) -> None:
    assert differing(tmp_path, relationship="How are they linked? {{ form }}") == ["relationship"]


@pytest.mark.parametrize("template", ["instructions", "document"])
def test_what_all_prompts_hold_decides_all(tmp_path: Path, template: str) -> None:
    assert differing(tmp_path, **{template: "x"}) == [*LEVELS]


def test_the_template_of_a_profile_decides_too(tmp_path: Path) -> None:
    assert differing(tmp_path, news__detail="Who? {{ form }}") == ["detail"]


def test_a_template_of_another_name_decides_nothing(tmp_path: Path) -> None:
    assert differing(tmp_path, unused="x") == []


def test_what_a_template_includes_decides_with_it(tmp_path: Path) -> None:
    summary = '{% include "mine/part.j2" %} {{ form }}'
    before, after = tmp_path / "before", tmp_path / "after"
    assert differing(before, summary=summary, part="one") == ["summary"]
    assert differing(after, summary=summary, part="two") == ["summary"]

    found = [load_templates(folder).digests("mine") for folder in (before, after)]

    assert [level for level in LEVELS if found[0][level] != found[1][level]] == ["summary"]


def test_a_name_known_only_when_rendered_may_be_any_template(tmp_path: Path) -> None:
    detail = "{% include form %}"
    before, after = tmp_path / "before", tmp_path / "after"
    differing(before, detail=detail, part="one")
    differing(after, detail=detail, part="two")

    found = [load_templates(folder).digests("mine")["detail"] for folder in (before, after)]

    assert found[0] != found[1]


def test_templates_that_include_each_other_come_to_an_end(tmp_path: Path) -> None:
    assert differing(tmp_path, detail='x{% include "mine/detail.j2" %}') == ["detail"]


def test_a_version_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(PromptTemplateError, match="version '9' are not known here: there are 1;"):
        load_templates().digests("9")
