-- The newest timeline that a standby without an upstream knows of, and the one before it, if it has nothing of the first: neither replayed nor received is anything beyond its beginning (what is
-- received may end in the middle of a record). It is useless then, and is forgotten by a start (forget_begun_timelines in supervisor.sh). While a walreceiver is there, or anything whole is
-- left to replay, nothing is said. What is reserved for a promotion has no lines.
select case when pg_is_in_recovery() and current_setting('primary_conninfo') = ''
        and not exists (select from pg_stat_activity where backend_type = 'walreceiver')
        and exists (select from pg_stat_activity where backend_type = 'startup' and wait_event = 'RecoveryRetrieveRetryInterval')
    then (
        select ('x' || left(name, 8))::bit(32)::bigint || ' ' || parent from (
            -- in this order, and no further than the first that has lines: after hundreds of promotions there are as many files, of as many lines
            select name, parent, beginning from (
                select name from pg_ls_waldir() where name ~ '^[0-9A-F]{8}\.history$' order by name desc
            ) as history, lateral (
                select max(line[1]::bigint) as parent, max(line[2]::pg_lsn) as beginning
                from regexp_matches(pg_read_file('pg_wal/' || name, 0, 1000000, true), '^\s*(\d+)\s+([0-9A-F]+/[0-9A-F]+)\s', 'gn') as line
            ) as its where parent is not null order by name desc limit 1
        ) as newest
        where pg_last_wal_replay_lsn() <= beginning and coalesce(pg_last_wal_receive_lsn() <= beginning, true)
    )
    end
