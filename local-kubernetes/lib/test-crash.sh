# shellcheck shell=bash
# test-crash.sh (a part of ../test): kill -9 here and there; up makes whole what is broken, down clears it away.

first_process() { # MACHINE: the host's number of it
  local pid
  for pid in $(cat "/sys/fs/cgroup/pids/matriarch-$A/$1/system/cgroup.procs" "/sys/fs/cgroup/matriarch-$A/$1/system/cgroup.procs" 2>/dev/null); do
    if grep -qE '^NSpid:\s+[0-9]+\s+1$' "/proc/$pid/status"; then echo "$pid"; fi
  done
}
is_off() { grep -E "^$1 .* off" <<<"$(cluster "$A" status)"; }

test_crash() {
  local up node
  with_things
  kill -9 "$(first_process n2)"
  expect "kill -9 of a node's first process: the node is off" is_off n2
  seconds_of "up brings it back" 30 cluster "$A" up
  expect "three pods Ready" all_ready
  kill -9 "$(first_process n3)" "$(first_process cp)"
  seconds_of "down after kill -9 of a node and the control plane" 15 cluster "$A" down
  nothing_left "after that"
  cluster "$A" up >/dev/null
  expect "three pods Ready" all_ready
  ip netns del "matriarch-$A-switch"
  seconds_of "down after the switch was lost" 15 cluster "$A" down
  nothing_left "after that"
  cluster "$A" up >"$WORK/out" 2>&1 & up=$!
  sleep 2
  kill -9 $up; wait $up 2>/dev/null || true
  seconds_of "down after kill -9 of an up" 20 cluster "$A" down
  nothing_left "after that"
  cluster "$A" up >/dev/null
  cluster "$A" fault n1 freeze >/dev/null
  seconds_of "down with a frozen node" 15 cluster "$A" down
  nothing_left "after that"
  cluster "$A" up >/dev/null
  [ -e "$WORK/disk.yaml" ] || write_disk
  expect "a volume of the class disk" k apply -f "$WORK/disk.yaml"
  expect "its pod is Ready" disk_pod_ready
  node=$(pod_node writes)
  cluster "$A" fault "$node" disk-stall >/dev/null
  k exec writes -- sh -c 'echo during > /disk/other' >/dev/null 2>&1 &
  sleep 1
  kill -9 "$(first_process "$node")"
  seconds_of "down with a stalled disk and a process that waits for it" 20 cluster "$A" down
  nothing_left "after that"
  cluster "$A" up >/dev/null
  refuse "down with another XDG_STATE_HOME is refused" env XDG_STATE_HOME="$WORK/elsewhere" "$HERE/cluster" --name "$A" down --wipe
  grep -qF "$STATE_ROOT/$A" "$WORK/out" || fail "it tells where the state is"
  rm -rf "${STATE_ROOT:?}/$A" 2>/dev/null || true   # what runs makes some of it anew
  refuse "up where the state of what runs is gone is refused" cluster "$A" up
  seconds_of "down after the state was lost" 20 cluster "$A" down
  nothing_left "after that"
}
