package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"

	v1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/klog/v2"
	"sigs.k8s.io/sig-storage-lib-external-provisioner/v13/controller"
)

// dirs makes each volume a directory of this machine's disk, which all the
// nodes share. A class with the parameter shared=true leaves the volume free
// to follow its pod to any node; without it the volume stays on its node.
type dirs struct{ root string }

func (d dirs) Provision(_ context.Context, o controller.ProvisionOptions) (*v1.PersistentVolume, controller.ProvisioningState, error) {
	shared := o.StorageClass.Parameters["shared"] == "true"
	where := "shared"
	if !shared {
		if o.SelectedNodeName == "" {
			return nil, controller.ProvisioningFinished, fmt.Errorf("class %s needs volumeBindingMode: WaitForFirstConsumer", o.StorageClass.Name)
		}
		where = o.SelectedNodeName
	}
	path := filepath.Join(d.root, where, fmt.Sprintf("%s_%s_%s", o.PVC.Namespace, o.PVC.Name, o.PVName))
	if err := os.MkdirAll(path, 0o777); err != nil {
		return nil, controller.ProvisioningFinished, err
	}
	if err := os.Chmod(path, 0o777); err != nil {
		return nil, controller.ProvisioningFinished, err
	}
	pv := &v1.PersistentVolume{
		ObjectMeta: metav1.ObjectMeta{Name: o.PVName},
		Spec: v1.PersistentVolumeSpec{
			PersistentVolumeReclaimPolicy: *o.StorageClass.ReclaimPolicy,
			AccessModes:                   o.PVC.Spec.AccessModes,
			Capacity:                      v1.ResourceList{v1.ResourceStorage: o.PVC.Spec.Resources.Requests[v1.ResourceStorage]},
		},
	}
	if shared {
		pv.Spec.HostPath = &v1.HostPathVolumeSource{Path: path}
	} else {
		pv.Spec.Local = &v1.LocalVolumeSource{Path: path}
		pv.Spec.NodeAffinity = &v1.VolumeNodeAffinity{Required: &v1.NodeSelector{NodeSelectorTerms: []v1.NodeSelectorTerm{{
			MatchExpressions: []v1.NodeSelectorRequirement{{Key: v1.LabelHostname, Operator: v1.NodeSelectorOpIn, Values: []string{o.SelectedNodeName}}},
		}}}}
	}
	return pv, controller.ProvisioningFinished, nil
}

func (d dirs) Delete(_ context.Context, pv *v1.PersistentVolume) error {
	var path string
	switch {
	case pv.Spec.HostPath != nil:
		path = pv.Spec.HostPath.Path
	case pv.Spec.Local != nil:
		path = pv.Spec.Local.Path
	}
	if rel, err := filepath.Rel(d.root, path); err != nil || !filepath.IsLocal(rel) || rel == "." {
		return fmt.Errorf("volume %s is not under %s", pv.Name, d.root)
	}
	return os.RemoveAll(path)
}

func provisioner() {
	kubeconfig := flag.String("kubeconfig", "", "kubeconfig file")
	root := flag.String("root", "", "directory the volumes lie in")
	name := flag.String("name", "local.matriarch.dev/directories", "provisioner's name")
	flag.Parse()
	cfg, err := clientcmd.BuildConfigFromFlags("", *kubeconfig)
	if err != nil {
		klog.Fatal(err)
	}
	ctx := context.Background()
	controller.NewProvisionController(ctx, kubernetes.NewForConfigOrDie(cfg), *name, dirs{*root},
		controller.LeaderElection(false)).Run(ctx)
}
