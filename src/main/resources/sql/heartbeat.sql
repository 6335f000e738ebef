-- One line for the supervisor: a reading of its clock in 1/100 s, a time in s, a generation. Beside the hba file in force, in memory; no WAL is written.
do $$ begin
    execute format('copy (select %L) to %L', 'LINE', regexp_replace(current_setting('hba_file'), '[^/]*$', 'heartbeat'));
end $$
