#!/bin/sh
# The supervisor: PID 1 of the database container. Contract: docs/supervisor.md. Shells: dash and busybox ash.
#
# It starts, watches and stops PostgreSQL, and does the one deed that the assignment of its Pod names. It decides nothing about
# the cluster and talks to nobody but its own PostgreSQL and, for a clone, the upstream.
#
# Invariants
#   1. One supervisor and one postmaster on a volume. The flock on fd 9 is inherited on purpose by everything that writes the
#      volume, so it is free only when the last backend is gone. This is why a postmaster.pid or a socket that is found while the
#      lock is held and no child lives is stale, whatever process has that number in this Pod now.
#   2. No smaller epoch. The epoch kept is the larger one of matriarch/epoch and of what SQL deeds left in postgresql.auto.conf.
#      It is on disk before a deed begins, and is read again after PostgreSQL stopped and before data changes.
#   3. `pgdata` is complete or absent: a directory is made as pgdata.new, synced, and renamed. What it replaces is moved to
#      pgdata.old and deleted only after the new one streams. Absence of data is no reason to initialise; only the deed is.
#   4. What starts as a primary starts behind the gate: hba that admits the operator and replication only. It opens when the listed
#      standbys have flushed what this primary would show. A crash must not show commits that nobody confirmed.
#   5. Passwords pass through files (0600) and standard input only.
#
# Death of this script or of the Pod between any two steps
#   epoch written, deed not begun       the deed is done at the next start; a smaller one is refused, as it should be
#   initialise, before the rename       pgdata is absent: pgdata.new is deleted and made again; nobody has seen the first one
#   initialise, after the rename        the mark was written before the rename, with the epoch and the identifier: goes on as primary
#   clone, before the first rename      the old directory was never touched; the copy is made again
#   clone, between the two renames      no pgdata but a pgdata.old: it is moved back first of all; the copy is made again
#   clone, after the renames, no mark   the copy is made again, pgdata.old (the data that worked) is kept
#   clone, after the mark               a restart runs it; pgdata.old is deleted once it streams
#   pgdata.old being deleted            it was renamed to pgdata.trash.* before; the next start goes on deleting
#   configuration copied, not reloaded  the copy is what the next start uses; one that does not start is taken back
#   gate: hba open, not yet reloaded    the next start as a primary closes it again before postgres runs
#
# Reading order: the loop at the end, then accept, decide, the deeds, start and ended. All waiting is done by the loop: whatever
# takes time is a child (`job`) with the function that goes on after it, so signals and a new assignment are always seen.
# shellcheck disable=SC3013  # -ef is in both shells (and in POSIX.1-2024)
set -u
umask 077

etc=${MATRIARCH_ETC:-/etc/matriarch}
volume=${MATRIARCH_VOLUME:-/var/lib/postgresql/data}
run=${MATRIARCH_RUN:-/var/run/postgresql}
port=${MATRIARCH_PORT:-5432}
instance=${MATRIARCH_INSTANCE:?} cluster=${MATRIARCH_CLUSTER:?}
state=$volume/matriarch
PGDATA=$volume/pgdata new=$volume/pgdata.new old=$volume/pgdata.old
export PGDATA

now=0 due=0 ending='' hurry=''                           # centiseconds of uptime; when to decide again; a signal came
seen='' seen_line='' line='' deed='' role='' upstream='' identifier='' epoch=0     # what was read; the assignment accepted
kept=0 hold=''                                           # nothing to do until a change: refused, stopped, waiting
content=empty sysid='' timeline=0 lsn='' cluster_state=''                          # what is on the volume
pg='' up='' started=0 gate=open start_lsn='' poll=0      # PostgreSQL: pid, accepts connections
stopping='' stop_by=0 after='' trial=''                  # being stopped; and then; its output is captured
job='' job_next='' pause=30 tries=0                      # a child that does a part of a deed
reported='' repeat=0

# ---- Reports ----------------------------------------------------------------------------------------------------------------

