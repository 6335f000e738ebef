-- Puts a file in the place of the history of every timeline up to %1$d that has none here. min_recovery_end_timeline may lag: what it begins with may
-- exist, and stays as it is. The supervisor knows such a file by its first line, which is a comment: recovery looks for newer timelines several times a second, and
-- ends at a history that it cannot read. One without lines it takes for that of another server, says so, and goes on.
do $$
declare
    file text;
begin
    for file in
        select lpad(upper(to_hex(number)), 8, '0') || '.history'
        from pg_control_checkpoint() as checkpoint,
            pg_control_recovery() as recovery,
            generate_series(greatest(recovery.min_recovery_end_timeline, checkpoint.timeline_id)::bigint + 1, %1$d) as number
    loop
        if not exists (select from pg_ls_dir('pg_wal') as present where present = file) then
            execute format('copy (select %%L) to %%L', '# reserved by Matriarch', current_setting('data_directory') || '/pg_wal/' || file);
        end if;
    end loop;
end
$$
