# shellcheck shell=bash
# local-operator.sh: the operator that was built here, in a local cluster. To be sourced, with ROOT set to the repository.

: "${ROOT:?}"

# A word for the content of files: another one when, and only when, they change.
digest_of() { # FILE|DIRECTORY...
  find "$@" -type f -print0 | sort -z | xargs -0 sha256sum | sha256sum | cut -c1-16
}

# Applies install.yaml to the cluster of KUBECONFIG, as it stands but for the images that this cluster has, the operator's and PostgreSQL's. The build in
# the Pods' template restarts them when, and only when, the operator is another one. All in one apply, so that they start once.
apply_local_operator() { # IMAGE QUARKUS_APP_DIRECTORY|BINARY IMAGES_OF_THE_CLUSTER
  local build postgres
  build=$(if [ -d "$2" ]; then cd "$2" && digest_of .; else cd "$(dirname "$2")" && digest_of "$(basename "$2")"; fi)
  postgres=$(sed -n 's,^docker.io/library/\(postgres:\([0-9]*\)\.[^ ]*\).*,MATRIARCH_POSTGRESQL_IMAGES_\2=\1,p' <<<"$3")
  kubectl create --dry-run=client -o json -f "$ROOT/install/install.yaml" |
    jq --arg image "$1" --arg build "$build" --arg postgres "$postgres" '
      if .kind == "Deployment" then
        .spec.template.metadata.annotations["postgres.matriarch.dev/build"] = $build
        | .spec.template.spec.containers[0].image = $image
        | .spec.template.spec.containers[0].env += [$postgres | split("\n")[] | split("=") | {name: .[0], value: .[1]}]
      else . end' |
    kubectl apply --server-side --force-conflicts -f -
}

# Waits until both replicas are available. When they do not become so, shows what there is of them, and fails.
await_local_operator() {
  kubectl -n matriarch rollout status deployment/matriarch --timeout=240s || {
    kubectl -n matriarch get pods -o wide >&2
    kubectl -n matriarch logs --tail=30 --prefix -l app.kubernetes.io/name=matriarch >&2 || true
    return 1
  }
}
