#!/usr/bin/env bash
# Runs the supervisor for real: PostgreSQL's own binaries, an unprivileged user, several instances on this machine.
#
#   src/test/shell/supervisor-test.sh [name of a test ...]
#   src/test/shell/supervisor-test.sh --left-out   # what the run without arguments leaves out: combinations of what it shows, and most of it under busybox
#
# PGBIN       directory of the binaries (default: those in PATH, else the newest of /usr/lib/postgresql/*/bin)
# TEST_SHELL  the shell that runs the supervisor (default: dash; some tests run under busybox as well)
# TEST_PORT   the first port (default: of two thousand ports that no other run on this machine uses, below those that Linux takes for outgoing connections)
# TEST_JOBS   how many tests run at a time (default 4: they mostly wait)
# TEST_PATIENCE how many times as long as it says a test waits for what must come (default 3: whoever else uses this machine may stop it for seconds)
# TMPDIR      where the instances are (default: /dev/shm if it has 3 GB and may execute, else /tmp; root has a /dev/shm for this run alone)
# KEEP        not empty: the directory of the run is kept, so it is below /tmp if TMPDIR is not set
#
# One line per test; the last line is "N passed, N failed"; exit status 0 only if none failed. Each test runs in its own subshell and
# ends at the first thing that is not as it must be. A test whose means are missing on this machine fails and says what is missing.
# shellcheck disable=SC2015,SC2016,SC2030,SC2031,SC2317  # || after && and subshells on purpose, quoted for eval, called by name
set -u

here=$(cd "$(dirname "$0")" && pwd)
supervisor=${SUPERVISOR:-$here/../../main/resources/supervisor/supervisor.sh}
TEST_SHELL=${TEST_SHELL:-dash}
next_port=${TEST_PORT:-}
patience=${TEST_PATIENCE:-3}

# ---- A /dev/shm of our own, and System V segments. A postmaster that is killed leaves a megabyte in the one and one of the others, and its data directory, whose next
# start would take them away, is deleted: in a container's 64 MB no PostgreSQL would start any more after some seventy kills. Both end with this run

if [ "$(id -u)" = 0 ] && [ -z "${SUPERVISOR_TEST_APART:-}" ] && unshare --ipc --mount --propagation private true 2>/dev/null; then
    export SUPERVISOR_TEST_APART=yes
    exec unshare --ipc --mount --propagation private "$BASH" -c 'half=$(awk "/MemAvailable/ { print int(\$2 / 2) }" /proc/meminfo)
        mount -t tmpfs -o "size=${half}k,mode=1777" tmpfs /dev/shm && exec "$BASH" "$@"' - "$0" "$@"
fi

# ---- The machine

if [ -z "${PGBIN:-}" ]; then
    if command -v pg_basebackup postgres >/dev/null && [ -x "$(dirname "$(command -v postgres)")/pg_basebackup" ]; then
        PGBIN=$(dirname "$(command -v postgres)")
    else PGBIN=$(find /usr/lib/postgresql -maxdepth 2 -name bin 2>/dev/null | sort -V | tail -n 1); fi
fi
for program in postgres initdb pg_basebackup pg_controldata pg_ctl pg_rewind pg_waldump psql; do
    [ -x "$PGBIN/$program" ] || { echo "supervisor-test: no $program in '${PGBIN}': install a PostgreSQL server package or set PGBIN" >&2; exit 2; }
done
for program in $TEST_SHELL flock setpriv busybox; do
    command -v "$program" >/dev/null || { echo "supervisor-test: $program is missing (dash, util-linux, busybox-static)" >&2; exit 2; }
done
PATH=$PGBIN:$PATH

user=$(id -un)
if [ "$(id -u)" = 0 ]; then user=postgres; id postgres >/dev/null 2>&1 || user=nobody; fi
as_user() { # exec, so that the pid is the program's. A shell's background child ignores SIGINT, and so could not trap it
    if [ "$(id -u)" = 0 ]; then set -- setpriv --reuid="${AS_UID:-$user}" --regid="$(id -g "$user")" --clear-groups "$@"; fi
    # shellcheck disable=SC2086
    exec ${NAMESPACE:-} env --default-signal=INT,QUIT "$@"
}

if [ -z "${TMPDIR:-}" ]; then # in memory if it can be: other people's writes make each sync slow
    TMPDIR=/tmp
    [ -n "${KEEP:-}" ] || [ "$(df -k --output=avail /dev/shm 2>/dev/null | tail -n 1)" -lt 3000000 ] || findmnt -no OPTIONS -T /dev/shm | grep -q noexec || TMPDIR=/dev/shm
fi 2>/dev/null
root=$(mktemp -d "$TMPDIR/supervisor.XXXXXX")
chmod 755 "$root"
mkfifo "$root/never"
mkdir "$root/wrappers" # as Debian's in /usr/bin, which lies before the server's: the supervisor is to take what lies beside the server
for program in psql pg_basebackup; do
    printf '#!/bin/sh\necho "a wrapper was called: $0 $*" >&2\nexit 1\n' >"$root/wrappers/$program"
    chmod 755 "$root/wrappers/$program"
done
export LC_ALL=C

strays() { # what still runs below a directory: only what these tests have started. One process looks at all of them: there are hundreds
    find /proc -mindepth 2 -maxdepth 2 -path '/proc/[0-9]*/cwd' -lname "$1/*" -printf '%h\n' 2>/dev/null | sed 's,/proc/,,'
}

clean_up() { # directory: ends the supervisors and whatever they left
    local file
    for file in "$1"/*/pid; do # of one that has ended the number may be anybody's by now
        [ ! -e "$file" ] || ! grep -qs "${file%/pid}/etc/supervisor.sh" "/proc/$(cat "$file")/cmdline" || kill -9 "$(cat "$file")" 2>/dev/null
    done
    # shellcheck disable=SC2046
    kill -9 $(strays "$1") 2>/dev/null
    return 0
}

finish() {
    exec 2>/dev/null # the shell tells of each child that is killed here
    clean_up "$root"
    for directory in "$root"/*/; do clean_up "${directory%/}"; done
    if [ -n "${KEEP:-}" ]; then echo "kept: $root"; else sleep 0.3; rm -rf "$root"; fi
}
trap finish EXIT

if [ -z "$next_port" ]; then # the lock ends with the last process of this run
    for next_port in 21100 23100 25100 27100 29100; do
        exec {ports}>"/tmp/matriarch-supervisor-test.$next_port.lock" && flock -n "$ports" && break
        exec {ports}>&-
        next_port=
    done
    [ -n "$next_port" ] || { echo 'supervisor-test: five other runs use all ports; set TEST_PORT' >&2; exit 2; }
fi

# ---- Instances. In a test $t is its directory; an instance `a` is $t/a with etc, vol and run

password="se:c\\r'et \$(id) 1"
replication_password="re'pl:x\\"

make() { # instance ...
    local name
    for name; do
        next_port=$((next_port + 1))
        mkdir -p "$t/$name/etc/..0" "$t/$name/vol" "$t/$name/run"
        echo "$next_port" >"$t/$name/port"
        ln -s ..0 "$t/$name/etc/..data"
        for file in supervisor.sh postgresql.conf pg_hba.conf pg_hba.closed.conf initdb.args matriarch matriarch_replication assignment; do
            ln -s "..data/$file" "$t/$name/etc/$file"
        done
        cd "$t/$name/etc/..0" || exit 1
        cp "$supervisor" supervisor.sh
        configuration "$name" >postgresql.conf
        printf '%s\n' 'local all matriarch scram-sha-256' 'local all postgres trust' 'host all matriarch 127.0.0.1/32 scram-sha-256' \
            'host replication matriarch_replication 127.0.0.1/32 scram-sha-256' >pg_hba.closed.conf
        { cat pg_hba.closed.conf; echo 'host all app 127.0.0.1/32 trust'; } >pg_hba.conf
        printf '%s\n' --encoding=UTF8 --locale=C --data-checksums >initdb.args
        printf '%s' "$password" >matriarch
        printf '%s' "$replication_password" >matriarch_replication
        cd "$root" || exit 1
        [ "$(id -u)" != 0 ] || chown -R "${AS_UID:-$user}" "$t/$name"
    done
}

configuration() { # instance, further lines
    cat <<EOF
listen_addresses = '127.0.0.1'
port = $(<"$t/$1/port")
unix_socket_directories = '$t/$1/run'
include_if_exists = '$t/$1/run/gate.conf'
restart_after_crash = off
wal_log_hints = on
wal_receiver_timeout = 3s
shared_buffers = 16MB
matriarch.epoch = '0'
matriarch.generation = '0'
${2:-}
EOF
}

project() { # instance, file: standard input is its new content, as the kubelet does it: a new directory, ..data is renamed over
    local etc=$t/$1/etc fresh
    fresh=..$(date +%s%N)
    cp -r "$etc/$(readlink "$etc/..data")" "$etc/$fresh"
    cat >"$etc/$fresh/$2"
    [ "$(id -u)" != 0 ] || chown -R "${AS_UID:-$user}" "$etc/$fresh"
    ln -s "$fresh" "$etc/..data_tmp"
    mv -T "$etc/..data_tmp" "$etc/..data"
}

assign() { # instance, epoch, deed, role, upstream, identifier
    printf '{"v":1,"epoch":%s,"deed":"%s","role":"%s","upstream":"%s","systemIdentifier":"%s"}' "$2" "$3" "$4" "${5:-}" "${6:-}" | project "$1" assignment
}

launch() { # instance [instance that it clones from, or rejoins]: a supervisor, its log goes on
    local upstream_port=1
    ! lives "$1" 2>/dev/null || die "the supervisor of $1 still lives" # only the last one is ended with the test
    [ -z "${2:-}" ] || upstream_port=$(<"$t/$2/port")
    local program
    for program in ${SHIMS:+postgres psql pg_basebackup}; do # a server of its own, and what lies beside it
        [ -e "$SHIMS/$program" ] && continue
        printf '#!/bin/sh\nexec %s "$@"\n' "$PGBIN/$program" >"$SHIMS/$program"
        chmod 755 "$SHIMS/$program"
    done
    # shellcheck disable=SC2086
    (
        export MATRIARCH_ETC=$t/$1/etc MATRIARCH_VOLUME=${VOLUME:-$t/$1/vol} MATRIARCH_RUN=$t/$1/run MATRIARCH_CLUSTER=test MATRIARCH_INSTANCE=test-$1 \
            MATRIARCH_UPSTREAM_HOST=${UPSTREAM_HOST:-127.0.0.1} MATRIARCH_UPSTREAM_PORT=$upstream_port MATRIARCH_LINGER=${LINGER:-0} PATH=${SHIMS:+$SHIMS:}$root/wrappers:$PATH
        MATRIARCH_PORT=$(<"$t/$1/port")
        export MATRIARCH_PORT
        as_user $TEST_SHELL "$t/$1/etc/supervisor.sh"
    ) >>"$t/$1/log" 2>>"$t/$1/errors" &
    echo $! >"$t/$1/pid"
}

pid() { echo "$(<"$t/$1/pid")"; }
lives() { kill -0 "$(pid "$1")" 2>/dev/null; }
data() { echo "$t/$1/vol/pgdata"; }
postmaster() { head -n 1 "$(data "$1")/postmaster.pid"; }
sql() { psql -XAtqw -h "$t/$1/run" -p "$(<"$t/$1/port")" -U postgres -d postgres -c "$2" 2>&1; }
client() { PGCONNECT_TIMEOUT=3 psql -XAtqw -h 127.0.0.1 -p "$(<"$t/$1/port")" -U app -d postgres -c "${2:-select 1}" 2>&1; }
operator() { PGPASSWORD=$password psql -XAtqw -h 127.0.0.1 -p "$(<"$t/$1/port")" -U matriarch -d postgres -c "$2" 2>&1; }
said() { # instance, extended regular expression: asked many times a second by several tests at a time, so without a process of its own
    local line
    while IFS= read -r line; do
        if [[ $line == 'matriarch '* && $line =~ $2 ]]; then return; fi
    done <"$t/$1/log"
    false
} 2>/dev/null
last() { grep '^matriarch ' "$t/$1/log" | tail -n 1; }
times() { grep -c "^matriarch .*$2" "$t/$1/log"; }
last_said() { # the same of the last report
    local line last=''
    while IFS= read -r line; do
        case $line in 'matriarch '*) last=$line ;; esac
    done <"$t/$1/log"
    [[ $last =~ $2 ]]
} 2>/dev/null
forget() { cat "$t/$1/log" >>"$t/$1/said" && : >"$t/$1/log"; } 2>/dev/null
control() { pg_controldata -D "$(data "$1")" | sed -n "s/^$2: *//p"; }
identifier() { control "$1" 'Database system identifier'; }
is_up() { [ -S "$t/$1/run/.s.PGSQL.$(<"$t/$1/port")" ] && [ "$(sql "$1" 'select 1')" = 1 ]; }
is_down() { ! is_up "$1"; }
streams() { sql "$1" "select count(*) from pg_stat_replication where state = 'streaming' and application_name like 'test-$2/e%'" | grep -qx 1; }
commit_waits() { sql "$1" "select count(*) from pg_stat_activity where wait_event = 'SyncRep'" | grep -qx 1; }
gate() { sql "$1" "select current_setting('matriarch.gate')"; }
gate_is() { [ "$(gate "$1")" = "$2" ]; }

die() { echo "    $*"; exit 1; }
must() { "$@" || die "failed: $*"; }
never() { ! "$@" || die "must not be: $*"; }
equal() { [ "$1" = "$2" ] || die "'$1' is not '$2'"; }
within() { # seconds, command: until it succeeds. What starts a process to find out, such as psql, is asked less often
    local limit=$(($1 * patience)) end pause=0.3
    end=$((SECONDS + limit + 1))
    shift
    case $1 in said | last_said | gone | test) pause=0.1 ;; esac
    until "$@"; do
        [ "$SECONDS" -lt "$end" ] || die "not within $limit s: $*"
        pause "$pause"
    done
}
pause() { read -rt "$1" <>"$root/never" || :; } # seconds; without a process
milliseconds() { echo $(($(date +%s%N) / 1000000 - ${1:-0})); } # since another call
gone() { ! kill -0 "$1" 2>/dev/null; }
ends() { # instance, seconds, exit status of its supervisor
    within "$2" gone "$(pid "$1")"
    wait "$(pid "$1")"
    equal "$?" "$3"
}

