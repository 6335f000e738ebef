#!/bin/sh
# The supervisor: PID 1 of the database container, for dash and busybox ash. Contract: docs/supervisor.md.
#
# It starts, watches and stops PostgreSQL, and does the one deed that the assignment of its Pod names. It decides nothing about the
# cluster and talks to nobody but its own PostgreSQL and, for a clone or to rejoin, the upstream.
#
# Invariants
#   1. One supervisor and one postmaster on a volume. The flock on fd 9 is inherited on purpose by everything that writes the volume, so
#      it is free only when the last backend is gone. Therefore a postmaster.pid or socket that is found while the lock is held and no
#      child lives is stale, whatever process has its number in this Pod by now.
#   2. No smaller epoch. Kept is the larger one of matriarch/epoch and of what SQL deeds left in postgresql.auto.conf. It is on disk
#      before a deed begins, and is read again after PostgreSQL stopped and before data changes.
#   3. `pgdata` is complete or absent: a directory is made as pgdata.new, synced, and renamed. What it replaces becomes pgdata.old and
#      is deleted only after the new one streams. Absence of data is no reason to initialise: only the deed is.
#   4. What starts as a primary starts behind the gate, and it opens only when the listed standbys have flushed all that this primary
#      would show: a crash must not make commits visible that nobody confirmed.
#   5. A former primary is not started as a standby before it was made one, a standby not as a primary before its promotion is
#      complete, and half rewound data (the mark `rewinding`) not at all. It is made one by rejoin, which compares it with its upstream; or, where it
#      ended cleanly and is told to wait without an upstream, as it is: then nothing is mixed with what it has, and the operator compares. Not if a
#      person promoted it: by the number of its timeline the operator could take it for one that has another's.
#   6. Passwords pass through files (0600) and standard input only.
#   7. A primary that was told to live by heartbeats serves no client without.
#
# Why a crash may restart an old primary behind the operator's back. Its supervisor may not have heard of the new epoch. But before anyone
# is promoted, so many standbys of every rule in force are detached that those left are fewer than it requires; and a detached one comes
# back only under a name with the larger epoch, which this primary does not list. So none of its commits is acknowledged any more, and its
# gate, which wants as many as the rule requires to have flushed the position of its start, stays closed: it shows nothing. Had they flushed
# it before they were detached, the next primary would be chosen with it. Where SQL raised its epoch it is not started at all. With an empty
# rule none of this holds: there an old primary stops itself without the operator's heartbeat (below). What was promoted by SQL has no standby.signal any more: after
# a crash it is started only as what it is assigned then.
#
# When this script or the Pod dies between any two steps, the next start finds
#   a former primary stopped to rejoin, before  the assignment is still there, and its deed begins again; if not, it is a primary that died
#       the epoch is written
#   the epoch written, the deed not begun       the deed is done then; a smaller one is refused, as it should be
#   initialise: no pgdata yet                   pgdata.new is made afresh; nobody has seen the first one
#   initialise: pgdata, not started yet         the mark (epoch, identifier) was written before the rename: run as primary
#   clone: pgdata.new, the old directory        the old one was never touched; the copy is made again
#   clone: pgdata.old but no pgdata             it is moved back before anything else; the copy is made again
#   clone: the new pgdata without its mark      the copy is made again; pgdata.old, which worked once, is kept
#   clone: marked                               it is run; pgdata.old is deleted once it streams
#   rejoin: stopped, or recovered               a former primary, or a standby, as it was; the deed begins again
#   rejoin: settings, standby.signal            a primary without a rule, whose gate stays closed, or a standby; the deed begins again
#   rejoin: the mark `rewinding`                of no use, whatever it looks like: rejoin and clone copy, all else is refused
#   rejoin: marked                              it is run
#   a timeline half forgotten                   its WAL is gone or not: forgotten by this start
#   pgdata.trash.*                              half deleted, renamed to this before: goes on deleting
#   a configuration copied, not reloaded        it is what PostgreSQL starts with; one that does not start is taken back
#   the gate's hba open, not reloaded           a primary closes it again before it starts
#
# To read: the loop at the end, then accept, decide, the deeds, start, ended. Only the loop waits: what takes time is a child (`job`)
# with the function that goes on after it, so signals and assignments are always seen.
# shellcheck disable=SC3013,SC2015  # -ef is in both shells and in POSIX.1-2024; in A && B || C both failures are meant
set -u
umask 077
cd /

