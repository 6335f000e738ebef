# shellcheck shell=bash
# faults.sh: faults on demand. What must outlive a boot of the machine (cuts, delays) is noted in $RUN/faults:
# cut-MACHINE, delay-MACHINE (milliseconds), between-MACHINE-MACHINE (cp stands for the API server).

fault() { # MACHINE|all FAULT [ARGUMENT]
  local machine=${1:-} what=${2:-} argument=${3:-} m
  [[ " ${MACHINES[*]} all " == *" $machine "* && -n $machine ]] || die "fault MACHINE FAULT: a machine is one of ${MACHINES[*]} all, not '$machine'"
  has_ns switch || die "cluster $NAME is not up"
  if [ "$machine" = all ]; then
    for m in "${MACHINES[@]}"; do one_fault "$m" "$what" "$argument"; done
  else
    one_fault "$machine" "$what" "$argument"
  fi
}

one_fault() { # MACHINE FAULT ARGUMENT
  local machine=$1 start note
  start=$(now)
  mkdir -p "$RUN/faults"
  case $2 in
    stop) machine_cut "$machine" ;;
    start) boot "$machine" ;;
    freeze) must_run "$machine"; freeze_cgroup "$machine" ;;
    thaw) must_run "$machine"; thaw_cgroup "$machine" ;;
    cut) touch "$RUN/faults/cut-$machine"; link_state "$machine" down ;;
    join) rm -f "$RUN/faults/cut-$machine"; link_state "$machine" up ;;
    cut-from) note=$(between "$machine" "$3"); touch "$RUN/faults/$note"; apply_cuts ;;
    join-to) note=$(between "$machine" "$3"); rm -f "$RUN/faults/$note"; apply_cuts ;;
    kubelet-stop) must_run_node "$machine"; hold_component "$machine" kubelet ;;
    kubelet-start) must_run_node "$machine"; release_component "$machine" kubelet ;;
    delay)
      [[ $3 =~ ^[0-9]+$ && $3 -gt 0 ]] || die "delay wants milliseconds, not '$3'"
      must_run "$machine"; echo "$3" >"$RUN/faults/delay-$machine"; lengthen_link "$machine" "$3" ;;
    no-delay) rm -f "$RUN/faults/delay-$machine"; shorten_link "$machine" ;;
    disk-stall) must_run_node "$machine"; stall_disks "$machine" ;;
    disk-go) release_disks "$machine" ;;
    heal) heal "$machine" ;;
    *) die "there is no fault '$2'; 'help' lists them" ;;
  esac
  printf '%8s s %s: %s\n' "$(seconds_since "$start")" "$machine" "$2${3:+ $3}"
}

must_run() { machine_runs "$1" || die "$1 is off"; }
must_run_node() { [ "$1" != cp ] || die "cp has no kubelet and no disks"; must_run "$1"; }
boot() {
  ! machine_runs "$1" || return 0
  date +%s >"$RUN/started-$1"
  machine_start "$1"
}
heal() {
  rm -f "$RUN/faults/cut-$1" "$RUN/faults/delay-$1" "$RUN/faults/between-$1-"* "$RUN/faults/between-"*"-$1"
  apply_cuts
  shorten_link "$1"
  release_disks "$1"
  if machine_runs "$1"; then
    link_state "$1" up
    thaw_cgroup "$1"
    release_component "$1" kubelet
  else
    boot "$1"
  fi
}
faults_of() { # MACHINE: for status
  local f
  for f in "$RUN/faults/"*"-$1" "$RUN/faults/between-$1-"*; do
    [ -e "$f" ] || continue
    case ${f##*/} in
      cut-*) printf ' cut' ;;
      delay-*) printf ' delay %s ms' "$(cat "$f")" ;;
      between-*) printf ' cut-from %s' "$(sed "s/^between-//; s/-$1$//; s/^$1-//; s/^cp$/api/" <<<"${f##*/}")" ;;
    esac
  done
  if [ -e "$RUN/$1/hold-kubelet" ]; then printf ' kubelet-stop'; fi
  if [ -d "$RUN/stalled/$1" ]; then printf ' disk-stall'; fi
}
# A machine that boots finds its link as it was.
restore_link_faults() { # MACHINE
  if [ -e "$RUN/faults/delay-$1" ]; then lengthen_link "$1" "$(cat "$RUN/faults/delay-$1")"; fi
  if [ -e "$RUN/faults/cut-$1" ]; then link_state "$1" down; fi
}

