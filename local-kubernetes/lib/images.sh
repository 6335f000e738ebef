# shellcheck shell=bash
# images.sh: makes the container images, each once, as OCI layouts in the cache.
# An image's directory ends in a hash of its recipe (lib/recipes.sh) and holds layout/ and a file name.

IMAGES=(pause busybox postgres-15 postgres-17 postgres-18 java)

recipe_hash() { # IMAGE
  {
    echo "$1"
    # shellcheck source=/dev/null
    (. "$HERE/lib/recipes.sh"; declare -f finish bootstrap "$(recipe_of "$1")")
    sources_hash "$HERE/go/tools/image"
    if [ "$1" = pause ]; then sources_hash "$HERE/go/tools/pause"; fi
  } | sha256sum | cut -c1-16
}
image_dir() { echo "$CACHE/images/$1-$(recipe_hash "$1")"; }
image_name() { cat "$(image_dir "$1")/name"; }

build_image_now() { # IMAGE DIRECTORY
  [ -d "$2" ] && return
  local work=$CACHE/work/$1
  rm -rf "$work" "$2.new"; mkdir -p "$work" "$2.new"
  # A mount and a process namespace of its own: whatever happens, no mount and no process stays behind.
  # shellcheck disable=SC2016 # for the inner shell
  unshare --mount --pid --fork --kill-child bash -euo pipefail -c '. "$1"; make_image "$2" "$3" "$4" "$5"' - \
    "$HERE/lib/recipes.sh" "$1" "$work" "$2.new" "$(tools_dir)"
  rm -rf "$work"
  mv "$2.new" "$2"
}
build_image() { # IMAGE
  local d; d=$(image_dir "$1")
  [ -d "$d" ] && return
  step "made the image $1" with_lock "$CACHE/image-$1.lock" build_image_now "$1" "$d"
}

# The image store: what a containerd has after importing every image. Nodes start with a copy of it.
store_dir() { # one per set of images; the name tells a node whether it has them
  local i
  echo "$CACHE/store/$(for i in "${IMAGES[@]}"; do cat "$(image_dir "$i")/layout/index.json"; done | sha256sum | cut -c1-16)"
}
build_store_now() { # DIRECTORY
  [ -d "$1" ] && return
  rm -rf "$1.new"; mkdir -p "$1.new"
  local i layouts=()
  for i in "${IMAGES[@]}"; do layouts+=("$(image_dir "$i")/layout"); done
  unshare --mount --pid --fork --kill-child bash "$HERE/lib/fill-store.sh" "$1.new" "${layouts[@]}"
  mv "$1.new" "$1"
  find "$CACHE/store" -mindepth 1 -maxdepth 1 ! -path "$1" -exec rm -rf {} +   # of earlier sets; nodes have their own links
}
build_store() {
  local d; d=$(store_dir)
  [ -d "$d" ] || step "imported the images into the store that nodes start with" with_lock "$CACHE/store.lock" build_store_now "$d"
}
# A node gets the layers by hard links (they are never written to), and copies of the two databases.
give_store() { # CONTAINERD_ROOT
  local d layers=io.containerd.snapshotter.v1.overlayfs blobs=io.containerd.content.v1.content meta=io.containerd.metadata.v1.bolt x
  d=$(store_dir)
  rm -rf "$1.new"; mkdir -p "$1.new"
  for x in $layers $blobs; do cp -al "$d/$x" "$1.new/" 2>/dev/null || { rm -rf "$1.new/${x:?}"; cp -a "$d/$x" "$1.new/"; }; done
  cp -a "$d/$meta" "$1.new/"
  cp -a --remove-destination "$d/$layers/metadata.db" "$1.new/$layers/"
  rm -rf "$1"; mv "$1.new" "$1"
}

# load_layout NODE LAYOUT: imports an image into a running node; sends only the blobs it hasn't got.
load_layout() {
  local socket=$STATE/$1/run/containerd/containerd.sock layout=$2 have blob send=(oci-layout index.json)
  have=$(ctr -a "$socket" -n k8s.io content ls -q)
  for blob in "$layout"/blobs/sha256/*; do
    [[ $have == *"${blob##*/}"* ]] || send+=("blobs/sha256/${blob##*/}")
  done
  tar -C "$layout" -cf - "${send[@]}" | ctr -a "$socket" -n k8s.io images import - >/dev/null
}
