# shellcheck shell=bash disable=SC2034 # what is set here is used there
# common.sh: what start and stop share.

: "${HERE:?}"
ROOT=$(readlink -f "$HERE/../../..")
TARGET=${TEST_TARGET:-$ROOT/target}
CLUSTER=${TEST_CLUSTER:-test}
KEEP=${TEST_KEEP:-false}
IMAGE=${TEST_IMAGE:-matriarch/matriarch:$("$ROOT/scripts/version")}
PROPERTIES=${TEST_PROPERTIES:-$TARGET/cluster.properties}
PID_FILE=$TARGET/operator.pid

# What Maven has packaged, by Quarkus' own word: the jar or the native binary. Fails if it is not there.
packaged() {
  local file
  file=$TARGET/$(sed -n 's/^path=//p' "$TARGET/quarkus-artifact.properties" 2>/dev/null)
  [ -f "$file" ] && echo "$file"
}

cluster() { "$ROOT/local-kubernetes/cluster" --name "$CLUSTER" "$@"; }

# shellcheck source=scripts/kubeconfig.sh
. "$ROOT/scripts/kubeconfig.sh"
# shellcheck source=scripts/local-operator.sh
. "$ROOT/scripts/local-operator.sh"

# After a quickstart the shell has its KUBECONFIG. That cluster is nobody's own: the tests use theirs beside it, as without.
IGNORED=
if is_of_local matriarch || is_of_local "$CLUSTER"; then IGNORED=$KUBECONFIG; unset KUBECONFIG; fi

fail() { # WHAT [WHAT TO DO...]
  echo "error: the integration tests cannot begin: $1." >&2
  shift
  [ $# = 0 ] || printf '  %s\n' "$@" >&2
  exit 1
}