report() { # step, reason, message; the same thing is said once, and again every 10 s while it is waited for
    text='' position='"timeline":0,"lsn":""'
    [ -z "${3:-}" ] || text=$(printf '%.300s' "$3" | LC_ALL=C awk '
        { gsub(/[^ -~]/, " "); gsub(/[\\"]/, "\\\\&"); printf "%s%s", sep, $0; sep = " " }')
    [ -n "$pg" ] || position="\"timeline\":$timeline,\"lsn\":\"$lsn\""
    body="\"step\":\"$1\",\"deed\":\"$deed\",\"epoch\":$kept,\"volume\":\"$content\",\"systemIdentifier\":\"$sysid\",$position"
    body="$body,\"reason\":\"${2:-}\",\"message\":\"$text\""
    [ "$body" != "$reported" ] || return 0
    reported=$body
    say
    case $1 in running | gate-opened | configured | configuration-taken-back) repeat=0 ;; esac
}

say() {
    repeat=$((now + 1000))
    printf 'matriarch {"v":1,"time":"%s",%s}\n' "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$reported"
}

refuse() { # reason, message: nothing more until the assignment or the configuration changes
    hold=refused
    report refused "$1" "$2"
}

words() { # the last things that a program of PostgreSQL said into a file, without time stamps and noise
    LC_ALL=C awk '/database system is shut down|starting PostgreSQL|listening on |^ *$/ { next }
        { sub(/^[0-9][^]]*\] /, ""); sub(/^[ \t]+/, ""); a = b; b = c; c = $0 }
        END { printf "%s%s%s", a (a == "" ? "" : "; "), b (b == "" ? "" : "; "), c }' "$1" 2>/dev/null
}

# ---- Small tools ------------------------------------------------------------------------------------------------------------

clock() {
    read -r uptime _ </proc/uptime
    fraction=${uptime#*.}
    now=$((${uptime%.*} * 100 + 1$fraction - 100))
}

nap() { # seconds; a signal ends it
    sleep "$1" &
    wait $!
}

number() { # whether it is one that the shell can compare
    case $1 in '' | *[!0-9]* | 0?* | ????????????????*) return 1 ;; esac
}

same() { [ -e "$1" ] && [ -e "$2" ] && [ "$(cat "$1")" = "$(cat "$2")" ]; }

put() { cat >"$1.new" && mv -f "$1.new" "$1"; } # standard input becomes the file, in one step

put_synced() { # the same, and it survives a power cut
    cat >"$1.new" && sync "$1.new" && mv -f "$1.new" "$1" && sync "${1%/*}"
}

job() { # the function that goes on (it gets the exit status), the command: runs as a child; the loop notices its end
    job_next=$1
    shift
    "$@" >/dev/null 2>"$run/job.err" &
    job=$!
}

again() { due=$now; }

failed() { # reason, step to report: what a job said; tried again after a growing pause, soon while it only waits for the upstream
    said=$(words "$run/job.err")
    tries=$((tries + 1))
    case $1:$said in
        *'No space left on device'*) report failed no-space "$said" ;;
        basebackup:*'could not translate host name'* | basebackup:*'Connection refused'* | basebackup:*'starting up'* | basebackup:*'not yet accepting'*)
            report cloning basebackup "waits for $upstream: $said"
            due=$((now + (tries < 200 ? 30 : 200)))
            return 0 ;;
        roles:*) report failed initdb 'the roles of the operator could not be made' ;; # its words could hold a password
        *) report failed "$1" "$said" ;;
    esac
    due=$((now + pause))
    pause=$((pause < 500 ? pause * 2 : 1000))
}

end_orphans() { # directory: of a postmaster that died. Fails while there are any: come back soon
    left=''
    for process in /proc/[0-9]*; do
        [ "$process/cwd" -ef "$1" ] && read -r name 2>/dev/null <"$process/comm" && [ "$name" = postgres ] || continue
        left=1
        kill -9 "${process#/proc/}" 2>/dev/null
    done
    [ -z "$left" ]
}

ask() { # SQL for our own PostgreSQL; the result is in $answer
    psql -XAtqw "host=$run port=$port user=matriarch dbname=postgres passfile=$run/passfile connect_timeout=2 options='-c statement_timeout=2000'" \
        -c "$1" >"$run/answer" 2>/dev/null &
    wait $! || return 1
    answer=''
    read -r answer <"$run/answer" || [ -n "$answer" ]
}

# ---- What is on the volume --------------------------------------------------------------------------------------------------