seed() { # instance ...: the volume of a primary that was initialised in epoch 1, and stopped
    local name
    for name; do
        make "$name"
        cp -a "$root/template/a/vol/." "$t/$name/vol"
        rm -f "$t/$name/vol/matriarch/"*.conf*
    done
    id=$(identifier "$1")
}

primary() { # instance [instance that it will rejoin]: seeded, running, gate open, ready for standbys
    seed "$1"
    assign "$1" 1 run primary '' "$id"
    launch "$@"
    within 10 is_up "$1"
    sql "$1" "alter system set matriarch.generation = '1'" && sql "$1" 'select pg_reload_conf()' >/dev/null
    within 5 gate_is "$1" open
}

standby() { # instance, primary: cloned and streaming
    [ -e "$t/$1" ] || make "$1"
    sql "$2" "select pg_create_physical_replication_slot('test_$1', true)" >/dev/null
    assign "$1" 1 clone standby "test-$2" "$id"
    launch "$1" "$2"
    within 15 streams "$2" "$1"
    within 5 last_said "$1" '"step":"running"'
}

pair() { # a, a primary with a table, and its standby b, which a will rejoin; and who else is named, standbys
    local name
    make b
    primary a b
    sql a 'create table t (row text); insert into t select generate_series(1, 1000)'
    for name in b "$@"; do standby "$name" a; done
    sql a 'select pg_switch_wal(); insert into t select generate_series(1001, 2000)' # the last checkpoint is in an earlier segment
    for name in b "$@"; do within 5 counts "$name" 2000; done
} >/dev/null

counts() { [ "$(sql "$1" 'select count(*) from t')" = "$2" ]; }

promote() { # instance: by SQL, as the operator does it
    sql "$1" "alter system set synchronous_standby_names = ''"
    sql "$1" 'select pg_reload_conf()' >/dev/null
    equal "$(sql "$1" 'select pg_promote()')" t
}

lead() { # instance, epoch: promoted by SQL, told so, with slots and the checkpoint for those that will follow
    local name
    promote "$1"
    assign "$1" "$2" run primary '' "$id"
    within 5 last_said "$1" "\"step\":\"running\",\"deed\":\"run\",\"epoch\":$2"
    for name in a b c; do
        [ "$name" = "$1" ] || sql "$1" "select pg_create_physical_replication_slot('test_$name', true)"
    done >/dev/null
    sql "$1" 'checkpoint'
}

rows() { sql "$1" "select string_agg(distinct row, ' ' order by row) from t where row !~ '^[0-9]'"; } # other than those of pair
has() { [ "$(rows "$1")" = "${2# }" ]; }

rejoined() { # instance, upstream, rows: streams, has these rows and what is written now
    within 40 streams "$2" "$1"
    within 5 last_said "$1" '"step":"running","deed":"rejoin"'
    sql "$2" "insert into t values ('zz')"
    within 5 has "$1" "$3 zz"
    must counts "$1" "$(sql "$2" 'select count(*) from t')"
    equal "$(sql "$1" 'select pg_is_in_recovery()')" t
    must gate_is "$1" open
    sql "$2" "delete from t where row = 'zz'"
    within 10 test ! -e "$t/$1/vol/pgdata.old"
}

beat() { # instance, limit in s [age in s, generation]: as the operator does it
    local sql=$here/../../main/resources/sql reading
    read -r reading _ <<<"$(operator "$1" "$(cat "$sql/clock.sql")" | tr '|' ' ')"
    operator "$1" "$(sed "s/LINE/$((10#${reading/./} - ${3:-0} * 100)) $2 ${4:-1}/" "$sql/heartbeat.sql")"
}
fence_is() { [ "$(cat "$t/$1/run/fence")" = "$2" ]; }

as_user_writes() { cat >"$1" && { [ "$(id -u)" != 0 ] || chown "$user" "$1"; }; }

crashed() { # instance: it and its supervisor die at once, as with their node
    kill -9 "$(pid "$1")" "$(postmaster "$1")"
    within 5 gone "$(pid "$1")"
}

shims() { # programs that kill the supervisor of $DIE_INSTANCE: DIE_PROGRAM, called with DIE_ARGUMENT, DIE_WHEN (before, after) its work
    mkdir -p "$t/shims"
    for program in initdb postgres sync mv pg_basebackup pg_rewind; do
        cat >"$t/shims/$program" <<EOF
#!/bin/sh
case "$program \$*" in
    "\$DIE_PROGRAM "*"\$DIE_ARGUMENT"*)
        [ "\$DIE_WHEN" = before ] || $(command -v "$program") "\$@"
        kill -9 \$(cat "\$DIE_PID") ;;
    *) exec $(command -v "$program") "\$@" ;;
esac
EOF
        chmod 755 "$t/shims/$program"
    done
    export SHIMS=$t/shims DIE_PID=$t/$1/pid
}

# ---- Tests

initialise() {
    make a
    launch a
    within 5 said a '"step":"waiting"'
    must last_said a '"volume":"empty"'
    assign a 1 initialise primary
    within 20 said a '"step":"running"'
    id=$(identifier a)
    must last_said a "\"deed\":\"initialise\",\"epoch\":1,\"volume\":\"data\",\"systemIdentifier\":\"$id\""
    equal "$(operator a 'select rolsuper from pg_roles where rolname = current_user')" t
    equal "$(sql a "select rolname || rolsuper || rolreplication || (rolpassword like 'SCRAM-SHA-256\$%') from pg_authid where rolpassword is not null order by 1")" \
        $'matriarch_replicationfalsetruetrue\nmatriarchtruefalsetrue'
    equal "$(sql a 'show data_checksums')" on
    equal "$(stat -c %a "$(data a)")" 700
    equal "$(cat "$t/a/vol/matriarch/epoch")" 1
    must gate_is a closed
    never test -e "$t/a/vol/pgdata.new"
    # Told again, by a new supervisor: goes on with what it made
    kill -TERM "$(pid a)"
    ends a 5 0
    forget a
    launch a
    within 10 said a '"step":"running"'
    equal "$(identifier a)" "$id"
    never said a '"step":"initialising"'
}

initialise_is_killed() { # at every step, then again: one database cluster, whole
    make a
    shims a
    local point made
    for point in 'initdb --pgdata after' 'postgres --single after' 'sync -f after' 'mv initialised after' 'mv pgdata.new after'; do
        rm -rf "$t/a/vol/pgdata" "$t/a/vol/matriarch" # and a pgdata.new of the round before stays
        forget a
        printf '' | project a assignment
        # shellcheck disable=SC2086
        set -- $point
        DIE_PROGRAM=$1 DIE_ARGUMENT=$2 DIE_WHEN=$3 launch a
        assign a 1 initialise primary
        within 20 gone "$(pid a)"
        never said a '"step":"running"'
        made=$(identifier a 2>/dev/null)
        case $point in *pgdata.new\ after) [ -n "$made" ] || die "$point: no pgdata" ;; *) [ -z "$made" ] || die "$point: there is a pgdata" ;; esac
        SHIMS='' launch a
        within 20 said a '"step":"running"'
        equal "$(operator a 'select 1')" 1
        [ -z "$made" ] || equal "$(identifier a)" "$made"
        never test -e "$t/a/vol/pgdata.new"
        kill -TERM "$(pid a)"
        ends a 10 0
    done
}

initialise_refuses_data() {
    seed a
    assign a 2 initialise primary
    launch a
    within 5 last_said a '"reason":"occupied"'
    equal "$(identifier a)" "$id"
    must is_down a
    # Not this mark either: same epoch, another database cluster
    kill -TERM "$(pid a)"
    ends a 5 0
    forget a
    echo '3 7000000000000000001' >"$t/a/vol/matriarch/initialised"
    assign a 3 initialise primary
    launch a
    within 5 last_said a '"reason":"occupied"'
    # Nor without a control file: that is damage, not emptiness
    rm "$(data a)/global/pg_control"
    assign a 4 initialise primary
    within 5 last_said a '"epoch":4,"volume":"foreign".*"reason":"occupied"'
    must test -e "$(data a)/PG_VERSION"
}

initialise_without_passwords() {
    make a
    printf '' | project a matriarch
    assign a 1 initialise primary
    launch a
    within 5 last_said a '"step":"refused".*"reason":"initdb"'
    printf '%s' "$password" | project a matriarch
    within 20 last_said a '"step":"running"'
}

run_refuses() {
    make a
    assign a 1 run primary '' 7000000000000000001
    launch a
    within 5 last_said a '"reason":"empty"'
    assign a 2 rejoin standby test-b 7000000000000000001
    within 5 last_said a '"deed":"rejoin".*"reason":"empty"'
    mkdir "$(data a)" # emptied, not absent
    assign a 3 run standby '' 7000000000000000001
    within 5 last_said a '"deed":"run","epoch":3.*"reason":"empty"'
    never said a '"step":"initialising"'
    equal "$(ls -A "$(data a)")" ''

    seed b
    assign b 2 run primary '' 7000000000000000001
    launch b
    within 5 last_said b "\"volume\":\"foreign\",\"systemIdentifier\":\"$id\".*\"reason\":\"foreign\""
    assign b 3 run standby test-a "$id"
    within 5 last_said b '"volume":"data".*"reason":"was-primary"'
    must last_said b '"timeline":1,"lsn":"0/[0-9A-F]*"'
    as_user touch "$(data b)/standby.signal" &
    wait $!
    assign b 5 run primary '' "$id"
    within 5 last_said b '"reason":"is-standby"'
    never said b '"step":"starting"'
    assign b 6 run standby '' "$id"
    within 10 last_said b '"step":"running"'
}

clone() {
    primary a
    sql a "alter system set synchronous_standby_names = ''"
    sql a 'alter system set primary_slot_name = nonsense'
    sql a "alter system set primary_conninfo = 'host=nowhere'"
    standby b a
    local conf
    conf=$(data b)/postgresql.auto.conf
    equal "$(grep -c '^primary_conninfo' "$conf")" 1
    must grep -q "^primary_conninfo = '.*user=matriarch_replication passfile=$t/b/run/.pgpass application_name=test-b/e1 " "$conf"
    must grep -qx "primary_slot_name = 'test_b'" "$conf"
    must grep -qx "matriarch.epoch = '1'" "$conf"
    never grep -Eq 'matriarch.generation|nonsense|nowhere' "$conf"
    equal "$(grep '^synchronous_standby_names' "$conf")" "synchronous_standby_names = 'ANY 1 (\"promoted-by-hand\")'"
    equal "$(sql a "select active from pg_replication_slots where slot_name = 'test_b'")" t
    equal "$(sql b 'select pg_is_in_recovery()')" t
    must gate_is b open
    within 5 last_said b '"step":"running","deed":"clone"'
    # Not done again by a new supervisor, and not when it is merely run
    local made
    made=$(stat -c %i "$(data b)")
    kill -TERM "$(pid b)"
    ends b 5 0
    forget b
    launch b a
    within 10 streams a b
    assign b 1 run standby test-a "$id"
    within 5 last_said b '"step":"running","deed":"run"'
    never said b '"step":"cloning"'
    equal "$(stat -c %i "$(data b)")" "$made"
    # The same words once more, after others: another copy, beside the running one
    assign b 1 clone standby test-a "$id"
    within 5 said b '"step":"cloning"'
    within 15 last_said b '"step":"running","deed":"clone"'
    [ "$(stat -c %i "$(data b)")" != "$made" ] || die 'no new copy'
    within 10 streams a b
    within 10 test ! -e "$t/b/vol/pgdata.old"
}

clone_over_data() { # it is moved aside, and deleted only after the new one streams
    primary a
    seed b
    sql a "select pg_create_physical_replication_slot('test_b', true)" >/dev/null
    as_user touch "$(data b)/mine" &
    wait $!
    shims b
    # Killed between the two renames: the old directory comes back, and the copy is made again
    assign b 2 clone standby test-a "$id"
    DIE_PROGRAM=mv DIE_ARGUMENT=pgdata.old DIE_WHEN=after launch b a
    within 20 gone "$(pid b)"
    never test -e "$(data b)"
    must test -e "$t/b/vol/pgdata.old/mine"
    assign b 2 stop standby test-a "$id"
    launch b a
    within 5 last_said b '"step":"stopped".*"volume":"data"'
    must test -e "$(data b)/mine"
    kill -TERM "$(pid b)"
    ends b 5 0
    assign b 2 clone standby test-a "$id"
    # Killed after both: the first data stays
    DIE_PROGRAM=mv DIE_ARGUMENT='pgdata.new /' DIE_WHEN=after launch b a
    within 20 gone "$(pid b)"
    must test -e "$t/b/vol/pgdata.old/mine"
    never test -e "$(data b)/mine"
    # Done, but it cannot stream: the first data stays
    printf 'wrong' | project b matriarch_replication
    DIE_PROGRAM=mv DIE_ARGUMENT='mark.new' DIE_WHEN=after launch b a
    within 5 said b '"step":"failed".*"reason":"basebackup","message":".*password authentication failed'
    printf '%s' "$replication_password" | project b matriarch_replication
    within 20 gone "$(pid b)"
    must test -e "$t/b/vol/pgdata.old/mine"
    printf 'wrong' | project b matriarch_replication
    forget b
    configuration b 'default_transaction_isolation = serializable' | project b postgresql.conf # with which a standby answers nobody who does not set another
    SHIMS='' launch b a
    within 10 last_said b '"step":"running"'
    sleep 2.5
    must test -e "$t/b/vol/pgdata.old/mine"
    printf '%s' "$replication_password" | project b matriarch_replication
    within 15 streams a b
    within 10 test ! -e "$t/b/vol/pgdata.old"
    within 5 eval "! ls -d '$t'/b/vol/pgdata.trash.* 2>/dev/null"
    never said b '"step":"cloning"'
    never test -e "$(data b)/mine"
}