etc=${MATRIARCH_ETC:-/etc/matriarch} volume=${MATRIARCH_VOLUME:-/var/lib/matriarch} run=${MATRIARCH_RUN:-/var/run/postgresql}
port=${MATRIARCH_PORT:-5432} linger=${MATRIARCH_LINGER:-150} instance=${MATRIARCH_INSTANCE:-} cluster=${MATRIARCH_CLUSTER:-}
state=$volume/matriarch new=$volume/pgdata.new old=$volume/pgdata.old
export PGDATA="$volume/pgdata"
# Beside the server lie the programs themselves. Debian's psql and pg_basebackup in /usr/bin are a script that looks for them, in Perl, which takes longer than they do
server=$(command -v postgres) && PATH=${server%/*}:$PATH

now=0 due=1 ending='' stays=0                              # uptime in 1/100 s; when to decide again (0: not); a signal came; until when it stays then
seen='' line='' assignment='' refused=''                   # of /etc/matriarch: what was read, what was accepted, what waits for a change
deed='' role='' upstream='' identifier='' epoch=0 kept=0   # the assignment in its parts; the epoch kept
content=empty sysid='' timeline=0 lsn='' cluster_state=''  # the volume, as it was when PostgreSQL was last down
pg='' up='' started=0 gate=open position='' poll=0 trial='' # PostgreSQL: pid, accepts connections; a trial's output is captured
stopping='' stop_by=0 after='' down=''                     # being stopped; what goes on then; why it stays down
job='' job_next='' pause=30 tries=0                        # the child that works on a deed; its retries
mark='' way='' source=''                                   # what pgdata is, if known; how to rejoin; conninfo of the upstream
fence=0 beat='' rules=0 guard=''                           # the heartbeat: for how many seconds it counts (0: none is needed), the newest, its generation; who watches
damages=0                                                  # how often in a row PostgreSQL has said that its data is damaged
reported='' repeat=0 sleeper='' napping=''

# ---- Reports

report() { # step, reason, message. The same is said once; and every 10 s for as long as it is something that waits
    message=''
    [ -z "${3:-}" ] || message=$(printf '%.300s' "$3" | LC_ALL=C awk '
        { gsub(/[^ -~]/, " "); gsub(/[\\"]/, "\\\\&"); printf "%s%s", separator, $0; separator = " " }')
    where="\"state\":\"$cluster_state\",\"timeline\":$timeline,\"lsn\":\"$lsn\""
    [ -z "$pg" ] || where='"state":"","timeline":0,"lsn":""'
    body="\"step\":\"$1\",\"deed\":\"$deed\",\"epoch\":$kept,\"volume\":\"$content\",\"systemIdentifier\":\"$sysid\",$where"
    body="$body,\"reason\":\"${2:-}\",\"message\":\"$message\""
    [ "$body" != "$reported" ] || return 0
    reported=$body
    say
    case $1 in running | gate-opened | configured | configuration-taken-back) repeat=0 ;; esac
}

say() {
    repeat=$((now + 1000))
    printf 'matriarch {"v":1,"time":"%s",%s}\n' "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$reported"
}

refuse() { # reason, message: nothing more is done until the assignment or the configuration changes
    refused=1
    report refused "$1" "$2"
}

words() { # file: the last three things that a program of PostgreSQL said, without time stamps and noise, up to the last that tells of an error
    LC_ALL=C awk '/database system is shut down|starting PostgreSQL|listening on |skipping missing configuration|^ *$/ { next }
        { sub(/^[0-9][^]]*\] /, ""); sub(/^[ \t]+/, ""); a = b; b = c; c = $0; said = a (a == "" ? "" : "; ") b (b == "" ? "" : "; ") c }
        /^(FATAL|PANIC|ERROR|DETAIL|HINT): |^[a-z_]+: (error|detail|hint): / { wrong = said }
        END { printf "%s", wrong == "" ? said : wrong }' "$1" 2>/dev/null
}

# ---- Tools

# What users set for their own sessions is not for ours: with serializable a standby answers nothing
ours="-c search_path=pg_catalog -c default_transaction_isolation=read\\\\ committed"

clock() { # both fields of /proc/uptime have two decimals; 08 would be octal
    read -r uptime _ </proc/uptime
    now=$((${uptime%.*} * 100 + 1${uptime#*.} - 100))
}

nap() { # seconds; ended by a signal, and by the death of a child or of an orphan, which the shell collects. Then the next goes on with the same sleep
    [ "$1" = "$napping" ] && kill -0 "$sleeper" 2>/dev/null || { sleep "$1" 9>&- & sleeper=$! napping=$1; }
    wait "$sleeper"
    [ $? != 127 ] || napping='' # its number is somebody else's by now
}

number() { case $1 in '' | *[!0-9]* | 0?* | ????????????????*) return 1 ;; esac; } # that the shell can compare

same() { [ -e "$1" ] && [ -e "$2" ] && [ "$(cat "$1")" = "$(cat "$2")" ]; }

put() { cat >"$1.new" && mv -f "$1.new" "$1"; } # standard input becomes the file, whole

put_synced() { cat >"$1.new" && sync "$1.new" && mv -f "$1.new" "$1" && sync "${1%/*}"; } # and survives a power cut

job() { # the function that goes on with the exit status, the command
    job_next=$1
    shift
    "$@" >/dev/null 2>"$run/job.err" &
    job=$!
}

again() { due=$now; }

waits() { # step, reason: for the upstream, of which a job said what is not as it must be yet. Asked again at once, nearly
    said=$(words "$run/job.err") tries=$((tries + 1)) due=$((now + (tries < 200 ? 30 : 200)))
    report "$1" "$2" "waits for $upstream: ${said:-no answer}"
}

failed() { # reason: of a job. Tried again after a growing pause
    said=$(words "$run/job.err") tries=$((tries + 1))
    case $1:$said in
        *'No space left on device'*) report failed no-space "$said" ;;
        basebackup:*'could not translate host name'* | basebackup:*'Connection refused'* | basebackup:*'is starting up'*)
            waits cloning basebackup
            return ;;
        *) report failed "$1" "$said" ;;
    esac
    due=$((now + pause)) pause=$((pause < 500 ? pause * 2 : 1000))
}

end_orphans() { # directory of a postmaster that died. Fails while there were any: come back soon
    left=''
    for process in /proc/[0-9]*; do
        [ "$process/cwd" -ef "$1" ] && { read -r name <"$process/comm"; } 2>/dev/null && [ "$name" = postgres ] || continue
        kill -9 "${process#/proc/}" 2>/dev/null
        left=1
    done
    [ -z "$left" ]
}

ask() { # SQL for our own PostgreSQL; one value, in $answer. Never longer than some 3 s, whatever hangs
    psql -XAtqw -c "$1" "host=$run port=$port user=matriarch dbname=postgres passfile=$run/.pgpass connect_timeout=2 \
options='-c statement_timeout=2000 $ours'" >"$run/answer" 2>/dev/null &
    asked=$! patience=60
    while kill -0 "$asked" 2>/dev/null; do
        [ "$patience" -gt 0 ] && [ -z "$ending" ] || kill -9 "$asked"
        patience=$((patience - 1))
        nap 0.05
    done
    wait "$asked" && read -r answer <"$run/answer"
}

# ---- What is on the volume

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
            'Backup start location:'*) case $value in 0/0*) ;; *) cluster_state="$cluster_state of a copy" ;; esac ;;
            'Bytes per WAL segment:'*) segment=$value ;;
        esac
    done <<EOF
$(LC_ALL=C pg_controldata -D "$1" 2>/dev/null)
EOF
}

look() { # while PostgreSQL is down. An empty directory is no data; an unreadable one is data, but nobody's
    content=empty sysid='' timeline=0 lsn='' cluster_state=''
    for file in "$PGDATA"/* "$PGDATA"/.[!.]*; do
        [ ! -e "$file" ] || content=data
    done
    [ "$content" = data ] || return 0
    control "$PGDATA"
    [ -n "$sysid" ] && [ "${identifier:-$sysid}" = "$sysid" ] || content=foreign
}

read_epoch() { # $kept, and $filed: the part of it that is in our own file; $others: whether it is a primary that several standbys may confirm commits of
    filed=0 others=''
    [ ! -e "$state/epoch" ] || read -r filed <"$state/epoch"
    number "$filed" || filed=999999999999999 # damaged: nothing may be done until a person has looked
    kept=$filed
    [ -e "$PGDATA/postgresql.auto.conf" ] || return 0
    while IFS= read -r entry; do
        value=${entry#"matriarch.epoch = '"} value=${value%\'}
        [ "$value" = "$entry" ] || ! number "$value" || [ "$value" -le "$kept" ] || kept=$value
        case $entry in 'synchronous_standby_names = '*'",'*'"'*) others=1 ;; esac
    done <"$PGDATA/postgresql.auto.conf"
}

# A standby waits for somebody that nobody is: should it be promoted by anybody but the operator, which sets the rule before, it acknowledges nothing
nobody='ANY 1 ("promoted-by-hand")'
settings() { # directory of a standby, further names to drop: our own lines in postgresql.auto.conf instead of those that are there
    conninfo=''
    [ -z "$upstream" ] || conninfo="host=$host port=$upstream_port user=matriarch_replication passfile=$run/.pgpass \
application_name=$instance/e$epoch connect_timeout=2 keepalives=1 keepalives_idle=1 keepalives_interval=1 keepalives_count=3 \
tcp_user_timeout=3000"
    awk -v names="primary_conninfo primary_slot_name matriarch.epoch synchronous_standby_names ${2:-}" '
        BEGIN { n = split(names, list, " "); for (i = 1; i <= n; i++) dropped[list[i]] }
        { name = tolower($0); sub(/^[ \t]+/, "", name); sub(/[ \t=].*/, "", name) }
        !(name in dropped)' "$1/postgresql.auto.conf" >"$run/settings" &&
        printf "%s = '%s'\n" primary_conninfo "$conninfo" primary_slot_name "$slot" matriarch.epoch "$epoch" \
            synchronous_standby_names "$nobody" >>"$run/settings" &&
        put_synced "$1/postgresql.auto.conf" <"$run/settings"
}

# ---- The assignment

