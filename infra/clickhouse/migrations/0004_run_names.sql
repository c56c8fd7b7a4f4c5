-- A run that was dropped is no choice any more, though it may once have been promoted.
CREATE OR REPLACE VIEW run_names {on_cluster} AS
SELECT run_id, run_id = (SELECT argMax(run_id, seq) FROM promotions) AS promoted
FROM (SELECT run_id FROM runs UNION DISTINCT SELECT argMax(run_id, seq) AS run_id FROM promotions);
