# shellcheck shell=bash
# layout.sh: from directories to an OCI image layout. The layers are written by local-kubernetes' image tool, whose output depends on the content only;
# here they are compressed, described, and joined for both architectures. To be sourced by scripts/image.

: "${WORK:?}"

build_image_tool() {
  command -v go >/dev/null || PATH=$PATH:/usr/local/go/bin
  command -v go >/dev/null || fail "Go is missing: it builds local-kubernetes/go/tools/image"
  (cd "$ROOT/local-kubernetes/go/tools" && CGO_ENABLED=0 go build -trimpath -o "$WORK/image" ./image)
}

# One architecture's layers, each over the one before: what changes rarely lies below.
make_layers() { # ARCHITECTURE
  local arch=$1 layer base=() last
  for layer in root:/ libraries:/app app:/app ${TRAINED[$arch]:+cache:/app}; do
    last=$WORK/layers-$arch-${layer%%:*}
    rm -rf "$last"
    "$WORK/image" -out "$last" -name "$IMAGE" "${base[@]}" -dir "$WORK/${layer%%:*}-$arch:${layer#*:}"
    base=(-base "$last")
  done
  ln -sfn "$last" "$WORK/layers-$arch"
}

put_json() { # MEDIA_TYPE < JSON: stores it as a blob and prints its descriptor
  local file digest
  file=$(mktemp -p "$OUT/blobs/sha256")
  jq -cSj . >"$file"
  digest=$(sha256sum "$file" | cut -d' ' -f1)
  jq -nc --arg type "$1" --arg digest "sha256:$digest" --argjson size "$(stat -c %s "$file")" '{mediaType: $type, digest: $digest, size: $size}'
  chmod 644 "$file"; mv "$file" "$OUT/blobs/sha256/$digest"
}

# Compressed without name and time, by gzip and not by a library, whose next version may compress differently.
put_layer() { # FILE: prints its descriptor
  local file digest
  file=$(mktemp -p "$OUT/blobs/sha256")
  gzip -6 -n -c "$1" >"$file"
  digest=$(sha256sum "$file" | cut -d' ' -f1)
  jq -nc --arg digest "sha256:$digest" --argjson size "$(stat -c %s "$file")" \
    '{mediaType: "application/vnd.oci.image.layer.v1.tar+gzip", digest: $digest, size: $size}'
  chmod 644 "$file"; mv "$file" "$OUT/blobs/sha256/$digest"
}

make_manifest() { # ARCHITECTURE: prints the manifest's descriptor
  local arch=$1 from=$WORK/layers-$1 manifest layers='[]' diff_ids='[]' digest config command
  manifest=$from/blobs/$(jq -r '.manifests[0].digest' "$from/index.json" | tr : /)
  for digest in $(jq -r '.layers[].digest' "$manifest"); do
    layers=$(jq -c --argjson layer "$(put_layer "$from/blobs/${digest/:/\/}")" '. + [$layer]' <<<"$layers")
    diff_ids=$(jq -c --arg digest "$digest" '. + [$digest]' <<<"$diff_ids")
  done
  command=(/usr/lib/jvm/java/bin/java "${JVM_OPTIONS[@]}")
  if [ -n "${TRAINED[$arch]:-}" ]; then command+=("-XX:AOTCache=/app/$CACHE_FILE"); fi
  command+=(-jar /app/quarkus-run.jar)
  config=$(jq -n --arg arch "$arch" --arg created "$CREATED" --argjson diff_ids "$diff_ids" --argjson labels "$LABELS" '{
    architecture: $arch, os: "linux", created: $created, rootfs: {type: "layers", diff_ids: $diff_ids},
    config: {User: "65532:65532", WorkingDir: "/app", Entrypoint: $ARGS.positional, ExposedPorts: {"8080/tcp": {}}, Labels: $labels,
      Env: ["PATH=/usr/lib/jvm/java/bin", "LANG=C.UTF-8", "JAVA_HOME=/usr/lib/jvm/java", "HOME=/home/nonroot"]}}' --args -- "${command[@]}" |
    put_json application/vnd.oci.image.config.v1+json)
  jq -n --argjson config "$config" --argjson layers "$layers" --argjson annotations "$LABELS" '{schemaVersion: 2,
    mediaType: "application/vnd.oci.image.manifest.v1+json", config: $config, layers: $layers, annotations: $annotations}' |
    put_json application/vnd.oci.image.manifest.v1+json | jq -c --arg arch "$arch" '. + {platform: {architecture: $arch, os: "linux"}}'
}

make_layout() { # ARCHITECTURE...: writes OUT, an index of one image for each
  local arch manifests='[]' top
  rm -rf "$OUT"; mkdir -p "$OUT/blobs/sha256"
  for arch in "$@"; do manifests=$(jq -c --argjson one "$(make_manifest "$arch")" '. + [$one]' <<<"$manifests"); done
  top=$(jq -n --argjson manifests "$manifests" --argjson annotations "$LABELS" '{schemaVersion: 2,
    mediaType: "application/vnd.oci.image.index.v1+json", manifests: $manifests, annotations: $annotations}' |
    put_json application/vnd.oci.image.index.v1+json)
  # containerd names the image by the first annotation, other tools by the second.
  jq -ncSj --argjson top "$top" --arg name "$IMAGE" '{schemaVersion: 2, manifests: [$top + {annotations: {
    "io.containerd.image.name": $name, "org.opencontainers.image.ref.name": ($name | sub(".*:"; ""))}}]}' >"$OUT/index.json"
  printf '{"imageLayoutVersion":"1.0.0"}' >"$OUT/oci-layout"
}
