# shellcheck shell=bash
# machines.sh: a machine (cp, n1, n2, n3) is a set of namespaces, one cgroup, and a first process that runs the rest.
# Its process namespace makes a clean end easy: with the first process everything in it ends, as in a power cut, and with
# the last one its mounts end too.

# The host's number of a machine's first process: the one that has the number 1 inside.
machine_pid() { # MACHINE
  local pid
  for pid in $(cat "$(cgroup_dirs "$ID/$1/system" | head -n 1)/cgroup.procs" 2>/dev/null); do
    if awk '/^NSpid:/ {found = NF == 3 && $3 == 1} END {exit !found}' "/proc/$pid/status" 2>/dev/null; then echo "$pid"; return; fi
  done
  return 1
}
machine_runs() { machine_pid "$1" >/dev/null; }

machine_start() { # MACHINE
  ! machine_runs "$1" || return 0
  machine_clean "$1"
  attach_disks "$1"
  make_cgroup "$1"
  plug_in "$1"
  mkdir -p "$RUN/log" "$RUN/$1"
  rm -f "$RUN/$1/hold-"*
  # nsenter and not "ip netns exec": that one mounts a new /sys, without the cgroups in it.
  (
    join_cgroup "$1"
    release_locks
    exec setsid nsenter --net="/run/netns/$ID-$1" unshare --mount --pid --fork --uts --ipc --kill-child \
      bash "$HERE/lib/machine-main.sh" "$NAME" "$1"
  ) </dev/null >>"$RUN/log/$1.log" 2>&1 &
  wait_for 10 "start of $1" machine_runs "$1"
  restore_link_faults "$1"
}

# Power cut: all at once.
machine_cut() { # MACHINE
  kill_cgroup "$1"
  machine_clean "$1"
}
machine_clean() {
  kill_cgroup "$1"
  detach_disks "$1"
  unplug "$1"
  remove_cgroup "$1"
}

container_pids() { # MACHINE: of one hierarchy, because it is asked often
  local dir; dir=$(cgroup_dirs "$ID/$1/kubepods" | head -n 1)
  { find "$dir" -name cgroup.procs -exec cat {} + 2>/dev/null || true; } | sort -un
}
# signal_containers SIGNAL MACHINE: to the first process of each container only; with a signal to all of them PostgreSQL takes
# longer. A first process that doesn't catch a signal never gets it: that one is killed.
signal_containers() {
  local pid
  for pid in $(container_pids "$2"); do
    awk -v signal="$(kill -l "$1")" '
      /^NSpid:/ {first = $NF == 1}
      /^SigCgt:/ {nibble = index("0123456789abcdef", substr($2, 16 - int((signal - 1) / 4), 1)) - 1
                  caught = int(nibble / 2 ^ ((signal - 1) % 4)) % 2}
      END {exit !first ? 1 : caught ? 0 : 2}' "/proc/$pid/status" 2>/dev/null
    case $? in
      0) kill "-$1" "$pid" 2>/dev/null ;;
      2) if [ "$1" = TERM ]; then kill -9 "$pid" 2>/dev/null; fi ;;
    esac
  done
  return 0
}

# Orderly stop: the containers end first, as at a shutdown.
machine_stop() { # MACHINE
  local pid start interrupted=''
  if machine_runs "$1"; then
    thaw_cgroup "$1" 2>/dev/null || true
    release_disks "$1"
    if [ "$1" = cp ]; then
      pid=$(machine_pid cp)
      kill -TERM "$pid"
      wait_for 5 "end of the control plane" test ! -d "/proc/$pid" || true
    else
      hold_component "$1" kubelet   # or it would start them again
      start=$(now)
      signal_containers TERM "$1" || true
      while [ -n "$(container_pids "$1")" ]; do
        if [ $(($(now) - start)) -gt 2000000 ] && [ -z "$interrupted" ]; then
          interrupted=yes
          signal_containers INT "$1" || true   # PostgreSQL: from the smart to the fast shutdown
        fi
        if [ $(($(now) - start)) -gt 7000000 ]; then
          echo "$1: containers did not end within 7 s and are killed" >&2
          break
        fi
        sleep 0.1
      done
    fi
  fi
  machine_cut "$1"
}

# A component (kubelet, containerd, kube-apiserver ...) is killed and not started again until it is released.
component_pids() { # MACHINE COMPONENT
  local pid
  for pid in $(cgroup_pids "$ID/$1/system"); do
    # "kube kubelet --flags" or "containerd --flags"; not the loop that starts it again
    if tr '\0' ' ' 2>/dev/null <"/proc/$pid/cmdline" | grep -qE "^([^ ]*/kube )?$2 "; then echo "$pid"; fi
  done
}
hold_component() { # MACHINE COMPONENT
  local pid
  touch "$RUN/$1/hold-$2"
  for pid in $(component_pids "$1" "$2"); do kill -9 "$pid" 2>/dev/null || true; done
}
release_component() { rm -f "$RUN/$1/hold-$2"; }
