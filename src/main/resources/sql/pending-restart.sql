-- Parameters that wait for a restart, PostgreSQL 14 to 18, and which of them are to be lowered that a standby may not have lower than its primary.
-- PostgreSQL leaves the flag on a setting that was added to a file and taken out again: one that is in no file and did not come from one waits for
-- nothing.
select name,
    case when name in ('max_connections', 'max_worker_processes', 'max_wal_senders', 'max_prepared_transactions', 'max_locks_per_transaction')
            and wanted ~ '^[0-9]{1,9}$'
        then wanted::bigint < setting::bigint else false end as lowered
from pg_settings left join lateral (
    select file.setting as wanted from pg_file_settings file where lower(file.name) = pg_settings.name order by seqno desc limit 1) file on true
where pending_restart and (source = 'configuration file' or wanted is not null)
order by name