control() { # directory: what pg_controldata says of it
    sysid='' timeline=0 lsn='' cluster_state='' minimum=''
    while IFS= read -r entry; do
        value=${entry#*:}
        value=${value#"${value%%[! ]*}"}
        case $entry in
            'Database system identifier:'*) sysid=$value ;;
            'Database cluster state:'*) cluster_state=$value ;;
            'Latest checkpoint location:'*) lsn=$value ;;
            "Latest checkpoint's TimeLineID:"*) timeline=$value ;;
            'Minimum recovery ending location:'*) case $value in 0/0*) ;; *) lsn=$value minimum=1 ;; esac ;;
            "Min recovery ending loc's timeline:"*) [ -z "$minimum" ] || timeline=$value ;;
        esac
    done <<EOF
$(LC_ALL=C pg_controldata -D "$1" 2>/dev/null)
EOF
}

look() { # $content: empty, data or foreign; only while PostgreSQL is down
    content=empty sysid='' timeline=0 lsn='' cluster_state=''
    for file in "$PGDATA" "$PGDATA"/* "$PGDATA"/.[!.]*; do
        [ "$file" = "$PGDATA" ] || [ ! -e "$file" ] || content=data
    done
    [ "$content" = data ] || return 0
    control "$PGDATA"
    [ -n "$sysid" ] && [ "${identifier:-$sysid}" = "$sysid" ] || content=foreign
}

read_epoch() { # $kept, and $filed: the part of it that is in our own file
    kept=0 filed=0
    if [ -e "$state/epoch" ]; then
        read -r filed <"$state/epoch"
        number "$filed" || filed=999999999999999 # damaged: nothing may be done until a person has looked
        kept=$filed
    fi
    [ -r "$PGDATA/postgresql.auto.conf" ] || return 0
    while IFS= read -r entry; do
        case $entry in "matriarch.epoch = '"*)
            value=${entry#*\'} value=${value%%\'*}
            number "$value" && [ "$value" -gt "$kept" ] && kept=$value ;;
        esac
    done <"$PGDATA/postgresql.auto.conf"
    return 0
}

settings() { # directory, further names to drop: our own lines of postgresql.auto.conf instead of whatever a copy brought
    conninfo=''
    [ -z "$upstream" ] || conninfo="host=$host port=$upstream_port user=matriarch_replication passfile=$run/passfile \
application_name=$instance/e$epoch connect_timeout=3 keepalives_idle=2 keepalives_interval=1 keepalives_count=3 tcp_user_timeout=5000"
    [ -e "$1/postgresql.auto.conf" ] || true >"$1/postgresql.auto.conf"
    {
        awk -v names="primary_conninfo primary_slot_name matriarch.epoch ${2:-}" '
            BEGIN { n = split(names, list, " "); for (i = 1; i <= n; i++) dropped[list[i]] }
            { name = tolower($0); sub(/^[ \t]+/, "", name); sub(/[ \t=].*/, "", name) }
            !(name in dropped)' "$1/postgresql.auto.conf" &&
            printf "%s = '%s'\n" primary_conninfo "$conninfo" primary_slot_name "$slot" matriarch.epoch "$epoch"
    } | put_synced "$1/postgresql.auto.conf"
}

# ---- The assignment ---------------------------------------------------------------------------------------------------------

value_of() { # key of $line, strings only; parse compares the whole line afterwards
    value=${line#*"\"$1\":\""}
    value=${value%%\"*}
}

parse() { # $line into n_*; the line rebuilt from the parts must be the line
    n_epoch=${line#*'"epoch":'} n_epoch=${n_epoch%%,*}
    value_of deed && n_deed=$value
    value_of role && n_role=$value
    value_of upstream && n_upstream=$value
    value_of systemIdentifier && n_identifier=$value
    number "$n_epoch" || return 1
    case $n_upstream in *[!a-z0-9.-]*) return 1 ;; esac
    case $n_identifier in *[!0-9]*) return 1 ;; esac
    case $n_deed:$n_role:${n_upstream:+upstream}:${n_identifier:+identifier} in
        initialise:primary::*) ;;
        clone:standby:upstream:identifier | run:primary::identifier) ;;
        run:standby:*:identifier | rejoin:standby:*:identifier | stop:primary:*:identifier | stop:standby:*:identifier) ;;
        *) return 1 ;;
    esac
    [ "$line" = "{\"v\":1,\"epoch\":$n_epoch,\"deed\":\"$n_deed\",\"role\":\"$n_role\",\"upstream\":\"$n_upstream\",\"systemIdentifier\":\"$n_identifier\"}" ]
}

