#!/bin/bash
# fill-store.sh ROOT LAYOUT...: a containerd of its own with the root directory ROOT imports the images, and ends.
# Runs as the first process of its own process and mount namespaces.
set -euo pipefail
root=$1; shift
mount -t proc proc /proc
mount -t tmpfs tmpfs /run
cat >/run/config.toml <<T
version = 2
root = "$root"
state = "/run/containerd"
disabled_plugins = ["io.containerd.grpc.v1.cri", "io.containerd.snapshotter.v1.aufs", "io.containerd.snapshotter.v1.btrfs",
  "io.containerd.snapshotter.v1.devmapper", "io.containerd.snapshotter.v1.zfs", "io.containerd.internal.v1.opt", "io.containerd.internal.v1.tracing"]
[grpc]
  address = "/run/store.sock"
T
containerd --config /run/config.toml &
server=$!
for _ in $(seq 100); do ctr -a /run/store.sock version >/dev/null 2>&1 && break; sleep 0.1; done
for layout in "$@"; do
  tar -C "$layout" -cf - . | ctr -a /run/store.sock -n k8s.io images import -
done
kill "$server"
wait "$server" || true
