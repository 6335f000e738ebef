// Command image makes a container image, as an OCI image layout in a
// directory, from layers that are root file system tars or plain directories:
//
//	image -out LAYOUT -name docker.io/library/thing:1 -config '{"User":"65532"}' [-base LAYOUT] [-tar ROOT.tar] [-dir SOURCE:/target]
//
// Layers are stored uncompressed. That costs disk, but an import has nothing
// to unzip, and a layer's digest is also its diff id.
//
// The same input gives the same bytes: times are zero, owners are root, modes
// are normalised and names are sorted. So an unchanged layer keeps its digest
// and is never copied to a node twice.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"log"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"strings"
)

func main() {
	log.SetFlags(0)
	log.SetPrefix("image: ")
	out := flag.String("out", "", "directory to write the layout to; it must not exist")
	name := flag.String("name", "", "the image's full name with its tag")
	config := flag.String("config", "{}", "the image's config (Env, Entrypoint, User ...) as JSON")
	base := flag.String("base", "", "layout of an image whose layers come first; its config is not taken over")
	root := flag.String("tar", "", "tar of a root file system that becomes a layer as it is")
	dir := flag.String("dir", "", "SOURCE:/target, a directory that becomes a layer")
	flag.Parse()
	if *out == "" || *name == "" || flag.NArg() > 0 {
		flag.Usage()
		os.Exit(2)
	}
	if err := build(*out, *name, *config, *base, *root, *dir); err != nil {
		log.Fatal(err)
	}
}

func build(out, name, config, base, root, dir string) error {
	if !json.Valid([]byte(config)) {
		return fmt.Errorf("-config is not JSON: %s", config)
	}
	if err := os.Mkdir(out, 0o755); err != nil {
		return err
	}
	blobs := filepath.Join(out, "blobs", "sha256")
	if err := os.MkdirAll(blobs, 0o755); err != nil {
		return err
	}
	var layers []descriptor
	if base != "" {
		inherited, err := takeLayers(base, blobs)
		if err != nil {
			return fmt.Errorf("base %s: %w", base, err)
		}
		layers = append(layers, inherited...)
	}
	if root != "" {
		layer, err := putBlob(blobs, layerType, func(w io.Writer) error { return copyFile(w, root) })
		if err != nil {
			return err
		}
		layers = append(layers, layer)
	}
	if dir != "" {
		source, target, ok := strings.Cut(dir, ":")
		if !ok || !path.IsAbs(target) {
			return fmt.Errorf("-dir wants SOURCE:/target, not %s", dir)
		}
		layer, err := putBlob(blobs, layerType, func(w io.Writer) error { return writeTree(w, source, target) })
		if err != nil {
			return err
		}
		layers = append(layers, layer)
	}
	return describe(out, blobs, name, config, layers)
}

// describe writes what lies above the layers: config, manifest and index.
func describe(out, blobs, name, config string, layers []descriptor) error {
	diffIDs := []string{}
	for _, l := range layers {
		diffIDs = append(diffIDs, l.Digest)
	}
	configBlob, err := putJSON(blobs, configType, map[string]any{
		"architecture": runtime.GOARCH,
		"os":           "linux",
		"config":       json.RawMessage(config),
		"rootfs":       map[string]any{"type": "layers", "diff_ids": diffIDs},
	})
	if err != nil {
		return err
	}
	top, err := putJSON(blobs, manifestType, manifest{2, manifestType, configBlob, layers})
	if err != nil {
		return err
	}
	tag := name[strings.LastIndexByte(name, ':')+1:]
	top.Annotations = map[string]string{
		// containerd names the image by the first, other tools by the second.
		"io.containerd.image.name":          name,
		"org.opencontainers.image.ref.name": tag,
	}
	text, err := json.Marshal(index{2, []descriptor{top}})
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(out, "index.json"), text, 0o644); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(out, "oci-layout"), []byte(`{"imageLayoutVersion":"1.0.0"}`), 0o644)
}

// takeLayers links (or, across file systems, copies) the layers of the image
// in the layout base to blobs.
func takeLayers(base, blobs string) ([]descriptor, error) {
	var idx index
	if err := readJSON(filepath.Join(base, "index.json"), &idx); err != nil {
		return nil, err
	}
	if len(idx.Manifests) != 1 {
		return nil, fmt.Errorf("holds %d images, not one", len(idx.Manifests))
	}
	var m manifest
	if err := readJSON(blobPath(filepath.Join(base, "blobs", "sha256"), idx.Manifests[0].Digest), &m); err != nil {
		return nil, err
	}
	for _, l := range m.Layers {
		if l.MediaType != layerType {
			return nil, fmt.Errorf("layer %s is %s: only uncompressed layers can be taken over", l.Digest, l.MediaType)
		}
		from, to := blobPath(filepath.Join(base, "blobs", "sha256"), l.Digest), blobPath(blobs, l.Digest)
		if os.Link(from, to) == nil {
			continue
		}
		if _, err := putBlob(blobs, layerType, func(w io.Writer) error { return copyFile(w, from) }); err != nil {
			return nil, err
		}
	}
	return m.Layers, nil
}
