# shellcheck shell=bash
# binaries.sh: builds the Go programs once; the directory's name is a hash of what they are made from.

sources_hash() { # DIRECTORY
  (cd "$1" && { go env GOVERSION GOARCH; find . -type f | sort | xargs sha256sum; }) | sha256sum | cut -c1-16
}
# The programs are found at these places when they have been built.
tools_dir() { echo "$CACHE/tools/$(sources_hash "$HERE/go/tools")"; }
kube_dir() { echo "$CACHE/kube/$(kube_version)-$(sources_hash "$HERE/go/kube")"; }

go_build() { # SOURCE_DIRECTORY OUTPUT LDFLAGS [PACKAGE]
  (cd "$1" && CGO_ENABLED=0 GOFLAGS='-buildvcs=false -mod=readonly' go build -trimpath -ldflags "-s -w $3" -o "$2" "${4:-.}")
}

build_tools_now() { # DIRECTORY
  [ -d "$1" ] && return
  local new=$1.new t
  rm -rf "$new"; mkdir -p "$new"
  for t in pause image delay; do go_build "$HERE/go/tools/$t" "$new/$t" ''; done
  mv "$new" "$1"
}
build_tools() {
  local d; d=$(tools_dir)
  [ -d "$d" ] || step "built the small programs (pause, image, delay)" with_lock "$CACHE/tools.lock" build_tools_now "$d"
}

build_kube_now() { # DIRECTORY
  [ -d "$1" ] && return
  local new=$1.new flags='' p v
  v=$(kube_version)
  # Without these it calls itself v0.0.0-master.
  for p in k8s.io/component-base/version k8s.io/client-go/pkg/version; do
    flags+=" -X $p.gitVersion=$v -X $p.gitMajor=1 -X $p.gitMinor=$(cut -d. -f2 <<<"$v") -X $p.gitTreeState=clean"
    flags+=" -X $p.gitCommit=none -X $p.buildDate=1970-01-01T00:00:00Z"
  done
  rm -rf "$new"; mkdir -p "$new"
  go_build "$HERE/go/kube" "$new/kube" "$flags"
  go_build "$HERE/go/kube" "$new/kubectl" "$flags" ./kubectl
  mv "$new" "$1"
}
build_kube() {
  local d; d=$(kube_dir)
  [ -d "$d" ] || step "built Kubernetes $(kube_version), etcd and CoreDNS" with_lock "$CACHE/kube.lock" build_kube_now "$d"
}
