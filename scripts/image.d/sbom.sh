# shellcheck shell=bash
# sbom.sh: what is in the image, as CycloneDX: the Java libraries, which Maven says, and Debian's packages. To be sourced by scripts/image.

: "${WORK:?}"

# Makes target/bom.json, which depends on pom.xml alone.
java_sbom() {
  if [ "$ROOT/target/bom.json" -nt "$ROOT/pom.xml" ]; then return; fi
  (cd "$ROOT" && ./mvnw -q -B -ntp cyclonedx:makeBom) || fail "Maven made no SBOM"
}

make_sbom() { # ARCHITECTURE FILE
  local arch=$1 package deb
  for package in "${IN_IMAGE[@]}" "openjdk-$JAVA-jre-headless"; do
    deb=$WORK/debs-$arch/$package.deb
    jq -nc --arg name "$package" --arg version "$(dpkg-deb -f "$deb" Version)" --arg arch "$(dpkg-deb -f "$deb" Architecture)" --arg suite "$SUITE" \
      --arg sum "$(sha256sum "$deb" | cut -d' ' -f1)" '"pkg:deb/debian/\($name)@\($version | @uri)?arch=\($arch)&distro=\($suite)" as $purl
      | {type: "library", "bom-ref": $purl, name: $name, version: $version, purl: $purl, hashes: [{alg: "SHA-256", content: $sum}]}'
  done | jq -S --slurp --slurpfile java "$ROOT/target/bom.json" --arg arch "$arch" --arg created "$CREATED" '. as $debian | $java[0]
    | .metadata.timestamp = $created
    | .metadata.properties = ((.metadata.properties // []) + [{name: "matriarch:architecture", value: $arch}])
    | .components += $debian | .components |= sort_by(.purl)' >"$2"
}