accept() { # reads the assignment. What runs goes on unless a new and valid one says otherwise
    line=''
    { IFS= read -r line <"$etc/assignment"; } 2>/dev/null
    if [ "$line" = "$seen_line" ]; then
        [ "$hold" != refused ] || due=$now
        return 0
    fi
    seen_line=$line
    if [ -z "$line" ]; then
        [ -n "$deed" ] || due=$now
        return 0
    fi
    read_epoch
    if ! parse; then
        seen_line='' # looked at again when anything changes
        report refused malformed "$line"
        return 0
    elif [ "$n_epoch" -lt "$kept" ]; then
        seen_line=''
        report refused stale-epoch "epoch $n_epoch is smaller than the one kept"
        return 0
    fi
    deed=$n_deed role=$n_role upstream=$n_upstream identifier=$n_identifier epoch=$n_epoch
    assignment=$line
    host=${MATRIARCH_UPSTREAM_HOST:-$upstream.$cluster-pods} upstream_port=${MATRIARCH_UPSTREAM_PORT:-5432}
    hold='' after='' pause=30 tries=0 due=$now
    if [ -n "$job" ]; then
        kill -TERM "$job" 2>/dev/null
        job_next=again
    fi
}

decide() {
    due=0
    [ -z "$job$stopping" ] || return 0 # their end leads here again
    hold=''
    [ -n "$pg" ] || look
    read_epoch
    if [ -z "$deed" ]; then
        hold=waiting
        [ -n "$line" ] || report waiting # else a report has said what is wrong with it
        return 0
    elif [ "$epoch" -lt "$kept" ]; then
        refuse stale-epoch "epoch $epoch is smaller than the one kept"
        return 0
    elif [ "$epoch" -gt "$filed" ]; then
        echo "$epoch" | put_synced "$state/epoch" || {
            report failed no-space 'the epoch could not be written'
            due=$((now + 500))
            return 0
        }
        kept=$epoch
    fi
    case $deed in
        initialise)
            made=''
            [ ! -e "$state/initialised" ] || read -r made <"$state/initialised"
            if [ "$made" = "$epoch $sysid" ] && [ "$content" = data ]; then
                run_as primary
            elif [ "$content" = empty ]; then
                initialise
            else
                refuse occupied 'there is data on the volume that this deed has not made'
            fi ;;
        clone)
            cloned=''
            [ ! -e "$state/cloned" ] || read -r cloned <"$state/cloned"
            if [ "$cloned" = "$assignment" ] && [ "$content" = data ]; then run_as standby; else clone; fi ;;
        run) run_as "$role" ;;
        rejoin)
            if [ "$content" = empty ]; then
                refuse empty 'there is no data on the volume'
            else
                refuse unsupported 'rejoin is not supported yet'
            fi ;;
        stop)
            hold=stopped
            if [ -n "$pg" ]; then stop; else report stopped; fi ;;
    esac
}

run_as() { # role
    if [ "$content" = empty ]; then
        refuse empty 'there is no data on the volume'
    elif [ "$content" = foreign ] || [ "${identifier:-$sysid}" != "$sysid" ]; then
        refuse foreign "the volume holds ${sysid:-no readable system identifier}, assigned is $identifier"
    elif [ -n "$pg" ]; then
        [ -z "$up" ] || report running
    elif [ "$1" = primary ] && [ -e "$PGDATA/standby.signal" ]; then
        refuse is-standby 'a standby is not started as a primary'
    elif [ "$1" = standby ] && [ ! -e "$PGDATA/standby.signal" ]; then
        refuse was-primary 'a former primary needs rejoin or clone'
    else
        start
    fi
}

# ---- Initialise: initdb, roles, sync, mark, rename --------------------------------------------------------------------------

fresh() { # the function that goes on when pgdata.new is away
    if end_orphans "$new"; then job "$1" rm -rf "$new"; else due=$((now + 10)); fi
}

initialise() {
    if [ -e "$old" ] || [ ! -s "$run/passfile" ]; then
        [ ! -e "$old" ] || refuse occupied 'there is a pgdata.old on the volume'
        [ -s "$run/passfile" ] || refuse initdb 'the passwords of the roles are missing or empty'
        return 0
    fi
    report initialising
    fresh initialise_directory
}

