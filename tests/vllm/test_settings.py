"""What is said before anything is loaded, and what cannot be loaded."""

from dataclasses import replace
from pathlib import Path

import pytest

from schemas.errors import MillraceError
from streams.inference.in_process_model import InProcessModel
from streams.inference.vllm_settings import VllmSettings
from tests.vllm.tiny_model import make_tiny_model


def test_a_model_that_is_not_there_is_said_at_once(tmp_path: Path) -> None:
    with pytest.raises(MillraceError, match="is no folder: correct the path"):
        InProcessModel(VllmSettings(str(tmp_path / "nowhere")))


def test_a_folder_without_a_model_is_said_at_once(tmp_path: Path) -> None:
    with pytest.raises(MillraceError, match=r"holds no config\.json"):
        InProcessModel(VllmSettings(str(tmp_path)))


def test_a_name_on_a_hub_needs_a_revision() -> None:
    with pytest.raises(MillraceError, match="needs a revision"):
        InProcessModel(VllmSettings("owner/name"))


def test_other_weights_are_another_revision(tiny_model: Path, tmp_path: Path) -> None:
    same = make_tiny_model(tmp_path / "same", ["a text"], seed=0)
    other = make_tiny_model(tmp_path / "other", ["a text"], seed=1)
    revisions = {VllmSettings(str(folder)).identity().model_revision for folder in (same, other)}
    assert len(revisions) == 2


def test_another_precision_is_another_revision(settings: VllmSettings) -> None:
    assert replace(settings, extra={"dtype": "float32"}).identity() != settings.identity()


def test_an_extra_of_speed_alone_is_the_same_revision(settings: VllmSettings) -> None:
    assert replace(settings, extra={"block_size": 32}).identity() == settings.identity()


async def test_an_extra_that_has_a_setting_is_refused(settings: VllmSettings) -> None:
    model = InProcessModel(replace(settings, extra={"max_num_seqs": 5}))
    with pytest.raises(MillraceError, match="vllm_extra sets max_num_seqs, which millrace gives"):
        await model.start()


async def test_an_unknown_extra_is_named(settings: VllmSettings) -> None:
    model = InProcessModel(replace(settings, extra={"max_modell_len": 5}))
    with pytest.raises(MillraceError, match="vllm_extra names max_modell_len, which this vLLM"):
        await model.start()


async def test_an_unknown_quantization_is_named(settings: VllmSettings) -> None:
    model = InProcessModel(replace(settings, quantization="fp3"))
    with pytest.raises(MillraceError, match="set quantization to one that"):
        await model.start()


async def test_a_length_beyond_the_model_is_named(settings: VllmSettings) -> None:
    model = InProcessModel(replace(settings, max_model_len=1_000_000))
    with pytest.raises(MillraceError, match="max_model_len"):
        await model.start()


async def test_a_name_that_no_hub_is_asked_for_is_said(settings: VllmSettings) -> None:
    model = InProcessModel(replace(settings, model="nobody/nothing", revision="main"))
    with pytest.raises(MillraceError, match="correct model and revision"):
        await model.start()
