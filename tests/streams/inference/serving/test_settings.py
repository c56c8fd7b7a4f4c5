"""Settings that make no sense are refused before anything starts; the key stays hidden."""

import pytest

from streams.inference.serving.errors import ModelSetupError
from streams.inference.serving.settings import ServedModelSettings

KEY = "sk-very-secret"


@pytest.mark.parametrize(
    ("given", "used"),
    [
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000/v1"),
        ("http://127.0.0.1:8000/", "http://127.0.0.1:8000/v1"),
        (" https://api.example.org/v1/ ", "https://api.example.org/v1"),
        ("https://example.org/models/v1beta/openai", "https://example.org/models/v1beta/openai"),
    ],
)
def test_a_url_without_a_path_gets_the_version(given: str, used: str) -> None:
    assert ServedModelSettings((given,), "m").urls == (used,)


def test_a_server_named_twice_is_one_server() -> None:
    assert len(ServedModelSettings(("http://a:1", "http://a:1/v1"), "m").urls) == 1


@pytest.mark.parametrize(
    "url", ["", "gpu0:8000", "ftp://gpu0", "http://", "http://gpu0:99999", "http://me:pass@gpu0"]
)
def test_what_is_no_url_is_refused_and_not_repeated(url: str) -> None:
    with pytest.raises(ModelSetupError, match="MILLRACE_OPENAI_URLS") as refused:
        ServedModelSettings((url,), "m")

    assert "pass@" not in str(refused.value)


def test_no_server_and_no_model_are_refused() -> None:
    with pytest.raises(ModelSetupError, match="set MILLRACE_OPENAI_URLS"):
        ServedModelSettings((), "m")
    with pytest.raises(ModelSetupError, match="set MILLRACE_MODEL"):
        ServedModelSettings(("http://gpu0",), "")


@pytest.mark.parametrize("key", ["sk-1\n", "sk 1", "sk-ü"])
def test_a_key_that_no_header_takes_is_refused_and_not_shown(key: str) -> None:
    with pytest.raises(ModelSetupError, match="MILLRACE_OPENAI_API_KEY") as refused:
        ServedModelSettings(("http://gpu0",), "m", api_key=key)

    assert key not in str(refused.value)


def test_the_key_is_not_shown() -> None:
    assert KEY not in repr(ServedModelSettings(("http://gpu0",), "m", api_key=KEY))


def test_what_millrace_decides_cannot_be_set_beside_it() -> None:
    with pytest.raises(ModelSetupError, match="may not set response_format, stream"):
        ServedModelSettings(("http://a",), "m", extra_body={"stream": False, "response_format": {}})