damaged() { # data that PostgreSQL does not start with is told apart, kept, and made good by a copy
    pair
    kill -TERM "$(pid b)"
    ends b 10 0
    as_user rm "$(data b)/global/pg_control" &
    wait $!
    assign b 2 run standby test-a "$id"
    forget b
    launch b a
    within 5 last_said b '"step":"refused","deed":"run".*"volume":"foreign".*"reason":"damaged"'
    assign b 2 rejoin standby test-a "$id"
    within 5 last_said b '"step":"refused","deed":"rejoin".*"reason":"damaged"'
    must test -e "$(data b)/PG_VERSION"
    assign b 2 clone standby test-a "$id"
    within 20 streams a b
    # What PostgreSQL itself finds is tried some times more
    kill -TERM "$(pid b)"
    ends b 10 0
    as_user rm "$(data b)/PG_VERSION" &
    wait $!
    forget b
    launch b a
    within 10 last_said b '"step":"failed".*"reason":"start","message":".*is not a valid data directory'
    within 30 last_said b '"step":"failed".*"reason":"damaged","message":".*is not a valid data directory'
    assign b 3 clone standby test-a "$id"
    within 20 streams a b
    within 5 counts b 2000
}

damaged_primary() { # that is for a failover, or for people
    primary a
    kill -TERM "$(pid a)"
    ends a 10 0
    as_user rm "$(data a)/PG_VERSION" &
    wait $!
    forget a
    launch a
    sleep 20
    never said a '"reason":"damaged"'
    must said a '"step":"failed".*"reason":"start"'
}

clone_waits() { # for an upstream that is not there; a new assignment ends it; a foreign upstream is refused
    seed a
    make b
    assign b 1 clone standby test-a "$id"
    launch b a
    within 5 said b '"step":"cloning".*"reason":"basebackup","message":"waits for test-a: '
    sleep 2
    [ "$(times b '"step":"cloning"')" -le 2 ] || die 'reported more than once'
    assign b 2 stop standby '' "$id"
    within 5 last_said b '"step":"stopped","deed":"stop","epoch":2'
    assign b 3 clone standby test-a "$id"
    within 5 last_said b '"step":"cloning","deed":"clone","epoch":3'
    assign a 1 run primary '' "$id"
    launch a
    within 10 is_up a
    # No slot yet: goes on when the operator has made it
    within 10 said b '"step":"failed".*slot'
    sql a "select pg_create_physical_replication_slot('test_b', true)" >/dev/null
    within 20 streams a b
    within 5 last_said b '"step":"running","deed":"clone","epoch":3'

    make c
    assign c 2 clone standby test-a 7000000000000000001
    sql a "select pg_create_physical_replication_slot('test_c', true)" >/dev/null
    launch c a
    within 10 last_said c '"step":"refused","deed":"clone".*"reason":"foreign","message":"test-a is '
    never test -e "$t/c/vol/pgdata.new"
    never test -e "$(data c)"

    seed d # data of another database cluster is left alone
    assign d 2 clone standby test-a 7000000000000000001
    launch d a
    within 10 last_said d '"step":"refused","deed":"clone".*"reason":"foreign","message":"the volume holds '
    equal "$(identifier d)" "$id"
    never test -e "$t/d/vol/pgdata.new"
}

waits_for_a_name() { # of its upstream, which is not known yet, or no more: who copies it, and who follows it
    [ "$(id -u)" = 0 ] && unshare --mount true 2>/dev/null || die 'not run: needs root and mount namespaces'
    primary a
    sql a "select pg_create_physical_replication_slot('test_b', true)" >/dev/null
    echo 'hosts: files' >"$t/nsswitch.conf"
    echo '127.0.0.1 localhost' >"$t/hosts"
    printf '#!/bin/sh\nset -e\nmount --bind %s/hosts /etc/hosts\nmount --bind %s/nsswitch.conf /etc/nsswitch.conf\nexec "$@"\n' "$t" "$t" >"$t/knows"
    chmod 755 "$t/knows"
    local UPSTREAM_HOST=test-a.test-pods NAMESPACE="unshare --mount $t/knows"
    make b
    assign b 1 clone standby test-a "$id"
    launch b a
    within 5 last_said b '"step":"cloning".*"reason":"basebackup","message":"waits for test-a: .*could not translate host name'
    sleep 1.5
    [ "$(times b '"message":"waits')" = 1 ] || die 'reported more than once'
    echo "127.0.0.1 $UPSTREAM_HOST" >>"$t/hosts"
    within 15 streams a b
    within 5 last_said b '"step":"running","deed":"clone"'

    echo '127.0.0.1 localhost' >"$t/hosts"
    assign b 2 rejoin standby test-a "$id"
    within 10 last_said b '"step":"rejoining".*"reason":"rewind","message":"waits for test-a: .*could not translate host name'
    echo "127.0.0.1 $UPSTREAM_HOST" >>"$t/hosts"
    within 15 streams a b
    within 5 last_said b '"step":"running","deed":"rejoin"'
    never said b '"step":"failed"'
}

clone_is_changed() { # a copy under way is ended when the assignment changes, and by SIGTERM
    primary a
    make b
    mkdir "$t/slow"
    printf '#!/bin/sh\n[ -e %s/go ] || exec sleep 77\nexec %s "$@"\n' "$t" "$PGBIN/pg_basebackup" >"$t/slow/pg_basebackup"
    chmod 755 "$t/slow/pg_basebackup"
    assign b 1 clone standby test-a "$id"
    sql a "select pg_create_physical_replication_slot('test_b', true)" >/dev/null
    SHIMS=$t/slow launch b a
    local child
    within 5 pgrep -P "$(pid b)" -f 'sleep 77'
    child=$(pgrep -P "$(pid b)" -f 'sleep 77')
    echo malformed | project b assignment
    within 5 last_said b '"reason":"malformed"'
    must kill -0 "$child"
    touch "$t/go"
    assign b 2 clone standby test-a "$id"
    within 5 gone "$child"
    within 15 streams a b
    rm "$t/go"
    assign b 3 clone standby test-a "$id" # beside a running one
    within 5 pgrep -P "$(pid b)" -f 'sleep 77'
    child=$(pgrep -P "$(pid b)" -f 'sleep 77')
    must streams a b
    kill -TERM "$(pid b)"
    ends b 5 0
    within 2 gone "$child"
    equal "$(control b 'Database cluster state')" 'shut down in recovery'
}

rejoin() { # a former primary that runs, with rows that nobody else has
    pair
    sql a "select pg_create_physical_replication_slot('old')" >/dev/null
    sql a "alter system set synchronous_standby_names = 'ANY 1 (\"test-b/e1\")'"
    sql a 'select pg_reload_conf()' >/dev/null
    lead b 2
    sql a "insert into t values ('a')" >/dev/null & # waits for b: nobody confirms it
    within 5 commit_waits a
    sql b "insert into t values ('b')"
    sql b "alter system set synchronous_standby_names = '*'" # comes with the rewind, and so does this
    sql b "alter system set matriarch.generation = '1'"
    local made began
    made=$(stat -c %i "$(data a)")
    began=$(milliseconds)
    assign a 2 rejoin standby test-b "$id"
    within 40 streams b a
    echo "    rejoin: $(milliseconds "$began") ms from the assignment of a primary that runs until it streams, rewound"
    rejoined a b b
    must said a '"step":"rejoining","deed":"rejoin","epoch":2'
    must said a '"step":"rejoining".*"message":"rewinds to test-b"'
    never said a '"step":"cloning"'
    equal "$(stat -c %i "$(data a)")" "$made"
    equal "$(sql a 'select count(*) from pg_replication_slots')" 0
    never grep -Eq 'test-b/e1|matriarch.generation' "$(data a)/postgresql.auto.conf"
    must grep -qx "matriarch.epoch = '2'" "$(data a)/postgresql.auto.conf"
    equal "$(sql b "select active from pg_replication_slots where slot_name = 'test_a'")" t
    # Not done again by a new supervisor, nor after a crash, and not when it is merely run
    kill -TERM "$(pid a)"
    ends a 5 0
    forget a
    launch a b
    within 10 streams b a
    kill -9 "$(postmaster a)"
    within 10 said a '"step":"crashed"'
    within 10 streams b a
    assign a 2 run standby test-b "$id"
    within 5 last_said a '"step":"running","deed":"run"'
    never said a '"step":"rejoining"'
    # The same words once more, after others: it follows
    assign a 2 rejoin standby test-b "$id"
    within 5 said a '"step":"rejoining"'
    rejoined a b b
    never said a 'rewinds to'
    never said a '"step":"cloning"'
    # And the other way round, twice: a leads, b rejoins, then b again
    kill -TERM "$(pid b)"
    ends b 5 0
    lead a 3
    assign b 3 rejoin standby test-a "$id"
    launch b a
    rejoined b a b
    lead b 4
    sql a "insert into t values ('a')"
    assign a 4 rejoin standby test-b "$id"
    rejoined a b b
    never said a '"step":"cloning"'
    never said b '"reason":"rewind"'
}

rejoin_after_crash() { # killed with its supervisor; and again in the middle of the recovery, before and after it
    pair
    sql a 'create table only_a as select generate_series(1, 20000) i; update t set row = row'
    lead b 2
    sql b "insert into t values ('b')"
    sql a "insert into t select 'a' from generate_series(1, 20000); select pg_switch_wal(); insert into t values ('aa')" >/dev/null
    sql a "select pg_drop_replication_slot('test_b')"
    crashed a
    equal "$(control a 'Database cluster state')" 'in production'
    shims a
    assign a 2 rejoin standby test-b "$id"
    DIE_PROGRAM=postgres DIE_ARGUMENT=--single DIE_WHEN=before launch a b
    within 20 gone "$(pid a)"
    equal "$(control a 'Database cluster state')" 'in production'
    DIE_PROGRAM=postgres DIE_ARGUMENT=--single DIE_WHEN=after launch a b
    within 20 gone "$(pid a)"
    within 10 test ! -e "$(data a)/postmaster.pid"
    equal "$(control a 'Database cluster state')" 'shut down'
    SHIMS='' launch a b
    rejoined a b b
    equal "$(times a '"step":"rejoining".*"message":"recovers')" 2
    never said a '"step":"cloning"'
    # Killed right after it was promoted: that timeline was never checkpointed
    crashed b
    promote a
    sql a "insert into t values ('c')"
    crashed a
    equal "$(control a "Min recovery ending loc's timeline")" 3
    assign b 3 run primary '' "$id"
    forget b
    launch b
    within 10 last_said b '"step":"running"'
    forget a
    assign a 3 rejoin standby test-b "$id"
    launch a b
    rejoined a b b
    never has a 'b c'
}

promoted_by_hand() { # it acknowledges nothing, and becomes a standby of its primary again, whose timeline is an earlier one
    pair
    equal "$(sql b 'select pg_promote()')" t
    sql b "insert into t values ('b')" >/dev/null &
    within 5 commit_waits b
    sql a "insert into t values ('a')"
    assign b 1 rejoin standby test-a "$id"
    rejoined b a a
    must said b '"message":"rewinds to test-a"'
    # Nothing is left that would make it look as if it were on the timeline that it made
    local segment
    segment=$(sql a 'select pg_walfile_name(pg_current_wal_lsn())')
    must test -e "$(data b)/pg_wal/$segment"
    never test -e "$(data b)/pg_wal/00000002${segment#????????}"
    sql b "alter system set primary_conninfo = ''"
    sql b 'select pg_reload_conf()' >/dev/null
    as_user_writes "$(data b)/pg_wal/00000002${segment#????????}" </dev/null
    within 5 observed b '"inRecovery" : true'
    must observed b '"timeline" : 1,'
}

observed() { operator "$1" "$(cat "$here/../../main/resources/sql/observe.sql")" | grep -qF "$2"; }

promoted_by_hand_to_a_used_timeline() { # out of sight: while others went on by the same number, and then by the next
    pair c
    crashed a
    equal "$(sql b 'select pg_promote()')" t
    lead c 2
    sql c "insert into t values ('c')"
    assign a 2 rejoin standby test-c "$id"
    launch a c
    rejoined a c c
    crashed c
    lead a 3
    sql a "insert into t values ('d')"
    assign b 3 rejoin standby test-a "$id"
    crashed b
    forget b
    launch b a
    rejoined b a 'c d'
    must said b '"step":"failed".*"message":"it was promoted by hand, and nothing tells its timeline 2 from that of test-a'
    must said b '"step":"cloning","deed":"rejoin"'
}

promoted_by_hand_and_stopped() { # it is no former primary, and nobody can tell by its timeline what it has
    pair
    equal "$(sql b 'select pg_promote()')" t
    kill -TERM "$(pid b)"
    within 40 gone "$(pid b)"
    equal "$(control b 'Database cluster state')" 'shut down'
    forget b
    assign b 2 run standby '' "$id"
    launch b a
    within 10 last_said b '"step":"refused","deed":"run","epoch":2.*"reason":"was-primary"'
    never test -e "$(data b)/standby.signal"
    assign b 2 rejoin standby test-a "$id"
    rejoined b a ''
}

reserved_timelines() { # are forgotten by a standby that died before it was promoted
    pair
    sql a "insert into t values ('c')"
    local files
    files=$(data b)/pg_wal
    crashed b
    printf '# reserved by Matriarch\n' | as_user_writes "$files/00000002.history"
    printf '1\t0/1\tof a promotion\n' | as_user_writes "$files/00000003.history"
    launch b a # a number that another was promoted to, and of which there is nothing here, is forgotten too, and those reserved before it
    within 20 eval 'streams a b && counts b 2001'
    local file
    for file in "$files"/*.history; do must test ! -e "$file"; done
    # One that lives looks for newer timelines all the time until it is promoted, reads them, and then takes the number above them
    sql b "alter system set wal_retrieve_retry_interval = '100ms'"
    sql b "alter system set primary_conninfo = ''"
    sql b 'select pg_reload_conf()' >/dev/null
    within 5 eval '! streams a b'
    operator b "$(sed 's/%1\$d/3/g; s/%%/%/g' "$here/../../main/resources/sql/reserve-timelines.sql")"
    must test -s "$files/00000003.history"
    within 10 grep -q 'new timeline 3 is not a child' "$t/b/errors"
    equal "$(sql b 'select pg_promote()')" t
    equal "$(sql b 'select left(pg_walfile_name(pg_current_wal_lsn()), 8)')" 00000004
}

# instance, the one that leads: the first segment of its timeline, up to the middle of what the one before has there, or as far as that goes
received_half_of() {
    local file=$t/half name size
    name=$(sql "$2" "select '00000002' || substr(pg_walfile_name((select redo_lsn from pg_control_checkpoint())), 9)")
    read -r _ end _ < <(tail -n 1 "$(data "$2")/pg_wal/00000002.history")
    size=$((0x${end#*/} % 16777216 / ${3:-2}))
    [ "$size" -gt 8192 ] || die "there is hardly anything before the end of timeline 1, $end"
    { head -c "$size" "$(data "$2")/pg_wal/$name" && head -c $((16777216 - size)) /dev/zero; } >"$file"
    as_user_writes "$(data "$1")/pg_wal/$name" <"$file"
    as_user_writes "$(data "$1")/pg_wal/00000002.history" <"$(data "$2")/pg_wal/00000002.history"
    within 15 grep -q 'new target timeline is 2' "$t/$1/errors"
}

