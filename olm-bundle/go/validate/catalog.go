package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"reflect"
	"sort"
	"text/template"

	"github.com/operator-framework/api/pkg/manifests"
	"github.com/operator-framework/operator-registry/alpha/action"
	"github.com/operator-framework/operator-registry/alpha/action/migrations"
	"github.com/operator-framework/operator-registry/alpha/declcfg"
	"github.com/operator-framework/operator-registry/alpha/property"
)

func checkCatalog(dir string, bundles []string) []string {
	catalog, err := declcfg.LoadFS(context.Background(), os.DirFS(dir))
	if err != nil {
		return []string{err.Error()}
	}
	if _, err := declcfg.ConvertToModel(*catalog); err != nil {
		return []string{err.Error()}
	}
	var findings []string
	for _, b := range bundles {
		if err := compare(catalog, b); err != nil {
			findings = append(findings, err.Error())
		}
	}
	return findings
}

// compare renders the bundle as opm does and looks for the same in the catalog.
func compare(catalog *declcfg.DeclarativeConfig, dir string) error {
	csv, err := manifests.GetBundleFromDir(dir)
	if err != nil {
		return err
	}
	for _, has := range catalog.Bundles {
		if has.Name != csv.CSV.Name {
			continue
		}
		wanted, err := render(dir, has.Image)
		if err != nil {
			return err
		}
		for _, part := range []struct {
			name          string
			has, rendered any
		}{
			{"package", has.Package, wanted.Package},
			{"properties", normal(has.Properties), normal(wanted.Properties)},
			{"relatedImages", related(has.RelatedImages), related(wanted.RelatedImages)},
		} {
			if !reflect.DeepEqual(part.has, part.rendered) {
				return fmt.Errorf("%s of %s are not what the bundle in %s renders to: %s",
					part.name, has.Name, dir, difference(fmt.Sprint(part.has), fmt.Sprint(part.rendered)))
			}
		}
		return nil
	}
	return fmt.Errorf("it has no bundle %s, which is in %s", csv.CSV.Name, dir)
}

// render does what "opm render" does with a directory. Without an image it would leave the objects themselves in.
func render(dir, image string) (*declcfg.Bundle, error) {
	steps, err := migrations.NewMigrations(migrations.AllMigrations)
	if err != nil {
		return nil, err
	}
	name, err := template.New("image").Parse(image)
	if err != nil {
		return nil, err
	}
	cfg, err := action.Render{
		Refs: []string{dir}, AllowedRefMask: action.RefBundleDir, ImageRefTemplate: name, Migrations: steps,
	}.Run(context.Background())
	if err != nil {
		return nil, err
	}
	if len(cfg.Bundles) != 1 {
		return nil, fmt.Errorf("%s renders to %d bundles, not one", dir, len(cfg.Bundles))
	}
	return &cfg.Bundles[0], nil
}

// normal gives properties as strings in an order of their own: a catalog may leave out what is empty, and may order as it likes.
func normal(properties []property.Property) []string {
	var lines []string
	for _, p := range properties {
		text := string(p.Value)
		if p.Type == property.TypeCSVMetadata {
			var metadata property.CSVMetadata
			if err := json.Unmarshal(p.Value, &metadata); err != nil {
				text = err.Error()
			} else if again, err := json.Marshal(metadata); err == nil {
				text = string(again)
			}
		} else {
			var value any
			if json.Unmarshal(p.Value, &value) == nil {
				again, _ := json.Marshal(value)
				text = string(again)
			}
		}
		lines = append(lines, p.Type+" "+text)
	}
	sort.Strings(lines)
	return lines
}

func related(images []declcfg.RelatedImage) []string {
	var lines []string
	for _, i := range images {
		lines = append(lines, i.Name+" "+i.Image)
	}
	sort.Strings(lines)
	return lines
}

// difference shows both from a little before where they part.
func difference(catalog, bundle string) string {
	at := 0
	for at < min(len(catalog), len(bundle)) && catalog[at] == bundle[at] {
		at++
	}
	show := func(s string) string { return s[max(0, at-60):min(len(s), at+120)] }
	return fmt.Sprintf("\n  catalog: …%s…\n  bundle:  …%s…", show(catalog), show(bundle))
}
