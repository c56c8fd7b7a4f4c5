"""Every target that needs nothing but this process, by name."""

from collections.abc import Mapping
from typing import Final

from tests.fuzz import answers, documents, messages, profiles
from tests.fuzz.target import Target

TARGETS: Final[Mapping[str, Target]] = {
    one.name: one for one in (documents.TARGET, answers.TARGET, messages.TARGET, profiles.TARGET)
}
