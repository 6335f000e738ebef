# shellcheck shell=bash
# common.sh: names, places and output that every script here uses.
# The caller sets NAME (the cluster's name) and HERE (this folder).

: "${NAME:?}" "${HERE:?}"

CACHE=${MATRIARCH_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/matriarch}
STATE_ROOT=${XDG_STATE_HOME:-$HOME/.local/state}/matriarch
STATE=$STATE_ROOT/$NAME        # what a cluster keeps: etcd, keys, volumes, images, kubelet directories
RUN=$STATE/run                 # what belongs to one start of it: logs, faults in force
HOST_RUN=/run/matriarch        # what the clusters of this host share; gone at a reboot, as the sysctls are
ID=matriarch-$NAME             # begins the names of network namespaces and cgroups
KUBECONFIG_FILE=$STATE/kubeconfig
NODES=(n1 n2 n3)
MACHINES=(cp "${NODES[@]}")    # cp: the control plane
export LC_ALL=C

# Addresses, all inside 10.OCTET.0.0/16. Host and every machine route them, nothing is translated.
set_addresses() { # OCTET
  OCTET=$1
  NET=10.$OCTET
  CP_IP=$NET.0.1               # control plane: API server, etcd, CoreDNS
  SWITCH_IP=$NET.0.254         # the machine that is the nodes' switch and router
  HOST_IP=$NET.0.253           # the host's own address on that switch
  HOST_LINK=matriarch$OCTET
  POD_RANGE=$NET.64.0/18
  SERVICE_RANGE=$NET.128.0/20
  API_SERVICE_IP=$NET.128.1
  DNS_SERVICE_IP=$NET.128.10
}
node_number() { echo "${1#n}"; }
machine_ip() { if [ "$1" = cp ]; then echo "$CP_IP"; else echo "$NET.0.$((10 + ${1#n}))"; fi; }
pod_range() { echo "$NET.$((64 + ${1#n})).0/24"; }

die() { echo "error: $*" >&2; exit 1; }
note() { printf '%10s %s\n' '' "$*"; }
now() { echo "${EPOCHREALTIME/./}"; }   # microseconds
seconds_since() { local us=$(($(now) - $1)); printf '%d.%d' $((us / 1000000)) $((us / 100000 % 10)); }

# step TEXT COMMAND...: runs the command and prints how long it took; when it fails, prints what it said.
# The command runs in a subshell that ends at the first error. Bash ignores "set -e" in all that is called behind
# "if" or "||", so neither this function nor with_lock may be called there.
step() {
  local text=$1 start log status; shift
  start=$(now)
  log=$(mktemp)
  if [ -t 1 ]; then printf '%10s %s\r' '...' "$text"; fi   # until it is done
  set +e
  (set -e; "$@") >"$log" 2>&1
  status=$?
  set -e
  if [ "$status" = 0 ]; then
    if [ -t 1 ]; then printf '\r\033[K'; fi
    printf '%8s s %s\n' "$(seconds_since "$start")" "$text"
  else
    printf '%8s s %s: FAILED (%s)\n' "$(seconds_since "$start")" "$text" "$status" >&2
    tail -n 30 "$log" | sed 's/^/           | /' >&2
  fi
  rm -f "$log"
  return "$status"
}

# wait_for SECONDS TEXT COMMAND...: tries the command ten times a second until it succeeds.
wait_for() {
  local limit=$1 text=$2 end; shift 2
  end=$(($(now) + limit * 1000000))
  until "$@" >/dev/null 2>&1; do
    [ "$(now)" -lt "$end" ] || { echo "$text: not within $limit s" >&2; return 1; }
    sleep 0.1
  done
}

# with_lock FILE COMMAND...: one at a time. What the command starts for good calls release_locks first. All else keeps
# the lock: should this script be killed, the next command waits until the last of its children has ended.
LOCKS=()
with_lock() {
  local file=$1 fd status; shift
  mkdir -p "$(dirname "$file")"
  exec {fd}>"$file"
  flock -n "$fd" || { note "waiting for another command to release $file"; flock "$fd"; }
  LOCKS+=("$fd")
  set +e
  (set -e; "$@")
  status=$?
  set -e
  unset 'LOCKS[-1]'
  exec {fd}>&-
  return "$status"
}
release_locks() { local fd; for fd in "${LOCKS[@]}"; do exec {fd}>&-; done; }

kubectl() { "$STATE/bin/kubectl" --kubeconfig="$KUBECONFIG_FILE" "$@"; }
kube_version() { awk '$1 == "k8s.io/kubernetes" {print $2; exit}' "$HERE/go/kube/go.mod"; }
