"""What salience says of an event's standing: main events have at least half, others less.

The order within each group is kept, so a reader can tell a main event by its salience alone.
"""

MAIN_SALIENCE = 0.5
_BELOW_MAIN = 0.49


def main_salience(salience: float) -> float:
    """The salience of a main event, 0.5 to 1, from an engine's, 0 to 1."""
    return round(MAIN_SALIENCE + (1 - MAIN_SALIENCE) * salience, 4)


def minor_salience(salience: float) -> float:
    """The salience of a sub-event or one that stands alone, 0 to 0.49, from an engine's."""
    return round(_BELOW_MAIN * salience, 4)
