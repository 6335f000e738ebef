# shellcheck shell=bash
# registry.sh: Debian's docker-registry for a local cluster, under a name that only its nodes know.

: "${STATE:?}" "${HOST_IP:?}"
REGISTRY=matriarch.test            # as images call it; hosts.toml leads there
REGISTRY_ADDRESS=$HOST_IP:5005
REGISTRY_STATE=$STATE/registry

install_registry() {
  command -v docker-registry >/dev/null || {
    with_lock "$CACHE/apt.lock" install_packages docker-registry
    # What its package starts is of no use here, and may hold the port.
    if [ -d /run/systemd/system ]; then systemctl disable --now docker-registry || true; fi
  }
}
registry_pid() { # of ours only
  local pid
  pid=$(cat "$REGISTRY_STATE/pid" 2>/dev/null) && grep -qs docker-registry "/proc/$pid/cmdline" && echo "$pid"
}
start_registry() {
  mkdir -p "$REGISTRY_STATE" "$STATE/registries/$REGISTRY"
  cat >"$STATE/registries/$REGISTRY/hosts.toml" <<T
server = "http://$REGISTRY_ADDRESS"
[host."http://$REGISTRY_ADDRESS"]
  capabilities = ["pull", "resolve"]
T
  ! registry_pid >/dev/null || return 0
  cat >"$REGISTRY_STATE/config.yml" <<Y
version: 0.1
log: {level: warn}
storage:
  filesystem: {rootdirectory: $REGISTRY_STATE/data}
http: {addr: $REGISTRY_ADDRESS}
Y
  (
    release_locks
    exec setsid docker-registry serve "$REGISTRY_STATE/config.yml"
  ) </dev/null >"$REGISTRY_STATE/log" 2>&1 &
  echo $! >"$REGISTRY_STATE/pid"
  wait_for 20 "the registry" curl -sf "http://$REGISTRY_ADDRESS/v2/"
}
stop_registry() {
  local pid
  if pid=$(registry_pid); then
    kill "$pid"
    wait_for 10 "end of the registry" test ! -d "/proc/$pid"
  fi
}

# push LAYOUT REPOSITORY TAG: pushes an OCI layout, and prints REGISTRY/REPOSITORY@DIGEST.
push() {
  local layout=$1 base=http://$REGISTRY_ADDRESS/v2/$2 top digest location
  top=$(jq -r '.manifests[0].digest' "$layout/index.json")
  for digest in $(jq -r '.config.digest, .layers[].digest' "$layout/blobs/sha256/${top#sha256:}"); do
    if ! curl -sfI -o /dev/null "$base/blobs/$digest"; then
      location=$(curl -sf -X POST -D - -o /dev/null "$base/blobs/uploads/" | tr -d '\r' | sed -n 's/^[Ll]ocation: //p')
      curl -sf -o /dev/null -X PUT -H 'Content-Type: application/octet-stream' \
        -T "$layout/blobs/sha256/${digest#sha256:}" "$location&digest=$digest"
    fi
  done
  curl -sf -o /dev/null -X PUT -H 'Content-Type: application/vnd.oci.image.manifest.v1+json' \
    --data-binary "@$layout/blobs/sha256/${top#sha256:}" "$base/manifests/$3"
  echo "$REGISTRY/$2@$top"
}