link_state() { if machine_runs "$1"; then ip -n "$ID-switch" link set "$1" "$2"; fi; }

# The file that notes a cut between a machine and a peer, the same seen from either side.
between() { # MACHINE PEER
  local peer=$2
  if [ "$peer" = api ]; then peer="cp"; fi
  [[ " ${MACHINES[*]} " == *" $peer "* && $peer != "$1" ]] || die "cut-from and join-to want another node or 'api', not '$2'"
  if [[ $1 < $peer ]]; then echo "between-$1-$peer"; else echo "between-$peer-$1"; fi
}
# The switch filters by port, so a node's pods are cut with it. Of the control plane only its DNS stays in reach.
apply_cuts() {
  local f a b
  {
    echo 'table bridge faults { }'
    echo 'delete table bridge faults'
    echo 'table bridge faults { chain forward { type filter hook forward priority 0'
    for f in "$RUN/faults/between-"*; do
      [ -e "$f" ] || continue
      IFS=- read -r _ a b <<<"${f##*/}"
      # With a delay in force a machine's port has another name.
      a="{ \"$a\", \"$a-near\" }" b="{ \"$b\", \"$b-near\" }"
      if [[ $f == *-cp-* ]]; then
        echo "iifname $b oifname $a udp dport 53 accept; iifname $b oifname $a tcp dport 53 accept;"
        echo "iifname $a oifname $b udp sport 53 accept; iifname $a oifname $b tcp sport 53 accept;"
        echo "ether type arp accept;"
      fi
      echo "iifname $a oifname $b drop; iifname $b oifname $a drop;"
    done
    echo '}'; echo '}'
  } | ns switch nft -f -
}

# A delay: the machine's port leaves the bridge, and a program carries frames between it and a port that takes its place.
lengthen_link() { # MACHINE MILLISECONDS
  local port
  shorten_link "$1"
  ip -n "$ID-switch" link add "$1-near" type veth peer name "$1-far"
  ip -n "$ID-switch" link set "$1" nomaster
  for port in "$1" "$1-far"; do   # cables, not interfaces: the switch itself must not answer there
    ns switch sysctl -qw "net.ipv4.conf.$port.arp_ignore=8"
    ns switch sysctl -qw "net.ipv6.conf.$port.disable_ipv6=1" 2>/dev/null || true
  done
  # No frames larger than the MTU or without a checksum on the cable.
  ns "$1" "$(tools_dir)/delay" -offloads off eth0
  ns switch "$(tools_dir)/delay" -offloads off "$1-near"
  (
    join_cgroup switch
    release_locks
    exec setsid nsenter --net="/run/netns/$ID-switch" "$(tools_dir)/delay" -for "$2ms" "$1" "$1-far"
  ) </dev/null >>"$RUN/log/$1-delay.log" 2>&1 &
  ip -n "$ID-switch" link set "$1-far" up
  ip -n "$ID-switch" link set "$1-near" master br0 up
}
shorten_link() { # MACHINE
  local pid
  for pid in $(cgroup_pids "$ID/switch"); do
    if tr '\0' ' ' <"/proc/$pid/cmdline" 2>/dev/null | grep -qE " $1 $1-far $"; then kill "$pid" 2>/dev/null || true; fi
  done
  ip -n "$ID-switch" link del "$1-near" 2>/dev/null || return 0
  if machine_runs "$1"; then
    ip -n "$ID-switch" link set "$1" master br0
    ns "$1" "$(tools_dir)/delay" -offloads on eth0
  fi
}
