# shellcheck shell=bash
# images.sh: the images of the proof, as OCI layouts in $WORK, made by the tool of local-kubernetes. No Docker engine.

: "${WORK:?}" "${BUNDLE:?}" "${APP:?}"

make_layout() { # NAME CONFIG OPTION...
  local name=$1 config=$2; shift 2
  rm -rf "${WORK:?}/$name"
  "$(tools_dir)/image" -out "$WORK/$name" -name "$REGISTRY/$name:proof" -config "$config" "$@"
}

# OLM, catalog, cpb, opm and the health probe over busybox: what upstream has in two images.
olm_image() {
  make_layout olm '{"Env": ["PATH=/bin"], "User": "65532:65532"}' -base "$(image_dir busybox)/layout" -dir "$(olm_dir):/usr/bin"
}

# A version of the operator. One file more in each makes them different images, as two releases would be.
operator_image_of() { # VERSION
  rm -rf "$WORK/app"
  cp -al "$APP" "$WORK/app"
  echo "$1" >"$WORK/app/version"
  make_layout "operator-$1" '{
    "User": "65532:65532", "WorkingDir": "/app",
    "Env": ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LANG=C.UTF-8"],
    "Entrypoint": ["java", "-XX:+UseSerialGC", "-XX:MaxRAMPercentage=60", "-XX:TieredStopAtLevel=1", "-jar", "/app/quarkus-run.jar"]}' \
    -base "$(image_dir java)/layout" -dir "$WORK/app:/app"
}

# As bundle.Dockerfile says.
bundle_image() { # VERSION
  local labels
  labels=$(sed -n 's/^LABEL //p' "$BUNDLE/bundle.Dockerfile" | jq -Rn '[inputs | capture("^(?<key>[^=]*)=(?<value>.*)$")] | from_entries')
  make_layout "bundle-$1" "{\"Labels\": $labels}" -dir "$WORK/bundles/$1:/"
}

# As OLM runs it: opm serves what is in /configs.
catalog_image() { # NAME
  make_layout "catalog-$1" '{"Env": ["PATH=/bin"], "User": "65532:65532", "Entrypoint": ["/bin/opm"],
    "Cmd": ["serve", "/configs"],
    "Labels": {"operators.operatorframework.io.index.configs.v1": "/configs"}}' -base "$WORK/olm" -dir "$WORK/catalogs/$1:/configs"
}
