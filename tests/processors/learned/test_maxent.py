"""Maximum entropy models of items that stand alone."""

from math import exp

import pytest

from processors.learned.maxent import Maxent, to_bytes
from training.items import Item, fitted

LABELS, FEATURES = ("N", "Y"), ("bias", "near")
WEIGHTS = ((0.5, -0.5), (-1.0, 1.0))


def test_the_weights_of_an_items_features_are_added_up_and_made_probabilities() -> None:
    (near,) = Maxent(LABELS, FEATURES, WEIGHTS).shares([["bias", "near"]])

    assert near["Y"] == pytest.approx(exp(0.5) / (exp(0.5) + exp(-0.5)))
    assert sum(near.values()) == pytest.approx(1.0)


def test_items_asked_together_are_answered_as_if_alone() -> None:
    model = Maxent(LABELS, FEATURES, WEIGHTS)
    items = [["bias"], ["bias", "near"], ["near", "near", "bias"], ["unknown"]]

    assert model.shares(items) == [model.shares([item])[0] for item in items]
    assert model.shares([]) == []


def test_what_a_model_does_not_know_says_nothing() -> None:
    assert Maxent(LABELS, (), ()).shares([["bias", "near"]]) == [{"N": 0.5, "Y": 0.5}]


def test_a_model_is_read_as_it_was_written() -> None:
    written = Maxent.from_bytes(to_bytes(LABELS, FEATURES, WEIGHTS))

    assert written.labels == LABELS
    assert written.shares([["near"]]) == Maxent(LABELS, FEATURES, WEIGHTS).shares([["near"]])


def test_it_learns_what_tells_labels_apart_and_repeats_to_the_byte() -> None:
    items = [Item(["bias", "near"], "Y"), Item(["bias", "far"], "N"), Item(["bias"], "N")] * 5
    parameters = {"c2": 0.1, "max_iterations": 50}

    learned = fitted(items, parameters)

    assert learned == fitted(items, parameters)
    near, far = Maxent.from_bytes(learned).shares([["bias", "near"], ["bias", "far"]])
    assert near["Y"] > 0.7 > 0.3 > far["Y"]
