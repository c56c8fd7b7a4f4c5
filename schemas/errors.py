"""Why a message is refused. Every refusal ends as a dead letter with this kind and message.

MillraceError
├── UnavailableError      something needed does not answer now
├── SetupError            a person must mend a setting before anything can succeed
│   └── AccessError       a server is there, but one side does not trust the other
├── StoreRefusedError     the tables refused a statement or rows, and will again
│   └── RowsRefusedError  a row is to blame; without it the others may be written
└── RefusedError          one message can't be processed; the flow goes on
    └── NewerSchemaError  it was written by a newer millrace
"""

from typing import Literal, get_args

RefusalKind = Literal[
    "all_tasks_failed",
    "bad_encoding",
    "bad_header",
    "bad_key",
    "empty",
    "malformed",
    "newer_schema",
    "row_refused",
    "too_large",
    "unexpected",
    "unknown_content_type",
    "unknown_profile",
    "unknown_run",
    "unserved_model",
]
REFUSAL_KINDS: tuple[str, ...] = get_args(RefusalKind)


class MillraceError(Exception):
    """The root of every error that millrace raises on purpose."""


class RefusedError(MillraceError):
    """A message that cannot be processed, now or later.

    Args:
        kind: the class of the problem, bounded in number: fit for a metric's label.
        message: what is wrong, where, and what to do; never contains document text.
    """

    def __init__(self, kind: RefusalKind, message: str) -> None:
        super().__init__(message)
        self.kind = kind
        self.message = message


class NewerSchemaError(RefusedError):
    """A message of a schema version that this code does not know yet."""

    def __init__(self, what: str, found: int, known: int) -> None:
        super().__init__(
            "newer_schema",
            f"{what} has schema_version {found}, newer than {known}, the newest known here: "
            "upgrade this stage, then redrive the letter",
        )


class UnavailableError(MillraceError):
    """Something needed does not answer now, and may later: worth trying again.

    The message says what it is, where it was looked for, and the command that starts it.
    """


class SetupError(MillraceError):
    """A setting, or what it names, is wrong: trying again changes nothing.

    A process of stages that meets one is not restarted. The message names the setting.
    """


class AccessError(SetupError):
    """A server is there, but a user, a certificate or a protocol does not fit."""


class StoreRefusedError(MillraceError):
    """The store of tables refused a statement or rows; its code and first line are in the message.

    Trying again changes nothing.
    """


class RowsRefusedError(StoreRefusedError):
    """The store refused rows for what is in one of them; the others may be written without it.

    The message names the table and the reason, never a value: it ends in a dead letter.
    """
