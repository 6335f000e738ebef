# shellcheck shell=bash
# up.sh: builds what is missing and starts what doesn't run; and takes it all down again.

# What a start can be told by environment variables of these names; the defaults are those of Kubernetes.
SETTINGS=(NODE_MONITOR_GRACE_PERIOD=50s NODE_MONITOR_PERIOD=5s NODE_LEASE_DURATION_SECONDS=40
  NODE_STATUS_UPDATE_FREQUENCY=10s KUBELET_SYNC_FREQUENCY=1m CRASH_LOOP_BACKOFF_MAX=300s)
write_settings() {
  local s name
  for s in "${SETTINGS[@]}"; do name=${s%%=*}; printf '%s=%q\n' "$name" "${!name:-${s#*=}}"; done >"$RUN/settings"
}

# The kubelet changes all but the last two for the whole host. Three nodes need more inotify instances than there are; and where the kernel's default
# of 32768 process numbers stands, they come round within minutes: a number that a shell still waits for may be another process's by then.
HOST_SYSCTLS=(vm.overcommit_memory vm.panic_on_oom kernel.panic kernel.panic_on_oops kernel.keys.root_maxkeys
  kernel.keys.root_maxbytes fs.inotify.max_user_instances kernel.pid_max)

at_least() { # sysctl, number
  if [ "$(sysctl -n "$1")" -lt "$2" ]; then sysctl -qw "$1=$2"; fi
}

# The first cluster notes how the host was, the last one puts it back. Both hold the host's lock.
register_cluster() {
  local s
  mkdir -p "$HOST_RUN/clusters"
  if [ -e "$HOST_RUN/clusters/$NAME" ] && [ "$(cat "$HOST_RUN/clusters/$NAME")" != "$STATE" ]; then
    die "a cluster '$NAME' runs already with its state in $(cat "$HOST_RUN/clusters/$NAME"): choose another --name"
  fi
  if [ -e "$HOST_RUN/clusters/$NAME" ] && [ ! -e "$STATE/network" ]; then
    die "the cluster '$NAME' is up, and what it kept in $STATE is gone: 'down' it first"
  fi
  if [ ! -e "$HOST_RUN/sysctls" ]; then
    for s in "${HOST_SYSCTLS[@]}"; do echo "$s = $(sysctl -n "$s")"; done >"$HOST_RUN/sysctls.new"
    if mountpoint -q /run/netns; then touch "$HOST_RUN/netns-was-mounted"; fi
    mv "$HOST_RUN/sysctls.new" "$HOST_RUN/sysctls"
  fi
  mkdir -p "$STATE"
  choose_network
  mkdir -p "$HOST_RUN/networks"
  echo "$OCTET" >"$HOST_RUN/networks/$NAME"   # down finds what to take away, even when the state is gone
  echo "$STATE" >"$HOST_RUN/clusters/$NAME"
  at_least fs.inotify.max_user_instances 8192
  at_least kernel.pid_max 4194304 # as systemd sets it
}
unregister_cluster() {
  rm -f "$HOST_RUN/clusters/$NAME" "$HOST_RUN/networks/$NAME"
  [ -d "$HOST_RUN/clusters" ] && [ -z "$(ls "$HOST_RUN/clusters")" ] || return 0
  if [ -e "$HOST_RUN/sysctls" ]; then sysctl -qp "$HOST_RUN/sysctls"; fi
  if [ ! -e "$HOST_RUN/netns-was-mounted" ] && [ -d /run/netns ] && [ -z "$(ls /run/netns)" ]; then
    while umount /run/netns 2>/dev/null; do :; done
    rmdir /run/netns
  fi
  rmdir /var/lib/kubelet /var/lib/cni 2>/dev/null || true   # where the nodes mount their own
  rm -f "$HOST_RUN/sysctls" "$HOST_RUN/netns-was-mounted"
}

