# shellcheck shell=bash disable=SC2034 # what is set here is used there
# common.sh: what the scripts of olm-bundle share. The caller has set BUNDLE to olm-bundle, and NAME to the local cluster that it uses.

: "${BUNDLE:?}" "${NAME:?}"
ROOT=$(readlink -f "$BUNDLE/..")
HERE=$ROOT/local-kubernetes
for part in common packages binaries; do
  # shellcheck source=/dev/null
  . "$HERE/lib/$part.sh"
done
# shellcheck source=olm-bundle/lib/programs.sh
. "$BUNDLE/lib/programs.sh"