value_of() { value=${line#*"\"$1\":\""} value=${value%%\"*}; } # key whose value is a string

parse() { # $line into n_*. Whatever the cutting made of it: put together again, the parts must be the line
    n_epoch=${line#*'"epoch":'} n_epoch=${n_epoch%%,*}
    value_of deed && n_deed=$value
    value_of role && n_role=$value
    value_of upstream && n_upstream=$value
    value_of systemIdentifier && n_identifier=$value
    number "$n_epoch" || return 1
    case $n_upstream in *[!a-z0-9.-]*) return 1 ;; esac
    case $n_identifier in *[!0-9]*) return 1 ;; esac
    case $n_deed:$n_role:${n_upstream:+upstream}:${n_identifier:+identifier} in
        initialise:primary::* | clone:standby:upstream:identifier | run:primary::identifier | run:standby:*:identifier) ;;
        rejoin:standby:*:identifier | stop:primary:*:identifier | stop:standby:*:identifier) ;;
        *) return 1 ;;
    esac
    [ "$line" = "{\"v\":1,\"epoch\":$n_epoch,\"deed\":\"$n_deed\",\"role\":\"$n_role\",\"upstream\":\"$n_upstream\",\
\"systemIdentifier\":\"$n_identifier\"}" ]
}

accept() { # the assignment, if it is new and valid. Anything else changes nothing of what runs or was accepted
    line=''
    { IFS= read -r line <"$etc/assignment"; } 2>/dev/null
    read_epoch
    if [ -z "$line" ] || [ "$line" = "$assignment" ]; then
        [ -z "$refused" ] && [ -n "$deed" ] || again
    elif ! parse; then
        refuse malformed "$line"
    elif [ "$n_epoch" -lt "$kept" ]; then
        refuse stale-epoch "epoch $n_epoch is smaller than the one kept"
    else
        deed=$n_deed role=$n_role upstream=$n_upstream identifier=$n_identifier epoch=$n_epoch assignment=$line
        host=${MATRIARCH_UPSTREAM_HOST:-$upstream.$cluster-pods} upstream_port=${MATRIARCH_UPSTREAM_PORT:-5432}
        source="host=$host port=$upstream_port passfile=$run/.pgpass connect_timeout=3 keepalives_idle=5 keepalives_interval=2 \
keepalives_count=3 tcp_user_timeout=20000"
        refused='' down='' after='' way='' pause=30 tries=0 due=$now
        [ -z "$job" ] || { kill -TERM "$job" && job_next=again; } 2>/dev/null
    fi
}

decide() { # begins the deed of the assignment, or says why not
    due=0
    [ -z "$job$stopping" ] || return 0 # the end of either leads here again
    refused=''
    if [ -z "$pg" ]; then
        undo
        look
    fi
    read_epoch
    if [ -z "$deed" ]; then
        [ -n "$line" ] || report waiting
        return
    elif [ -n "$down" ]; then
        report stopped unasked "$down"
        return
    elif [ "$epoch" -lt "$kept" ]; then
        refuse stale-epoch "epoch $epoch is smaller than the one kept"
        return
    elif [ "$deed" = rejoin ] && [ "$epoch" -gt "$kept" ] && [ -n "$pg" ] && [ ! -e "$PGDATA/standby.signal" ]; then
        stop_to_rejoin # before the epoch is kept: on a disk that hangs that may take long, and clients would find two primaries until then
        return
    elif [ "$epoch" -gt "$filed" ] && ! { echo "$epoch" | put_synced "$state/epoch"; } 2>"$run/job.err"; then
        failed start
        return
    fi
    kept=$epoch made='' mark=''
    [ ! -e "$state/initialised" ] || read -r made <"$state/initialised"
    [ ! -e "$state/mark" ] || read -r mark <"$state/mark"
    case $mark in "$assignment" | rewinding) ;; *) rm -f "$state/mark" ;; esac # the same words again, later, ask for it again
    case $deed in
        initialise)
            if [ "$content" = data ] && [ "$made" = "$epoch $sysid" ]; then run_as primary
            elif [ "$content" = empty ] && [ ! -e "$old" ]; then initialise
            else refuse occupied 'there is data on the volume that this deed has not made'; fi ;;
        clone | rejoin)
            if [ "$content" = data ] && [ "$mark" = "$assignment" ]; then run_as standby
            elif [ -n "$sysid" ] && [ "$sysid" != "$identifier" ]; then # another database cluster is somebody's data
                refuse foreign "the volume holds $sysid, assigned is $identifier"
            elif [ "$deed" = clone ] || [ "$way" = clone ] || [ "$mark" = rewinding ]; then clone
            elif [ "$content" = data ]; then rejoin
            else run_as standby; fi ;; # which refuses it
        run) run_as "$role" ;;
        stop) if [ -n "$pg" ]; then stop; else report stopped; fi ;;
    esac
}

run_as() { # role
    if [ "$content" = empty ]; then refuse empty 'there is no data on the volume'
    elif [ "$mark" = rewinding ]; then refuse rewind 'the data is half rewound: it needs rejoin or clone'
    elif [ "$content" = foreign ] && [ -z "$sysid" ]; then refuse damaged 'it has no control file that can be read'
    elif [ "$content" = foreign ] || [ "${identifier:-$sysid}" != "$sysid" ]; then
        refuse foreign "the volume holds $sysid, assigned is $identifier"
    elif [ -n "$pg" ]; then [ -z "$up" ] || report running
    elif [ "$1" = primary ] && [ -e "$PGDATA/standby.signal" ]; then refuse is-standby 'a standby is not started as a primary'
    elif [ "$1" = primary ] && case $cluster_state in *'archive recovery'* | *'down in recovery'*) ;; *) false ;; esac; then
        refuse is-standby 'its promotion was not completed' # its recovery would end on the old timeline, which another may have written
    elif [ "$1" = standby ] && [ ! -e "$PGDATA/standby.signal" ]; then
        if [ -z "$upstream" ] && [ "$cluster_state" = 'shut down' ] && ! was_promoted_by_hand; then job demoted make_standby ''
        else refuse was-primary 'a former primary needs rejoin or clone'; fi
    else start; fi
}

demoted() { [ "$1" = 0 ] && again || failed start; }

fresh() { if end_orphans "$new"; then job "$1" rm -rf "$new"; else due=$((now + 10)); fi; } # the function that goes on without pgdata.new

sync_volume() { sync -f "$volume" 2>/dev/null || sync; }

into_place() { # an empty directory is in nobody's way
    { [ ! -e "$PGDATA" ] || rmdir "$PGDATA"; } && mv "$new" "$PGDATA" && sync "$volume"
} 2>>"$run/job.err"

undo() { [ -e "$PGDATA" ] || [ ! -e "$old" ] || mv "$old" "$PGDATA"; } # of a swap that came half way

discard() { rm -rf "$volume"/pgdata.trash.* & }

# ---- Initialise: initdb, roles, sync, mark, rename

initialise() {
    [ -s "$run/.pgpass" ] || { refuse initdb 'the passwords of the roles are missing or empty'; return; }
    [ "$tries" != 0 ] || report initialising # tried again, why it failed is the better word
    fresh initialise_directory
}

initialise_directory() {
    [ "$1" = 0 ] || { failed initdb; return; }
    set --
    while IFS= read -r argument || [ -n "$argument" ]; do
        [ -z "$argument" ] || set -- "$@" "$argument"
    done <"$etc/initdb.args"
    # The hba that initdb writes is never in force; no-sync: everything is synced at once, before the rename
    job initialise_roles initdb --pgdata="$new" --username=postgres --auth=reject --no-sync "$@"
}

