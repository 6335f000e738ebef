package main

import (
	"archive/tar"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"
)

// writeTree writes the tree under source as a tar with names under target.
func writeTree(w io.Writer, source, target string) error {
	t := tar.NewWriter(w)
	// The directories above the target, as image tools write them.
	for i, c := range target {
		if c == '/' && i > 0 {
			if err := t.WriteHeader(header(target[1:i]+"/", tar.TypeDir, 0o755)); err != nil {
				return err
			}
		}
	}
	// WalkDir goes in lexical order, so the result doesn't depend on the disk.
	err := filepath.WalkDir(source, func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(source, name)
		if err != nil {
			return err
		}
		return writeEntry(t, name, strings.TrimPrefix(path.Join(target, filepath.ToSlash(rel)), "/"), entry)
	})
	if err != nil {
		return err
	}
	return t.Close()
}

func writeEntry(t *tar.Writer, name, inTar string, entry fs.DirEntry) error {
	info, err := entry.Info()
	if err != nil {
		return err
	}
	switch {
	case info.IsDir():
		if inTar == "" { // the root itself
			return nil
		}
		mode := int64(0o755)
		if info.Mode()&fs.ModeSticky != 0 {
			mode = 0o1777
		}
		return t.WriteHeader(header(inTar+"/", tar.TypeDir, mode))
	case info.Mode()&fs.ModeSymlink != 0:
		h := header(inTar, tar.TypeSymlink, 0o777)
		if h.Linkname, err = os.Readlink(name); err != nil {
			return err
		}
		return t.WriteHeader(h)
	case info.Mode().IsRegular():
		// The umask of whoever built it must not change the digest.
		mode := int64(0o644)
		if info.Mode()&0o100 != 0 {
			mode = 0o755
		}
		h := header(inTar, tar.TypeReg, mode)
		h.Size = info.Size()
		if err := t.WriteHeader(h); err != nil {
			return err
		}
		return copyFile(t, name)
	}
	return fmt.Errorf("%s is neither a file, a directory nor a link", name)
}

func header(name string, kind byte, mode int64) *tar.Header {
	return &tar.Header{Name: name, Typeflag: kind, Mode: mode, ModTime: time.Unix(0, 0), Format: tar.FormatPAX}
}
