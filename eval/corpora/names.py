"""Which mentions are surely no names, in corpora that annotate all mentions alike."""

# fmt: off
_PRONOUNS = frozenset({
    "he", "her", "hers", "herself", "him", "himself", "his", "i", "it", "its", "itself", "me",
    "mine", "my", "myself", "our", "ours", "ourselves", "she", "that", "their", "theirs", "them",
    "themselves", "these", "they", "this", "those", "us", "we", "which", "who", "whom", "whose",
    "you", "your", "yours", "yourself",
})
# fmt: on


def may_be_name(text: str) -> bool | None:
    """False for pronouns and what has no capital letter; None, not known, for all else."""
    if text.casefold() in _PRONOUNS or not any(character.isupper() for character in text):
        return False
    return None
