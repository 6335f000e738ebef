# shellcheck shell=bash
# programs.sh: the Go programs of olm-bundle/go, each built once into the cache of local-kubernetes, by a hash of what it is made from.
# To be sourced, with HERE set to local-kubernetes, after its lib/common.sh and lib/binaries.sh.

: "${HERE:?}" "${CACHE:?}"
OLM_SOURCES=$HERE/../olm-bundle/go

validate_program() { echo "$CACHE/olm-validate/$(sources_hash "$OLM_SOURCES/validate")/validate"; }
olm_dir() { echo "$CACHE/olm/$(sources_hash "$OLM_SOURCES/olm")"; }

# The libraries of containers bring signing and compression in C, of which nothing is needed here.
OLM_TAGS=json1,containers_image_openpgp,exclude_graphdriver_btrfs

build_validate_now() { # PROGRAM
  [ ! -e "$1" ] || return 0
  local new=${1%/*}.new
  rm -rf "$new"; mkdir -p "$new"
  GOFLAGS="-tags=$OLM_TAGS" go_build_here "$OLM_SOURCES/validate" -o "$new/validate" .
  rm -rf "${1%/*}"; mv "$new" "${1%/*}"
}
build_validate() {
  local p; p=$(validate_program)
  [ -e "$p" ] || step "built the validators of operator-framework" with_lock "$CACHE/olm-validate.lock" build_validate_now "$p"
}

# OLM's two operators, cpb, opm and the health probe, as they are in the images of OLM.
build_olm_now() { # DIRECTORY
  [ ! -d "$1" ] || return 0
  rm -rf "$1.new"; mkdir -p "$1.new"
  GOFLAGS="-tags=$OLM_TAGS" go_build_here "$OLM_SOURCES/olm" -o "$1.new/" tool
  GOFLAGS='' go_build_here "$OLM_SOURCES/olm" -o "$1.new/grpc_health_probe" ./probe
  mv "$1.new" "$1"
}
build_olm() {
  local d; d=$(olm_dir)
  [ -d "$d" ] || {
    note "building OLM and opm; the first time takes about five minutes on two cores"
    step "built OLM's operators, opm, cpb and the health probe" with_lock "$CACHE/olm.lock" build_olm_now "$d"
  }
}
# Where OLM's own CRDs are.
olm_crds() { echo "$(cd "$OLM_SOURCES/olm" && go list -m -f '{{.Dir}}' github.com/operator-framework/operator-lifecycle-manager)/deploy/chart/crds"; }

go_build_here() { # SOURCE_DIRECTORY ARGUMENT...
  local dir=$1; shift
  (cd "$dir" && CGO_ENABLED=0 GOFLAGS="$GOFLAGS -buildvcs=false -mod=readonly" go build -trimpath -ldflags '-s -w' "$@")
}
