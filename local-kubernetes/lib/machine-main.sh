#!/bin/bash
# machine-main.sh CLUSTER MACHINE: the first process of a machine. Runs in its own network, process, mount, UTS and IPC namespaces.
set -uo pipefail
NAME=$1 MACHINE=$2
HERE=$(dirname "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")")
. "$HERE/lib/common.sh"
. "$HERE/lib/control-plane.sh"
. "$HERE/lib/node.sh"

# keep COMPONENT COMMAND...: runs it, and again when it ends.
keep() {
  local component=$1 log=$RUN/log/$MACHINE-$1.log; shift
  while :; do
    while [ -e "$RUN/$MACHINE/hold-$component" ]; do sleep 0.2; done
    "$@" >>"$log" 2>&1 </dev/null
    echo "$(date +%T.%N) $component ended: $?" >>"$log"
    sleep 1
  done
}

# In a function, so that bash has read it all before someone edits this file.
main() {
  local KUBE
  set_addresses "$(cat "$STATE/network")"
  # shellcheck source=/dev/null
  . "$RUN/settings"
  KUBE=$STATE/bin/kube
  # To collect the garbage of these small heaps took a third of the API server's time under the tests, by its own metrics. So a heap may grow to four times what is live.
  export GOGC=${GOGC:-300}
  mount --make-rprivate /
  # Copies of the other machines' namespace mounts would keep those alive after their end.
  while umount -R /run/netns 2>/dev/null; do :; done
  mount -t proc proc /proc
  hostname "$MACHINE"
  if [ "$MACHINE" = cp ]; then control_plane; else node; fi
  # The end of the first process ends them all. Until then it reaps orphans.
  trap 'exit 0' TERM INT
  while :; do wait; sleep 1; done
}
main