initialise_directory() {
    [ "$1" = 0 ] || { failed initdb; return 0; }
    set --
    while IFS= read -r argument || [ -n "$argument" ]; do
        [ -z "$argument" ] || set -- "$@" "$argument"
    done <"$etc/initdb.args"
    # no one is ever authenticated by the hba that initdb writes: hba_file points elsewhere
    job initialise_roles initdb --pgdata="$new" --username=postgres --auth=reject --no-sync "$@"
}

initialise_roles() {
    [ "$1" = 0 ] || { failed initdb; return 0; }
    job initialise_sync make_roles
}

literal() { sed -e "s/'/''/g" -e q "$etc/$1"; }

make_roles() { # in the child. No fsync: all of it is synced at once afterwards. Any error ends it
    exec postgres --single -D "$new" -F -c exit_on_error=on -c log_statement=none -c log_min_error_statement=panic \
        -c password_encryption=scram-sha-256 postgres <<EOF
CREATE ROLE matriarch LOGIN SUPERUSER PASSWORD '$(literal matriarch)'
CREATE ROLE matriarch_replication LOGIN REPLICATION PASSWORD '$(literal matriarch_replication)'
EOF
}

sync_tree() { sync -f "$new" 2>/dev/null || sync; }

initialise_sync() {
    [ "$1" = 0 ] || { failed roles; return 0; }
    job initialise_rename sync_tree
}

initialise_rename() {
    [ "$1" = 0 ] || { failed initdb; return 0; }
    control "$new"
    if echo "$epoch $sysid" | put_synced "$state/initialised" && into_place; then again; else failed initdb; fi
}

into_place() { # an empty directory is in nobody's way
    [ ! -e "$PGDATA" ] || rmdir "$PGDATA" 2>>"$run/job.err" || return 1
    mv "$new" "$PGDATA" && sync "$volume"
}

# ---- Clone: copy beside, check, settings, sync, stop, swap, mark ------------------------------------------------------------

clone() {
    report cloning
    fresh clone_copy
}

clone_copy() {
    [ "$1" = 0 ] || { failed basebackup; return 0; }
    # The slot keeps the WAL from the copy on to the start. One that our own PostgreSQL may be using cannot be shared: then it
    # keeps the WAL by itself, and the copy has a temporary one.
    set --
    [ -n "$pg" ] || set -- --slot="$slot"
    LC_ALL=C job clone_settings pg_basebackup --pgdata="$new" --wal-method=stream --checkpoint=fast --no-sync --no-password "$@" \
        --dbname="host=$host port=$upstream_port user=matriarch_replication passfile=$run/passfile application_name=$instance/clone connect_timeout=3 keepalives_idle=5 keepalives_interval=2 keepalives_count=3 tcp_user_timeout=20000"
}

clone_settings() {
    [ "$1" = 0 ] || { failed basebackup; return 0; }
    mine="$sysid $timeline $lsn"
    control "$new"
    copied=$sysid
    # shellcheck disable=SC2086
    set -- $mine
    sysid=${1:-} timeline=${2:-0} lsn=${3:-}
    if [ "$copied" != "$identifier" ]; then
        rm -rf "$new"
        refuse foreign "$upstream is ${copied:-unreadable}, assigned is $identifier"
    elif settings "$new" 'synchronous_standby_names matriarch.generation' && true >"$new/standby.signal"; then
        job clone_stop sync_tree
    else
        failed basebackup
    fi
}

clone_stop() {
    [ "$1" = 0 ] || { failed basebackup; return 0; }
    after=clone_swap
    if [ -n "$pg" ]; then stop; else clone_swap; fi
}

clone_swap() { # after PostgreSQL ended: SQL may have raised the epoch since
    after=''
    read_epoch
    if [ "$epoch" -ge "$kept" ] && [ -e "$PGDATA" ]; then
        # A pgdata.old that is there already is what this instance had before a copy that never streamed: that one is kept
        if [ -e "$old" ]; then mv "$PGDATA" "$volume/pgdata.trash.$now"; else mv "$PGDATA" "$old"; fi
    fi
    if [ "$epoch" -ge "$kept" ]; then
        into_place && echo "$assignment" | put_synced "$state/cloned" || failed basebackup
        discard
    fi
    again
}

discard() { rm -rf "$volume"/pgdata.trash.* & }

# ---- PostgreSQL -------------------------------------------------------------------------------------------------------------

