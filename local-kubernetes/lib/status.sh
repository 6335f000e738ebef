# shellcheck shell=bash
# status.sh: the verbs that only tell something.

cluster_status() {
  local machine state running=0
  if [ ! -e "$STATE/network" ]; then echo "there is no cluster $NAME; 'up' makes it"; return; fi
  echo "cluster $NAME, network $NET.0.0/16, state in $STATE"
  for machine in "${MACHINES[@]}"; do
    state=off
    if machine_runs "$machine"; then
      state=running; running=1
      if is_frozen "$machine"; then state=frozen; fi
    fi
    printf '%-4s %-15s %-8s%s\n' "$machine" "$(machine_ip "$machine")" "$state" "$(faults_of "$machine")"
  done
  if [ "$running" = 1 ]; then kubectl --request-timeout=3s get nodes || true; fi
}

print_env() {
  printf 'export KUBECONFIG=%q\n' "$KUBECONFIG_FILE"
  # shellcheck disable=SC2016 # the reader's PATH, not ours
  printf 'export PATH=%q:"$PATH"\n' "$STATE/bin"
}

list_images() { # [--rebuild IMAGE]
  local i size
  check_host >&2
  if [ "${1:-}" = --rebuild ]; then
    [[ " ${IMAGES[*]} " == *" ${2:-} "* ]] || die "--rebuild wants one of: ${IMAGES[*]}"
    rm -rf "$(image_dir "$2")"
  fi
  build_tools >&2
  for i in "${IMAGES[@]}"; do build_image "$i" >&2; done
  build_store >&2
  for i in "${IMAGES[@]}"; do
    size=$(du -sm "$(image_dir "$i")/layout" | cut -f1)
    printf '%-40s %5s MB\n' "$(image_name "$i")" "$size"
  done
}

show_logs() { # [MACHINE-COMPONENT]
  if [ -n "${1:-}" ]; then
    [ -e "$RUN/log/$1.log" ] || die "there is no log '$1'; 'logs' lists them"
    cat "$RUN/log/$1.log"
  else find "$RUN/log" -name '*.log' -printf '%f\n' 2>/dev/null | sed 's/\.log$//' | sort
  fi
}
