# shellcheck shell=bash
# test-sides.sh (a part of ../test): two clusters side by side, started at the same time.

test_sides() {
  local a b
  cluster "$A" down --wipe >/dev/null
  cluster "$A" up >"$WORK/a" 2>&1 & a=$!
  cluster "$B" up >"$WORK/b" 2>&1 & b=$!
  wait $a || { cat "$WORK/a" >&2; fail "up of $A"; }
  wait $b || { cat "$WORK/b" >&2; fail "up of $B"; }
  ok "two clusters started at the same time"
  with_things
  [ "$(cat "$STATE_ROOT/$A/network")" != "$(cat "$STATE_ROOT/$B/network")" ] || fail "each has its own network"
  refuse "the other has none of its pods" "$STATE_ROOT/$B/bin/kubectl" --kubeconfig="$STATE_ROOT/$B/kubeconfig" get pod web-0
  cluster "$B" down --wipe >/dev/null
  expect "the one still answers after the other's end" all_answer
  cluster "$A" down --wipe >/dev/null
  nothing_left "after both"
}