begun() { operator "$1" "$(cat "$here/../../main/resources/sql/begun-timeline.sql")"; }
has_begun() { [ "$(begun "$1")" = "$2" ]; }
knows_nothing_of() { ! compgen -G "$(data "$1")/pg_wal/$2*" >/dev/null; }

detached() { # instance: as the operator does it
    sql "$1" "alter system set primary_conninfo = ''"
    sql "$1" 'select pg_reload_conf()' >/dev/null
}

half_received_timeline() { # whoever lost its upstream while it received the first segment of a timeline has all that it had confirmed
    pair c d
    sql a "insert into t values ('a')"
    must has_begun b ''
    assign a 1 stop primary '' "$id"
    within 10 last_said a '"step":"stopped"'
    lead b 2
    # By itself PostgreSQL dies of it at its promotion, and is started as the standby that it was, with all that it had
    received_half_of d b
    must counts d 2001
    sql d 'select pg_promote()' >/dev/null
    within 10 said d '"step":"crashed"'
    must grep -q 'PANIC:  invalid ' "$t/d/errors"
    within 20 last_said d '"step":"running"'
    must grep -q 'supervisor: forgets timeline 00000002, of which it has nothing' "$t/d/errors"
    must knows_nothing_of d 00000002
    within 10 counts d 2001
    equal "$(sql d 'select pg_is_in_recovery()')" t
    # One that runs, and has to the last byte what there is before the timeline's beginning: it would not connect to d, which was never on that
    received_half_of c b 1
    must counts c 2001
    must has_begun c '' # it has an upstream
    detached c
    within 10 has_begun c '2 1'
    sql d "select pg_create_physical_replication_slot('test_c', true)" >/dev/null
    sql c "alter system set primary_conninfo = 'host=127.0.0.1 port=$(<"$t/d/port") user=matriarch_replication passfile=$t/c/run/.pgpass application_name=test-c/e1'"
    sql c 'select pg_reload_conf()' >/dev/null
    within 10 grep -q 'highest timeline 1 of the primary is behind recovery timeline 2' "$t/c/errors"
    # So it is started anew without, as the operator has it done
    detached c
    within 10 has_begun c '2 1'
    forget c
    operator c "alter system set matriarch.epoch = '3'" # later than what its supervisor was told: what is of SQL's making goes on all the same
    operator c "copy (select 1 where false) to program ': >\"\$MATRIARCH_RUN/restart\" && kill -INT $(postmaster c)'" >/dev/null
    within 20 last_said c '"step":"running","deed":"run","epoch":3'
    never said c 'unasked|stale'
    must knows_nothing_of c 00000002
    must test -s "$t/c/vol/matriarch/forgotten/00000002.history"
    equal "$(sql c 'show primary_conninfo')" ''
    within 10 counts c 2001
    detached c
    within 10 has_begun c ''
    detached d
    within 10 has_begun d ''
    follows_by_sql_before_its_promotion c d
    promote d
    sql d "insert into t values ('d')"
    within 20 has c 'a d'
    # Of a timeline of which there is something nothing is forgotten, whatever the control file tells
    crashed c
    assign c 3 run standby '' "$id"
    launch c d
    within 20 has c 'a d'
    must has_begun c ''
}

follows_by_sql_before_its_promotion() { # instance, who will lead: as the operator does it
    sql "$1" "alter system set primary_conninfo = 'host=127.0.0.1 port=$(<"$t/$2/port") user=matriarch_replication passfile=$t/$1/run/.pgpass application_name=test-$1/e1'"
    sql "$1" 'select pg_reload_conf()' >/dev/null
    within 20 streams "$2" "$1"
}

rejoin_follows() { # without a rewind: after a switchover; and who died, or was away, as a standby
    pair c d
    sql a "select pg_create_physical_replication_slot('old', true)" >/dev/null
    crashed c
    crashed d
    assign a 1 stop primary '' "$id"
    within 5 last_said a '"step":"stopped"'
    lead b 2
    sql b "select pg_create_physical_replication_slot('test_d', true); insert into t values ('b')"
    # What would lead astray: numbers that were reserved, or came with a promotion that failed
    printf '1\t0/1\treserved\n' | as_user_writes "$(data a)/pg_wal/00000005.history"
    printf '' | as_user_writes "$(data c)/pg_wal/00000002.history"
    local name
    forget c
    for name in a c; do # the supervisor of a has lived on
        assign "$name" 2 rejoin standby test-b "$id"
        [ "$name" = a ] || launch "$name" b
        rejoined "$name" b b
    done
    equal "$(sql a 'select count(*) from pg_replication_slots')" 0
    never grep -q matriarch.generation "$(data a)/postgresql.auto.conf"
    never test -e "$(data a)/pg_wal/00000005.history"
    # In the middle of its promotion: what died so is no primary, and goes on as a standby of another
    rm "$(data d)/standby.signal"
    assign d 2 run primary '' "$id"
    forget d
    launch d b
    within 5 last_said d '"reason":"is-standby","message":"its promotion'
    assign d 2 run standby test-b "$id"
    within 5 last_said d '"reason":"was-primary"'
    assign d 3 rejoin standby test-b "$id"
    rejoined d b b
    for name in a c d; do
        must said "$name" '"step":"rejoining"'
        never said "$name" '"step":"rejoining".*"message":"re'
        never said "$name" '"step":"cloning"'
    done
}

rejoin_of_standbys() { # that have more than their new primary: rewound; copied where that is not known, or not possible
    pair c d e
    local name
    sql e 'select pg_wal_replay_pause()'
    within 5 eval '[ "$(sql e "select pg_get_wal_replay_pause_state()")" = paused ]'
    sql b "alter system set primary_conninfo = ''"
    sql b 'select pg_reload_conf()' >/dev/null
    within 5 eval '! streams a b'
    sql a "insert into t values ('a')"
    for name in c d; do within 5 has "$name" a; done
    within 5 eval '[ "$(sql a "select count(distinct flush_lsn) from pg_stat_replication")" = 1 ]'
    for name in d e; do # these stop cleanly; e does not even know what it got
        kill -TERM "$(pid "$name")"
        ends "$name" 5 0
        equal "$(control "$name" 'Database cluster state')" 'shut down in recovery'
    done
    local there # c goes on until it has no WAL of where they parted any more
    there=$(data c)/pg_wal/$(sql a 'select pg_walfile_name(pg_current_wal_lsn())')
    must test -e "$there"
    for _ in 1 2 3; do sql a "select pg_switch_wal(); checkpoint; insert into t values ('a')" >/dev/null; done
    within 5 counts c "$(sql a 'select count(*) from t')"
    sql c checkpoint
    never test -e "$there"
    crashed a
    crashed c
    lead b 2
    sql b "select pg_create_physical_replication_slot('test_' || n, true) from unnest(array['d', 'e']) n; insert into t values ('b')" >/dev/null
    for name in c d e; do
        forget "$name"
        assign "$name" 2 rejoin standby test-b "$id"
        launch "$name" b
    done
    for name in c d e; do rejoined "$name" b b; done
    must said c '"step":"failed".*"reason":"rewind","message":"it parted from test-b, and died as a standby"'
    must said c '"step":"cloning","deed":"rejoin"'
    must said d 'rewinds to test-b'
    never said d '"step":"cloning"'
    must said e 'rewinds to test-b'
    must said e '"step":"failed".*"reason":"rewind","message":".*no rewind required'
    must said e '"step":"cloning","deed":"rejoin"'
}

rejoin_of_unknown_timeline() { # which the control file does not tell of yet
    pair c d
    crashed a
    crashed d
    lead b 2
    sql b "insert into t values ('b')"
    sql c "alter system set primary_conninfo = 'host=127.0.0.1 port=$(cat "$t/b/port") user=matriarch_replication passfile=$t/c/run/.pgpass'"
    sql c 'select pg_reload_conf()' >/dev/null
    within 10 has c b
    crashed c
    equal "$(control c "Min recovery ending loc's timeline")" 1
    launch d
    within 10 is_up d
    printf '' | as_user_writes "$(data d)/pg_wal/00000002.history" # so that its own is 3
    lead d 3
    equal "$(sql d 'select timeline_id from pg_control_checkpoint()')" 3
    sql d "insert into t values ('d')"
    assign c 3 rejoin standby test-d "$id"
    launch c d
    rejoined c d d
    must said c '"step":"failed".*"reason":"rewind","message":"it parted from test-d, and died as a standby"'
}

rejoin_waits() { # for a source that is there, leads, and has a checkpoint on its timeline; a foreign one is refused
    pair
    configuration b $'checkpoint_timeout = 1h\ncheckpoint_completion_target = 0.9' | project b postgresql.conf
    within 5 last_said b '"step":"configured"'
    sql a 'create table big as select i, repeat(i::text, 200) from generate_series(1, 5000) i'
    within 5 eval '[ "$(sql b "select count(*) from big")" = 5000 ]'
    sql b checkpoint
    sql a 'update big set i = i + 1'
    within 5 eval '[ "$(sql b "select max(i) from big")" = 5001 ]'
    kill -TERM "$(pid b)"
    ends b 5 0
    sql a "insert into t values ('a')"
    assign a 2 rejoin standby test-b "$id"
    within 10 last_said a '"step":"rejoining".*"reason":"rewind","message":"waits for test-b: .*Connection refused'
    sleep 2
    [ "$(times a '"message":"waits')" -le 2 ] || die 'reported more than once'
    launch b a
    within 10 last_said a '"message":"waits for test-b: ERROR: *recovery is in progress'
    promote b
    sql b "insert into t values ('b')"
    within 10 said a '"message":"waits for test-b: its last checkpoint is on an earlier timeline"'
    sql b "select pg_create_physical_replication_slot('test_a', true)" >/dev/null
    rejoined a b b
    must said a 'rewinds to test-b'
    never said a '"step":"cloning"'
    make c
    assign c 1 initialise primary
    launch c
    within 20 last_said c '"step":"running"'
    kill -TERM "$(pid a)"
    ends a 5 0
    assign a 3 rejoin standby test-c "$id"
    launch a c
    within 10 last_said a '"step":"refused","deed":"rejoin","epoch":3.*"reason":"foreign","message":"test-c is '
    equal "$(identifier a)" "$id"
    seed d
    assign d 2 rejoin standby test-c 7000000000000000001
    launch d c
    within 10 last_said d '"step":"refused","deed":"rejoin".*"reason":"foreign","message":"the volume holds '
    kill -TERM "$(pid d)"
    ends d 5 0
    rm "$(data d)/global/pg_control"
    assign d 3 rejoin standby test-c "$id"
    launch d c
    within 10 last_said d '"step":"refused","deed":"rejoin","epoch":3.*"volume":"foreign".*"reason":"damaged"'
}

rejoin_fails() { # what pg_rewind would need is gone: copied, and the old data kept until the copy streams
    pair
    lead b 2
    sql b "insert into t values ('b')"
    sql a "select pg_drop_replication_slot('test_b'); insert into t values ('a')"
    for _ in 1 2 3; do sql a 'select pg_switch_wal(); checkpoint' >/dev/null; done
    as_user touch "$(data a)/mine" &
    wait $!
    printf 'wrong' | project a matriarch_replication
    assign a 2 rejoin standby test-b "$id"
    within 20 said a '"step":"failed".*"reason":"rewind","message":".*pg_rewind: error: could not '
    within 20 said a '"step":"failed".*"reason":"basebackup","message":".*password authentication failed'
    must test -e "$(data a)/mine"
    # Half rewound: neither for run nor for a new supervisor
    assign a 3 run standby test-b "$id"
    within 5 last_said a '"step":"refused".*"reason":"rewind"'
    kill -TERM "$(pid a)"
    ends a 5 0
    assign a 4 run primary '' "$id"
    forget a
    launch a b
    within 5 last_said a '"step":"refused".*"reason":"rewind"'
    never said a '"step":"starting"'
    printf '%s' "$replication_password" | project a matriarch_replication
    assign a 5 rejoin standby test-b "$id"
    rejoined a b b
    must said a '"step":"cloning","deed":"rejoin"'
    never said a '"step":"rejoining"'
    never test -e "$(data a)/mine"
}

rejoin_without_its_beginning() { # the upstream no longer has the WAL from which a rewound directory is recovered: pg_rewind leaves its own; copied, where more is missing
    pair
    local first
    first=$(control a "Latest checkpoint's REDO WAL file")
    [ "$(sql a 'select pg_walfile_name(pg_current_wal_lsn())')" != "$first" ] || die 'all is in one segment'
    lead b 2
    sql b "select pg_drop_replication_slot('test_c'), pg_replication_slot_advance('test_a', pg_current_wal_flush_lsn())" >/dev/null
    goes_on b b
    never test -e "$(data b)/pg_wal/$first"
    sql a "insert into t values ('a')"
    assign a 2 rejoin standby test-b "$id"
    rejoined a b b
    must said a 'rewinds to test-b'
    never said a '"step":"cloning"'
    # The segment in which the histories part is gone, too
    lead a 3
    sql a "select pg_drop_replication_slot('test_b'), pg_drop_replication_slot('test_c')" >/dev/null
    goes_on a aa
    sql a "select pg_create_physical_replication_slot('test_b', true)" >/dev/null
    sql b "insert into t values ('bb')"
    assign b 3 rejoin standby test-a "$id"
    rejoined b a 'aa b'
    must said b 'rewinds to test-a'
    must said b '"step":"failed".*"reason":"rewind","message":"test-a no longer has 0000000[0-9A-F]*, without which'
    must said b '"step":"cloning","deed":"rejoin"'
}

goes_on() { # instance, a row: for some segments, of which it keeps what somebody's slot asks for
    for _ in 1 2 3; do sql "$1" "select pg_switch_wal(); insert into t values ('$2'); checkpoint" >/dev/null; done
}

rejoin_copies() { # what pg_rewind cannot tell apart, or make whole
    # Both wrote one timeline
    seed a b
    assign a 1 run primary '' "$id"
    assign b 1 run primary '' "$id"
    launch a b
    launch b
    within 10 is_up a
    within 10 is_up b
    sql a "create table t (row text); insert into t values ('a')"
    sql b "create table t (row text); insert into t values ('b'); select pg_create_physical_replication_slot('test_a', true)" >/dev/null
    sql b "alter system set matriarch.generation = '1'"
    sql b 'select pg_reload_conf()' >/dev/null
    within 5 gate_is b open
    assign a 2 rejoin standby test-b "$id"
    rejoined a b b
    must said a '"reason":"rewind","message":"nothing tells where it and test-b parted, both on timeline 1"'
    # And, first, a copy that is not started
    shims c
    make c
    sql b "select pg_create_physical_replication_slot('test_c', true)" >/dev/null
    assign c 1 clone standby test-b "$id"
    DIE_PROGRAM=mv DIE_ARGUMENT=mark.new DIE_WHEN=after launch c b
    within 20 gone "$(pid c)"
    SHIMS=''
    # A primary that died, and whose disk then lost what others have: it has nothing that they have not, until it is recovered
    crashed b
    cp -a "$t/b/vol" "$t/b/before"
    launch b a
    within 15 streams b a
    sql b "select pg_switch_wal(); insert into t values ('bb')" >/dev/null
    within 5 has a 'b bb'
    crashed b
    rm -rf "$t/b/vol"
    mv "$t/b/before" "$t/b/vol"
    lead a 3
    assign b 3 rejoin standby test-a "$id"
    launch b a
    rejoined b a 'b bb'
    must said b '"reason":"rewind","message":"its WAL ends before 0/[0-9A-F]*, where'
    assign c 3 rejoin standby test-a "$id"
    launch c a
    rejoined c a 'b bb'
    must said c '"reason":"rewind","message":"it is a copy that was never started"'
}

rejoin_is_killed() { # at every step, with what it had started
    pair
    lead b 2
    sql b "insert into t values ('b')"
    crashed a
    cp -a "$t/a/vol" "$t/a/before"
    shims a
    local point
    for point in 'mv mark.new after' 'pg_rewind --target after' 'mv postgresql.auto after' 'sync -f after' half; do
        forget a
        rm -rf "$t/a/vol"
        cp -a "$t/a/before" "$t/a/vol"
        as_user touch "$(data a)/mine" & # only the target has it, so it is removed in any case
        wait $!
        assign a 2 rejoin standby test-b "$id"
        if [ "$point" = half ]; then
            mkdir -p "$t/half"
            cat >"$t/half/pg_rewind" <<EOF
#!/bin/sh
$PGBIN/pg_rewind "\$@" &
while [ -e '$(data a)/mine' ]; do sleep 0.01; done
kill -9 \$! $(printf '$(cat %s)' "$t/a/pid")
EOF
            chmod 755 "$t/half/pg_rewind"
            SHIMS=$t/half launch a b
        else
            # shellcheck disable=SC2086
            set -- $point
            DIE_PROGRAM=$1 DIE_ARGUMENT=$2 DIE_WHEN=$3 launch a b
        fi
        within 20 gone "$(pid a)"
        equal "$(cat "$t/a/vol/matriarch/mark")" rewinding
        assign a 2 run standby test-b "$id"
        SHIMS='' launch a b
        within 10 last_said a '"step":"refused".*"reason":"rewind"'
        never said a '"step":"starting"'
        case $point in
            half) assign a 2 clone standby test-b "$id" ;;
            *) assign a 2 rejoin standby test-b "$id" ;;
        esac
        within 40 streams b a
        within 20 has a b
        within 5 last_said a '"step":"running"'
        must said a '"step":"cloning"'
        within 10 test ! -e "$t/a/vol/pgdata.old"
        never test -e "$(data a)/mine"
        kill -TERM "$(pid a)"
        ends a 5 0
    done
    # Once it is marked it is run
    rm -rf "$t/a/vol"
    cp -a "$t/a/before" "$t/a/vol"
    forget a
    assign a 2 rejoin standby test-b "$id"
    mkdir "$t/late"
    cat >"$t/late/mv" <<EOF