build_all() {
  build_tools
  # The compiler keeps the processors busy and the images are mostly waiting and unpacking: both at once.
  local kube i
  [ -d "$(kube_dir)" ] || note "building Kubernetes; the first time takes about six minutes on two cores"
  build_kube & kube=$!
  for i in "${IMAGES[@]}"; do build_image "$i"; done
  wait "$kube"
  build_store
}

# Most of what is written, in memory. The mark outlives a reboot of the host, which takes it away.
IN_MEMORY=(etcd volumes)
check_memory() { # [--in-memory]
  local dir
  for dir in "${IN_MEMORY[@]}"; do
    if mountpoint -q "$STATE/$dir"; then continue; fi
    [ ! -e "$STATE/in-memory" ] || die "the data of the cluster '$NAME' was in memory, and has ended with it: 'down' first"
    [ -z "${1:-}" ] || [ -z "$(ls -A "$STATE/$dir" 2>/dev/null)" ] || die "the data of the cluster '$NAME' is on the disk: 'down --wipe' first"
  done
}
take_memory() {
  local dir
  for dir in "${IN_MEMORY[@]}"; do
    mkdir -p "$STATE/$dir"
    mountpoint -q "$STATE/$dir" || mount -t tmpfs -o mode=755 "matriarch-$NAME" "$STATE/$dir"
  done
  touch "$STATE/in-memory"
}
release_memory() { # STATE
  local dir
  for dir in "${IN_MEMORY[@]}"; do
    if mountpoint -q "$1/$dir"; then umount "$1/$dir"; fi
  done
}

cluster_up() { # [--in-memory]
  local machine pids=() p
  check_memory "${1:-}"
  with_lock "$HOST_RUN/lock" register_cluster
  [ -z "${1:-}" ] || take_memory
  mkdir -p "$RUN/log" "$STATE/bin" "$STATE/volumes"
  set_addresses "$(cat "$STATE/network")"
  step "certificates and kubeconfigs" make_pki
  has_ns switch || remove_switch   # what may be left of an end that wasn't orderly
  step "network $NET.0.0/16" make_switch
  if ! machine_runs cp; then
    write_settings
    ln -sfn "$(kube_dir)/kube" "$STATE/bin/kube"
    ln -sfn "$(kube_dir)/kubectl" "$STATE/bin/kubectl"
  fi
  step "image stores of the nodes" prepare_stores
  for machine in "${MACHINES[@]}"; do machine_runs "$machine" || date +%s >"$RUN/started-$machine"; done
  for machine in "${MACHINES[@]}"; do machine_start "$machine" & pids+=($!); done
  for p in "${pids[@]}"; do wait "$p"; done
  step "control plane ready" wait_for 120 "API server" kubectl get --raw /readyz
  step "DNS service, storage classes" apply_base
  for machine in "${NODES[@]}"; do step "node $machine Ready" wait_node "$machine"; done
  step "images up to date" update_images
  printf '%8s s in all: cluster %s is up\n' "$(seconds_since "$STARTED")" "$NAME"
}

