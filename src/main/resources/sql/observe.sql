-- One round trip for all that the decision needs of an instance, primary or standby, PostgreSQL 14 to 18.
select json_build_object(
    'inRecovery', recovery,
    'systemIdentifier', (select system_identifier::text from pg_control_system()),
    'version', split_part(current_setting('server_version'), ' ', 1),
    -- before the positions: they are final then. An empty pg_stat_wal_receiver proves nothing, and a startup process that does not wait may still go on
    'detached', recovery and current_setting('primary_conninfo') = '' and not exists (
        select from pg_stat_activity where backend_type = 'walreceiver') and exists (
        select from pg_stat_activity where backend_type = 'startup' and wait_event = 'RecoveryRetrieveRetryInterval'),
    -- both before the timeline: none of the two is on a newer one then. greatest() passes over NULL: after a restart nothing was received yet
    'replayed', case when recovery then pg_last_wal_replay_lsn() else pg_current_wal_flush_lsn() end,
    'position', case when recovery
        then greatest(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn())
        else pg_current_wal_flush_lsn() end,
    'timeline', case when recovery
        -- of the segment that holds its end, on the newest timeline of which there is a history: of another, nothing was replayed. The functions that read the
        -- control file lag
        then coalesce((select received_tli from pg_stat_wal_receiver), (
            select max(('x' || substr(name, 1, 8))::bit(32)::bigint) from pg_ls_waldir() where name ~ '^[0-9A-F]{24}$'
            and (name < '00000002' or substr(name, 1, 8) || '.history' in (select name from pg_ls_waldir()))
            and ('x' || substr(name, 9, 8))::bit(32)::bigint * 4294967296
                + ('x' || substr(name, 17, 8))::bit(32)::bigint * pg_size_bytes(current_setting('wal_segment_size'))
                <= greatest(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn()) - '0/0'
            and ('x' || substr(name, 9, 8))::bit(32)::bigint * 4294967296
                + (('x' || substr(name, 17, 8))::bit(32)::bigint + 1) * pg_size_bytes(current_setting('wal_segment_size'))
                >= greatest(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn()) - '0/0'))
        else ('x' || substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8))::bit(32)::int end,
    'epoch', current_setting('matriarch.epoch', true),
    'generation', current_setting('matriarch.generation', true),
    'gate', current_setting('matriarch.gate', true),
    -- the digest in postgresql.conf, and that of the pg_hba.conf that the supervisor has put in force
    'configuration', concat(current_setting('matriarch.configuration', true), ' ',
        encode(sha256(pg_read_binary_file(current_setting('hba_file'), 0, 1000000, true)), 'hex')),
    -- what the supervisor says of itself
    'selfFence', btrim(pg_read_file(regexp_replace(current_setting('hba_file'), '[^/]*$', 'fence'), 0, 20, true), E'\n'),
    'synchronousStandbyNames', current_setting('synchronous_standby_names'),
    'bootstrapped', coalesce(shobj_description((select oid from pg_roles where rolname = 'matriarch'), 'pg_authid') = 'bootstrapped', false),
    -- the oldest segment of any timeline: its number, times its size
    'oldestWal', (
        select '0/0'::pg_lsn + min(
            ('x' || substr(name, 9, 8))::bit(32)::bigint * 4294967296
            + ('x' || substr(name, 17, 8))::bit(32)::bigint * pg_size_bytes(current_setting('wal_segment_size')))
        from pg_ls_waldir() where name ~ '^[0-9A-F]{24}$'),
    'walsenders', (
        select json_agg(json_build_object(
            'standby', application_name, 'state', state, 'flushed', flush_lsn, 'replayed', replay_lsn, 'syncState', sync_state))
        from pg_stat_replication),
    'slots', (
        select json_agg(json_build_object('name', slot_name, 'active', active))
        from pg_replication_slots
        -- one that lost its WAL keeps nothing, and from 18 on nobody can use it: as good as none
        where slot_type = 'physical' and not temporary and (active or wal_status is distinct from 'lost')),
    'receiving', recovery and exists (select from pg_stat_wal_receiver where status = 'streaming'),
    -- a walreceiver that has yet to connect stands at the beginning of a segment
    'streamed', recovery and coalesce(mod(pg_last_wal_receive_lsn() - '0/0', pg_size_bytes(current_setting('wal_segment_size'))) <> 0, false),
    'heard', case when recovery then (
        select (extract(epoch from clock_timestamp() - last_msg_receipt_time) * 1000)::bigint from pg_stat_wal_receiver) end,
    -- the first label of its host is the name of an instance
    'upstream', case when recovery then (select split_part(sender_host, '.', 1) from pg_stat_wal_receiver) end,
    'paused', case when recovery then pg_get_wal_replay_pause_state() <> 'not paused' end,
    -- in words; the rest once it has no upstream
    'hindrance', case when recovery then concat_ws(', and ',
        case when pg_get_wal_replay_pause_state() <> 'not paused' then 'its replay is paused'
            when current_setting('primary_conninfo') = '' then (select 'its replay waits for ' || coalesce(wait_event_type || ' ' || wait_event, 'nothing, but goes on') from pg_stat_activity
                where backend_type = 'startup' and wait_event is distinct from 'RecoveryRetrieveRetryInterval' limit 1) end,
        (select 'its walreceiver has not ended' from pg_stat_activity
            where backend_type = 'walreceiver' and current_setting('primary_conninfo') = '' limit 1)) end,
    -- for how long the operator's small write (watch.sql) has been under way
    'stalled', case when not recovery then (
        select (extract(epoch from clock_timestamp() - min(query_start)) * 1000)::bigint from pg_stat_get_activity(null)
        where application_name = 'matriarch-write' and usesysid = current_user::regrole and state = 'active') end,
    'configurationLoaded', pg_conf_load_time()
)
from pg_is_in_recovery() as recovery
