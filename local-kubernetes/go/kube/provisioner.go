package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	v1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/klog/v2"
	"sigs.k8s.io/sig-storage-lib-external-provisioner/v13/controller"
)

// dirs makes each volume a directory of this machine's disk, which all the
// nodes share. A class with the parameter shared=true leaves the volume free
// to follow its pod to any node; without it the volume stays on its node. With
// disk=true it is a disk of that node: a file behind a loop device, which the
// kubelet formats and mounts, so that it has a size and can stall by itself.
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
	size := o.PVC.Spec.Resources.Requests[v1.ResourceStorage]
	disk := !shared && o.StorageClass.Parameters["disk"] == "true"
	err := error(nil)
	if disk {
		path += deviceSuffix
		err = makeDisk(path, size.Value())
	} else {
		err = makeDirectory(path)
	}
	if err != nil {
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
		if disk {
			ext4 := "ext4"
			pv.Spec.Local.FSType = &ext4
		}
		pv.Spec.NodeAffinity = &v1.VolumeNodeAffinity{Required: &v1.NodeSelector{NodeSelectorTerms: []v1.NodeSelectorTerm{{
			MatchExpressions: []v1.NodeSelectorRequirement{{Key: v1.LabelHostname, Operator: v1.NodeSelectorOpIn, Values: []string{o.SelectedNodeName}}},
		}}}}
	}
	return pv, controller.ProvisioningFinished, nil
}

func makeDirectory(path string) error {
	if err := os.MkdirAll(path, 0o777); err != nil {
		return err
	}
	return os.Chmod(path, 0o777)
}

// A disk is a sparse file and, under the name that the volume has, a link to
// the loop device, whose number is another after each start of the node
// (attach_disks in lib/disks.sh).
const (
	deviceSuffix = ".device"
	imageSuffix  = ".img"
)

func imageOf(device string) string { return strings.TrimSuffix(device, deviceSuffix) + imageSuffix }

func makeDisk(device string, size int64) error {
	if err := os.MkdirAll(filepath.Dir(device), 0o777); err != nil {
		return err
	}
	if _, err := os.Lstat(device); err == nil {
		return nil // asked again
	}
	image, err := os.OpenFile(imageOf(device), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return err
	}
	defer image.Close()
	if err := image.Truncate(size); err != nil {
		return err
	}
	out, err := exec.Command("losetup", "--find", "--show", imageOf(device)).Output()
	if err != nil {
		return fmt.Errorf("losetup: %w", err)
	}
	return os.Symlink(strings.TrimSpace(string(out)), device)
}

// removeDisk also of one that is mounted still: its loop device then goes with the last mount.
func removeDisk(device string) error {
	if loop, err := os.Readlink(device); err == nil {
		if out, err := exec.Command("losetup", "--noheadings", "--output", "NAME", "--associated", imageOf(device)).Output(); err != nil {
			return fmt.Errorf("losetup: %w", err)
		} else if strings.Contains(string(out)+"\n", loop+"\n") {
			if err := exec.Command("losetup", "--detach", loop).Run(); err != nil {
				return fmt.Errorf("losetup --detach %s: %w", loop, err)
			}
		}
		if err := os.Remove(device); err != nil {
			return err
		}
	}
	return os.RemoveAll(imageOf(device))
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
	if strings.HasSuffix(path, deviceSuffix) {
		return removeDisk(path)
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