passfile() { # a copy in memory of the two passwords, in the form of libpq. Without them the last ones stay
    [ -s "$etc/matriarch" ] && [ -s "$etc/matriarch_replication" ] || return 0
    for name in matriarch matriarch_replication; do
        printf '*:*:*:%s:%s\n' "$name" "$(sed -e 's/[:\\]/\\&/g' -e q "$etc/$name")"
    done | put "$run/passfile"
}

postgres_on() { # configuration, further arguments
    file=$1
    shift
    # shellcheck disable=SC2086
    exec postgres -D "$PGDATA" -c config_file="$file" -c hba_file="$run/pg_hba.conf" ${MATRIARCH_PORT:+-p "$MATRIARCH_PORT"} "$@"
}

start() {
    if ! end_orphans "$PGDATA"; then
        due=$((now + 10))
        return 0
    fi
    configure
    if [ ! -s "$state/postgresql.conf" ] || [ ! -s "$state/pg_hba.conf" ]; then
        refuse configuration 'there is no configuration that passed the check'
        return 0
    fi
    rm -f "$PGDATA/postmaster.pid" "$run/.s.PGSQL.$port" "$run/.s.PGSQL.$port.lock" # invariant 1: stale
    chmod 700 "$PGDATA"
    true >"$run/job.err"
    if [ ! -e "$PGDATA/standby.signal" ]; then
        put "$run/pg_hba.conf" <"$etc/pg_hba.closed.conf" && gate_is closed
    else
        settings "$PGDATA" 2>"$run/job.err" && put "$run/pg_hba.conf" <"$state/pg_hba.conf" && gate_is open
    fi || {
        failed start
        return 0
    }
    start_lsn='' poll=0 started=$now
    report starting
    if [ -n "$trial" ]; then
        postgres_on "$state/postgresql.conf" 2>"$run/start.log" &
    else
        postgres_on "$state/postgresql.conf" &
    fi
    pg=$!
}

gate_is() { # closed, open
    gate=$1
    echo "matriarch.gate = '$1'" | put "$run/gate.conf"
}

stop() { # fast; the loop makes it immediate after 30 s
    kill -INT "$pg"
    stopping=1 stop_by=$((now + 3000))
    report stopping
}

ended() { # exit status of PostgreSQL
    was_up=$up was_stopping=$stopping
    pg='' up='' stopping=''
    [ -z "$trial" ] || cat "$run/start.log" >&2
    end_orphans "$PGDATA"
    look
    if [ -n "$was_stopping" ]; then
        report stopped
        "${after:-again}" # decide, unless a deed waited for this
        after=''
    elif [ "$1" = 0 ] && [ "${cluster_state#shut down}" != "$cluster_state" ]; then
        hold=stopped
        report stopped '' 'PostgreSQL was stopped, but not by its supervisor'
    elif [ -n "$was_up" ] || { [ "$1" -gt 128 ] && ! untried; }; then
        report crashed '' "exit status $1"
        due=$((now - started < 500 ? started + 500 : now))
    else
        not_started "$1"
    fi
}

untried() { ! same "$state/postgresql.conf" "$state/postgresql.conf.good" || ! same "$state/pg_hba.conf" "$state/pg_hba.conf.good"; }

not_started() { # exit status. A second start, with its output captured, tells why
    if [ -z "$trial" ]; then
        trial=1 due=$now
        return 0
    fi
    said=$(words "$run/start.log")
    said=${said:-exit status $1}
    if [ -e "$state/postgresql.conf.good" ] && [ -e "$state/pg_hba.conf.good" ] && untried; then
        for file in postgresql.conf pg_hba.conf; do
            same "$state/$file" "$state/$file.good" || put "$run/$file.refused" <"$state/$file"
            put_synced "$state/$file" <"$state/$file.good"
        done
        report configuration-taken-back configuration "$said"
        trial='' due=$now
    else
        case $said in *'No space left on device'*) report failed no-space "$said" ;; *) report failed start "$said" ;; esac
        due=$((now + 500))
    fi
}

came_up() { # whether PostgreSQL says in postmaster.pid that it accepts connections
    nth=0 first='' status=''
    { while read -r entry; do
        nth=$((nth + 1))
        case $nth in 1) first=$entry ;; 8) status=$entry ;; esac
    done <"$PGDATA/postmaster.pid"; } 2>/dev/null
    [ "$first" = "$pg" ] && { [ "$status" = ready ] || [ "$status" = standby ]; }
}

