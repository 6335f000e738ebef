# shellcheck shell=bash
# test-basics.sh (a part of ../test): pods, DNS, Services, volumes, Pod Security, and data over a stop.

write_manifests() {
  local busybox
  busybox=$(cluster "$A" images 2>/dev/null | awk '/busybox/ {print $1}')
  cat >"$WORK/things.yaml" <<Y
apiVersion: v1
kind: Namespace
metadata: {name: strict, labels: {pod-security.kubernetes.io/enforce: restricted}}
---
apiVersion: v1
kind: Service
metadata: {name: web}
spec: {selector: {app: web}, ports: [{port: 80, targetPort: 8080}]}
---
apiVersion: v1
kind: Service
metadata: {name: each}
spec: {clusterIP: None, publishNotReadyAddresses: true, selector: {app: web}, ports: [{port: 8080}]}
---
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: common}
spec: {storageClassName: shared, accessModes: [ReadWriteMany], resources: {requests: {storage: 1Mi}}}
---
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: web}
spec:
  replicas: 3
  serviceName: each
  podManagementPolicy: Parallel
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      terminationGracePeriodSeconds: 1
      topologySpreadConstraints:
      - {maxSkew: 1, topologyKey: kubernetes.io/hostname, whenUnsatisfiable: DoNotSchedule, labelSelector: {matchLabels: {app: web}}}
      containers:
      - name: web
        image: $busybox
        command: [sh, -c, 'trap "exit 0" TERM; cd /own; hostname > name; httpd -f -p 8080 & wait']
        volumeMounts: [{name: own, mountPath: /own}, {name: common, mountPath: /common}]
        readinessProbe: {httpGet: {path: /name, port: 8080}, periodSeconds: 1}
      volumes: [{name: common, persistentVolumeClaim: {claimName: common}}]
  volumeClaimTemplates:
  - {metadata: {name: own}, spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Mi}}}}
Y
}
all_ready() { [ "$(k get statefulset web -o jsonpath='{.status.readyReplicas}')" = 3 ]; }
pod_node() { k get pod "$1" -o jsonpath='{.spec.nodeName}'; }
pod_on() { k get pods -l app=web -o jsonpath="{.items[?(@.spec.nodeName==\"$1\")].metadata.name}"; }
pod_ip() { k get pod "$1" -o jsonpath='{.status.podIP}'; }
fetch() { curl -sf --max-time 2 "$@"; }
all_answer() { # ClusterIP: within some calls every pod has answered
  local ip; ip=$(k get service web -o jsonpath='{.spec.clusterIP}')
  [ "$(for _ in $(seq 30); do fetch "http://$ip/name" || true; done | sort -u | wc -l)" = 3 ]
}

# A running cluster with the things in it, for the parts that want one.
with_things() {
  [ -e "$WORK/things.yaml" ] || write_manifests
  cluster "$A" up >"$WORK/out" 2>&1 || { cat "$WORK/out" >&2; fail "up"; }
  expect "things applied" k apply -f "$WORK/things.yaml"
  expect "three pods Ready" all_ready
}

test_basics() {
  seconds_of "up from nothing, with the cache" 40 cluster "$A" up
  seconds_of "up again changes nothing" 10 cluster "$A" up
  [ "$(k get nodes --no-headers | grep -c ' Ready ')" = 3 ] || fail "three nodes Ready"
  with_things
  [ "$(for p in web-0 web-1 web-2; do pod_node $p; echo; done | sort -u | wc -l)" = 3 ] || fail "a pod on each node"
  expect "host reaches a pod's IP" fetch "http://$(pod_ip web-1):8080/name"
  expect "host reaches all three through the ClusterIP" all_answer
  expect "DNS: a pod's own name" k exec web-0 -- nslookup web-1.each.default.svc.cluster.local
  expect "DNS: search domains" k exec web-0 -- wget -qO- http://web-2.each:8080/name
  expect "pod reaches the API server" k exec web-2 -- nc -w 2 kubernetes.default 443 -e true
  expect "pod reaches itself through its Service" k exec web-0 -- sh -c 'for i in 1 2 3 4 5 6 7 8 9; do wget -T 2 -qO- http://web/name; done'
  k exec web-0 -- sh -c 'echo seen > /common/file'
  expect "ReadWriteMany volume on another node" k exec web-1 -- grep seen /common/file
  refuse "Pod Security refuses a pod that isn't restricted" k -n strict run p --image=busybox
  expect "pod logs" k logs web-0
  k exec web-0 -- sh -c 'echo kept > /own/file'
  seconds_of "down" 10 cluster "$A" down
  nothing_left "after down"
  seconds_of "down again" 5 cluster "$A" down
  seconds_of "up after a down" 10 cluster "$A" up
  expect "three pods Ready" all_ready
  expect "data is still there" k exec web-0 -- grep kept /own/file
}