initialise_roles() { if [ "$1" = 0 ]; then job initialise_sync make_roles; else failed initdb; fi; }

literal() { sed -e "s/'/''/g" -e q "$etc/$1"; }

make_roles() { # a child. Any error ends it; its words are not reported, they could hold a part of a password
    exec postgres --single -D "$new" -F -c exit_on_error=on -c log_statement=none -c log_min_error_statement=panic \
        -c password_encryption=scram-sha-256 postgres 2>/dev/null <<EOF
CREATE ROLE matriarch LOGIN SUPERUSER PASSWORD '$(literal matriarch)'
CREATE ROLE matriarch_replication LOGIN REPLICATION PASSWORD '$(literal matriarch_replication)'
EOF
}

initialise_sync() { if [ "$1" = 0 ]; then job initialise_rename sync_volume; else failed initdb; fi; }

initialise_rename() {
    control "$new"
    [ "$1" = 0 ] && echo "$epoch $sysid" | put_synced "$state/initialised" && into_place && again || failed initdb
}

# ---- Clone: copy beside, check, settings, sync, stop, swap, mark

clone() {
    [ "$tries" != 0 ] || report cloning
    fresh clone_copy
}

clone_copy() {
    # The slot keeps the WAL from the copy on to the start. While our own PostgreSQL may be using it, it does so by itself, and the
    # copy has a temporary one.
    set --
    [ -n "$pg" ] || set -- --slot="$slot"
    job clone_settings env LC_ALL=C pg_basebackup --pgdata="$new" --wal-method=stream --checkpoint=fast --no-sync --no-password "$@" \
        --dbname="$source user=matriarch_replication application_name=clone/$instance"
}

clone_settings() {
    copied=$(control "$new" && echo "$sysid")
    if [ "$1" != 0 ]; then failed basebackup
    elif [ "$copied" != "$identifier" ]; then
        rm -rf "$new"
        refuse foreign "$upstream is ${copied:-unreadable}, assigned is $identifier"
    elif settings "$new" matriarch.generation && true >"$new/standby.signal"; then
        job clone_stop sync_volume
    else failed basebackup; fi
}

clone_stop() {
    if [ "$1" != 0 ]; then failed basebackup
    elif [ -n "$pg" ]; then after=clone_swap && stop
    else clone_swap; fi
}

clone_swap() {
    after='' aside=$old
    again
    read_epoch
    [ "$epoch" -ge "$kept" ] && [ -e "$new" ] || return 0 # SQL may have raised it since
    # A pgdata.old that is there is what this instance had before a copy that never streamed: that one is kept
    [ ! -e "$old" ] || aside=$volume/pgdata.trash.$now
    { [ ! -e "$PGDATA" ] || mv "$PGDATA" "$aside"; } 2>"$run/job.err" && into_place && echo "$assignment" | put_synced "$state/mark" || failed basebackup
    discard
}

# ---- Rejoin: stop, ask the upstream, follow or rewind or copy, settings, sync, mark
#
# Histories that parted and are taken for one make a standby that streams and holds something else. pg_rewind tells them apart by the
# numbers of the timelines, and by how far our data is, not our WAL. So it is decided here. To follow, all that is here must be in the
# upstream's history: the newest timeline of our WAL descends as it does there, our data is not beyond its timeline's end there, nor is any
# record of ours. Otherwise we parted, and pg_rewind must say so, too: its "no rewind required" is not believed. Two that wrote the same
# timeline it cannot tell apart: copied. The upstream's last checkpoint must be on its timeline: before 16 pg_rewind reads it from there.
#
# pg_rewind wants a target that was shut down, so a primary that died is recovered before, in single-user mode. Nothing is shown or
# acknowledged by it: it has no client, no walsender, and listens nowhere; and what it adds, a checkpoint, is beyond the fork and goes with
# the rest. pg_rewind would do it by itself, but as a grandchild that outlives its deed, without fsync, and before 15 with the
# configuration of initdb. Not recovered but copied, if they parted, are: who died as a standby, which single-user mode refuses (without
# standby.signal it would end its recovery on its upstream's timeline); and a primary whose WAL ends before the fork (a disk that lost
# some), as its checkpoint would be where others have something else, and yet look shared.

stop_to_rejoin() {
    gate_is closed && kill -HUP "$pg" && ask 'select 1' # comes after the reload, so that its last checkpoint drops no WAL
    # A primary has as long as the operator's wal_sender_timeout, twice (commits that wait for a standby end at once, unacknowledged): who
    # reads from it reads what may not be true, and it can be recovered. A standby that does not end cleanly cannot be rewound
    if [ -e "$PGDATA/standby.signal" ]; then stop; else stop 1000; fi
}

rejoin() {
    if [ -n "$pg" ]; then
        stop_to_rejoin
        return
    fi
    end_orphans "$PGDATA" || { due=$((now + 10)); return; }
    [ "$tries" != 0 ] || report rejoining
    job rejoin_way find_way
}

source_says() { timeout 60 psql -XAtqw -F ' ' -v ON_ERROR_STOP=1 "$@" "$source user=matriarch dbname=postgres \
application_name=rejoin/$instance options='-c statement_timeout=30000 $ours'"; }

lineage() { awk '$2 ~ "^[0-9A-F]+/[0-9A-F]+$" { print $1, $2 }' "$1"; } # history file: each ancestor and its end

bytes() { echo $(((0x${1%/*} << 32) + 0x${1#*/})); } # LSN

find_way() { # a child. Writes the way, and why; or fails with words on what is to be waited for
    lsn_there='pg_current_wal_flush_lsn()' # an error in recovery
    name="left(pg_walfile_name($lsn_there), 8)"
    source_says -c "select system_identifier, timeline_id, ('x' || $name)::bit(32)::int from pg_control_system(), pg_control_checkpoint()" \
        -c "select pg_read_file('pg_wal/' || $name || '.history', 0, 1000000, true)" \
        -c "select ('x' || $name)::bit(32)::int, $lsn_there" >"$run/source" || return
    read -r sysid_there checkpointed newest <"$run/source"
    if [ "$sysid_there" != "$identifier" ]; then
        echo "foreign $sysid_there" >"$run/way"
        return
    elif [ "$checkpointed" != "$newest" ]; then
        source_says -c checkpoint
        echo 'its last checkpoint is on an earlier timeline' >&2
        return 1
    fi
    chain=$(lineage "$run/source") # ends with its own timeline, and where it is
    fork=$(echo "$chain" | sed -n "s/^$timeline //p")
    top=00000000 # the newest timeline that there is WAL of
    for file in "$PGDATA"/pg_wal/[0-9A-F]???????????????????????; do
        [ ! -e "$file" ] || { top=${file##*/} top=${top%????????????????}; }
    done
    if echo "$chain" | grep -q "^$((0x$top)) " && was_promoted_by_hand; then
        echo "clone it was promoted by hand, and nothing tells its timeline $((0x$top)) from that of $upstream" >"$run/way"
        return
    fi
    case $cluster_state in
        'shut down') [ "$newest" != "$timeline" ] && may_follow ;;
        'shut down in recovery' | 'in archive recovery') may_follow ;;
        *) false ;;
    esac && echo "follow $((0x$top))" >"$run/way" && return
    case $newest:$cluster_state in
        "$timeline":*) echo "clone nothing tells where it and $upstream parted, both on timeline $timeline" ;;
        *:'shut down' | *:'shut down in recovery') echo rewind ;;
        *:'in production' | *:'in crash recovery' | *:'shutting down')
            if [ -e "$PGDATA/standby.signal" ]; then echo 'clone it is a copy that was never started'
            elif [ -z "$fork" ] || [ "$(bytes "$lsn")" -ge "$(bytes "$fork")" ] ||
                pg_waldump -q -p "$PGDATA/pg_wal" -t "$timeline" -s "$lsn" -e "$fork" 2>/dev/null; then echo recover
            else echo "clone its WAL ends before $fork, where the histories part"; fi ;;
        *) echo "clone it parted from $upstream, and died as a standby" ;;
    esac >"$run/way"
}

