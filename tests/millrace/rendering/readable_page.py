"""What holds of every page that millrace writes, as a browser shows it."""

from pathlib import Path
from typing import Literal

import pytest

from tests.chromium import Page

Scheme = Literal["light", "dark"]
# WCAG 2.2, 1.4.3 Contrast (Minimum), level AA, for texts of any size.
ENOUGH = 4.5
LONG = "An uninterruptedwordofgreatlength" + "x" * 400


def written(html: str, folder: Path) -> Path:
    file = folder / "page.html"
    file.write_text(html, "utf-8")
    return file


class ReadablePage:
    """Tests of the page that the fixture ``opened`` shows."""

    @pytest.mark.parametrize("scheme", ["light", "dark"])
    def test_every_word_has_contrast_enough(self, opened: Page, scheme: Scheme) -> None:
        opened.look(scheme)

        found = opened.contrasts()

        assert len(found) > 60
        assert [one for one in found if one[1] < ENOUGH] == []

    @pytest.mark.parametrize("width", [320, 360, 1280])
    def test_nothing_is_wider_than_the_window(self, opened: Page, width: int) -> None:
        opened.look(width=width)

        assert opened.overflows() <= 0
