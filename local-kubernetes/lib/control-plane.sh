# shellcheck shell=bash
# control-plane.sh: what the machine cp runs (called by machine-main.sh).

control_plane() {
  local pki=$STATE/pki
  mkdir -p "$STATE/etcd"
  chmod 700 "$STATE/etcd"
  keep etcd "$KUBE" etcd --name=cp --data-dir="$STATE/etcd" \
    --listen-client-urls=http://127.0.0.1:2379 --advertise-client-urls=http://127.0.0.1:2379 \
    --listen-peer-urls=http://127.0.0.1:2380 --initial-advertise-peer-urls=http://127.0.0.1:2380 \
    --initial-cluster=cp=http://127.0.0.1:2380 --auto-compaction-retention=1 --log-level=warn &
  # --enable-aggregator-routing: webhook calls go to pod IPs, which are routed here; there is no kube-proxy for ClusterIPs.
  keep kube-apiserver "$KUBE" kube-apiserver --etcd-servers=http://127.0.0.1:2379 \
    --advertise-address="$CP_IP" --secure-port=6443 --service-cluster-ip-range="$SERVICE_RANGE" \
    --tls-cert-file="$pki/apiserver.crt" --tls-private-key-file="$pki/apiserver.key" --client-ca-file="$pki/ca.crt" \
    --authorization-mode=Node,RBAC --enable-admission-plugins=NodeRestriction --allow-privileged=true \
    --service-account-issuer=https://kubernetes.default.svc.cluster.local \
    --service-account-key-file="$pki/service-accounts.pub" --service-account-signing-key-file="$pki/service-accounts.key" \
    --kubelet-client-certificate="$pki/apiserver-kubelet-client.crt" --kubelet-client-key="$pki/apiserver-kubelet-client.key" \
    --kubelet-certificate-authority="$pki/ca.crt" --kubelet-preferred-address-types=InternalIP \
    --requestheader-client-ca-file="$pki/front-proxy-ca.crt" --requestheader-allowed-names=front-proxy-client \
    --requestheader-username-headers=X-Remote-User --requestheader-group-headers=X-Remote-Group \
    --requestheader-extra-headers-prefix=X-Remote-Extra- --enable-aggregator-routing=true \
    --proxy-client-cert-file="$pki/front-proxy-client.crt" --proxy-client-key-file="$pki/front-proxy-client.key" \
    --audit-policy-file="$HERE/lib/audit-policy.yaml" --audit-log-path="$RUN/log/cp-audit.log" --audit-log-maxsize=200 --audit-log-maxbackup=1 \
    --profiling=false &
  # The others end, and are started a second later, until the API server answers: wait for it here.
  wait_for 120 'API server' curl -sfk --max-time 2 https://127.0.0.1:6443/readyz
  # No leader election: there is no other, and a restart need not wait for the lease of the last one.
  keep kube-controller-manager "$KUBE" kube-controller-manager --kubeconfig="$pki/kube-controller-manager.conf" \
    --authentication-kubeconfig="$pki/kube-controller-manager.conf" --authorization-kubeconfig="$pki/kube-controller-manager.conf" \
    --use-service-account-credentials=true --service-account-private-key-file="$pki/service-accounts.key" \
    --root-ca-file="$pki/ca.crt" --cluster-signing-cert-file="$pki/ca.crt" --cluster-signing-key-file="$pki/ca.key" \
    --leader-elect=false --bind-address=127.0.0.1 --profiling=false --flex-volume-plugin-dir="$RUN/cp/volume-plugins" \
    --node-monitor-grace-period="$NODE_MONITOR_GRACE_PERIOD" --node-monitor-period="$NODE_MONITOR_PERIOD" &
  keep kube-scheduler "$KUBE" kube-scheduler --kubeconfig="$pki/kube-scheduler.conf" \
    --authentication-kubeconfig="$pki/kube-scheduler.conf" --authorization-kubeconfig="$pki/kube-scheduler.conf" \
    --leader-elect=false --bind-address=127.0.0.1 --profiling=false &
  cat >"$RUN/cp/Corefile" <<C
.:53 {
    bind $CP_IP
    errors
    health 127.0.0.1:8080
    kubernetes cluster.local in-addr.arpa ip6.arpa {
        kubeconfig $pki/coredns.conf
        pods insecure
        ttl 5
        fallthrough in-addr.arpa ip6.arpa
    }
    cache 5
    loadbalance
}
C
  keep coredns "$KUBE" coredns -conf "$RUN/cp/Corefile" &
  keep provisioner "$KUBE" provisioner -kubeconfig "$pki/admin.conf" -root "$STATE/volumes" &
}