# The number of its timeline was PostgreSQL's choice: should it have been out of sight, another was promoted by the operator to the same
was_promoted_by_hand() {
    case $cluster_state in 'shut down in recovery' | 'in archive recovery') return 1 ;; esac
    [ ! -e "$PGDATA/standby.signal" ] && grep -qF "synchronous_standby_names = '$nobody'" "$PGDATA/postgresql.auto.conf"
}

may_follow() {
    before=$(lineage "$PGDATA/pg_wal/$top.history" 2>/dev/null)
    case $chain in "${before:+$before
}$((0x$top)) "*) ;; *) return 1 ;; esac
    [ -n "$fork" ] && [ "$(bytes "$lsn")" -le "$(bytes "$fork")" ] || return 1
    while read -r tli end; do # is there a record at its end? pg_waldump would wait for a segment that is not there
        [ "$tli" -ge "$timeline" ] &&
            [ -e "$PGDATA/pg_wal/$(printf '%08X%08X%08X' "$tli" "$((0x${end%/*}))" "$((0x${end#*/} / segment))")" ] || continue
        pg_waldump -q -p "$PGDATA/pg_wal" -t "$tli" -s "$end" -n 1 2>/dev/null
        [ $? = 1 ] || return 1
    done <<EOF
$chain
EOF
}

rejoin_way() {
    way='' why=''
    [ "$1" != 0 ] || read -r way why <"$run/way"
    case $way in
        follow) job rejoin_mark make_standby "$why" ;;
        recover)
            prepare || return
            gate_is closed
            report rejoining '' 'recovers what died'
            job rejoin_recovered postgres --single -D "$PGDATA" -c config_file="$state/postgresql.conf" template1 ;;
        rewind)
            report rejoining '' "rewinds to $upstream"
            { echo rewinding | put_synced "$state/mark"; } 2>"$run/job.err" || { failed rewind; return; }
            job rejoin_rewound env LC_ALL=C pg_rewind --target-pgdata="$PGDATA" --no-ensure-shutdown --no-sync \
                --source-server="$source user=matriarch dbname=postgres application_name=rejoin/$instance" ;;
        clone) rejoin_by_copy "$why" ;;
        foreign) refuse foreign "$upstream is $why, assigned is $identifier" ;;
        *) waits rejoining rewind ;;
    esac
}

rejoin_recovered() {
    cat "$run/job.err" >&2
    if [ "$1" = 0 ]; then again; else rejoin_by_copy "$(words "$run/job.err")"; fi
}

rejoin_rewound() { # the settings are the upstream's; standby.signal and slots are gone
    cat "$run/job.err" >&2
    if [ "$1" = 0 ] && ! grep -q 'no rewind required' "$run/job.err"; then job rejoin_checked is_complete
    else rejoin_by_copy "$(words "$run/job.err")"; fi
}

# A child. A rewound directory is recovered from the last checkpoint before the histories parted, and would wait for ever for a segment that nobody has: the upstream may have
# recycled it, which keeps nothing for us from before our slot was made. pg_rewind has brought all that was there, and its newer releases leave what only we have; so from that
# checkpoint to where the upstream was before, everything must be here. What came later the slot keeps. Of a segment in which a timeline was left recovery wants the file of the next one.
is_complete() {
    read -r _ _ newest <"$run/source" && first=$(sed -n 's|^START WAL LOCATION: \([0-9A-F]*/[0-9A-F]*\) .*|\1|p' "$PGDATA/backup_label") &&
        [ -n "$first" ] || return
    next=$(($(bytes "$first") / segment))
    while read -r tli end; do
        end=$(bytes "$end")
        if [ "$tli" = "$newest" ]; then end=$(((end + segment - 1) / segment)); else end=$((end / segment)); fi
        while [ "$next" -lt "$end" ]; do
            name=$(printf '%08X%08X%08X' "$tli" $((next * segment >> 32)) $((next * segment % 4294967296 / segment)))
            [ -e "$PGDATA/pg_wal/$name" ] || { echo "$upstream no longer has $name, without which it cannot become consistent" >&2; return 1; }
            next=$((next + 1))
        done
    done <<EOF
$(lineage "$run/source")
EOF
}

rejoin_checked() { if [ "$1" = 0 ]; then job rejoin_mark make_rewound_standby; else rejoin_by_copy "$(words "$run/job.err")"; fi; }

rejoin_by_copy() { # why
    way=clone tries=0 pause=30
    report failed rewind "$1"
    again
}

