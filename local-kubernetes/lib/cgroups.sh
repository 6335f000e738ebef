# shellcheck shell=bash
# cgroups.sh: a machine's cgroup is /ID/MACHINE in every hierarchy, cgroup v1 and v2 alike, or both side by side.
#   /ID/MACHINE/system     what the machine runs itself
#   /ID/MACHINE/kubepods   its pods (made by the kubelet)

# "cgroup /sys/fs/cgroup/cpu" ... or only "cgroup2 /sys/fs/cgroup"
cgroup_mounts() { awk '($3 == "cgroup" || $3 == "cgroup2") && $2 ~ "^/sys/fs/cgroup" {print $3, $2}' /proc/mounts | sort -u; }
only_v2() { ! grep -q '^[^ ]* /sys/fs/cgroup[^ ]* cgroup ' /proc/mounts; }
cgroup_dirs() { # PATH: that cgroup in each hierarchy
  local _ dir
  while read -r _ dir; do echo "$dir/$1"; done < <(cgroup_mounts)
}

make_cgroup() { # MACHINE
  local kind root dir parent
  while read -r kind root; do
    parent=$root
    for dir in "$root/$ID" "$root/$ID/$1" "$root/$ID/$1/system"; do
      # v2 hands a controller down only where it is told to.
      if only_v2; then enable_controllers "$parent"; fi
      mkdir -p "$dir"
      # v1: no process can join before these two are filled.
      if [ "$kind" = cgroup ] && [ -e "$dir/cpuset.cpus" ] && [ -z "$(cat "$dir/cpuset.cpus")" ]; then
        cat "$parent/cpuset.cpus" >"$dir/cpuset.cpus"
        cat "$parent/cpuset.mems" >"$dir/cpuset.mems"
      fi
      parent=$dir
    done
  done < <(cgroup_mounts)
}
enable_controllers() { # DIRECTORY
  local c
  for c in cpu cpuset io memory pids hugetlb; do echo "+$c" >"$1/cgroup.subtree_control" 2>/dev/null || true; done
}
join_cgroup() { # MACHINE: the calling shell moves in
  local dir
  for dir in $(cgroup_dirs "$ID/$1/system"); do echo "$BASHPID" >"$dir/cgroup.procs"; done
}

# Every process under PATH, in whichever hierarchy.
cgroup_pids() { # PATH
  local dirs
  mapfile -t dirs < <(cgroup_dirs "$1")
  { find "${dirs[@]}" -name cgroup.procs -exec cat {} + 2>/dev/null || true; } | sort -un
}

freeze_cgroup() { # MACHINE
  if only_v2; then echo 1 >"/sys/fs/cgroup/$ID/$1/cgroup.freeze"; else echo FROZEN >"/sys/fs/cgroup/freezer/$ID/$1/freezer.state"; fi
}
thaw_cgroup() { # MACHINE
  if only_v2; then echo 0 >"/sys/fs/cgroup/$ID/$1/cgroup.freeze"; else echo THAWED >"/sys/fs/cgroup/freezer/$ID/$1/freezer.state"; fi
}
is_frozen() { # MACHINE
  if only_v2; then [ "$(cat "/sys/fs/cgroup/$ID/$1/cgroup.freeze" 2>/dev/null)" = 1 ]
  else [[ "$(cat "/sys/fs/cgroup/freezer/$ID/$1/freezer.state" 2>/dev/null)" == FR* ]]; fi
}

# Kills everything under /ID/MACHINE. Frozen processes die only when thawed, and those that wait for a stalled disk when it goes on.
kill_cgroup() { # MACHINE
  local pids n
  for n in $(seq 100); do
    mapfile -t pids < <(cgroup_pids "$ID/$1")
    [ ${#pids[@]} -gt 0 ] || { release_disks "$1"; return 0; }
    kill -9 "${pids[@]}" 2>/dev/null || true
    thaw_cgroup "$1" 2>/dev/null || true
    release_disks "$1"
    sleep 0.05
  done
  echo "processes in the cgroup $ID/$1 do not die: ${pids[*]}" >&2
  return 1
}
# Removes /ID/MACHINE, and /ID after the last one. The kernel may need a moment after the last process.
remove_cgroup() { # MACHINE
  local dir n
  for dir in $(cgroup_dirs "$ID/$1"); do
    for n in $(seq 50); do
      [ -d "$dir" ] || break
      find "$dir" -depth -type d -exec rmdir {} + 2>/dev/null || true
      [ ! -d "$dir" ] || sleep 0.1
    done
    [ ! -d "$dir" ] || echo "the cgroup $dir does not go away" >&2
    rmdir "${dir%/*}" 2>/dev/null || true
  done
}