watch() { # PostgreSQL lives
    if [ -n "$stopping" ]; then
        if [ "$now" -ge "$stop_by" ]; then
            kill -QUIT "$pg"
            stop_by=$((now + 1000))
        fi
    elif [ -z "$up" ]; then
        came_up || return 0
        up=1 tries=0 pause=30
        for file in postgresql.conf pg_hba.conf; do
            [ "$file$gate" = pg_hba.confclosed ] || same "$state/$file" "$state/$file.good" || put_synced "$state/$file.good" <"$state/$file"
        done
        report running
        [ -z "$trial" ] || { trial='' after=again && stop; } # why it did not start before is gone; its log belongs on the console
    elif [ "$now" -ge "$poll" ] && [ "$gate" = closed ]; then
        poll=$((now + 30))
        try_gate
    elif [ "$now" -ge "$poll" ] && [ -e "$old" ]; then
        poll=$((now + 200))
        if ask "select not pg_is_in_recovery() or exists (select from pg_stat_wal_receiver where status = 'streaming')" && [ "$answer" = t ]; then
            mv "$old" "$volume/pgdata.trash.$now" && discard
        fi
    fi
}

try_gate() {
    if [ -z "$start_lsn" ]; then
        ask 'select pg_current_wal_flush_lsn()' && start_lsn=$answer
        [ -n "$start_lsn" ] || return 0
    fi
    ask "with rule as (select current_setting('synchronous_standby_names') as names),
        need as (select case when names = '' then 0 else
            coalesce(substring(names from '^\s*(?:[Aa][Nn][Yy]\s+|[Ff][Ii][Rr][Ss][Tt]\s+)?(\d+)\s*\(')::int, 1) end as required from rule)
        select coalesce(nullif(current_setting('matriarch.generation', true), ''), '0')::bigint >= 1
            and (select count(distinct application_name) from pg_stat_replication
                where sync_state in ('quorum', 'sync') and flush_lsn >= '$start_lsn') >= required from need" && [ "$answer" = t ] || return 0
    gate=opening # hba first: reloaded too early it admits those whom the rule already allows
    if install_hba "$state/pg_hba.conf" || { [ -e "$state/pg_hba.conf.good" ] && install_hba "$state/pg_hba.conf.good"; }; then
        gate_is open
        same "$run/pg_hba.conf" "$state/pg_hba.conf.good" || put_synced "$state/pg_hba.conf.good" <"$run/pg_hba.conf"
        kill -HUP "$pg"
        report gate-opened
    else
        gate=closed
        put "$run/pg_hba.conf" <"$etc/pg_hba.closed.conf"
    fi
}

install_hba() { # file: becomes the one in force unless PostgreSQL finds errors in it. It reads the file by itself, no reload yet
    put "$run/pg_hba.conf" <"$1" || return 1
    ask "select string_agg(format('line %s: %s', line_number, error), '; ') from pg_hba_file_rules where error is not null" || answer=''
    [ -z "$answer" ] || report configuration-refused configuration "pg_hba.conf: $answer"
    [ -z "$answer" ]
}

changed() { # file: whether there is new content that was not refused before
    [ -s "$etc/$1" ] && ! same "$etc/$1" "$state/$1" && ! same "$etc/$1" "$run/$1.refused"
}

configure() { # takes over what is new in the two files, if it passes; before each start and after each change
    reload=''
    if changed postgresql.conf && put_synced "$state/postgresql.conf.next" <"$etc/postgresql.conf"; then
        if (postgres_on "$state/postgresql.conf.next" -C data_directory) >/dev/null 2>"$run/check.err"; then
            mv -f "$state/postgresql.conf.next" "$state/postgresql.conf"
            rm -f "$run/postgresql.conf.refused"
            reload=1
        else
            put "$run/postgresql.conf.refused" <"$etc/postgresql.conf"
            report configuration-refused configuration "$(words "$run/check.err")"
        fi
    fi
    if changed pg_hba.conf; then
        if [ -z "$up" ] || [ "$gate" = closed ]; then # tested by the start, or when the gate opens
            put_synced "$state/pg_hba.conf" <"$etc/pg_hba.conf"
        elif install_hba "$etc/pg_hba.conf"; then
            put_synced "$state/pg_hba.conf" <"$etc/pg_hba.conf"
            rm -f "$run/pg_hba.conf.refused"
            reload=1
        else
            put "$run/pg_hba.conf" <"$state/pg_hba.conf"
            put "$run/pg_hba.conf.refused" <"$etc/pg_hba.conf"
        fi
    fi
    if [ -n "$up" ] && [ "$gate" = closed ] && ! same "$etc/pg_hba.closed.conf" "$run/pg_hba.conf"; then
        put "$run/pg_hba.conf" <"$etc/pg_hba.closed.conf"
        reload=1
    fi
    if [ -n "$reload" ] && [ -n "$pg" ]; then
        kill -HUP "$pg"
        report configured
    fi
}

