# shellcheck shell=bash
# node.sh: what the machines n1, n2, n3 run (called by machine-main.sh).

node() {
  local number home=$STATE/$MACHINE etc=$STATE/$MACHINE/etc dir
  local own=(var/lib/containerd var/lib/kubelet var/lib/cni var/log run)
  number=$(node_number "$MACHINE")
  rm -rf "$home/run" "$home/var/lib/cni"   # as after a boot
  mkdir -p "$etc"
  for dir in "${own[@]}"; do mkdir -p "$home/$dir" "/$dir"; done
  node_files
  # Everything uses its usual paths; these are the node's own, and two nodes never meet.
  for dir in "${own[@]}"; do mount --bind "$home/$dir" "/$dir"; done
  mount --make-rshared /
  mkdir -p /run/containerd /run/cni /run/lock
  cp "$etc/cni.conflist" /run/cni/10-pods.conflist
  keep containerd containerd --config "$etc/containerd.toml" &
  wait_for 30 containerd test -S /run/containerd/containerd.sock
  keep kubelet "$KUBE" kubelet --config="$etc/kubelet.yaml" --kubeconfig="$STATE/pki/$MACHINE.conf" \
    --hostname-override="$MACHINE" --node-ip="$(machine_ip "$MACHINE")" --node-labels="topology.kubernetes.io/zone=z$number" &
  keep kube-proxy "$KUBE" kube-proxy --config="$etc/kube-proxy.yaml" &
}

node_files() {
  echo "nameserver $CP_IP" >"$etc/resolv.conf"
  cat >"$etc/cni.conflist" <<J
{"cniVersion": "1.0.0", "name": "pods", "plugins": [{
  "type": "bridge", "bridge": "cni0", "isGateway": true, "hairpinMode": true, "mtu": 1500,
  "ipam": {"type": "host-local", "ranges": [[{"subnet": "$(pod_range "$MACHINE")"}]], "routes": [{"dst": "0.0.0.0/0"}], "dataDir": "/run/cni-leases"}}]}
J
  # registry: where a directory NAME/hosts.toml leads the registry NAME, asked at each pull (olm-bundle/lib/registry.sh).
  # restrict_oom_score_adj: without CAP_SYS_RESOURCE nobody may lower the score, and every pod would fail.
  cat >"$etc/containerd.toml" <<T
version = 2
disabled_plugins = ["io.containerd.snapshotter.v1.aufs", "io.containerd.snapshotter.v1.btrfs", "io.containerd.snapshotter.v1.devmapper",
  "io.containerd.snapshotter.v1.zfs", "io.containerd.internal.v1.opt", "io.containerd.internal.v1.tracing"]
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "localhost/pause:1"
  disable_apparmor = true
  restrict_oom_score_adj = true
  [plugins."io.containerd.grpc.v1.cri".registry]
    config_path = "$STATE/registries"
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "/run/cni"
  [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
    runtime_type = "io.containerd.runc.v2"
T
  # imageGCHighThresholdPercent: there is no registry to get a collected image back from.
  cat >"$etc/kubelet.yaml" <<Y
apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
failCgroupV1: false
cgroupDriver: cgroupfs
cgroupRoot: /$ID/$MACHINE
containerRuntimeEndpoint: unix:///run/containerd/containerd.sock
clusterDNS: ["$DNS_SERVICE_IP"]
clusterDomain: cluster.local
resolvConf: $etc/resolv.conf
authentication: {anonymous: {enabled: false}, webhook: {enabled: true}, x509: {clientCAFile: $STATE/pki/ca.crt}}
authorization: {mode: Webhook}
tlsCertFile: $STATE/pki/$MACHINE.crt
tlsPrivateKeyFile: $STATE/pki/$MACHINE.key
volumePluginDir: /var/lib/kubelet/volume-plugins
syncFrequency: $KUBELET_SYNC_FREQUENCY
featureGates: {KubeletCrashLoopBackOffMax: true}
crashLoopBackOff: {maxContainerRestartPeriod: ${CRASH_LOOP_BACKOFF_MAX:-300s}}   # of a cluster that was started before there was this setting there is none
nodeLeaseDurationSeconds: $NODE_LEASE_DURATION_SECONDS
nodeStatusUpdateFrequency: $NODE_STATUS_UPDATE_FREQUENCY
evictionHard: {memory.available: 100Mi, nodefs.available: 1Gi, imagefs.available: 1Gi}
imageGCHighThresholdPercent: 100
serializeImagePulls: false
kubeReserved: {cpu: 100m, memory: 256Mi}
Y
  cat >"$etc/kube-proxy.yaml" <<Y
apiVersion: kubeproxy.config.k8s.io/v1alpha1
kind: KubeProxyConfiguration
mode: nftables
clusterCIDR: $POD_RANGE
hostnameOverride: $MACHINE
clientConnection: {kubeconfig: $STATE/pki/kube-proxy.conf}
conntrack: {maxPerCore: 0, min: 0, tcpEstablishedTimeout: 0s, tcpCloseWaitTimeout: 0s}
Y
}