make_rewound_standby() { # a child. What pg_rewind leaves of timelines that the upstream never had would look like where it is
    read -r sysid_there checkpointed newest <"$run/source" || return
    for file in "$PGDATA"/pg_wal/[0-9A-F]???????????????????????; do
        name=${file##*/}
        [ ! -e "$file" ] || [ $((0x${name%????????????????})) -le "$newest" ] || rm -f "$file" || return
    done
    make_standby ''
}

make_standby() { # a child. The newest timeline of its WAL, if it was not rewound
    for file in "$PGDATA"/pg_wal/*.history; do # of no WAL (a number reserved, another's promotion): it would be where recovery goes
        name=${file##*/}
        [ -z "${1:-}" ] || [ ! -e "$file" ] || [ $((0x${name%.history})) -le "$1" ] || rm -f "$file"
    done
    [ -e "$PGDATA/standby.signal" ] || rm -rf "$PGDATA"/pg_replslot/* # of a former primary: nobody moves them on, and they keep WAL
    # In this order: without the first, the second would look as if it had been promoted by hand
    true >"$PGDATA/standby.signal" && settings "$PGDATA" matriarch.generation && sync_volume
}

rejoin_mark() { [ "$1" = 0 ] && echo "$assignment" | put_synced "$state/mark" && again || failed rewind; }

# ---- Configuration: of each file the copy in force, the last copy that PostgreSQL came up with (.good), the last one refused

passfile() { # in the form of libpq. Without both passwords the last ones stay
    [ -s "$etc/matriarch" ] && [ -s "$etc/matriarch_replication" ] || return 0
    for name in matriarch matriarch_replication; do
        printf '*:*:*:%s:%s\n' "$name" "$(sed -e 's/[:\\]/\\&/g' -e q "$etc/$name")"
    done | put "$run/.pgpass"
}

changed() { # file: whether there is content that is new and was not refused; it is in .next
    put "$run/$1.next" <"$etc/$1" && [ -s "$run/$1.next" ] || return 1
    ! same "$run/$1.next" "$state/$1" && ! same "$run/$1.next" "$run/$1.refused"
} 2>/dev/null

take() { put_synced "$state/$1" <"$run/$1.next" && rm -f "$run/$1.refused" && reload=1; }

set_aside() { # file, why
    mv -f "$run/$1.next" "$run/$1.refused"
    printf '%s\n' "$2" >"$run/$1.why"
}

configure() { # takes over what is new and passes
    reload=''
    if changed postgresql.conf; then
        if (postgres_on "$run/postgresql.conf.next" -C data_directory) >/dev/null 2>"$run/check.err"; then take postgresql.conf
        else set_aside postgresql.conf "$(words "$run/check.err")"; fi
    fi
    if changed pg_hba.conf; then # while none is in force, the start or the opening of the gate tests it
        if [ -z "$up" ] || [ "$gate" = closed ] || install_hba "$run/pg_hba.conf.next"; then take pg_hba.conf
        else
            put "$run/pg_hba.conf" <"$state/pg_hba.conf"
            set_aside pg_hba.conf "$answer"
        fi
    fi
    if [ -n "$up" ] && [ "$gate" = closed ] && ! same "$etc/pg_hba.closed.conf" "$run/pg_hba.conf"; then
        put "$run/pg_hba.conf" <"$etc/pg_hba.closed.conf" && reload=1
    fi
    wrong='' settled=''
    for name in postgresql.conf pg_hba.conf; do
        if same "$etc/$name" "$run/$name.refused"; then
            [ ! -e "$run/$name.why" ] || wrong="$wrong${wrong:+; }$name: $(cat "$run/$name.why")"
        elif [ -e "$run/$name.refused" ] && same "$etc/$name" "$state/$name"; then rm -f "$run/$name.refused" && settled=1; fi
    done
    [ -z "$pg" ] || [ -z "$reload$settled" ] || { { [ -z "$reload" ] || kill -HUP "$pg"; } && report configured; }
    [ -z "$wrong" ] || report configuration-refused configuration "$wrong" # the last word, whatever else was taken
}

install_hba() { # file: in force at the next reload, unless PostgreSQL, which reads it now, finds errors ($answer)
    put "$run/pg_hba.conf" <"$1" || return 1
    ask "select string_agg(format('line %s: %s', line_number, error), '; ') from pg_hba_file_rules where error is not null" || answer=''
    [ -z "$answer" ]
}

untried() { ! same "$state/postgresql.conf" "$state/postgresql.conf.good" || ! same "$state/pg_hba.conf" "$state/pg_hba.conf.good"; }

# ---- The heartbeat
#
# A primary whose commits wait for no standby acknowledges without asking anybody, so nobody can keep it from that but we. The operator tells it by
# SQL, in $run/heartbeat: a reading of our own clock (/proc/uptime, in 1/100 s), for how many seconds from then on clients may be served (0: for
# ever), and the generation of the rules by which it says so. Before it writes a reading back it has read the record, anew and after the clock.
#
# Invariant: what says in $run/fence that it heeds such a time serves no client longer than this after the newest reading that came back, and
# 0.5 s until that is noticed, and 2 s for a fast stop, which is an immediate one then. So whoever withholds the heartbeat, and waits as long and
# some more, finds nobody served. Therefore
#   - a late heartbeat bears an old reading and extends nothing; one of a smaller generation, of an operator that slept, changes no time;
#   - the time is on the volume before it is announced, and a primary that starts, after whatever end and in whatever Pod, stays behind the gate until a
#     fresh one comes. Only a standby forgets it: what it becomes when it is promoted is told anew;
#   - a process of its own watches for as long as the gate is open. It looks at the memory only: a disk that hangs keeps the supervisor, and
#     backends in the middle of a commit, which then end before they acknowledge it. One that is gone is replaced in the next round.
# When this script dies its container ends, and PostgreSQL with it. When the guard dies between its two signals, the next one begins again. A machine that is
# paused notices it up to 0.5 s after it goes on: nothing can be done about that here.

heed() { # what was written last. A file that is being written has no end of line yet
    [ -e "$run/heartbeat" ] && { read -r reading limit by <"$run/heartbeat"; } 2>/dev/null || return 0
    number "$reading" && number "$limit" && number "$by" && [ "$reading" -le "$now" ] && [ "$reading" -gt "${beat:--1}" ] || return 0
    beat=$reading
    [ "$by" -ge "$rules" ] || return 0
    rules=$by
    [ "$limit" = "$fence" ] || [ -e "$PGDATA/standby.signal" ] || fence_is "$limit"
}

fence_is() { # seconds. On the volume, then in force, then announced
    { echo "$1" | put_synced "$state/fence"; } 2>/dev/null || return
    fence=$1
    guard
    echo "$fence" | put "$run/fence"
}

forget_beats() { # a standby
    rm -f "$run/heartbeat"
    beat='' rules=0
    [ "$fence" = 0 ] || fence_is 0
}

fresh_beat() { [ "$fence" = 0 ] || { [ -n "$beat" ] && [ $((now - beat)) -le $((fence * 100)) ]; }; }

guard() { # another one, if clients are served
    [ -z "$guard" ] || kill "$guard" 2>/dev/null
    guard=''
    [ "$fence" = 0 ] || [ -z "$pg" ] || [ "$gate" = closed ] || {
        rm -f "$run/fenced"
        stand_guard 9>&- &
        guard=$!
    }
}

stand_guard() { # a child
    while clock && kill -0 "$pg" 2>/dev/null; do
        { read -r reading _ <"$run/heartbeat"; } 2>/dev/null && number "$reading" && [ "$reading" -le "$now" ] && beat=$reading
        if ! fresh_beat; then
            : >"$run/fenced"
            kill -INT "$pg"
            sleep 2
            kill -QUIT "$pg" 2>/dev/null
            return
        fi
        sleep 0.5
    done
}

# ---- PostgreSQL

postgres_on() { # configuration, further arguments; in a child. Standard output is for reports alone: a dying backend may write a prompt to it
    file=$1
    shift
    exec postgres -D "$PGDATA" -c config_file="$file" -c hba_file="$run/pg_hba.conf" ${MATRIARCH_PORT:+-p "$MATRIARCH_PORT"} "$@" >&2
}

prepare() { # for any start of PostgreSQL; fails if there can be none now
    end_orphans "$PGDATA" || { due=$((now + 10)); return 1; }
    configure
    [ -s "$state/postgresql.conf" ] && [ -s "$state/pg_hba.conf" ] ||
        { refuse configuration "${wrong:-a file is missing}"; return 1; }
    rm -f "$PGDATA/postmaster.pid" "$run/.s.PGSQL.$port" "$run/.s.PGSQL.$port.lock" # stale: invariant 1
    chmod 700 "$PGDATA" 2>/dev/null && return                                         # fsGroup has opened it
    refuse owner "the data belongs to user $(stat -c %u "$PGDATA") and this one is $(id -u): spec.pod.securityContext.runAsUser has to be as it was"
    return 1
}

start() {
    prepare || return
    if untried && too_large; then
        not_started "shared memory of $needs MB is needed, there are $memory MB: lower shared_buffers and what adds to it"
        return
    fi
    rm -f "$run/restart"
    [ ! -e "$PGDATA/standby.signal" ] || forget_begun_timelines || { failed start; return; }
    if [ ! -e "$PGDATA/standby.signal" ]; then put "$run/pg_hba.conf" <"$etc/pg_hba.closed.conf" && gate_is closed
    else unreserve && forget_beats && settings "$PGDATA" && put "$run/pg_hba.conf" <"$state/pg_hba.conf" && gate_is open; fi 2>"$run/job.err" || { failed start; return; }
    position='' poll=0 started=$now
    [ -n "$trial" ] || report starting # on trial, why it did not start is the better word
    if [ -n "$trial" ]; then postgres_on "$state/postgresql.conf" 2>"$run/start.log" & else postgres_on "$state/postgresql.conf" & fi
    pg=$!
}

unreserve() { # timelines that were reserved for a promotion (Deeds) that did not come: recovery takes the highest for the newest, and cannot read it
    reserved=''
    for history in "$PGDATA"/pg_wal/*.history; do
        words=''
        { read -r words <"$history"; } 2>/dev/null
        if [ "$words" = '# reserved by Matriarch' ]; then reserved="$reserved ${history##*/}"; else reserved=''; fi
    done
    for history in $reserved; do rm -f "$PGDATA/pg_wal/$history" || return 1; done
}