#!/bin/sh
/bin/mv "\$@"
case "\$*" in *mark.new*) grep -q rewinding '$t/a/vol/matriarch/mark' || kill -9 \$(cat '$t/a/pid') ;; esac
EOF
    chmod 755 "$t/late/mv"
    SHIMS=$t/late launch a b
    within 20 gone "$(pid a)"
    never said a '"step":"starting"'
    forget a
    launch a b
    within 20 streams b a
    within 20 has a b # its minimum recovery point may be where the upstream's next record will begin
    never said a '"step":"rejoining"'
    never said a '"step":"cloning"'
}

rejoin_that_follows_is_killed() { # it is still what it was, or a standby already
    pair
    sql a "select pg_create_physical_replication_slot('old', true)" >/dev/null
    assign a 1 stop primary '' "$id"
    within 5 last_said a '"step":"stopped"'
    kill -TERM "$(pid a)"
    ends a 5 0
    cp -a "$t/a/vol" "$t/a/before"
    lead b 2
    sql b "insert into t values ('b')"
    shims a
    local point
    for point in 'mv postgresql.auto after' 'sync -f before' 'mv mark.new after'; do
        forget a
        rm -rf "$t/a/vol"
        cp -a "$t/a/before" "$t/a/vol"
        assign a 2 rejoin standby test-b "$id"
        # shellcheck disable=SC2086
        set -- $point
        DIE_PROGRAM=$1 DIE_ARGUMENT=$2 DIE_WHEN=$3 launch a b
        within 20 gone "$(pid a)"
        SHIMS='' launch a b
        rejoined a b b
        equal "$(sql a 'select count(*) from pg_replication_slots')" 0
        never said a '"reason":"rewind"'
        never said a '"step":"cloning"'
        kill -TERM "$(pid a)"
        ends a 5 0
    done
}

rejoin_hangs() { # what does not stop is stopped after 10 s, here 2; what SQL has raised meanwhile counts; a new assignment ends it
    sed 's/stop 1000/stop 200/' "$supervisor" >"$t/impatient"
    cmp -s "$supervisor" "$t/impatient" && die 'nothing to shorten'
    pair
    lead b 2
    sql b "insert into t values ('b')"
    crashed a
    project a supervisor.sh <"$t/impatient"
    forget a
    launch a b
    within 15 said a '"step":"gate-opened"'
    local backend child
    sql a "insert into t values ('a'); select pg_sleep(60)" >/dev/null &
    sleeper() { backend=$(sql a "select pid from pg_stat_activity where query like '%pg_sleep%' and pid <> pg_backend_pid()") && [ -n "$backend" ]; }
    within 5 sleeper
    kill -STOP "$backend"
    mkdir "$t/slow"
    assign a 2 rejoin standby test-b "$id"
    within 5 last_said a '"step":"stopping","deed":"rejoin"'
    echo "matriarch.epoch = '3'" >>"$(data a)/postgresql.auto.conf"
    within 12 last_said a '"step":"refused".*"reason":"stale-epoch"' # PostgreSQL itself takes 5 s until it kills what does not even quit
    never said a '"step":"rejoining"'
    kill -TERM "$(pid a)"
    ends a 5 0
    printf '#!/bin/sh\n[ -e %s/go ] || exec sleep 77\nexec %s "$@"\n' "$t" "$PGBIN/pg_rewind" >"$t/slow/pg_rewind"
    chmod 755 "$t/slow/pg_rewind"
    assign a 4 rejoin standby test-b "$id"
    SHIMS=$t/slow launch a b
    within 20 pgrep -P "$(pid a)" -f 'sleep 77'
    child=$(pgrep -P "$(pid a)" -f 'sleep 77')
    touch "$t/go"
    assign a 5 rejoin standby test-b "$id"
    within 5 gone "$child"
    within 40 streams b a
    must said a '"step":"cloning","deed":"rejoin","epoch":5'
    within 20 has a b
}

promoted() { # by SQL, and died before its supervisor was told: it does not come back by itself. Then it does, behind the gate
    primary a
    standby b a
    standby c a
    crashed a
    sql b 'create role app login' >/dev/null
    for name in b c; do
        promote "$name"
        [ "$name" = b ] || sql c "alter system set matriarch.epoch = '2'"
        sql "$name" "create table t (row text); insert into t values ('$name')"
        forget "$name"
        kill -9 "$(postmaster "$name")"
    done
    within 10 last_said b '"step":"refused","deed":"clone".*"reason":"was-primary"'
    within 10 last_said c '"step":"refused","deed":"clone","epoch":2.*"reason":"stale-epoch"'
    sleep 1
    must is_down b
    must is_down c
    assign b 2 run primary '' "$id"
    within 10 last_said b '"step":"running","deed":"run","epoch":2'
    must has b b
    must gate_is b closed
    sql b 'create role app login'
    never client b
    # While it runs a larger epoch changes nothing; a crash then restarts it behind the gate again
    sql b "alter system set matriarch.generation = '1'"
    sql b 'select pg_reload_conf()' >/dev/null
    within 5 gate_is b open
    sql b "alter system set synchronous_standby_names = 'ANY 1 (\"test-c/e2\")'"
    sql b 'select pg_reload_conf()' >/dev/null
    assign b 3 run primary '' "$id"
    within 5 last_said b '"step":"running","deed":"run","epoch":3'
    must client b
    kill -9 "$(postmaster b)"
    within 10 eval '[ "$(times b "\"step\":\"running\"")" = 3 ]'
    must gate_is b closed
    never client b
}

waits_for_upstream() { # instance, epoch, the end of its WAL: what was a primary is a standby of nobody, with all that it had
    within 20 last_said "$1" "\"step\":\"running\",\"deed\":\"run\",\"epoch\":$2,.*\"state\":\"\",\"timeline\":0,\"lsn\":\"\""
    must test -e "$(data "$1")/standby.signal"
    equal "$(sql "$1" 'select pg_is_in_recovery()')" t
    equal "$(sql "$1" 'show primary_conninfo')" ''
    equal "$(sql "$1" 'show primary_slot_name')" "test_$1"
    equal "$(sql "$1" 'show synchronous_standby_names')" 'ANY 1 ("promoted-by-hand")'
    equal "$(sql "$1" "select current_setting('matriarch.epoch'), current_setting('matriarch.generation')")" "$2|0"
    equal "$(sql "$1" 'select count(*) from pg_replication_slots')" 0
    equal "$(ls -A "$(data "$1")/pg_replslot")" ''
    equal "$(sql "$1" 'select count(*) from pg_stat_wal_receiver')" 0
    within 10 eval "[ \"\$(sql $1 'select greatest(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn())')\" = $3 ]"
}

follows_by_sql() { # instance, upstream, epoch: as the operator does it
    sql "$1" "alter system set primary_conninfo = 'host=127.0.0.1 port=$(<"$t/$2/port") user=matriarch_replication passfile=$t/$1/run/.pgpass application_name=test-$1/e$3'"
    sql "$1" 'select pg_reload_conf()' >/dev/null
    within 20 streams "$2" "$1"
    sql "$2" "insert into t values ('after')"
    within 10 has "$1" after
    must counts "$1" "$(sql "$2" 'select count(*) from t')"
}

demote() { # instance, epoch: by SQL, as the operator does it
    operator "$1" "alter system set matriarch.epoch = '$2'"
    operator "$1" "copy (select 1) to program 'kill -INT $(postmaster "$1")'" >/dev/null # the session may end before it hears of it
    within 40 last_said "$1" "\"step\":\"stopped\",.*\"epoch\":$2,.*\"state\":\"shut down\""
}

stopped_to_follow() { # a primary that the operator has stopped for another to lead
    pair
    assign a 2 stop primary '' "$id"
    within 40 last_said a '"step":"stopped","deed":"stop","epoch":2'
    must last_said a "\"state\":\"shut down\",\"timeline\":1,\"lsn\":\"$(control a 'Latest checkpoint location')\""
    local end
    end=$(sql b 'select pg_last_wal_receive_lsn()') # it had sent all before it ended
    lead b 2
    assign a 2 run standby '' "$id"
    waits_for_upstream a 2 "$end"
    follows_by_sql a b 2
    # And again, back
    assign b 3 stop primary '' "$id"
    within 40 last_said b '"step":"stopped","deed":"stop","epoch":3.*"state":"shut down","timeline":2'
    end=$(sql a 'select pg_last_wal_receive_lsn()')
    lead a 3
    assign b 3 run standby '' "$id"
    waits_for_upstream b 3 "$end"
    sql a "delete from t where row = 'after'"
    follows_by_sql b a 3
}

stopped_by_sql_to_follow() { # before its supervisor has heard of it. It does not come back by itself, nor in its old epoch
    pair
    demote a 2
    must last_said a '"message":"PostgreSQL was stopped, but not by its supervisor"'
    assign a 1 run standby '' "$id"
    within 5 last_said a '"epoch":2.*"reason":"stale-epoch"'
    assign a 1 run primary '' "$id"
    within 5 last_said a '"step":"stopped"' # the words that it had accepted
    sleep 1
    must is_down a
    never test -e "$(data a)/standby.signal"
    local end
    end=$(sql b 'select pg_last_wal_receive_lsn()')
    lead b 2
    assign a 2 run standby '' "$id"
    waits_for_upstream a 2 "$end"
    follows_by_sql a b 2
}

stopped_by_sql_and_told_to_follow_meanwhile() { # before it has ended: its end is not one that nobody asked for
    pair
    local checkpointer end
    checkpointer=$(sql a "select pid from pg_stat_activity where backend_type = 'checkpointer'")
    operator a "alter system set matriarch.epoch = '2'"
    kill -STOP "$checkpointer" # which writes the last checkpoint
    operator a "copy (select 1) to program 'kill -INT $(postmaster a)'" >/dev/null
    sleep 1
    forget a
    assign a 2 run standby '' "$id"
    within 5 said a '"step":"running","deed":"run","epoch":2'
    kill -CONT "$checkpointer"
    within 20 test -e "$(data a)/standby.signal"
    never said a '"step":"stopped"'
    end=$(sql b 'select pg_last_wal_receive_lsn()')
    lead b 2
    waits_for_upstream a 2 "$end"
    follows_by_sql a b 2
}

