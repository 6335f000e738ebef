# shellcheck shell=bash
# start.sh: what it takes to start the operator outside of a cluster: an API server that has nothing to tell, and waiting until it is ready.
# To be sourced by scripts/image and scripts/measure-start.

: "${IMAGE_PARTS:?}"

await() { # SECONDS COMMAND...
  local limit=$((SECONDS + $1)); shift
  until "$@" >/dev/null 2>&1; do
    [ "$SECONDS" -lt "$limit" ] || return 1
    sleep "${PAUSE:-0.1}"
  done
}

# The last of a chain of processes: what "unshare" and "chroot" became.
innermost() { local pid=$1 child; while child=$(pgrep -P "$pid"); do pid=$child; done; echo "$pid"; }

# What is asked every few milliseconds starts no program before there is something to ask: it would take the processor from what is measured.
said_port() { [[ $(<"$1") =~ Listening\ on:\ http://[^:]*:([0-9]+) ]] && echo "${BASH_REMATCH[1]}"; }
is_ready() { local port; port=$(said_port "$1") && curl -fsS "http://127.0.0.1:$port/q/health/ready"; }

start_api_server() { # DIRECTORY
  export MATRIARCH_PREFLIGHT_ENABLED=false # it has no CRDs
  java "$IMAGE_PARTS/ApiServer.java" "$1/port" >"$1/api.log" 2>&1 &
  API_PID=$!
  await 60 test -e "$1/port" || { cat "$1/api.log" >&2; fail "the API server for the start did not start"; }
  cat >"$1/kubeconfig" <<K
{"apiVersion": "v1", "kind": "Config", "current-context": "training",
 "contexts": [{"name": "training", "context": {"cluster": "training", "user": "training"}}],
 "clusters": [{"name": "training", "cluster": {"server": "http://127.0.0.1:$(cat "$1/port")"}}],
 "users": [{"name": "training", "user": {"token": "training"}}]}
K
}
stop_api_server() { kill "$API_PID"; wait "$API_PID" 2>/dev/null || true; }
