"""What differs between two runs, for scripts."""

from dataclasses import asdict
from typing import Any

from millrace.runs.comparison import Example, RunComparison, RunFigures
from processors.comparison.reading import ReadEvent


def as_json(found: RunComparison) -> dict[str, Any]:
    """Totals and examples; shares are of 1, None where there is nothing to share."""
    totals = found.totals
    differing = totals.documents_that_differ
    return {
        "a": _run(found.a),
        "b": _run(found.b),
        "profile": found.profile or None,
        "documents": {
            "only_in_a": found.only_a,
            "only_in_b": found.only_b,
            "different_text": found.other_text,
            "compared": totals.documents,
            "differ": differing,
            "share_that_differ": differing / totals.documents if totals.documents else None,
            "named_only_in_a": found.only_in_a,
            "named_only_in_b": found.only_in_b,
        },
        "status": {
            "validated_to_review": found.to_review, "review_to_validated": found.to_validated,
        },
        "events": {
            "added": totals.added,
            "removed": totals.removed,
            "changed": totals.changed,
            "unchanged": totals.unchanged,
            "agreement": totals.agreement,
            "changes": dict(totals.changes.most_common()),
        },
        "relationships": {
            "added": totals.links_added,
            "removed": totals.links_removed,
            "changed": totals.links_changed,
            "unchanged": totals.links_unchanged,
        },
        "samples": [_example(one) for one in found.examples],
    }  # fmt: skip


def _run(run: RunFigures) -> dict[str, Any]:
    counted = asdict(run)
    spent = counted.pop("spending")
    per_document = run.events / run.documents if run.documents else None
    return {**counted, "documents": run.documents, "events_per_document": per_document, **spent}


def _example(example: Example) -> dict[str, Any]:
    found = example.found
    return {
        "document_id": example.document_id,
        "title": example.title,
        "text": example.text,
        "status": [example.status_a, example.status_b],
        "events": {
            "added": [_event(one) for one in found.added],
            "removed": [_event(one) for one in found.removed],
            "changed": [
                {"what": one.what, "before": _event(one.before), "after": _event(one.after)}
                for one in found.changed
            ],
            "unchanged": found.unchanged,
        },
        "relationships": {
            "added": [asdict(one) for one in found.links_added],
            "removed": [asdict(one) for one in found.links_removed],
            "changed": [
                {"before": asdict(one.before), "after": asdict(one.after)}
                for one in found.links_changed
            ],
            "unchanged": found.links_unchanged,
        },
    }


def _event(one: ReadEvent) -> dict[str, Any]:
    taking_part = [
        {"role": role, "text": text, "start": start, "end": end}
        for role, text, start, end in sorted(one.participants)
    ]
    return {**asdict(one), "participants": taking_part}
