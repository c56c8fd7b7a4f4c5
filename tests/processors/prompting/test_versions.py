import re
from pathlib import Path

import pytest

from processors.errors import PromptTemplateError
from processors.prompting.rendering import PromptRenderer
from processors.prompting.versions import TEMPLATES, load_templates
from tests.processors.prompting.prompts import acme, asked
from tests.processors.works import PROFILES


def write(folder: Path, **templates: str) -> Path:
    """A version ``mine`` that includes the bundled templates but for those given."""
    for name in TEMPLATES:
        path = folder / "mine" / f"{name}.j2"
        path.parent.mkdir(exist_ok=True)
        path.write_text(templates.get(name, f'{{% include "1/{name}.j2" %}}'))
    return folder


def rendered(folder: Path) -> str:
    waiting = asked(acme(), "summary")
    task = waiting.tasks[0].model_copy(update={"prompt_version": "mine"})
    return PromptRenderer(PROFILES, load_templates(folder)).render(task, waiting).user


def test_version_1_is_bundled() -> None:
    assert load_templates().versions == ("1",)


def test_a_version_of_ones_own_stands_beside_it(tmp_path: Path) -> None:
    folder = write(tmp_path, summary="What happened? {{ form }}")
    assert load_templates(folder).versions == ("1", "mine")
    assert "\n\nWhat happened? {" in rendered(folder)


def test_a_profile_may_have_a_template_of_its_own(tmp_path: Path) -> None:
    folder = write(tmp_path)
    (folder / "mine" / "news").mkdir()
    (folder / "mine" / "news" / "summary.j2").write_text("News?")
    assert rendered(folder).endswith("\n\nNews?")


def refused(folder: Path, words: str) -> None:
    with pytest.raises(PromptTemplateError, match=re.escape(words)):
        PromptRenderer(PROFILES, load_templates(folder))


def test_a_template_that_is_not_valid_is_said_at_the_start(tmp_path: Path) -> None:
    refused(write(tmp_path, detail="one\n{% if %}"), "mine/detail.j2: line 2: ")


def test_a_missing_template_is_said_at_the_start(tmp_path: Path) -> None:
    (write(tmp_path) / "mine" / "detail.j2").unlink()
    refused(tmp_path, "version 'mine': detail.j2 is missing")


def test_an_unknown_name_in_the_instructions_is_said_at_the_start(tmp_path: Path) -> None:
    folder = write(tmp_path, instructions="{{ nobody }}")
    refused(folder, "mine/instructions.j2: cannot be rendered: 'nobody' is undefined")


def test_an_unknown_name_in_a_question_fails_its_task(tmp_path: Path) -> None:
    folder = write(tmp_path, summary="{{ nobody }}")
    with pytest.raises(PromptTemplateError, match=r"mine/summary\.j2: cannot be rendered"):
        rendered(folder)


@pytest.mark.parametrize(
    "template",
    [
        "{{ form.__class__.__mro__ }}",
        '{% include "../../secret.j2" %}',
        "{{ range(10 ** 9) | list }}",
        "{% set _ = fields.append(1) %}",
    ],
)
def test_a_template_reaches_nothing_outside_its_folder_and_values(
    tmp_path: Path, template: str
) -> None:
    refused(write(tmp_path, instructions=template), "mine/instructions.j2: cannot be rendered")


def test_a_version_means_one_set_of_prompts(tmp_path: Path) -> None:
    write(tmp_path)
    (tmp_path / "mine").rename(tmp_path / "1")
    refused(tmp_path, "version '1' is in")


def test_a_missing_folder_is_an_error(tmp_path: Path) -> None:
    refused(tmp_path / "nowhere", "no such folder of prompts")
