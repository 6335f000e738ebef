# shellcheck shell=bash
# training.sh: starts the operator once in the very files that the image will hold, and keeps what the JVM has loaded and linked
# until it was ready: the AOT cache, which later starts begin with. To be sourced by scripts/image, after runtime.sh and start.sh.

: "${WORK:?}"

# How the operator is started: a small heap in a small container wants the serial collector and the first compiler only. The cache fits no other options.
JVM_OPTIONS=(-XX:+UseSerialGC -XX:MaxRAMPercentage=60 -XX:TieredStopAtLevel=1)
CREATE_OPTIONS=(-XX:+UseG1GC -XX:TieredStopAtLevel=1)
CACHE_FILE=matriarch.aot

# The JVM compares the times of the files with those it was trained on, and the image's are zero.
zero_times() { find "$1" -depth -exec touch -h -d @0 {} +; }

# Starts the operator in ROOT with some options more, waits until it is ready, and ends it. Its log is operator.log.
run_until_ready() { # ROOT DIRECTORY OPTION...
  local root=$1 dir=$2 log=$2/operator.log operator status=0; shift 2
  KUBECONFIG=/training/kubeconfig QUARKUS_HTTP_PORT=0 in_root "$root" "$dir:/training" \
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
  run_until_ready "$root" "$dir" -XX:AOTMode=record -XX:AOTConfiguration=/training/recorded || trained=false
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
