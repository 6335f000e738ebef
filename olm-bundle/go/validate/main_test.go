package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const committed = "../.."

// Each change is a defect that a published bundle has had, or that only one of the validators sees.
func TestEveryDefectIsSeen(t *testing.T) {
	for _, c := range []struct{ name, file, from, to, finding string }{
		{"sound", "manifests/matriarch.clusterserviceversion.yaml", "", "", ""},
		{"wrong case", "manifests/matriarch.clusterserviceversion.yaml", "  minKubeVersion:", "  MinKubeVersion:", "MinKubeVersion"},
		{"misspelled field", "manifests/matriarch.clusterserviceversion.yaml", "readOnlyRootFilesystem", "readonlyRootFilesystem", "readonlyRootFilesystem"},
		{"no requests", "manifests/matriarch.clusterserviceversion.yaml", "                  requests:", "                  limit:", "resource requests"},
		{"unknown level", "manifests/matriarch.clusterserviceversion.yaml", "capabilities: Basic Install", "capabilities: Best", "capabilities"},
		{"name without its CRD", "manifests/matriarch.clusterserviceversion.yaml", "- name: pgclusters.", "- name: pgclutters.", "pgclutters"},
		{"channel", "metadata/annotations.yaml", "channel.default.v1: candidate", "channel.default.v1: mine", "channel"},
		{"example of nobody's kind", "manifests/matriarch.clusterserviceversion.yaml", "\"kind\" : \"PgCluster\"", "\"kind\" : \"PgClutter\"", "PgClutter"},
		{"CRD without a version", "manifests/pgclusters.postgres.matriarch.dev.crd.yaml", "    storage: true", "    storage: false", "storage"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := copyWith(t, c.file, c.from, c.to)
			findings := checkBundle(dir, "1.34")
			if c.finding == "" {
				if len(findings) > 0 {
					t.Fatalf("a sound bundle is found wanting: %v", findings)
				}
			} else if !strings.Contains(strings.Join(findings, "\n"), c.finding) {
				t.Fatalf("not seen; findings: %v", findings)
			}
		})
	}
}

func TestACatalogThatSaysSomethingElseIsSeen(t *testing.T) {
	if findings := checkCatalog(filepath.Join(committed, "catalog"), []string{copyWith(t, "", "", "")}); len(findings) > 0 {
		t.Fatalf("a sound catalog is found wanting: %v", findings)
	}
	dir := copyWith(t, "manifests/matriarch.clusterserviceversion.yaml", "maturity: alpha", "maturity: stable")
	findings := checkCatalog(filepath.Join(committed, "catalog"), []string{dir})
	if !strings.Contains(strings.Join(findings, "\n"), "properties of") {
		t.Fatalf("not seen; findings: %v", findings)
	}
}

// copyWith copies the committed bundle, with a change in one file of it.
func copyWith(t *testing.T, file, from, to string) string {
	t.Helper()
	dir := t.TempDir()
	for _, part := range []string{"manifests", "metadata", "tests"} {
		if err := os.CopyFS(filepath.Join(dir, part), os.DirFS(filepath.Join(committed, part))); err != nil {
			t.Fatal(err)
		}
	}
	if from == "" {
		return dir
	}
	name := filepath.Join(dir, file)
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	changed := strings.ReplaceAll(string(text), from, to)
	if changed == string(text) {
		t.Fatalf("%s has no %q to change", file, from)
	}
	if err := os.WriteFile(name, []byte(changed), 0o600); err != nil {
		t.Fatal(err)
	}
	return dir
}
