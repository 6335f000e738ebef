# shellcheck shell=bash
# kubeconfig.sh: what KUBECONFIG names. To be sourced, with ROOT set to the repository.

: "${ROOT:?}"

# Whether KUBECONFIG is that of a local cluster of this name, so that it says nothing new. The cluster may be down.
is_of_local() { # NAME
  [ -n "${KUBECONFIG:-}" ] &&
    [ "$(readlink -m "$KUBECONFIG")" = "$(readlink -m "$("$ROOT/local-kubernetes/cluster" --name "$1" kubeconfig)")" ]
}

# Prints context and server; or a sentence why there is none, and fails.
named_cluster() {
  local files file context
  IFS=: read -ra files <<<"$KUBECONFIG"
  for file in "${files[@]}" ''; do [ ! -f "$file" ] || break; done
  if [ -z "$file" ]; then
    echo "KUBECONFIG names $KUBECONFIG, and there is no such file"
  elif ! context=$(kubectl config current-context 2>/dev/null); then
    echo "KUBECONFIG names $KUBECONFIG, which has no current context: kubectl config use-context sets one"
  else
    echo "context $context, server $(kubectl config view --minify -o 'jsonpath={.clusters[0].cluster.server}')"
    return
  fi
  return 1
}

# Prints nothing when it answers; else a sentence, and fails.
answers() {
  local said
  if ! said=$(kubectl --request-timeout=10s get --raw /version 2>&1 >/dev/null); then
    echo "the cluster of KUBECONFIG ($(named_cluster)) does not answer: $(tail -n 1 <<<"$said")"
    return 1
  fi
}

# Prints what shows that an operator runs in the cluster: a Deployment with an available Pod, or a Lease that was renewed within a minute and not given
# back. Fails when there is neither. One on a laptop holds no Lease and is not seen.
running_operator() {
  local found renewed holder
  found=$(kubectl get deployments -A -l app.kubernetes.io/name=matriarch \
    -o 'jsonpath={range .items[?(@.status.availableReplicas>0)]}{.metadata.namespace}/{.metadata.name}{"\n"}{end}' | head -1)
  if [ -n "$found" ]; then echo "the Deployment $found"; return; fi
  while read -r found renewed holder; do
    if [ -n "$holder" ] && [ $(($(date +%s) - $(date -d "$renewed" +%s))) -lt 60 ]; then echo "the Lease $found"; return; fi
  done < <(kubectl get leases -A --field-selector metadata.name=matriarch \
    -o 'jsonpath={range .items[*]}{.metadata.namespace}/{.metadata.name} {.spec.renewTime} {.spec.holderIdentity}{"\n"}{end}')
  return 1
}
