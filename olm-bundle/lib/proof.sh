# shellcheck shell=bash
# proof.sh: what is seen of an installation by OLM, of an upgrade, and of the rows that were written meanwhile.

: "${WORK:?}"
SPACE=shop         # where the PostgreSQL cluster is

# True when the Subscription has brought this version, it is well, and it is the only one.
version_succeeded() { # VERSION
  [ "$(kubectl -n matriarch get csv -o 'jsonpath={range .items[*]}{.metadata.name}={.status.phase} {end}')" = "matriarch.v$1=Succeeded " ] &&
    [ "$(kubectl -n matriarch get subscription matriarch -o 'jsonpath={.status.installedCSV}')" = "matriarch.v$1" ]
}
# The Pods of the operator are of this image, and no others are there.
operator_runs() { # IMAGE
  kubectl -n matriarch rollout status deployment/matriarch --timeout=2s &&
    [ "$(kubectl -n matriarch get pods -l app.kubernetes.io/name=matriarch -o 'jsonpath={range .items[*]}{.spec.containers[0].image}{"\n"}{end}' | sort -u)" = "$1" ]
}
# What lies beside the ClusterServiceVersion (budget, policy, priority ...) is there.
beside_is_there() { # VERSION
  local file
  for file in "$WORK/bundles/$1"/manifests/matriarch.*.yaml; do
    [[ $file == *.clusterserviceversion.yaml ]] || kubectl -n matriarch get -f "$file"
  done
}
# One of the Pods that are there leads.
operator_leads() {
  local holder pods
  holder=$(kubectl -n matriarch get lease matriarch -o 'jsonpath={.spec.holderIdentity}')
  pods=$(kubectl -n matriarch get pods -l app.kubernetes.io/name=matriarch -o 'jsonpath={.items[*].metadata.name}')
  [ -n "$holder" ] && [[ " $pods " == *" $holder "* ]]
}
catalog_ready() { # IMAGE
  [ "$(kubectl -n olm get catalogsource matriarch -o 'jsonpath={.spec.image} {.status.connectionState.lastObservedState}')" = "$1 READY" ]
}
cluster_is() { # CONDITION
  [ "$(kubectl -n "$SPACE" get pgcluster orders -o "jsonpath={.status.conditions[?(@.type=='$1')].status}")" = True ]
}
sql() { # INSTANCE SQL
  kubectl -n "$SPACE" exec "$1" -c postgres -- psql -qAtX -v ON_ERROR_STOP=1 app -c "$2"
}

what_there_is() { # when something does not come
  kubectl get catalogsource,subscription,installplan,csv,operatorgroup -A -o wide || true
  kubectl get pods,jobs -A -o wide || true
  kubectl -n matriarch get events --sort-by=.metadata.creationTimestamp | tail -n 15 || true
  kubectl -n matriarch logs -l app.kubernetes.io/name=matriarch --tail=15 --prefix || true
  kubectl -n olm logs deployment/catalog-operator --tail=15 || true
  kubectl -n matriarch get csv -o 'jsonpath={range .items[*]}{.metadata.name}: {.status.reason} {.status.message}{"\n"}{end}' || true
}
await() { # SECONDS TEXT COMMAND...
  wait_for "$@" || { what_there_is >&2; return 1; }
}

start_load() { # POSTGRES_IMAGE
  local primary
  primary=$(kubectl -n "$SPACE" get pgcluster orders -o 'jsonpath={.status.primary}')
  sql "$primary" 'create table load (writer int, number int, primary key (writer, number)); alter table load owner to app'
  sed "s#POSTGRES_IMAGE#$1#" "$BUNDLE/lib/load.yaml" | kubectl -n "$SPACE" apply -f -
  await 120 "the first rows" acknowledged_more_than 100
}
acknowledged() { kubectl -n "$SPACE" exec load -- bash -c 'cat /rows/*-acknowledged' | wc -l; }
acknowledged_more_than() { [ "$(acknowledged)" -gt "$1" ]; }

# Lets the writers rest and fetches what was acknowledged.
stop_load() {
  kubectl -n "$SPACE" exec load -- touch /rows/rest
  await 180 "the writers rest" kubectl -n "$SPACE" exec load -- test -e /rows/rested
  for writer in 1 2 3 4; do
    kubectl -n "$SPACE" exec load -- cat "/rows/$writer-acknowledged" >"$WORK/acknowledged-$writer"
    kubectl -n "$SPACE" exec load -- cat "/rows/$writer-troubles" >"$WORK/troubles-$writer"
  done
}
# compare_rows: every acknowledged row on every instance. Writes a line for each of them to $WORK/comparison, and fails when one is missing.
compare_rows() {
  local instance missing writer lost=0
  : >"$WORK/comparison"
  for writer in 1 2 3 4; do awk -v w="$writer" '{ print w, $1 }' "$WORK/acknowledged-$writer"; done | sort >"$WORK/acknowledged"
  for instance in $(kubectl -n "$SPACE" get pgcluster orders -o 'jsonpath={.status.instanceStatuses[*].name}'); do
    sql "$instance" "select writer || ' ' || number from load" | sort >"$WORK/rows-$instance"
    missing=$(comm -23 "$WORK/acknowledged" "$WORK/rows-$instance" | wc -l)
    echo "$instance has $(wc -l <"$WORK/rows-$instance") rows; acknowledged $(wc -l <"$WORK/acknowledged"), of those missing $missing" | tee -a "$WORK/comparison"
    lost=$((lost + missing))
  done
  [ -s "$WORK/acknowledged" ] && [ "$(wc -l <"$WORK/comparison")" = 3 ] && [ "$lost" = 0 ]
}
# The longest time that a writer went without an acknowledged row, in milliseconds.
longest_gap() {
  for writer in 1 2 3 4; do
    awk 'NR > 1 && $2 - last > gap { gap = $2 - last } { last = $2 } END { printf "%d\n", gap * 1000 }' "$WORK/acknowledged-$writer"
  done | sort -n | tail -n 1
}
replayed() { # every standby has what the primary has flushed now
  local primary
  primary=$(kubectl -n "$SPACE" get pgcluster orders -o 'jsonpath={.status.primary}')
  [ "$(sql "$primary" "select count(*) filter (where replay_lsn >= pg_current_wal_flush_lsn()) from pg_stat_replication where state = 'streaming'")" = 2 ]
}
