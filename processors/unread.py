"""What the local engine could not read is said, lest it look like a text without events."""

from processors.asking import finding
from processors.language import UNDETERMINED
from processors.lexical.identity import ENGINE
from processors.lexical.lexicon import lexicon_of
from schemas.completion import Completed
from schemas.extraction import Finding
from schemas.profile import Profile
from schemas.work import Work


def unread(work: Work, profile: Profile) -> tuple[Finding, ...]:
    """A finding where the local engine was asked about a language that it knows no words of.

    A text in no language that was recognised may be a table or a number: it is not worth a person's
    time. One in a language that nobody read is.

    Args:
        work: with the summary level's tasks and their completions.
        profile: the document's.
    """
    asked = {task.task_id for task in work.tasks}
    by_rules = any(
        isinstance(done, Completed) and done.attempts and done.attempts[-1].engine == ENGINE
        for done in work.completions
        if done.task_id in asked
    )
    language = work.document.language
    if not by_rules or not lexicon_of(profile, language).is_empty:
        return ()
    if language == UNDETERMINED:
        message = f"no language was recognised, so the engine {ENGINE} looked for no events"
        return (finding(work, "unread_language", "info", "", message),)
    message = (
        f"the engine {ENGINE} reads no events in the language {language}: profile {profile.name} "
        "has no triggers for it; a language model reads them"
    )
    return (finding(work, "unread_language", "warning", "", message),)