prepare_stores() {
  local node
  for node in "${NODES[@]}"; do
    if ! machine_runs "$node" && [ ! -e "$STATE/$node/images" ]; then
      mkdir -p "$STATE/$node/var/lib"
      give_store "$STATE/$node/var/lib/containerd"
      basename "$(store_dir)" >"$STATE/$node/images"
    fi
  done
}
# Images that were made anew since a node got its store.
update_images() {
  local node i
  for node in "${NODES[@]}"; do
    [ "$(cat "$STATE/$node/images")" != "$(basename "$(store_dir)")" ] || continue
    for i in "${IMAGES[@]}"; do load_layout "$node" "$(image_dir "$i")/layout"; done
    basename "$(store_dir)" >"$STATE/$node/images"
  done
}
apply_base() {
  local node
  wait_for 60 "the namespace default" kubectl get serviceaccount default   # without it no pod can be made there
  sed "s/DNS_SERVICE_IP/$DNS_SERVICE_IP/; s/CP_IP/$CP_IP/" "$HERE/lib/base.yaml" | kubectl apply -f -
  for node in "${NODES[@]}"; do
    wait_for 60 "registration of $node" kubectl get node "$node"
    # For show: the pods' bridge has its range from its own file.
    kubectl patch node "$node" -p "{\"spec\":{\"podCIDR\":\"$(pod_range "$node")\",\"podCIDRs\":[\"$(pod_range "$node")\"]}}"
  done
}
# Ready, and said so since it was started: what it said before still stands there for a while.
node_is_ready() {
  local status time
  read -r status time < <(kubectl get node "$1" \
    -o jsonpath='{range .status.conditions[?(@.type=="Ready")]}{.status} {.lastHeartbeatTime}{end}')
  [ "$status" = True ] && [ "$(date -d "$time" +%s)" -ge "$(cat "$RUN/started-$1")" ]
}
wait_node() { wait_for 120 "node $1 Ready" node_is_ready "$1"; }

# Whether something of a start is on the host, whatever became of its state.
is_left() {
  local dir
  [ ! -e "$HOST_RUN/clusters/$NAME" ] || return 0
  for dir in /run/netns/"$ID"-{switch,cp,n1,n2,n3} $(cgroup_dirs "$ID"); do [ ! -e "$dir" ] || return 0; done
  return 1
}
network_of_run() {
  cat "$STATE/network" 2>/dev/null || cat "$HOST_RUN/networks/$NAME" 2>/dev/null ||
    ns switch ip -4 -o addr show dev br0 2>/dev/null | sed -n 's/.* inet 10\.\([0-9]*\)\..*/\1/p' | grep . ||
    die "which network the cluster '$NAME' had is not on record any more: its state in $STATE is gone, and its switch too"
}
remove_tree() { # DIRECTORY, but never what is mounted in it
  local mounted
  mounted=$(awk -v below="$1/" 'index($2, below) == 1 {print $2}' /proc/mounts)
  [ -z "$mounted" ] || die "nothing in $1 was deleted, because something is mounted there:" "$mounted"
  rm -rf --one-file-system "$1"
}

cluster_down() { # [--wipe]
  local start machine pids=() p registered octet wipe=${1:-}
  start=$(now)
  [ "$wipe" = --wipe ] || [ -z "$wipe" ] || die "down [--wipe], not $1"
  [ ! -e "$STATE/in-memory" ] || wipe=--wipe
  registered=$(cat "$HOST_RUN/clusters/$NAME" 2>/dev/null || true)
  if [ -n "$registered" ] && [ "$registered" != "$STATE" ] && [ -e "$registered" ]; then
    die "the cluster '$NAME' runs with its state in $registered, not in $STATE." \
      "Take it down with: XDG_STATE_HOME=${registered%/matriarch/*} local-kubernetes/cluster --name $NAME down"
  fi
  if [ ! -e "$STATE" ] && ! is_left; then echo "there is no cluster $NAME: nothing was up, no data was kept"; return; fi
  if [ -e "$STATE/network" ] || is_left; then
    octet=$(network_of_run)
    set_addresses "$octet"
    mkdir -p "$RUN"/{cp,n1,n2,n3}
    for machine in "${NODES[@]}"; do machine_stop "$machine" & pids+=($!); done
    for p in "${pids[@]}"; do wait "$p"; done
    machine_stop cp
    remove_switch
    detach_lost_disks "${registered:-$STATE}"
    release_memory "${registered:-$STATE}"
    with_lock "$HOST_RUN/lock" unregister_cluster
    remove_tree "$RUN"
    rmdir "$STATE" 2>/dev/null || true   # where it was gone before
  fi
  if [ -n "$wipe" ]; then remove_tree "$STATE"; fi
  printf '%8s s cluster %s is down%s\n' "$(seconds_since "$start")" "$NAME" "${wipe:+, its data gone}"
}
