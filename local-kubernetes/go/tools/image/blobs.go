package main

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
)

const (
	manifestType = "application/vnd.oci.image.manifest.v1+json"
	configType   = "application/vnd.oci.image.config.v1+json"
	layerType    = "application/vnd.oci.image.layer.v1.tar"
)

// descriptor refers to a blob, as the OCI image specification has it.
type descriptor struct {
	MediaType   string            `json:"mediaType"`
	Digest      string            `json:"digest"`
	Size        int64             `json:"size"`
	Annotations map[string]string `json:"annotations,omitempty"`
}

type manifest struct {
	SchemaVersion int          `json:"schemaVersion"`
	MediaType     string       `json:"mediaType"`
	Config        descriptor   `json:"config"`
	Layers        []descriptor `json:"layers"`
}

type index struct {
	SchemaVersion int          `json:"schemaVersion"`
	Manifests     []descriptor `json:"manifests"`
}

// putBlob stores what write writes under its digest.
func putBlob(blobs, mediaType string, write func(io.Writer) error) (descriptor, error) {
	f, err := os.CreateTemp(blobs, ".new-*")
	if err != nil {
		return descriptor{}, err
	}
	defer os.Remove(f.Name())
	hash := sha256.New()
	if err := write(io.MultiWriter(f, hash)); err != nil {
		return descriptor{}, err
	}
	size, err := f.Seek(0, io.SeekCurrent)
	if err != nil {
		return descriptor{}, err
	}
	if err := f.Chmod(0o644); err != nil {
		return descriptor{}, err
	}
	if err := f.Close(); err != nil {
		return descriptor{}, err
	}
	digest := "sha256:" + hex.EncodeToString(hash.Sum(nil))
	return descriptor{MediaType: mediaType, Digest: digest, Size: size}, os.Rename(f.Name(), blobPath(blobs, digest))
}

func putJSON(blobs, mediaType string, v any) (descriptor, error) {
	return putBlob(blobs, mediaType, func(w io.Writer) error { return json.NewEncoder(w).Encode(v) })
}

func readJSON(name string, v any) error {
	text, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	return json.Unmarshal(text, v)
}

func blobPath(blobs, digest string) string {
	return filepath.Join(blobs, strings.TrimPrefix(digest, "sha256:"))
}

func copyFile(w io.Writer, name string) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	_, err = io.Copy(w, f)
	return err
}
