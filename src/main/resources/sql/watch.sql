-- What a watched primary is asked each second, all of it from memory: who streams from it; how much of its WAL is written; whether anybody may be waiting for
-- its disk to write; and for how long the operator's own small write has been under way, in milliseconds, whichever operator began it.
select coalesce((select string_agg(application_name || ' ' || state, ',' order by pid) from pg_stat_replication), ''),
    pg_current_wal_flush_lsn(),
    -- where the next record begins is beyond the header of its page, up to 40 bytes
    pg_current_wal_insert_lsn() - pg_current_wal_flush_lsn() > 40 or waits,
    hung
from (
    select coalesce(bool_or(wait_event_type = 'IO' and wait_event not like '%Read' or wait_event = 'WALWrite'), false) as waits,
        coalesce((extract(epoch from clock_timestamp() - min(query_start) filter (where application_name = 'matriarch-write'
            and usesysid = current_user::regrole and state = 'active')) * 1000)::bigint, 0) as hung
    from pg_stat_get_activity(null)) as activity