stopped_and_leads_again() { # what was stopped for another to lead, which then did not
    local how
    pair
    for how in 2 4; do
        if [ "$how" = 2 ]; then
            assign a 2 stop primary '' "$id"
            within 40 last_said a '"step":"stopped","deed":"stop","epoch":2.*"state":"shut down"'
        else demote a 4; fi
        forget a
        assign a $((how + 1)) run primary '' "$id"
        within 20 said a "\"step\":\"running\",\"deed\":\"run\",\"epoch\":$((how + 1))"
        within 20 gate_is a open
        equal "$(sql a 'select pg_is_in_recovery()')" f
        never test -e "$(data a)/standby.signal"
        within 20 streams a b # by its slot, which is still there
        equal "$(sql a 'select slot_name, active from pg_replication_slots')" 'test_b|t'
        sql a "insert into t values ('$how')"
        within 10 counts b "$(sql a 'select count(*) from t')"
    done
}

died_before_it_was_to_follow() { # only what ended cleanly is made a standby as it is
    pair
    sql a "alter system set matriarch.epoch = '2'"
    kill -9 "$(postmaster a)"
    within 10 last_said a '"reason":"stale-epoch"'
    assign a 2 run standby '' "$id"
    within 10 last_said a '"deed":"run","epoch":2.*"state":"in production","timeline":1,"lsn":"0/[0-9A-F]*","reason":"was-primary"'
    must is_down a
    never test -e "$(data a)/standby.signal"
    assign a 3 run primary '' "$id"
    within 20 said a '"step":"gate-opened","deed":"run","epoch":3'
    must counts a 2000
    # Nor what ended cleanly, where it is told whom to follow: that is rejoin's, which compares
    assign a 4 stop primary '' "$id"
    within 40 last_said a '"step":"stopped","deed":"stop","epoch":4.*"state":"shut down"'
    assign a 4 run standby test-b "$id"
    within 10 last_said a '"deed":"run","epoch":4.*"reason":"was-primary"'
    never test -e "$(data a)/standby.signal"
    # What is a standby now does not lead by a word
    assign a 5 run standby '' "$id"
    within 20 last_said a '"step":"running","deed":"run","epoch":5'
    assign a 5 stop standby '' "$id"
    within 40 last_said a '"step":"stopped","deed":"stop".*"state":"shut down in recovery"'
    assign a 6 run primary '' "$id"
    within 10 last_said a '"deed":"run","epoch":6.*"reason":"is-standby"'
}

made_a_standby_is_killed() { # at every step: what comes next finds a primary that ended cleanly, or a standby
    local when name=a
    seed a b c
    for name in a b c; do
        case $name in a) when='mv postgresql.auto.conf before' ;; b) when='mv postgresql.auto.conf after' ;; c) when='sync -f after' ;; esac
        shims "$name"
        assign "$name" 2 run standby '' "$id"
        # shellcheck disable=SC2086
        set -- $when
        DIE_PROGRAM=$1 DIE_ARGUMENT=$2 DIE_WHEN=$3 launch "$name"
        within 20 gone "$(pid "$name")"
        never said "$name" '"step":"starting"'
        SHIMS='' launch "$name"
        within 20 last_said "$name" '"step":"running","deed":"run","epoch":2'
        equal "$(sql "$name" 'select pg_is_in_recovery()')" t
        equal "$(sql "$name" 'show synchronous_standby_names')" 'ANY 1 ("promoted-by-hand")'
        equal "$(sql "$name" 'show primary_conninfo')" ''
    done
}

restarted_old_primary() { # one that does not know that another leads shows and acknowledges nothing, whatever its standbys do
    pair
    sql a 'create role app login; grant all on t to app'
    sql a "alter system set synchronous_standby_names = 'ANY 1 (\"test-b/e1\")'"
    sql a 'select pg_reload_conf()' >/dev/null
    sql b "alter system set matriarch.epoch = '2'"
    sql b "alter system set primary_conninfo = ''"
    sql b 'select pg_reload_conf()' >/dev/null
    within 5 eval '! streams a b'
    sql a "insert into t values ('a')" >/dev/null &
    within 5 commit_waits a
    kill -9 "$(postmaster a)"
    within 10 last_said a '"step":"running"'
    # A standby of the new epoch that comes all the same does not count
    PGPASSWORD=$replication_password pg_receivewal --no-loop --synchronous -D "$t/b" \
        -d "host=127.0.0.1 port=$(cat "$t/a/port") user=matriarch_replication application_name=test-b/e2" 2>/dev/null &
    within 5 streams a b
    sleep 1.5
    must gate_is a closed
    never client a
    forget a
    sql a "insert into t values ('aa')" >"$t/acknowledged" 2>&1 &
    sleep 1.5
    must kill -0 $!
    equal "$(cat "$t/acknowledged")" ''
    # What it had to show is rewound: neither its restart nor its stop dropped the WAL of the last common checkpoint
    sql a "select pg_drop_replication_slot('test_b')" >/dev/null
    lead b 2
    sql b "insert into t values ('b')"
    assign a 2 rejoin standby test-b "$id"
    rejoined a b b
    must said a 'rewinds to test-b'
    never said a '"step":"cloning"'
    never grep -q wal_keep_size "$t/a/run/gate.conf"
}

stop() {
    primary a
    standby b a
    sql a 'create table t (i int); insert into t select generate_series(1, 100000); select pg_sleep(60)' >/dev/null &
    within 5 eval '[ "$(sql a "select count(*) from pg_stat_activity where query like '"'%pg_sleep(60)'"' and pid <> pg_backend_pid()")" = 1 ]'
    local process began
    process=$(postmaster a)
    began=$(milliseconds)
    assign a 1 stop primary '' "$id"
    while kill -0 "$process" 2>/dev/null; do sleep 0.01; done
    echo "    stop: $(milliseconds "$began") ms from the assignment to the end of a primary with a standby and a client"
    within 5 last_said a '"step":"stopped","deed":"stop"'
    must last_said a '"state":"shut down","timeline":1,"lsn":"0/[0-9A-F]*"'
    equal "$(control a 'Database cluster state')" 'shut down'
    configuration a 'work_mem = 5MB' | project a postgresql.conf
    sleep 1
    must is_down a
    must lives a
    assign a 2 run primary '' "$id"
    within 10 last_said a '"step":"running","deed":"run","epoch":2'
    equal "$(sql a 'show work_mem')" 5MB
}

epoch() {
    seed a
    assign a 5 run primary '' "$id"
    launch a
    within 10 last_said a '"step":"running"'
    # Smaller: what runs goes on, one report
    assign a 4 stop primary '' "$id"
    within 5 last_said a '"epoch":5.*"reason":"stale-epoch"'
    must is_up a
    kill -9 "$(postmaster a)"
    within 10 last_said a '"step":"running"'
    # What SQL has raised counts
    sql a "alter system set matriarch.epoch = '7'"
    assign a 6 stop primary '' "$id"
    within 5 last_said a '"epoch":7.*"reason":"stale-epoch"'
    must is_up a
    # A larger or equal one only raises it
    assign a 8 run primary '' "$id"
    within 5 last_said a '"step":"running".*"epoch":8'
    equal "$(cat "$t/a/vol/matriarch/epoch")" 8
    equal "$(times a '"step":"starting"')" 2
    # It survives the supervisor
    kill -TERM "$(pid a)"
    ends a 5 0
    assign a 7 run primary '' "$id"
    forget a
    launch a
    within 5 last_said a '"epoch":8.*"reason":"stale-epoch"'
    sleep 0.5
    must is_down a
    kill -9 "$(pid a)"
    echo garbage >"$t/a/vol/matriarch/epoch"
    assign a 9 run primary '' "$id"
    forget a
    launch a
    within 5 last_said a '"reason":"stale-epoch"'
    must is_down a
}

epoch_after_crash() { # a primary whose epoch SQL has raised above its assignment does not come back by itself
    primary a
    sql a "alter system set matriarch.epoch = '2'"
    kill -9 "$(postmaster a)"
    within 5 last_said a '"epoch":2.*"reason":"stale-epoch"'
    sleep 1
    must is_down a
    assign a 2 run primary '' "$id"
    within 10 last_said a '"step":"running"'
}

malformed() {
    seed a
    launch a
    local bad
    for bad in x '{}' '{"v":2,"epoch":1,"deed":"run","role":"primary","upstream":"","systemIdentifier":"1"}' \
        ' {"v":1,"epoch":1,"deed":"run","role":"primary","upstream":"","systemIdentifier":"1"}' \
        '{"v":1,"epoch":01,"deed":"run","role":"primary","upstream":"","systemIdentifier":"1"}' \
        '{"v":1,"epoch":9999999999999999,"deed":"run","role":"primary","upstream":"","systemIdentifier":"1"}' \
        '{"v":1,"epoch":1,"deed":"erase","role":"primary","upstream":"","systemIdentifier":"1"}' \
        '{"v":1,"epoch":1,"deed":"run","role":"","upstream":"","systemIdentifier":"1"}' \
        '{"v":1,"epoch":1,"deed":"run","role":"primary","upstream":"","systemIdentifier":""}' \
        '{"v":1,"epoch":1,"deed":"clone","role":"standby","upstream":"","systemIdentifier":"1"}' \
        '{"v":1,"epoch":1,"deed":"initialise","role":"standby","upstream":"","systemIdentifier":""}' \
        '{"v":1,"epoch":1,"deed":"run","role":"primary","upstream":"","systemIdentifier":"1"}}' \
        '{"v":1,"epoch":1,"deed":"run","role":"standby","upstream":"$(touch '"$t"'/x)","systemIdentifier":"1"}' \
        '{"v":1,"epoch":1,"deed":"run","role":"standby","upstream":"a b","systemIdentifier":"1"}' \
        '{"v":1,"epoch":1,"deed":"run","role":"standby","upstream":"a\"","systemIdentifier":"1"}' \
        "$(printf '\001\\"%0400d' 0)"; do
        forget a
        printf '%s' "$bad" | project a assignment
        within 5 last_said a '"reason":"malformed"'
    done
    never said a '"step":"starting"'
    never test -e "$t/x"
    [ "$(last a | wc -c)" -lt 800 ] || die 'the message is too long'
    assign a 1 run primary '' "$id"
    within 10 last_said a '"step":"running"'
    echo nonsense | project a assignment
    within 5 last_said a '"reason":"malformed"'
    must is_up a
    kill -9 "$(postmaster a)" # what was accepted last is still what is done
    within 10 last_said a '"step":"running"'
    printf '' | project a assignment
    sleep 0.7
    must is_up a
}

lock() { # one supervisor on a volume, and none beside what another left behind
    primary a
    make b
    assign b 2 run primary '' "$id"
    VOLUME=$t/a/vol launch b
    within 5 last_said b '"step":"waiting".*"volume":"data".*"reason":"locked"'
    sleep 1
    never said b '"step":"starting"'
    kill -9 "$(pid a)" # its PostgreSQL lives, and so does the lock
    sleep 1
    must is_up a
    never said b '"step":"starting"'
    kill -QUIT "$(postmaster a)"
    within 10 said b '"step":"running"'
    kill -TERM "$(pid b)"
    ends b 5 0
}

signals() { # TERM and INT, with a client connected and writing; while waiting; while initdb runs
    local signal
    seed a
    assign a 1 run primary '' "$id"
    for signal in TERM INT; do
        forget a
        launch a
        within 10 last_said a '"step":"running"'
        sql a 'create table if not exists t (i int); insert into t select generate_series(1, 100000); select pg_sleep(60)' >/dev/null &
        within 5 eval '[ "$(sql a "select count(*) from pg_stat_activity where query like '"'%pg_sleep(60)'"' and pid <> pg_backend_pid()")" = 1 ]'
        kill -"$signal" "$(pid a)"
        ends a 5 0
        equal "$(control a 'Database cluster state')" 'shut down'
        must last_said a '"step":"stopped"'
    done
    forget a # while a primary's clients are refused it begins nothing, and another signal changes nothing
    LINGER=150 launch a
    within 10 last_said a '"step":"running"'
    kill -TERM "$(pid a)"
    within 5 last_said a '"step":"stopped"'
    kill -TERM "$(pid a)"
    assign a 2 run primary '' "$id"
    must lives a
    ends a 3 0
    must last_said a '"step":"stopped"'
    make b c
    launch b
    within 5 said b '"step":"waiting"'
    kill -INT "$(pid b)"
    ends b 1 0
    assign c 1 initialise primary
    launch c
    within 5 test -e "$t/c/vol/pgdata.new/postgresql.conf"
    kill -TERM "$(pid c)"
    ends c 1 0
    never test -e "$(data c)"
}

hangs() { # what ignores a fast stop is stopped at once after 30 s: here after 3, by a supervisor with a shorter patience
    sed 's/:-3000}/:-300}/' "$supervisor" >"$t/impatient"
    cmp -s "$supervisor" "$t/impatient" && die 'nothing to shorten'
    seed a
    project a supervisor.sh <"$t/impatient"
    assign a 1 run primary '' "$id"
    launch a
    within 10 is_up a
    local backend
    sql a 'select pg_sleep(60)' >/dev/null &
    sleep 0.5
    backend=$(sql a "select pid from pg_stat_activity where query like '%pg_sleep%' and pid <> pg_backend_pid()")
    kill -STOP "$backend"
    kill -TERM "$(pid a)"
    sleep 1.5
    must lives a
    ends a 12 0 # PostgreSQL itself takes 5 s until it kills what does not even quit
}

crash() { # a dead postmaster: its orphans are ended, it is restarted behind the gate, which opens when the rule is met
    primary a
    sql a 'create role app login'
    standby b a
    must client a
    sql a "alter system set synchronous_standby_names = 'ANY 1 (\"test-b/e1\",\"test-c/e1\")'" # the operator's very text: Rule
    sql a 'select pg_reload_conf()' >/dev/null
    kill -TERM "$(pid b)"
    ends b 5 0
    # A backend that does not notice anything any more
    sql a 'select pg_sleep(60)' >/dev/null &
    sleep 0.3
    local backend
    backend=$(sql a "select pid from pg_stat_activity where query like '%pg_sleep%' and pid <> pg_backend_pid()")
    kill -STOP "$backend"
    # A commit that nobody confirmed
    sql a 'create table unconfirmed ()' >/dev/null &
    within 5 commit_waits a
    forget a
    kill -9 "$(postmaster a)"
    within 5 said a '"step":"crashed".*"message":"exit status 137"'
    within 5 gone "$backend"
    within 10 last_said a '"step":"running"'
    equal "$(sql a "select count(*) from pg_class where relname = 'unconfirmed'")" 1
    sleep 2
    must gate_is a closed
    never client a
    never said a gate-opened
    must operator a 'select 1'
    launch b a
    within 15 said a '"step":"gate-opened"'
    must streams a b
    must client a
    must gate_is a open
    # And again, with the standby there, and after it has been up for long enough to be restarted at once; but others are to lead sooner
    within 15 eval "sql a \"select now() - pg_postmaster_start_time() > '6 s'\" | grep -qx t"
    forget a
    local killed
    killed=$(milliseconds)
    kill -9 "$(postmaster a)"
    within 15 said a '"step":"starting"'
    [ "$(milliseconds "$killed")" -ge 1000 ] || die 'restarted beside its failover'
    within 15 said a '"step":"gate-opened"'
    equal "$(times a '"step":"crashed"')" 1
}

