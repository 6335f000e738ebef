# shellcheck shell=bash
# test-faults.sh (a part of ../test): each fault, seen by what still answers, and its end.

fault() { cluster "$A" fault "$@" >"$WORK/out" 2>&1 || { cat "$WORK/out" >&2; fail "fault $*"; }; }
# A pod asks another one: from where web-0 runs, and so on. The pods' numbers needn't be those of their nodes.
asks() { # POD OTHER_POD_IP
  k exec "$1" -- wget -T 1 -qO- "http://$2:8080/name"
}
answers() { fetch "http://$1:8080/name"; }
silent() { ! fetch "http://$1:8080/name" >/dev/null; }
mute() { ! asks "$1" "$2"; }
node_status() { [ "$(k get node "$1" -o jsonpath='{.status.conditions[?(@.type=="Ready")].status}')" = "$2" ]; }
api_answers() { k --request-timeout=2s get --raw /readyz; }
api_silent() { ! k --request-timeout=2s get --raw /readyz; }
connect_time() { # POD_IP: milliseconds
  local seconds
  # Until it answers, so that both ends know each other's MAC: a delay that begins cuts what is on its way. Failing, curl would say 0.
  expect "its pod answers" fetch --max-time 5 "http://$1:8080/name" >&2
  seconds=$(fetch --max-time 5 -o "$WORK/out" -w '%{time_connect}' "http://$1:8080/name") || { echo 'it does not answer any more' >&2; return 1; }
  echo $((10#${seconds/./} / 1000))
}
api_from() { k exec "$1" -- nc -w 1 kubernetes.default 443 -e true; }

write_disk() {
  local busybox
  busybox=$(cluster "$A" images 2>/dev/null | awk '/busybox/ {print $1}')
  cat >"$WORK/disk.yaml" <<Y
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: disk}
spec: {storageClassName: disk, accessModes: [ReadWriteOnce], resources: {requests: {storage: 64Mi}}}
---
apiVersion: v1
kind: Pod
metadata: {name: writes}
spec:
  terminationGracePeriodSeconds: 1
  containers:
  - {name: writes, image: $busybox, command: [sleep, "1000000"], volumeMounts: [{name: disk, mountPath: /disk}]}
  volumes: [{name: disk, persistentVolumeClaim: {claimName: disk}}]
Y
}
disk_pod_ready() { k wait --for=condition=Ready --timeout=1s pod/writes && k exec writes -- true; }

test_faults() {
  local one two three ip1 ip2 ip3 took machine writer
  [ -e "$WORK/disk.yaml" ] || write_disk
  # Quick to notice, or a lost node takes a minute. All of them must fit, or healthy nodes flap.
  export NODE_MONITOR_GRACE_PERIOD=8s NODE_MONITOR_PERIOD=1s NODE_LEASE_DURATION_SECONDS=8 NODE_STATUS_UPDATE_FREQUENCY=4s
  cluster "$A" down >/dev/null
  with_things
  unset NODE_MONITOR_GRACE_PERIOD NODE_MONITOR_PERIOD NODE_LEASE_DURATION_SECONDS NODE_STATUS_UPDATE_FREQUENCY
  one=$(pod_on n1) two=$(pod_on n2) three=$(pod_on n3)
  ip1=$(pod_ip "$one") ip2=$(pod_ip "$two") ip3=$(pod_ip "$three")

  fault n3 stop
  expect "stop: its pod is silent" silent "$ip3"
  expect "stop: its node is lost" node_status n3 Unknown
  fault n3 start
  expect "start: the node is back" node_status n3 True
  expect "start: three pods Ready" all_ready
  ip3=$(pod_ip "$three")

  fault n3 freeze
  expect "freeze: its pod is silent" silent "$ip3"
  expect "freeze: its node is lost" node_status n3 Unknown
  fault n3 thaw
  expect "thaw: its pod answers" answers "$ip3"
  expect "thaw: the node is back" node_status n3 True

  fault n3 cut
  expect "cut: its pod is silent" silent "$ip3"
  expect "cut: its node is lost" node_status n3 Unknown
  fault n3 join
  expect "join: its pod answers" answers "$ip3"
  expect "join: the node is back" node_status n3 True

  fault n3 kubelet-stop
  expect "kubelet-stop: its node is lost" node_status n3 Unknown
  expect "kubelet-stop: its pod still answers" answers "$ip3"
  fault n3 kubelet-start
  expect "kubelet-start: the node is back" node_status n3 True

  refuse "cut-from somebody who is not there is refused" cluster "$A" fault n2 cut-from n9
  fault n2 cut-from n3
  expect "cut-from: n2's pod does not reach n3's" mute "$two" "$ip3"
  expect "cut-from: nor the other way" mute "$three" "$ip2"
  expect "cut-from: n1's pod reaches both" asks "$one" "$ip3"
  expect "cut-from: the host too" answers "$ip2"
  grep -q 'cut-from n2' <<<"$(cluster "$A" status)" || fail "status shows the cut"
  fault n3 join-to n2
  expect "join-to: it reaches it again" asks "$two" "$ip3"

  fault n3 cut-from api
  expect "cut-from api: its node is lost" node_status n3 Unknown
  expect "cut-from api: its pod still answers its neighbours" asks "$one" "$ip3"
  fault n3 join-to api
  expect "join-to api: the node is back" node_status n3 True
  expect "join-to api: its pod reaches the API server" api_from "$three"

  fault cp freeze
  expect "cp freeze: no API server" api_silent
  expect "cp freeze: pods answer" answers "$ip3"
  fault cp thaw
  expect "cp thaw: it answers" api_answers
  fault cp stop
  expect "cp stop: no API server" api_silent
  expect "cp stop: pods answer" answers "$ip3"
  fault cp start
  expect "cp start: it answers" api_answers

  fault n3 delay 150
  took=$(connect_time "$ip3")
  if [ "$took" -lt 300 ] || [ "$took" -gt $((300 + 100 * PATIENCE)) ]; then fail "delay of 150 ms each way: to connect took $took ms"; fi
  ok "delay of 150 ms each way: to connect takes $took ms"
  expect "delay: its pod answers" answers "$ip3"
  fault n3 no-delay
  took=$(connect_time "$ip3")
  [ "$took" -lt $((20 * PATIENCE)) ] || fail "no-delay: to connect took $took ms"
  ok "no-delay: to connect takes $took ms"

  expect "a volume of the class disk" k apply -f "$WORK/disk.yaml"
  expect "its pod is Ready" disk_pod_ready
  k exec writes -- sh -c 'echo before > /disk/file; sync'
  machine=$(pod_node writes)
  fault "$machine" disk-stall
  grep -q disk-stall <<<"$(cluster "$A" status)" || fail "status shows the stalled disk"
  k exec writes -- sh -c 'echo during > /disk/other' >/dev/null 2>&1 & writer=$!
  sleep 2
  kill -0 $writer 2>/dev/null || fail "disk-stall: a write does not wait"
  expect "disk-stall: it can be read from" k exec writes -- grep before /disk/file
  fault "$machine" disk-go
  wait $writer || fail "disk-go: the write that waited did not succeed"
  ok "disk-go: the write that waited succeeds"
  fault "$machine" disk-stall
  fault "$machine" stop
  fault "$machine" start
  expect "stop and start with a stalled disk: its pod is Ready" disk_pod_ready
  expect "and has what was written" k exec writes -- grep during /disk/other
  expect "the volume goes" k delete --wait -f "$WORK/disk.yaml"

  fault n3 delay 20; fault n3 cut-from n2; fault n3 cut; fault n3 stop
  fault all heal
  expect "heal: the node is back" node_status n3 True
  expect "heal: three pods Ready" all_ready
  expect "heal: n2's pod reaches n3's" asks "$two" "$(pod_ip "$three")"
  [ -z "$(ls "$STATE_ROOT/$A/run/faults")" ] || fail "heal leaves no fault noted"
}
