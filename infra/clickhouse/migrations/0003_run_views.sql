-- What dashboards read: all runs, with the choice of one left to them; the current_* views show the
-- promoted run alone. The Nested groups stay arrays here, so that a query unfolds only what it needs.
CREATE OR REPLACE VIEW run_documents {on_cluster} AS
SELECT
    run_id, document_id, revision, status, profile, language, title, source,
    published_at, ingested_at, completed_at,
    coalesce(published_at, ingested_at) AS observed_at,
    text, characters, prompt_tokens, cached_tokens, completion_tokens, cost_usd,
    replayed_from, base_run_id, attempt,
    entities.mention_id, entities.entity_id, entities.kind, entities.text, entities.value,
    events.event_id, events.parent_event_id, events.salience, events.kind, events.trigger,
    events.span_start, events.grounding, events.summary, events.time_text, events.time_start,
    events.place, events.polarity, events.confidence,
    arguments.event_id, arguments.role, arguments.text, arguments.grounding,
    relationships.relationship_id, relationships.kind, relationships.source_event_id,
    relationships.target_event_id, relationships.evidence, relationships.grounding,
    relationships.confidence,
    findings.subject_id, findings.rule, findings.severity, findings.message
FROM documents FINAL
WHERE NOT deleted;

-- A run to which nothing has come for an hour becomes one part, of which FINAL has nothing to merge:
-- panels over it take half the time.
ALTER TABLE documents {on_cluster} MODIFY SETTING
    min_age_to_force_merge_seconds = 3600,
    min_age_to_force_merge_on_partition_only = 1,
    enable_max_bytes_limit_for_min_age_to_force_merge = 1;

-- The calls again, in the order of time: in that of random ids each panel would read and merge all
-- calls that there ever were, in three times as long. A record that the sink repeats is one row here
-- too; a call that was made again is another one, as it was paid for again.
CREATE TABLE IF NOT EXISTS inference_calls_by_time {on_cluster}
(
    call_id String,
    run_id LowCardinality(String),
    document_id String,
    level LowCardinality(String),
    tier LowCardinality(String),
    engine LowCardinality(String),
    model LowCardinality(String),
    prompt_version LowCardinality(String),
    prompt_tokens Nullable(UInt64),
    cached_tokens Nullable(UInt64),
    completion_tokens Nullable(UInt64),
    queue_ms Float64,
    run_ms Float64,
    from_cache Bool,
    outcome LowCardinality(String),
    cost_usd Nullable(Float64),
    called_at DateTime64(3, 'UTC')
)
ENGINE = {replicated}ReplacingMergeTree
ORDER BY (run_id, called_at, call_id);

CREATE MATERIALIZED VIEW IF NOT EXISTS inference_calls_to_time {on_cluster}
TO inference_calls_by_time AS
SELECT
    call_id, run_id, document_id, level, tier, engine, model, prompt_version,
    prompt_tokens, cached_tokens, completion_tokens, queue_ms, run_ms, from_cache, outcome,
    cost_usd, called_at
FROM inference_calls;

INSERT INTO inference_calls_by_time
SELECT
    call_id, run_id, document_id, level, tier, engine, model, prompt_version,
    prompt_tokens, cached_tokens, completion_tokens, queue_ms, run_ms, from_cache, outcome,
    cost_usd, called_at
FROM inference_calls;

CREATE OR REPLACE VIEW run_calls {on_cluster} AS
SELECT
    call_id, run_id, document_id, level, tier, engine, model, prompt_version,
    prompt_tokens, cached_tokens, completion_tokens, queue_ms, run_ms, from_cache, outcome,
    cost_usd, called_at
FROM inference_calls_by_time FINAL;

-- Without key, value and headers: those are for `millrace` alone.
CREATE OR REPLACE VIEW run_letters {on_cluster} AS
SELECT
    letter_id, stage, kind, message, run_id, document_id, source_topic, source_partition,
    source_offset, attempt, failed_at, redriven_at
FROM dead_letters FINAL;

-- Every run, the promoted one first by `promoted`.
CREATE OR REPLACE VIEW run_names {on_cluster} AS
SELECT run_id, run_id = (SELECT argMax(run_id, seq) FROM promotions) AS promoted
FROM (SELECT run_id FROM runs UNION DISTINCT SELECT run_id FROM promotions);