gate_counts() { # what opens the gate: a generation, and as many distinct listed standbys as the rule asks for
    seed a
    assign a 1 run primary '' "$id"
    launch a
    within 10 is_up a
    sleep 1
    must gate_is a closed
    sql a "alter system set synchronous_standby_names = 'FIRST 2 (\"test-b/e1\", \"test-c/e1\")'"
    sql a "alter system set matriarch.generation = '1'"
    sql a 'select pg_reload_conf()' >/dev/null
    standby b a
    sleep 1
    must gate_is a closed
    sql a "alter system set synchronous_standby_names = 'FIRST 1 (\"nobody\")'"
    sql a 'select pg_reload_conf()' >/dev/null
    sleep 1
    must gate_is a closed
    sql a "alter system set synchronous_standby_names = '\"test-b/e1\",\"node (9)\"'"
    sql a 'select pg_reload_conf()' >/dev/null
    within 3 gate_is a open
    # One that streams, but has not flushed what was there at the start: pg_receivewal says "flushed" only at the end of a segment
    kill -TERM "$(pid a)" "$(pid b)"
    ends a 5 0
    launch a
    within 10 is_up a
    sleep 1
    must gate_is a closed
    mkdir "$t/wal"
    PGPASSWORD=$replication_password pg_receivewal --no-loop --status-interval=1 -D "$t/wal" -S test_b \
        -d "host=127.0.0.1 port=$(cat "$t/a/port") user=matriarch_replication application_name=test-b/e1" &
    within 5 streams a b
    equal "$(sql a 'select sync_state from pg_stat_replication')" sync
    sleep 1
    must gate_is a closed
    sql a 'select pg_switch_wal()' >/dev/null
    within 5 gate_is a open
    kill $!
}

fences_itself() { # without a heartbeat, and behind the gate until one comes; a late one extends nothing
    primary a
    sql a 'create role app login'
    sleep 5
    must client a # nobody has told it to
    beat a 4
    within 2 fence_is a 4
    equal "$(cat "$t/a/vol/matriarch/fence")" 4
    operator a "$(cat "$here/../../main/resources/sql/observe.sql")" | grep -q '"selfFence" : "4"' || die 'the operator does not see it'
    local before end
    before=$(postmaster a)
    for end in 1 2 3 4 5 6; do beat a 4 && must client a && sleep 1; done
    equal "$(postmaster a)" "$before"
    never said a '"step":"fenced"'
    sql a 'select pg_sleep(60)' >/dev/null &
    beat a 4
    before=$(milliseconds)
    while client a; do [ "$(milliseconds "$before")" -lt 9000 ] || die 'it goes on'; pause 0.1; done >/dev/null
    [ "$(milliseconds "$before")" -gt 3000 ] || die 'it stops too early'
    within 5 last_said a '"step":"running"'
    must said a '"step":"fenced".*for more than 4 s'
    must gate_is a closed
    beat a 4 6
    sleep 1
    must gate_is a closed
    never client a
    within 5 admitted a
    must client a
    # It does so after any restart
    crashed a
    forget a
    launch a
    within 10 said a '"step":"running"'
    sleep 2
    must gate_is a closed
    must fence_is a 4
    within 5 admitted a
    # An operator that slept changes no time
    beat a 4 0 7
    sleep 1
    beat a 0 0 6
    sleep 1
    must fence_is a 4
    beat a 0 0 7
    within 2 fence_is a 0
    within 5 is_up a
    within 5 gate_is a open
    sleep 6
    must client a
}

admitted() { beat "$1" 4 && gate_is "$1" open; }

fences_itself_though_it_hangs() { # the supervisor, a backend; and a guard that is gone is replaced
    primary a
    beat a 4
    within 2 fence_is a 4
    kill -STOP "$(pid a)"
    within 10 is_down a
    kill -CONT "$(pid a)"
    within 5 said a '"step":"fenced"'
    within 5 is_up a
    within 5 admitted a
    sql a 'select pg_sleep(60)' >/dev/null &
    sleep 0.2
    kill -STOP "$(sql a "select pid from pg_stat_activity where query = 'select pg_sleep(60)'")"
    forget a
    within 15 said a '"step":"fenced"' # the postmaster kills what does not quit
    within 10 is_up a
    must gate_is a closed
    within 5 admitted a
    local guard
    guard=$(pgrep -P "$(pid a)" -x "$TEST_SHELL")
    kill -9 "$guard"
    within 2 another_guard_than "$guard"
    forget a
    within 10 said a '"step":"fenced"'
}

another_guard_than() { pgrep -P "$(pid a)" -x "$TEST_SHELL" | grep -vqx "$1"; }

fences_itself_no_more() { # as a standby; and promoted it is told anew
    pair
    beat a 4
    within 2 fence_is a 4
    lead b 2
    assign a 2 rejoin standby test-b "$id"
    rejoined a b ''
    must fence_is a 0
    never test -e "$t/a/run/heartbeat"
    sleep 5
    must is_up a
    beat b 4 # which was a standby
    within 2 fence_is b 4
    within 10 said b '"step":"fenced"'
}

postmaster_quits() { # a backend that dies, or an immediate stop by somebody, is a crash; a clean end is somebody's will
    primary a
    forget a
    kill -9 "$(sql a "select pid from pg_stat_activity where backend_type = 'walwriter'")"
    within 10 said a '"step":"gate-opened"'
    must said a '"step":"crashed"'
    forget a
    kill -QUIT "$(postmaster a)"
    within 15 said a '"step":"gate-opened"'
    must said a '"step":"crashed"'
    forget a
    kill -INT "$(postmaster a)"
    within 5 last_said a '"step":"stopped".*not by its supervisor'
    must last_said a '"timeline":1,"lsn":"0/[0-9A-F]*"'
    configuration a 'work_mem = 5MB' | project a postgresql.conf
    echo nonsense | project a assignment
    within 5 last_said a '"reason":"malformed"'
    assign a 1 run primary '' "$id"
    within 5 last_said a '"step":"stopped"'
    sleep 1
    must is_down a
    must lives a
    assign a 2 run primary '' "$id"
    within 10 last_said a '"step":"running"'
}

crash_loop() { # at most every 5 s
    primary a
    kill -9 "$(postmaster a)"
    within 10 eval '[ "$(times a "\"step\":\"running\"")" = 2 ]'
    kill -9 "$(postmaster a)"
    within 3 last_said a '"step":"crashed"'
    sleep 2
    must last_said a '"step":"crashed"'
    within 6 last_said a '"step":"running"'
}

configuration_changes() {
    primary a
    sql a 'create role app login'
    configuration a 'work_mem = 5MB' | project a postgresql.conf
    within 5 last_said a '"step":"configured"'
    within 5 eval '[ "$(sql a "show work_mem")" = 5MB ]'
    # Refused, with PostgreSQL's words, and the old one goes on
    configuration a $'work_mem = 6MB\nno_such_thing = 1' | project a postgresql.conf
    within 5 last_said a '"step":"configuration-refused".*no_such_thing'
    configuration a 'work_mem = many' | project a postgresql.conf
    within 5 last_said a '"step":"configuration-refused".*work_mem'
    must is_up a
    equal "$(sql a 'select pg_reload_conf()')" t
    sleep 0.3
    equal "$(sql a 'show work_mem')" 5MB
    forget a
    kill -9 "$(postmaster a)" # nor does a start use it
    within 15 said a '"step":"gate-opened"'
    equal "$(sql a 'show work_mem')" 5MB
    configuration a 'work_mem = 7MB' | project a postgresql.conf
    within 5 last_said a '"step":"configured"'
    within 5 eval '[ "$(sql a "show work_mem")" = 7MB ]'
    # pg_hba.conf
    { cat "$t/a/etc/pg_hba.closed.conf"; echo 'host all app 127.0.0.1/32 sometimes'; } | project a pg_hba.conf
    within 5 last_said a '"step":"configuration-refused".*pg_hba.conf: line 5: .*sometimes'
    equal "$(sql a 'select pg_reload_conf()')" t
    sleep 0.3
    must client a
    { cat "$t/a/etc/pg_hba.closed.conf"; echo 'host all app 127.0.0.1/32 reject'; } | project a pg_hba.conf
    within 5 last_said a '"step":"configured"'
    within 5 eval '! client a >/dev/null'
}

configuration_while_closed() { # must not open the gate, nor may what is wrong with it
    seed a
    assign a 1 run primary '' "$id"
    launch a
    within 10 is_up a
    sql a 'create role app login'
    { cat "$t/a/etc/pg_hba.closed.conf"; echo 'host all app 127.0.0.1/32 trust'; echo; } | project a pg_hba.conf
    sleep 1
    sql a 'select pg_reload_conf()' >/dev/null
    sleep 0.3
    never client a
    echo 'rubbish' | project a pg_hba.conf
    sleep 1
    sql a "alter system set matriarch.generation = '1'"
    sql a 'select pg_reload_conf()' >/dev/null
    within 5 last_said a '"step":"configuration-refused".*pg_hba.conf'
    must gate_is a closed
    never client a
    { cat "$t/a/etc/pg_hba.closed.conf"; echo 'host all app 127.0.0.1/32 trust'; } | project a pg_hba.conf
    within 5 last_said a '"step":"gate-opened"'
    must client a
}

configuration_while_starting() { # is seen when it is up
    seed a
    mkdir "$t/slow"
    printf '#!/bin/sh\ncase "$*" in *" -C "*) ;; *) sleep 2 ;; esac\nexec %s "$@"\n' "$PGBIN/postgres" >"$t/slow/postgres"
    chmod 755 "$t/slow/postgres"
    assign a 1 run primary '' "$id"
    SHIMS=$t/slow launch a
    within 5 said a '"step":"starting"'
    configuration a 'work_mem = 5MB' | project a postgresql.conf
    within 10 last_said a '"step":"configured"'
    equal "$(sql a 'show work_mem')" 5MB
}

configuration_refusal_is_the_last_word() { # whatever else is taken, until what was refused is gone
    primary a
    sql a 'create role app login'
    { cat "$t/a/etc/pg_hba.closed.conf"; echo 'host all app 127.0.0.1/32 sometimes'; } | project a pg_hba.conf
    within 5 last_said a '"step":"configuration-refused".*sometimes'
    configuration a 'work_mem = 5MB' | project a postgresql.conf
    within 5 eval '[ "$(sql a "show work_mem")" = 5MB ]'
    within 5 last_said a '"step":"configuration-refused".*pg_hba.conf: .*sometimes'
    configuration a 'work_mem = many' | project a postgresql.conf
    within 5 last_said a '"step":"configuration-refused".*postgresql.conf: .*work_mem.*; pg_hba.conf: .*sometimes'
    configuration a 'work_mem = 5MB' | project a postgresql.conf
    within 5 last_said a '"step":"configuration-refused","deed.*"message":"pg_hba.conf: .*sometimes'
    { cat "$t/a/etc/pg_hba.closed.conf"; echo 'host all app 127.0.0.1/32 trust'; } | project a pg_hba.conf # as it was
    within 5 last_said a '"step":"configured"'
    must client a
}

a_standby_with_less_than_its_primary() { # is told by PostgreSQL's reason, not by what it said last
    primary a
    standby b a
    configuration b 'max_connections = 20' | project b postgresql.conf
    within 5 last_said b '"step":"configured"'
    forget b
    kill -9 "$(postmaster b)"
    within 20 said b '"step":"configuration-taken-back".*max_connections = 20 is a lower setting than on the primary'
    within 15 streams a b
}

a_failing_start_is_quiet() { # why it does not start is said, not that it is tried again
    seed a
    mv "$t/a/vol/pgdata/pg_wal" "$t/a/vol/pgdata/pg_lost" # found before anything is ready
    assign a 1 run primary '' "$id"
    launch a
    within 15 last_said a '"step":"failed".*"reason":"start".*pg_wal'
    forget a
    sleep 12
    never said a '"step":"starting"'
    must said a '"step":"failed"'
}

configuration_is_taken_back() { # it passes the check, and then does not start
    primary a
    configuration a $'shared_buffers = 32MB\nhuge_pages = on\nwork_mem = 5MB' | project a postgresql.conf
    within 5 last_said a '"step":"configured"'
    forget a
    kill -9 "$(postmaster a)"
    within 15 said a '"step":"gate-opened"'
    must said a '"step":"configuration-taken-back".*"reason":"configuration","message":"FATAL: .*memory'
    equal "$(sql a 'show shared_buffers')" 16MB
    equal "$(sql a 'show work_mem')" 4MB
    configuration a 'work_mem = 6MB' | project a postgresql.conf
    within 5 last_said a '"step":"configured"'
    within 5 eval '[ "$(sql a "show work_mem")" = 6MB ]'
    # The hba of a standby
    standby b a
    kill -TERM "$(pid b)"
    ends b 5 0
    echo rubbish | project b pg_hba.conf
    forget b
    launch b a
    within 15 said b '"step":"configuration-taken-back".*invalid connection type'
    within 15 streams a b
}

too_much_memory() { # is refused before the kernel gives it and kills who uses it
    primary a
    configuration a $'shared_buffers = 1TB\nwork_mem = 5MB' | project a postgresql.conf
    within 5 last_said a '"step":"configured"'
    forget a
    kill -9 "$(postmaster a)"
    within 15 said a '"step":"gate-opened"'
    must said a '"step":"configuration-taken-back".*"reason":"configuration","message":"shared memory of [0-9]* MB is needed'
    equal "$(sql a 'show shared_buffers')" 16MB
}

