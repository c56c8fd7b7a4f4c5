-- Who may do what on a real ClickHouse: roles for the user of the stages and for who reads. Given by
-- an administrator, again after each upgrade; every statement may be repeated. The local ClickHouse
-- has no users of this kind.
CREATE ROLE IF NOT EXISTS millrace_writer {on_cluster};
CREATE ROLE IF NOT EXISTS millrace_reader {on_cluster};

-- The writer makes the tables and brings them to a new version, and drops runs and letters.
GRANT {on_cluster}
    CREATE DATABASE, CREATE TABLE, CREATE VIEW, DROP VIEW, SELECT, INSERT,
    ALTER ADD COLUMN, ALTER MODIFY COLUMN, ALTER SETTINGS, ALTER DELETE
    ON {database}.* TO millrace_writer;
-- A view that a later version makes reads its tables with the rights of who made it, too.
CREATE SETTINGS PROFILE OR REPLACE millrace_writer {on_cluster}
    SETTINGS default_normal_view_sql_security = 'DEFINER' TO millrace_writer;

-- The reader has the views, and no right on any table: these hold what was refused, and all runs.
ALTER TABLE {database}.current_documents {on_cluster}
    MODIFY SQL SECURITY DEFINER DEFINER = {definer};
ALTER TABLE {database}.current_entities {on_cluster}
    MODIFY SQL SECURITY DEFINER DEFINER = {definer};
ALTER TABLE {database}.current_events {on_cluster}
    MODIFY SQL SECURITY DEFINER DEFINER = {definer};
ALTER TABLE {database}.current_arguments {on_cluster}
    MODIFY SQL SECURITY DEFINER DEFINER = {definer};
ALTER TABLE {database}.current_relationships {on_cluster}
    MODIFY SQL SECURITY DEFINER DEFINER = {definer};
ALTER TABLE {database}.current_findings {on_cluster}
    MODIFY SQL SECURITY DEFINER DEFINER = {definer};
ALTER TABLE {database}.run_documents {on_cluster}
    MODIFY SQL SECURITY DEFINER DEFINER = {definer};
ALTER TABLE {database}.run_calls {on_cluster}
    MODIFY SQL SECURITY DEFINER DEFINER = {definer};
ALTER TABLE {database}.run_letters {on_cluster}
    MODIFY SQL SECURITY DEFINER DEFINER = {definer};
ALTER TABLE {database}.run_names {on_cluster}
    MODIFY SQL SECURITY DEFINER DEFINER = {definer};
GRANT {on_cluster} SELECT ON {database}.current_documents TO millrace_reader;
GRANT {on_cluster} SELECT ON {database}.current_entities TO millrace_reader;
GRANT {on_cluster} SELECT ON {database}.current_events TO millrace_reader;
GRANT {on_cluster} SELECT ON {database}.current_arguments TO millrace_reader;
GRANT {on_cluster} SELECT ON {database}.current_relationships TO millrace_reader;
GRANT {on_cluster} SELECT ON {database}.current_findings TO millrace_reader;
GRANT {on_cluster} SELECT ON {database}.run_documents TO millrace_reader;
GRANT {on_cluster} SELECT ON {database}.run_calls TO millrace_reader;
GRANT {on_cluster} SELECT ON {database}.run_letters TO millrace_reader;
GRANT {on_cluster} SELECT ON {database}.run_names TO millrace_reader;
-- 2, not 1: Grafana's plugin sends settings with its queries; this one it cannot change.
CREATE SETTINGS PROFILE OR REPLACE millrace_reader {on_cluster}
    SETTINGS readonly = 2, max_execution_time = 60, max_memory_usage = 2000000000
    TO millrace_reader;
