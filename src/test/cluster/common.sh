# shellcheck shell=bash disable=SC2034 # what is set here is used there
# common.sh: what start and stop share.

: "${HERE:?}"
ROOT=$(readlink -f "$HERE/../../..")
TARGET=${TEST_TARGET:-$ROOT/target}
CLUSTER=${TEST_CLUSTER:-test}
KEEP=${TEST_KEEP:-false}
IMAGE=${TEST_IMAGE:-matriarch/matriarch:0.1.0-SNAPSHOT}
PROPERTIES=${TEST_PROPERTIES:-$TARGET/cluster.properties}
APP=$TARGET/quarkus-app
PID_FILE=$TARGET/operator.pid

cluster() { "$ROOT/local-kubernetes/cluster" --name "$CLUSTER" "$@"; }

fail() { # WHAT [WHAT TO DO...]
  echo "error: the integration tests cannot begin: $1." >&2
  shift
  [ $# = 0 ] || printf '  %s\n' "$@" >&2
  exit 1
}