# A standby takes up a new timeline once it has all of the one before, up to its end there; then it receives the segment of that end anew, from its beginning, into the file of
# the new one. Should its upstream be lost in the middle, that file lacks what the old one has, and PostgreSQL reads of each segment the newest timeline's file: it could neither start
# nor be promoted ("invalid magic number 0000"). And a timeline that it knows and has nothing of keeps it from every upstream that was never on it. So a start forgets those of which there is no record;
# of one that runs the operator tells it by the positions (begun-timeline.sql), and has it started anew. Nothing is lost: up to its end there the old timeline is whole, or as long as it ever was
# here. From the newest down to the first that stays, because PostgreSQL looks for the next number, and finds none beyond a gap. Not one that the control file knows: whoever was copied or
# rewound may have its WAL from further on.
forget_begun_timelines() {
    begun='' forgot=''
    for history in "$PGDATA"/pg_wal/*.history; do
        begun="$history $begun"
    done
    for history in $begun; do
        newer=${history##*/} newer=${newer%.history} end=''
        [ -e "$history" ] && read -r _ end <<EOF
$(lineage "$history" | tail -n 1)
EOF
        [ -n "$end" ] || continue # reserved, or none at all
        [ $((0x$newer)) -gt "$timeline" ] || return 0
        set -- "$PGDATA/pg_wal/$newer"????????????????
        if [ -e "$1" ]; then # would wait for the segment if it were not there
            [ -e "$PGDATA/pg_wal/$newer$(printf '%08X%08X' "$((0x${end%/*}))" "$((0x${end#*/} / segment))")" ] || return 0
            pg_waldump -q -p "$PGDATA/pg_wal" -t $((0x$newer)) -s "$end" -n 1 >/dev/null 2>&1
            [ $? = 1 ] || return 0
        fi
        # Aside, where the last ones stay. Its WAL first: a history without any is forgotten by the next start
        [ -n "$forgot" ] || { rm -rf "$state/forgotten" && mkdir "$state/forgotten"; } || return
        forgot=1
        for file in "$PGDATA/pg_wal/$newer"???????????????? "$history"; do
            [ ! -e "$file" ] || mv "$file" "$state/forgotten" || return
        done
        echo "supervisor: forgets timeline $newer, of which it has nothing" >&2
    done
}

start_anew() { # as SQL left it: a standby without an upstream, in the epoch that it wrote
    read_epoch
    [ ! -e "$PGDATA/standby.signal" ] || { deed=run role=standby upstream='' epoch=$kept; }
    again
}

too_large() { # the kernel gives any address space and kills who uses it, so it is asked before. Until 14 PostgreSQL cannot tell
    needs=$( (postgres_on "$state/postgresql.conf" -C shared_memory_size) 2>&1 | tail -n 1)
    number "$needs" || return 1
    memory=$needs
    while read -r name amount _; do
        [ "$name" != MemTotal: ] || memory=$((amount / 1024))
    done </proc/meminfo
    for limit in /sys/fs/cgroup/memory.max /sys/fs/cgroup/memory/memory.limit_in_bytes; do
        { [ -r "$limit" ] && read -r amount <"$limit" && number "$amount"; } || continue # max, or as good as none
        [ $((amount / 1048576)) -ge "$memory" ] || memory=$((amount / 1048576))
    done
    [ "$needs" -gt "$memory" ]
}

stop() { # how long, if not 30 s: fast; the loop makes it immediate
    kill -INT "$pg"
    stopping=1 stop_by=$((now + ${1:-3000}))
    report stopping
}

ended() { # exit status of PostgreSQL
    was_up=$up was_stopping=$stopping pg='' up='' stopping=''
    [ -z "$trial" ] || cat "$run/start.log" >&2
    end_orphans "$PGDATA"
    guard
    look
    # The Pod's network ends with this process: clients of a primary would then wait for an answer, longer than it takes until another leads. So
    # they are refused for a while, within the two seconds that the kubelet gives also to a Pod that is deleted with a grace of 0.
    if [ -n "$ending" ] && [ "$role$was_up" = primary1 ]; then stays=$((now + linger)); fi
    if [ -n "$was_stopping" ]; then
        report stopped
        "${after:-again}"
    elif [ -e "$run/fenced" ]; then
        rm -f "$run/fenced"
        report fenced '' "no heartbeat of the operator for more than $fence s"
        again
    elif [ -e "$run/restart" ]; then
        start_anew
    elif [ "$1" = 0 ] && [ "${cluster_state#shut down}" != "$cluster_state" ]; then
        # Unless it was a primary that is told to be a standby by now: then its end is what was to come before that
        [ "$role:$cluster_state" = 'standby:shut down' ] || down='PostgreSQL was stopped, but not by its supervisor'
        again
    elif [ -n "$was_up" ] || { [ "$1" -gt 128 ] && ! untried; }; then
        report crashed '' "exit status $1"
        read_epoch # others lead sooner than it is back, and are not to share their machine and their disk with its recovery. Nobody there: a second lost
        due=$((now - started < 500 ? started + 500 : now + ${others:+10}0))
    elif [ -z "$trial" ]; then # why? A second start, with its output captured, tells
        trial=1
        again
    else
        said=$(words "$run/start.log")
        not_started "${said:-exit status $1}"
    fi
}

not_started() { # PostgreSQL's words
    due=$((now + 500))
    if [ ! -e "$state/postgresql.conf.good" ] || [ ! -e "$state/pg_hba.conf.good" ] || ! untried; then
        case $1 in
            *'No space left on device'*) report failed no-space "$1" ;;
            *) if is_damaged "$1"; then report failed damaged "$1"; else report failed start "$1"; fi ;;
        esac
        return
    fi
    for name in postgresql.conf pg_hba.conf; do
        same "$state/$name" "$state/$name.good" || { rm -f "$run/$name.why" && put "$run/$name.refused" <"$state/$name"; }
        put_synced "$state/$name" <"$state/$name.good"
    done
    report configuration-taken-back configuration "$1"
    trial=''
    again
}

# Whether a standby can only be helped by a copy: it has said three times in a row that something of its data cannot be read. It goes on trying, and what
# it has is moved aside by the copy only, and kept until that streams
is_damaged() { # PostgreSQL's words
    case $1 in
        *'Permission denied'*) damages=0 ;;
        *'checkpoint record'* | *'incorrect checksum in control file'* | *'is not a valid data directory'* | *'required WAL directory'* | \
            *[Cc]'ould not '*' file "base/'* | *[Cc]'ould not '*' file "global/'* | *[Cc]'ould not '*' file "pg_'* | *[Cc]'ould not '*' directory "pg_'*)
            damages=$((damages + 1)) ;;
        *) damages=0 ;;
    esac
    [ "$damages" -ge 3 ] && [ -e "$PGDATA/standby.signal" ]
}

