-- When the text that a letter holds was ingested, in the bits of documents.version: of a letter of
-- before, when it was written.
ALTER TABLE dead_letters {on_cluster} ADD COLUMN IF NOT EXISTS
    text_version UInt128 DEFAULT bitShiftLeft(toUInt128(toUnixTimestamp64Milli(failed_at)), 84);

-- A header without a value is sent back without one.
ALTER TABLE dead_letters {on_cluster} MODIFY COLUMN
    headers Array(Tuple(String, Nullable(String)));

-- A document whose newest text is a dead letter has a row that says so, in place of the findings
-- that an extraction of that text would have. Newer is the text that was ingested later: a letter
-- that was redriven with success is as old as its document. Letters of no run yet are of the
-- promoted one, where their documents would have gone. A query for one document reads its letters
-- and the granule of its row.
CREATE OR REPLACE VIEW current_findings {on_cluster} AS
SELECT
    run_id, document_id, revision, status,
    coalesce(published_at, ingested_at) AS observed_at,
    finding_id,
    subject_id,
    rule,
    severity,
    message
FROM documents FINAL
ARRAY JOIN
    findings.finding_id AS finding_id,
    findings.subject_id AS subject_id,
    findings.rule AS rule,
    findings.severity AS severity,
    findings.message AS message
WHERE run_id = (SELECT argMax(run_id, seq) FROM promotions) AND NOT deleted
UNION ALL
SELECT
    toLowCardinality((SELECT argMax(run_id, seq) FROM promotions)) AS run_id,
    document_id,
    '' AS revision,
    toLowCardinality('dead_lettered') AS status,
    fromUnixTimestamp64Milli(toInt64(bitShiftRight(newest, 84)), 'UTC') AS observed_at,
    letter.1 AS finding_id,
    document_id AS subject_id,
    toLowCardinality(letter.2) AS rule,
    toLowCardinality('error') AS severity,
    letter.3 AS message
FROM
(
    SELECT
        document_id,
        max(text_version) AS newest,
        argMax((letter_id, toString(kind), message), text_version) AS letter
    FROM dead_letters FINAL
    WHERE run_id IN ('', (SELECT argMax(run_id, seq) FROM promotions)) AND document_id != ''
        AND source_topic NOT IN ('inference.calls', 'dead-letters')
    GROUP BY document_id
) AS refused
LEFT JOIN
(
    SELECT document_id, max(version) AS version
    FROM documents
    WHERE run_id = (SELECT argMax(run_id, seq) FROM promotions)
        AND document_id IN (SELECT document_id FROM dead_letters)
    GROUP BY document_id
) AS written USING (document_id)
WHERE bitShiftRight(newest, 48) > bitShiftRight(ifNull(version, 0), 48);
