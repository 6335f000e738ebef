# shellcheck shell=bash
# training.sh: starts the operator once in the very files that the image will hold, and keeps what the JVM has loaded and linked
# until it was ready: the AOT cache, which later starts begin with. To be sourced by scripts/image, after runtime.sh.

: "${WORK:?}"

# How the operator is started: a small heap in a small container wants the serial collector and the first compiler only. The cache fits no other options.
JVM_OPTIONS=(-XX:+UseSerialGC -XX:MaxRAMPercentage=60 -XX:TieredStopAtLevel=1)
CREATE_OPTIONS=(-XX:+UseG1GC -XX:TieredStopAtLevel=1)
CACHE_FILE=matriarch.aot

await() { # SECONDS COMMAND...
  local limit=$((SECONDS + $1)); shift
  until "$@" >/dev/null 2>&1; do
    [ "$SECONDS" -lt "$limit" ] || return 1
    sleep 0.1
  done
}

# The JVM compares the times of the files with those it was trained on, and the image's are zero.
zero_times() { find "$1" -depth -exec touch -h -d @0 {} +; }

# The last of a chain of processes: what "unshare" and "chroot" became.
innermost() { local pid=$1 child; while child=$(pgrep -P "$pid"); do pid=$child; done; echo "$pid"; }

said_port() { sed -n 's,.*Listening on: http://[^:]*:\([0-9]*\).*,\1,p' "$1" | grep .; }
is_ready() { curl -fsS "http://127.0.0.1:$(said_port "$1")/q/health/ready"; }

start_api_server() { # DIRECTORY
  cp "$IMAGE_PARTS/ApiServer.java" "$1/"
  in_root "$WORK/jdk" "$1:/training" "/$(jdk_home "$HOST_ARCH")/bin/java" /training/ApiServer.java /training/port >"$1/api.log" 2>&1 &
  API_PID=$!
  await 60 test -e "$1/port" || { cat "$1/api.log" >&2; fail "the training's API server did not start"; }
  cat >"$1/kubeconfig" <<K
{"apiVersion": "v1", "kind": "Config", "current-context": "training",
 "contexts": [{"name": "training", "context": {"cluster": "training", "user": "training"}}],
 "clusters": [{"name": "training", "cluster": {"server": "http://127.0.0.1:$(cat "$1/port")"}}],
 "users": [{"name": "training", "user": {"token": "training"}}]}
K
}
stop_api_server() { kill "$(innermost "$API_PID")"; wait "$API_PID" 2>/dev/null || true; }

# Starts the operator in ROOT with some options more, waits until it is ready, and ends it. Leaves the log, and says nothing.
run_until_ready() { # ROOT LOG OPTION...
  local root=$1 log=$2 operator status=0; shift 2
  KUBECONFIG=/training/kubeconfig QUARKUS_HTTP_PORT=0 in_root "$root" "$(dirname "$log"):/training" \
    /usr/lib/jvm/java/bin/java "$@" "${JVM_OPTIONS[@]}" -jar /app/quarkus-run.jar >"$log" 2>&1 &
  operator=$!
  await 120 is_ready "$log" && curl -fsS "http://127.0.0.1:$(said_port "$log")/q/metrics" >/dev/null || status=1
  kill -TERM "$(innermost "$operator")"
  wait "$operator" || true
  return "$status"
}

train() { # ROOT, with the operator under /app; the cache becomes WORK/training/matriarch.aot
  local root=$1 dir=$WORK/training trained=true
  rm -rf "$dir"; mkdir -p "$dir"
  start_api_server "$dir"
  run_until_ready "$root" "$dir/operator.log" -XX:AOTMode=record -XX:AOTConfiguration=/training/recorded || trained=false
  stop_api_server
  if [ "$trained" = false ] || [ ! -s "$dir/recorded" ]; then
    tail -n 20 "$dir/operator.log" >&2
    fail "the training run failed: its log stands above"
  fi
  # With G1: only this collector can store objects. Any can use them.
  in_root "$root" "$dir:/training" /usr/lib/jvm/java/bin/java -XX:AOTMode=create -XX:AOTConfiguration=/training/recorded \
    -XX:AOTCache="/training/$CACHE_FILE" "${CREATE_OPTIONS[@]}" -jar /app/quarkus-run.jar >"$dir/create.log" 2>&1 ||
    { tail -n 20 "$dir/create.log" >&2; fail "no AOT cache was made: why stands above"; }
}