came_up() { # the eighth line of postmaster.pid is PostgreSQL's own word on it
    nth=0 first='' word=''
    { while read -r entry; do
        nth=$((nth + 1))
        case $nth in 1) first=$entry ;; 8) word=$entry ;; esac
    done <"$PGDATA/postmaster.pid"; } 2>/dev/null
    [ "$first" = "$pg" ] && { [ "$word" = ready ] || [ "$word" = standby ]; }
}

watch() { # PostgreSQL lives
    if [ -n "$stopping" ]; then
        [ "$now" -lt "$stop_by" ] || { stop_by=$((now + 1000)) && kill -QUIT "$pg"; }
    elif [ -z "$up" ]; then
        came_up || return 0
        up=1 tries=0 pause=30 damages=0
        keep_good postgresql.conf
        [ "$gate" = closed ] || keep_good pg_hba.conf
        report running
        if [ -n "$trial" ]; then # what kept it from starting is gone. Once more, with its output where it belongs
            trial=''
            stop
        else configure; fi # what came while it started
    elif [ "$now" -ge "$poll" ] && [ "$gate" = closed ]; then
        poll=$((now + 30))
        may_open && open_gate
    elif [ "$now" -ge "$poll" ] && [ -e "$old" ]; then
        poll=$((now + 200))
        ask "select not pg_is_in_recovery() or exists (select from pg_stat_wal_receiver where status = 'streaming')" &&
            [ "$answer" = t ] && mv "$old" "$volume/pgdata.trash.$now" && discard
    fi
}

keep_good() { same "$state/$1" "$state/$1.good" || put_synced "$state/$1.good" <"$state/$1"; }

gate_is() { # behind the closed one no checkpoint drops WAL: pg_rewind needs it back to the last common checkpoint
    gate=$1
    { echo "matriarch.gate = '$1'" && { [ "$1" = open ] || echo 'wal_keep_size = 1TB'; }; } | put "$run/gate.conf"
}

may_open() { # a heartbeat, where one is needed. The position is asked for after the end of recovery: nothing that clients could see lies beyond it
    fresh_beat || return 1
    [ -n "$position" ] || { ask 'select pg_current_wal_flush_lsn()' && position=$answer; } || return 1
    ask "with rule as (select current_setting('synchronous_standby_names') as names), need as (select case when names = '' then 0 else
            coalesce(substring(lower(names) from '^\s*(?:any\s+|first\s+)?(\d+)\s*\(')::int, 1) end as required from rule)
        select coalesce(nullif(current_setting('matriarch.generation', true), ''), '0')::bigint >= 1 and required <= (
            select count(distinct application_name) from pg_stat_replication
            where sync_state in ('quorum', 'sync') and flush_lsn >= '$position') from need" && [ "$answer" = t ] || return 1
    # Whether commits wait is a flag that the checkpointer sets when it takes a reload: before the second checkpoint at the latest
    ask 'checkpoint; checkpoint; select 1'
}

open_gate() { # hba, then the setting, then one reload. A file with errors leaves it to the last one that had none
    if ! install_hba "$state/pg_hba.conf"; then
        report configuration-refused configuration "pg_hba.conf: $answer"
        install_hba "$state/pg_hba.conf.good" || { put "$run/pg_hba.conf" <"$etc/pg_hba.closed.conf"; return; }
    else keep_good pg_hba.conf; fi 2>/dev/null
    gate_is open
    guard
    kill -HUP "$pg"
    report gate-opened
}

# ---- The loop

round() {
    clock
    echo "$now" >"$run/alive"
    [ "$repeat" = 0 ] || [ "$now" -lt "$repeat" ] || say
}

reap() { # whoever is gone was collected by the shell during the nap, and its exit status kept
    if [ -n "$pg" ] && ! kill -0 "$pg" 2>/dev/null; then
        wait "$pg"
        ended $?
    fi
    if [ -n "$job" ] && ! kill -0 "$job" 2>/dev/null; then
        wait "$job"
        set -- $? "$job_next"
        job=''
        "$2" "$1"
    fi
}

see() { # the kubelet swaps ..data when anything in the volume changes: its target is all that a quiet round looks at
    cd -P "$etc/..data" 2>/dev/null || return 0
    here=$PWD
    cd /
    [ "$here" != "$seen" ] || return 0
    seen=$here
    passfile
    accept
    [ -z "$up" ] || configure
}

finish() { # after a signal; the loop goes on until PostgreSQL has stopped. Nothing is begun any more
    after=''
    [ -z "$job" ] || { kill -TERM "$job" && job_next=again; } 2>/dev/null
    if [ -n "$pg" ]; then [ -n "$stopping" ] || stop; elif [ "$now" -ge "$stays" ]; then exit 0; fi
}

name_user() { # a uid without a passwd entry gets one as in the image's own entrypoint: initdb asks for it
    uid=$(id -u)
    while IFS=: read -r _ _ entry _; do
        [ "$entry" != "$uid" ] || return 0
    done </etc/passwd
    for wrapper in /usr/lib/libnss_wrapper.so /usr/lib/*/libnss_wrapper.so /lib/libnss_wrapper.so; do
        [ -s "$wrapper" ] || continue
        echo "postgres:x:$uid:$(id -g):PostgreSQL:$volume:/bin/false" >"$run/passwd"
        echo "postgres:x:$(id -g):" >"$run/group"
        export LD_PRELOAD="$wrapper" NSS_WRAPPER_PASSWD="$run/passwd" NSS_WRAPPER_GROUP="$run/group"
        return
    done
}

if [ "${1:-}" = alive ]; then # the liveness probe
    read -r touched <"$run/alive" && clock && [ $((now - touched)) -lt 6000 ]
    exit
fi

trap 'ending=1' TERM INT QUIT
trap '[ -z "$pg" ] || kill -HUP "$pg"' HUP
trap : CHLD # so that it ends a nap: what runs for weeks is looked at every two seconds, and its end is noticed at once
slot=$(echo "$instance" | sed 's/-/_/g')
name_user
mkdir -p "$state" && exec 9>>"$state/lock" || exit 1
until flock -n 9; do
    round
    [ ! -e "$PGDATA" ] || content=data
    report waiting locked 'another supervisor, or what one left behind, uses this volume'
    nap 0.5
    [ -z "$ending" ] || exit 0
done
discard
rm -f "$run/heartbeat" "$run/fenced"
[ ! -e "$state/fence" ] || { read -r fence <"$state/fence"; number "$fence"; } || fence=1 # damaged: a heartbeat puts it right
echo "$fence" | put "$run/fence"
while :; do
    round
    reap
    heed
    [ -z "$ending" ] || finish
    see
    [ -z "$pg" ] || watch
    [ -z "$guard" ] || kill -0 "$guard" 2>/dev/null || guard
    [ -n "$ending" ] || [ "$due" = 0 ] || [ "$now" -lt "$due" ] || decide
    # A sleep is a process, most of what an idle instance costs beside PostgreSQL. Heartbeats are to be read before the next one
    if [ -z "$up" ] || [ "$gate" = closed ] || [ -n "$job$stopping" ]; then nap 0.2
    elif [ -e "$run/heartbeat" ]; then nap 1
    else nap 2; fi
done
