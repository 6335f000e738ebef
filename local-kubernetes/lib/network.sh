# shellcheck shell=bash
# network.sh: the cluster's switch (a network namespace with a bridge that is also the router), and the machines' links to it.

ns() { local machine=$1; shift; nsenter --net="/run/netns/$ID-$machine" "$@"; }
has_ns() { [ -e "/run/netns/$ID-$1" ]; }

# A free 10.N.0.0/16, kept in $STATE/network from then on. The caller holds the host's lock.
choose_network() {
  if [ -e "$STATE/network" ]; then
    set_addresses "$(cat "$STATE/network")"
    if ! has_ns switch && ! is_free "$OCTET"; then
      die "$NET.0.0/16, which this cluster was made with, is in use on this host now: free it, or 'down --wipe' and 'up' for another"
    fi
    return
  fi
  local n
  for n in $(seq 213 254) $(seq 100 212); do
    if ! grep -qsx "$n" "$STATE_ROOT"/*/network && is_free "$n"; then
      echo "$n" >"$STATE/network"
      set_addresses "$n"
      return
    fi
  done
  die "no free network among 10.100.0.0/16 to 10.254.0.0/16"
}
is_free() { # no route of this host, apart from the default one, has to do with it
  [ -z "$(ip -4 route show table all root "10.$1.0.0/16"; ip -4 route show table all match "10.$1.0.0/16" | grep -v '^default' || true)" ]
}

make_namespace() { # MACHINE
  ip netns add "$ID-$1"
  ip -n "$ID-$1" link set lo up
  ns "$1" sysctl -qw net.ipv4.ip_forward=1
}

make_switch() {
  local node
  ! has_ns switch || return 0
  make_cgroup switch
  make_namespace switch
  ip -n "$ID-switch" link add br0 type bridge
  ip -n "$ID-switch" addr add "$SWITCH_IP/24" dev br0
  ip -n "$ID-switch" link set br0 up
  for node in "${NODES[@]}"; do ip -n "$ID-switch" route add "$(pod_range "$node")" via "$(machine_ip "$node")"; done
  # The host's way to ClusterIPs: the first node's kube-proxy.
  ip -n "$ID-switch" route add "$SERVICE_RANGE" via "$(machine_ip n1)"
  ip link del "$HOST_LINK" 2>/dev/null || true
  ip link add "$HOST_LINK" type veth peer name host netns "$ID-switch"
  ip -n "$ID-switch" link set host master br0 up
  ip addr add "$HOST_IP/24" dev "$HOST_LINK"
  ip link set "$HOST_LINK" up
  ip route replace "$NET.0.0/16" via "$SWITCH_IP"
  # Should the link go, nothing meant for the cluster may leave by the default route.
  ip route replace unreachable "$NET.0.0/16" metric 9999
}
remove_switch() {
  kill_cgroup switch
  ip link del "$HOST_LINK" 2>/dev/null || true
  ip route del "$NET.0.0/16" via "$SWITCH_IP" 2>/dev/null || true
  ip route del unreachable "$NET.0.0/16" metric 9999 2>/dev/null || true
  if has_ns switch; then ip netns del "$ID-switch"; fi
  remove_cgroup switch
}

# A machine's network namespace, and its link into the switch.
plug_in() { # MACHINE
  local machine=$1 address node
  address=$(machine_ip "$machine")
  make_namespace "$machine"
  # The same MAC at every boot: others go on sending to the one they know for up to a minute.
  # shellcheck disable=SC2086 # four words
  ip -n "$ID-switch" link add "$machine" type veth peer name eth0 \
    address "$(printf '02:00:%02x:%02x:%02x:%02x' ${address//./ })" netns "$ID-$machine"
  ip -n "$ID-switch" link set "$machine" master br0 up
  ip -n "$ID-$machine" addr add "$address/24" dev eth0
  ip -n "$ID-$machine" link set eth0 up
  ip -n "$ID-$machine" route add default via "$SWITCH_IP"
  for node in "${NODES[@]}"; do
    [ "$node" = "$machine" ] || ip -n "$ID-$machine" route add "$(pod_range "$node")" via "$(machine_ip "$node")"
  done
}
# The link first: a network namespace ends some time after its last user, and its end of the link would be in the way of a new one.
unplug() { # MACHINE
  if has_ns switch; then ip -n "$ID-switch" link del "$1" 2>/dev/null || true; fi
  if has_ns "$1"; then ip netns del "$ID-$1"; fi
}