never_started() { # a first configuration that is wrong, in both ways; put right
    seed a
    configuration a 'no_such_thing = 1' | project a postgresql.conf
    assign a 1 run primary '' "$id"
    launch a
    within 5 last_said a '"step":"refused".*"reason":"configuration".*no_such_thing'
    configuration a $'shared_buffers = 32MB\nhuge_pages = on' | project a postgresql.conf
    within 10 last_said a '"step":"failed".*"reason":"start","message":"FATAL: .*memory'
    must lives a
    configuration a | project a postgresql.conf
    within 10 last_said a '"step":"running"'
    # The output of the start that tells why was captured; that of the one that worked is not
    within 5 eval '! readlink "/proc/$(postmaster a)/fd/2" | grep -q start.log'
    within 5 is_up a
}

passfile() {
    seed a
    printf 'a:b\\c' | project a matriarch
    assign a 1 run primary '' "$id"
    launch a
    within 10 is_up a
    equal "$(stat -c %a "$t/a/run/.pgpass")" 600
    must grep -qxF '*:*:*:matriarch:a\:b\\c' "$t/a/run/.pgpass"
    must grep -qxF "*:*:*:matriarch_replication:re'pl\\:x\\\\" "$t/a/run/.pgpass"
    printf 'second\n' | project a matriarch
    within 5 grep -qxF '*:*:*:matriarch:second' "$t/a/run/.pgpass"
    equal "$(stat -c %a "$t/a/run/.pgpass")" 600
    printf '' | project a matriarch
    sleep 1
    must grep -qxF '*:*:*:matriarch:second' "$t/a/run/.pgpass"
}

open_directory() { # as fsGroup leaves it; and what an earlier container left behind
    seed a
    chmod -R g+rwX "$(data a)"
    equal "$(stat -c %a "$(data a)")" 770
    local other # a process of this user that is no postmaster, but has the number of one
    other=$(cat "$root/template/idle/pid")
    printf '%s\n%s\n1\n1\n' "$other" "$(data a)" >"$(data a)/postmaster.pid"
    printf '%s\n%s\n1\n1\n' "$other" "$(data a)" >"$t/a/run/.s.PGSQL.$(cat "$t/a/port").lock"
    [ "$(id -u)" != 0 ] || chown "$user" "$(data a)/postmaster.pid" "$t/a/run/".s*
    assign a 1 run primary '' "$id"
    launch a
    within 10 last_said a '"step":"running"'
    equal "$(stat -c %a "$(data a)")" 700
    equal "$(times a '"step":"starting"')" 1
}

uid_without_name() {
    [ "$(id -u)" = 0 ] || die 'not run: needs root'
    ls /usr/lib/libnss_wrapper.so /usr/lib/*/libnss_wrapper.so >/dev/null 2>&1 || ls /usr/lib/*/libnss_wrapper.so >/dev/null 2>&1 ||
        die 'not run: no libnss_wrapper.so (package libnss-wrapper)'
    AS_UID=54321
    make a
    assign a 1 initialise primary
    launch a
    within 20 last_said a '"step":"running"'
    equal "$(stat -c %u "$(data a)")" 54321
    equal "$(operator a 'select 1')" 1
}

anothers_data() { # runAsUser was changed: the kubelet gives the group access, and PostgreSQL wants the owner
    [ "$(id -u)" = 0 ] || die 'not run: needs root'
    primary a
    kill -TERM "$(pid a)"
    ends a 10 0
    chmod -R g+rwX "$t/a/vol"
    find "$t/a/run" -mindepth 1 -delete
    AS_UID=54321
    chown "$AS_UID" "$t/a/run"
    chown -R "$AS_UID" "$t/a/etc"
    forget a
    launch a
    within 5 last_said a '"step":"refused".*"reason":"owner","message":"the data belongs to user [0-9]* and this one is 54321: spec.pod.securityContext.runAsUser'
    kill -TERM "$(pid a)"
    ends a 5 0
}

probe() {
    primary a
    alive() { (export MATRIARCH_RUN=$t/a/run; as_user "$TEST_SHELL" "$t/a/etc/supervisor.sh" alive); }
    must alive
    kill -STOP "$(pid a)"
    local uptime
    read -r uptime _ </proc/uptime
    echo $((${uptime%.*} * 100 - 6500)) >"$t/a/run/alive"
    never alive
    echo $((${uptime%.*} * 100 - 5500)) >"$t/a/run/alive"
    must alive
    rm "$t/a/run/alive"
    never alive 2>/dev/null
    kill -CONT "$(pid a)"
    within 2 alive
}

repeats() { # what waits says so every 10 s, and nothing else does
    seed a b
    assign a 1 run primary '' "$id"
    assign b 1 run standby test-a "$id"
    launch a
    launch b
    within 10 said a running
    sleep 21
    equal "$(times a '"step":"running"')" 1
    local count
    count=$(times b was-primary)
    [ "$count" = 3 ] || [ "$count" = 2 ] || die "$count reports"
}

pid_one() { # really as PID 1: signals reach it, orphans are reaped, those of a dead postmaster are found
    [ "$(id -u)" = 0 ] && unshare --pid --fork --mount-proc true 2>/dev/null || die 'not run: needs root and PID namespaces'
    seed a
    assign a 1 run primary '' "$id"
    NAMESPACE='unshare --pid --fork --mount-proc --kill-child' launch a
    within 10 is_up a
    local outer one process
    outer=$(pid a)
    one=$(pgrep -P "$outer")
    equal "$(sed -n 's/^NSpid:.*\t//p' "/proc/$one/status")" 1
    process=$(pgrep -P "$one" -x postgres)
    sql a "copy (select 1) to program 'sleep 0.7 & sleep 0.8 & sleep 0.9 & exit 0'"
    within 2 pgrep -P "$one" -f 'sleep 0.9'
    within 3 eval '! pgrep -P "$one" -f "sleep 0.9" && ! pgrep -P "$one" -r Z'
    sql a "alter system set matriarch.generation = '1'"
    kill -9 "$process"
    within 15 said a '"step":"gate-opened"'
    must said a '"step":"crashed"'
    kill -TERM "$one"
    within 5 gone "$outer"
    wait "$outer"
    equal "$?" 0
    equal "$(control a 'Database cluster state')" 'shut down'
}

idle() { # the instance that was launched first of all, all this time
    t=$root/template
    local used seconds
    used=$(($(awk '{ print $14 + $15 + $16 + $17 }' "/proc/$(pid idle)/stat") - idle_before))
    seconds=$((SECONDS - idle_since))
    while [ "$seconds" -lt 20 ]; do
        sleep 1
        used=$(($(awk '{ print $14 + $15 + $16 + $17 }' "/proc/$(pid idle)/stat") - idle_before))
        seconds=$((SECONDS - idle_since))
    done
    awk "BEGIN { printf \"    idle: %.2f CPU seconds of the supervisor and its children in 20 s\n\", $used / $(getconf CLK_TCK) * 20 / $seconds }"
    [ $((used * 20 / seconds)) -lt $(($(getconf CLK_TCK) / 2)) ] || die 'that is more than 2.5 %'
    must is_up idle
}

reports_are_json() { # every line that any supervisor of this run has said, read by PostgreSQL
    primary a
    cat "$root"/*/*/{log,said} 2>/dev/null | sed -n 's/^matriarch //p' >"$t/lines"
    [ "$(wc -l <"$t/lines")" -gt 10 ] || die 'too few lines'
    equal "$(psql -XAtq -h "$t/a/run" -p "$(cat "$t/a/port")" -U postgres -d postgres <<EOF 2>&1
create temp table said (line text);
\\copy said from '$t/lines' with (format csv, delimiter E'\\x02', quote E'\\x01')
select distinct string_agg(key, ' ') from (select line, key from (select distinct line from said) s, json_object_keys(line::json) key) k group by line;
EOF
)" 'v time step deed epoch volume systemIdentifier state timeline lsn reason message'
}

no_password_is_shown() { # to any program as an argument or in its environment, in any output of this run, or on a volume
    make a
    mkdir "$t/shims"
    for program in initdb postgres psql pg_basebackup pg_controldata pg_rewind pg_waldump timeout grep sed awk cat mv rm sync date sleep chmod mkdir flock id env; do
        printf '#!/bin/sh\n{ echo "${0##*/} $*"; /usr/bin/tr "\\0" " " </proc/$$/environ; } >>%s/commands\nexec %s "$@"\n' "$t" "$(command -v "$program")" \
            >"$t/shims/$program"
        chmod 755 "$t/shims/$program"
    done
    touch "$t/commands"
    chmod 666 "$t/commands"
    SHIMS=$t/shims
    make b
    assign a 1 initialise primary
    launch a b
    within 30 last_said a '"step":"running"'
    id=$(identifier a)
    sql a "alter system set matriarch.generation = '1'"
    sql a 'select pg_reload_conf()' >/dev/null
    within 10 gate_is a open
    standby b a
    sql a 'create table t (row text)'
    within 5 counts b 0
    lead b 2
    sql a "insert into t values ('a')"
    crashed a
    assign a 2 rejoin standby test-b "$id"
    launch a b
    rejoined a b ''
    local word log
    for word in 'initdb --pgdata' 'postgres --single' 'psql -X' 'psql -XAtqw -F' 'pg_basebackup --pgdata' 'pg_rewind --target' 'MATRIARCH_ETC='; do must grep -qF -e "$word" "$t/commands"; done
    for word in 'se:c' "'et " "re'pl" "re''pl" "''et" 'se\:c' 'pl\:x'; do
        never grep -aqF "$word" "$t/commands"
        for log in "$root"/*/*/{log,said,errors}; do [ ! -e "$log" ] || never grep -aqF "$word" "$log"; done
        never grep -raqF "$word" "$t/a/vol"
        never grep -raqF "$word" "$t/b/vol"
    done
}

# ---- The run

tests=(repeats initialise initialise_is_killed initialise_refuses_data initialise_without_passwords run_refuses clone clone_over_data damaged clone_waits
    waits_for_a_name clone_is_changed rejoin rejoin_after_crash reserved_timelines half_received_timeline promoted_by_hand promoted_by_hand_and_stopped
    rejoin_follows rejoin_waits rejoin_fails
    rejoin_copies rejoin_hangs promoted restarted_old_primary
    stopped_to_follow stopped_by_sql_to_follow stopped_and_leads_again died_before_it_was_to_follow
    stop epoch epoch_after_crash malformed lock signals hangs crash gate_counts fences_itself fences_itself_though_it_hangs fences_itself_no_more postmaster_quits crash_loop
    configuration_changes configuration_while_closed configuration_is_taken_back
    a_standby_with_less_than_its_primary a_failing_start_is_quiet too_much_memory never_started passfile open_directory uid_without_name anothers_data
    probe configuration_while_starting pid_one busybox_clone busybox_signals
    idle reports_are_json no_password_is_shown)
left_out=(damaged_primary rejoin_is_killed rejoin_that_follows_is_killed made_a_standby_is_killed rejoin_of_unknown_timeline rejoin_of_standbys rejoin_without_its_beginning
    promoted_by_hand_to_a_used_timeline stopped_by_sql_and_told_to_follow_meanwhile configuration_refusal_is_the_last_word
    busybox_initialise busybox_rejoin_after_crash busybox_half_received_timeline busybox_rejoin_follows busybox_stopped_to_follow busybox_crash busybox_malformed busybox_fences_itself
    busybox_configuration_is_taken_back)
one() { # test: its verdict and what it said, into $t/verdict
    trap - EXIT
    local began=$SECONDS
    mkdir "$t"
    if (
        trap 'clean_up "$t"' EXIT
        case $1 in busybox_*) TEST_SHELL='busybox sh' ;; esac
        "${1#busybox_}"
    ) >"$t/output" 2>&1; then
        echo "ok      $1 ($((SECONDS - began)) s)"
        [ -n "${KEEP:-}" ] || rm -rf "$t"/*/vol
        grep '^    ' "$t/output"
    else
        echo "FAILED  $1 ($((SECONDS - began)) s)"
        grep -v ' Killed  ' "$t/output" | tail -n 5 | sed 's/^ */    /'
        for log in "$t"/*/log "$t"/*/errors; do
            [ ! -s "$log" ] || { echo "    -- $log"; tail -n 15 "$log" | sed 's/^/    /'; }
        done
        echo "    -- the machine: load $(cut -d ' ' -f 1-3 /proc/loadavg), $(df -h --output=avail "$root" | tail -n 1 | tr -d ' ') free in $root, $(awk '/MemAvailable/ { print int($2 / 1024) }' /proc/meminfo) MiB of memory"
    fi >"$t/verdict"
    cat "$t/verdict"
}

main() { # a function, so that this file may be edited while it runs
    case $* in
        '') ;;
        --left-out) tests=("${left_out[@]}") ;;
        *) tests=("$@") ;;
    esac

    running=()
    t=$root/template
    mkdir "$t"
    make a idle
    assign a 1 initialise primary
    launch a
    if ! (within 30 last_said a '"step":"running"'); then cat "$t/a/log"; echo 'supervisor-test: cannot even initialise' >&2; exit 1; fi
    kill -TERM "$(pid a)"
    wait "$(pid a)"
    id=$(identifier a)
    cp -a "$t/a/vol/." "$t/idle/vol"
    assign idle 1 run primary '' "$id"
    launch idle
    disown
    (within 10 last_said idle '"step":"running"') || exit 1
    sql idle "alter system set matriarch.generation = '1'"
    sql idle 'select pg_reload_conf()' >/dev/null
    (within 10 gate_is idle open) || exit 1
    idle_since=$SECONDS
    idle_before=$(awk '{ print $14 + $15 + $16 + $17 }' "/proc/$(pid idle)/stat")
    for test in "${tests[@]}"; do # a few at a time: they mostly wait. The last ones look at what the others have left
        case $test in idle | reports_are_json | no_password_is_shown) [ "${#running[@]}" = 0 ] || wait "${running[@]}"; running=() ;; esac
        [ "${#running[@]}" -lt "${TEST_JOBS:-4}" ] || {
            wait -n "${running[@]}"
            mapfile -t running < <(for process in "${running[@]}"; do ! kill -0 "$process" 2>/dev/null || echo "$process"; done)
        }
        next_port=$((next_port + 20))
        t=$root/$test
        one "$test" &
        running+=("$!")
    done
    [ "${#running[@]}" = 0 ] || wait "${running[@]}"
    passed=$(cat "$root"/*/verdict | grep -c '^ok ')
    failed=$((${#tests[@]} - passed))
    echo "$passed passed, $failed failed"
    [ "$failed" = 0 ]
}

main "$@"; exit
