"""What can be wrong with what the processors are given by hand, or by a model.

MillraceError
├── SetupError
│   ├── ProfileError         a profile's file can't be used
│   ├── PromptTemplateError  a prompt's template can't be used
│   ├── ModelFileError       a file of the bundled models is missing or damaged
│   └── RecogniserError      a recogniser of names that was chosen can't be used
└── AnswerError              what a model wrote is no answer to its prompt
"""

from schemas.errors import MillraceError, SetupError


class ProfileError(SetupError):
    """A profile that cannot be used; the message names the file, the field and the way out."""


class PromptTemplateError(SetupError):
    """A template of a prompt that cannot be used; the message names the template and why."""


class ModelFileError(SetupError):
    """A file of the models that is missing or damaged; the message names it and the way out."""


class RecogniserError(SetupError):
    """A chosen recogniser of names that cannot be used; the message says why and the way out."""


class AnswerError(MillraceError, ValueError):
    """What a model wrote does not answer its prompt.

    The message tells the model what was wrong, by the names of fields; it quotes nothing of the
    answer, which may hold words of the document.
    """


def first_line(error: Exception) -> str:
    """A library's error in one line: its class and the first line of what it says."""
    lines = str(error).strip().splitlines()
    return f"{type(error).__name__}: {lines[0]}" if lines else type(error).__name__
