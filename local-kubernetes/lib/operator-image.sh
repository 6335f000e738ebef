# shellcheck shell=bash
# operator-image.sh: images of Java programs, the operator's own first, and loading images into the nodes of a running cluster.

# A Quarkus fast-jar directory, or a native binary, over the Java image, which has the C library and zlib too.
operator_image() { # NAME:TAG QUARKUS_APP_DIRECTORY|NATIVE_BINARY
  local name=${1:-} app=${2:-} alone
  [[ $name == *:* && -n $app ]] || die "operator-image NAME:TAG DIRECTORY|BINARY (a Quarkus fast-jar, target/quarkus-app; or a native binary)"
  if [ -f "$app" ]; then
    [ -x "$app" ] || die "$app is neither a directory nor a program"
    alone=$(mktemp -d)
    install -m 755 "$app" "$alone/matriarch"
    chmod 755 "$alone"
    make_java_image "$name" "$alone" '"/app/matriarch"'
    rm -rf "$alone"
    return
  fi
  [ -e "$app/quarkus-run.jar" ] || die "$app holds no quarkus-run.jar: build the operator first"
  # A small heap in a small container: the serial collector and the first compiler only; started by exec, so it is process 1.
  make_java_image "$name" "$app" '"java", "-XX:+UseSerialGC", "-XX:MaxRAMPercentage=60", "-XX:TieredStopAtLevel=1", "-jar", "/app/quarkus-run.jar"'
}
# Any directory over the Java image, as /app; the Pod says what is run.
directory_image() { # NAME:TAG DIRECTORY
  local name=${1:-} app=${2:-}
  [[ $name == *:* && -n $app ]] || die "image NAME:TAG DIRECTORY"
  [ -d "$app" ] || die "there is no directory $app"
  make_java_image "$name" "$app" '"java"'
}

# Only the upper layer changes from build to build.
make_java_image() { # NAME:TAG DIRECTORY ENTRYPOINT
  local out
  check_host
  build_tools
  build_image java
  out=$CACHE/operator/$(sha256sum <<<"$1" | cut -c1-16)
  step "made the image $1" with_lock "$out.lock" pack_java_image "$(canonical_name "$1")" "$2" "$out" "$3"
  if machine_runs n1 || machine_runs n2 || machine_runs n3; then load_images "$out"; else note "cluster $NAME is down: not loaded; 'load $out' does it later"; fi
}
pack_java_image() { # NAME DIRECTORY OUTPUT ENTRYPOINT
  rm -rf "$3.new"
  "$(tools_dir)/image" -out "$3.new" -name "$1" -base "$(image_dir java)/layout" -dir "$2:/app" -config '{
    "User": "65532:65532", "WorkingDir": "/app",
    "Env": ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LANG=C.UTF-8"],
    "Entrypoint": ['"$4"']}'
  rm -rf "$3"
  mv "$3.new" "$3"
}
# As containerd's CRI names it: matriarch/operator:1 is docker.io/matriarch/operator:1, and thing:1 docker.io/library/thing:1.
canonical_name() {
  local first=${1%%/*}
  if [ "$first" = "$1" ]; then echo "docker.io/library/$1"
  elif [[ $first == *.* || $first == *:* || $first == localhost ]]; then echo "$1"
  else echo "docker.io/$1"; fi
}

load_images() { # LAYOUT_DIRECTORY|ARCHIVE...
  local image node name
  for image in "$@"; do
    [ -e "$image" ] || die "there is no image archive $image"
    name=$(basename "$image")
    if [ -d "$image" ]; then name=$(jq -r '.manifests[0].annotations["io.containerd.image.name"]' "$image/index.json"); fi
    for node in "${NODES[@]}"; do
      if machine_runs "$node"; then step "loaded $name into $node" load_image "$node" "$image"; else note "$node is off: not loaded"; fi
    done
  done
}
load_image() { # NODE LAYOUT_DIRECTORY|ARCHIVE
  if [ -d "$2" ]; then load_layout "$1" "$2"; else ctr -a "$STATE/$1/run/containerd/containerd.sock" -n k8s.io images import "$2"; fi
}
