"""A browser for the tests of pages."""

from collections.abc import Iterator

import pytest

from tests.chromium import Browser, Page, chromium
from tests.debian_browser import debian_chromium


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    tool = debian_chromium(tmp_path_factory.mktemp("debian"))
    with chromium(tool, tmp_path_factory.mktemp("chromium")) as running:
        yield running


@pytest.fixture
def shown(browser: Browser) -> Page:
    return browser.page()
