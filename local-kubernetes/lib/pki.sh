# shellcheck shell=bash
# pki.sh: the cluster's authority, certificates and kubeconfigs, in $STATE/pki. Made once, valid for ten years.

new_key() { openssl ecparam -name prime256v1 -genkey -noout -out "$1.key"; }
new_authority() { # NAME
  new_key "$1"
  openssl req -x509 -new -key "$1.key" -days 3650 -subj "/CN=$1" -out "$1.crt"
}
new_certificate() { # AUTHORITY NAME SUBJECT USAGE [ALTERNATIVE_NAMES]; makes the key unless it is there
  [ -e "$2.key" ] || new_key "$2"
  {
    echo 'keyUsage=digitalSignature,keyEncipherment'
    echo "extendedKeyUsage=$4"
    [ -z "${5:-}" ] || echo "subjectAltName=$5"
  } >"$2.ext"
  openssl req -new -key "$2.key" -subj "$3" -out "$2.csr"
  openssl x509 -req -in "$2.csr" -CA "$1.crt" -CAkey "$1.key" -CAcreateserial -days 3650 -extfile "$2.ext" -out "$2.crt"
  rm "$2.csr" "$2.ext"
}
new_kubeconfig() { # FILE CERTIFICATE
  local id
  if [ "$2" = admin ]; then id=$ID; else id=$2; fi
  cat >"$1" <<Y
apiVersion: v1
kind: Config
current-context: $id
clusters: [{name: $ID, cluster: {server: "https://$CP_IP:6443", certificate-authority-data: $(base64 -w0 ca.crt)}}]
contexts: [{name: $id, context: {cluster: $ID, user: $id}}]
users: [{name: $id, user: {client-certificate-data: $(base64 -w0 "$2.crt"), client-key-data: $(base64 -w0 "$2.key")}}]
Y
}

make_pki() (
  [ ! -e "$STATE/pki/complete" ] || exit 0
  rm -rf "$STATE/pki"; mkdir -p "$STATE/pki"; cd "$STATE/pki" || exit
  umask 077
  new_authority ca
  new_authority front-proxy-ca
  openssl genrsa -out service-accounts.key 2048
  openssl rsa -in service-accounts.key -pubout -out service-accounts.pub
  new_certificate ca apiserver /CN=kube-apiserver serverAuth \
    "IP:$CP_IP,IP:$API_SERVICE_IP,IP:127.0.0.1,DNS:localhost,DNS:kubernetes,DNS:kubernetes.default,DNS:kubernetes.default.svc,DNS:kubernetes.default.svc.cluster.local"
  new_certificate ca apiserver-kubelet-client /O=system:masters/CN=kube-apiserver-kubelet-client clientAuth
  new_certificate front-proxy-ca front-proxy-client /CN=front-proxy-client clientAuth
  openssl genrsa -out admin.key 2048   # RSA: a Java client needs an extra library for EC keys
  new_certificate ca admin /O=system:masters/CN=admin clientAuth
  local c
  for c in kube-controller-manager kube-scheduler kube-proxy coredns; do
    new_certificate ca $c "/CN=system:$c" clientAuth
    new_kubeconfig $c.conf $c
  done
  for c in "${NODES[@]}"; do   # also the kubelet's serving certificate, which the API server verifies
    new_certificate ca "$c" "/O=system:nodes/CN=system:node:$c" clientAuth,serverAuth "DNS:$c,IP:$(machine_ip "$c")"
    new_kubeconfig "$c.conf" "$c"
  done
  new_kubeconfig admin.conf admin
  cp admin.conf "$KUBECONFIG_FILE"
  touch complete
)
