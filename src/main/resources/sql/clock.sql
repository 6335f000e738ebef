-- The clock of a primary's machine, in seconds with two decimals, and how long its supervisor goes on without a heartbeat, if it has said so.
select split_part(pg_read_file('/proc/uptime', 0, 64), ' ', 1),
    btrim(pg_read_file(regexp_replace(current_setting('hba_file'), '[^/]*$', 'fence'), 0, 20, true), E'\n')
