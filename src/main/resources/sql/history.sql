-- The history file of a timeline: a line for each timeline before it, with where that was left. Null where there is none.
select pg_read_file('pg_wal/' || lpad(upper(to_hex(?)), 8, '0') || '.history', 0, 1000000, true)