# ---- The loop ---------------------------------------------------------------------------------------------------------------

see() { # The kubelet swaps ..data when anything in the volume changes: its target's name is all that a quiet round looks at
    cd -P "$etc/..data" 2>/dev/null || return 0
    here=$PWD
    cd /
    [ "$here" != "$seen" ] || return 0
    seen=$here
    passfile
    accept
    [ -z "$up$stopping" ] || configure
}

reap() { # the shell has collected whoever died while it waited; a pid that is gone has its exit status kept for us
    if [ -n "$pg" ] && ! kill -0 "$pg" 2>/dev/null; then
        wait "$pg"
        ended $?
    fi
    if [ -n "$job" ] && ! kill -0 "$job" 2>/dev/null; then
        wait "$job"
        result=$? job=''
        "$job_next" "$result"
    fi
}

finish() { # after a signal: the loop goes on until PostgreSQL has stopped
    after=''
    if [ -n "$job" ]; then
        kill -TERM "$job" 2>/dev/null
        job=''
    fi
    [ -n "$pg" ] || exit 0
    [ -n "$stopping" ] || stop
    [ -z "$hurry" ] || { hurry='' stop_by=$now; }
}

name_user() { # a uid without a name, as the image's own entrypoint does it: initdb and psql ask for one
    uid=$(id -u) gid=$(id -g)
    while IFS=: read -r _ _ entry _; do
        [ "$entry" != "$uid" ] || return 0
    done </etc/passwd
    for wrapper in /usr/lib/libnss_wrapper.so /usr/lib/*/libnss_wrapper.so /lib/libnss_wrapper.so; do
        [ -s "$wrapper" ] || continue
        echo "postgres:x:$uid:$gid:PostgreSQL:$volume:/bin/false" >"$run/passwd"
        echo "postgres:x:$gid:" >"$run/group"
        export LD_PRELOAD="$wrapper" NSS_WRAPPER_PASSWD="$run/passwd" NSS_WRAPPER_GROUP="$run/group"
        return 0
    done
}

round() { # what every round begins with
    clock
    echo "$now" >"$run/alive"
    [ "$repeat" = 0 ] || [ "$now" -lt "$repeat" ] || say
}

if [ "${1:-}" = alive ]; then # the liveness probe
    read -r touched <"$run/alive" && clock && [ $((now - touched)) -lt 6000 ]
    exit
fi

trap 'ending=1' TERM INT
trap 'ending=1 hurry=1' QUIT
trap '[ -z "$pg" ] || kill -HUP "$pg"' HUP
slot=$(echo "$instance" | sed 's/-/_/g')
name_user
until mkdir -p "$state" && true >>"$state/lock"; do
    round
    report failed start 'the volume cannot be written'
    nap 1
    [ -z "$ending" ] || exit 0
done 2>/dev/null
exec 9>>"$state/lock"
until flock -n 9; do
    round
    [ ! -e "$PGDATA" ] || content=data
    report waiting locked 'another supervisor, or what one left behind, uses this volume'
    nap 0.5
    [ -z "$ending" ] || exit 0
done
[ -e "$PGDATA" ] || [ ! -e "$old" ] || mv "$old" "$PGDATA"
discard
clock
due=1
while :; do
    round
    reap
    [ -z "$ending" ] || finish
    see
    [ -z "$pg" ] || watch
    [ "$due" = 0 ] || [ "$now" -lt "$due" ] || [ -n "$ending" ] || decide
    if [ -n "$up" ] && [ "$gate" = open ] && [ -z "$job$stopping" ]; then nap 0.5; else nap 0.2; fi
done
