// Command validate looks at OLM bundles and at a file-based catalog with everything that operator-framework has for it, and fails when there is
// anything to say, be it an error or a warning:
//
//	validate [-kubernetes 1.34] [-catalog DIRECTORY] BUNDLE_DIRECTORY...
//
// A catalog must load, must be sound as a whole, and must say of each bundle that is given what opm would say of it.
package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/operator-framework/api/pkg/manifests"
	"github.com/operator-framework/api/pkg/operators/v1alpha1"
	"github.com/operator-framework/api/pkg/validation"
	"github.com/operator-framework/operator-registry/pkg/lib/bundle"
	"github.com/sirupsen/logrus"
	k8sjson "sigs.k8s.io/json"
	"sigs.k8s.io/yaml"
)

func main() {
	kubernetes := flag.String("kubernetes", "1.34", "version of Kubernetes in which every API of the bundle must still be served")
	catalog := flag.String("catalog", "", "directory of the file-based catalog with these bundles")
	flag.Parse()
	if flag.NArg() == 0 {
		fmt.Fprintln(os.Stderr, "usage: validate [-kubernetes VERSION] [-catalog DIRECTORY] BUNDLE_DIRECTORY...")
		os.Exit(2)
	}
	logrus.SetOutput(io.Discard) // what matters is in the results
	var findings []string
	for _, dir := range flag.Args() {
		for _, f := range checkBundle(dir, *kubernetes) {
			findings = append(findings, dir+": "+f)
		}
	}
	if *catalog != "" {
		for _, f := range checkCatalog(*catalog, flag.Args()) {
			findings = append(findings, *catalog+": "+f)
		}
	}
	for _, f := range findings {
		fmt.Println(f)
	}
	if len(findings) > 0 {
		fmt.Printf("%d findings\n", len(findings))
		os.Exit(1)
	}
	fmt.Printf("validators of operator-framework: %d bundle(s), nothing to say\n", flag.NArg())
}

func checkBundle(dir, kubernetes string) []string {
	b, err := manifests.GetBundleFromDir(dir)
	if err != nil {
		return []string{err.Error()}
	}
	var findings []string
	objects := b.ObjectsToValidate()
	for _, o := range b.Objects { // for the ObjectValidator
		objects = append(objects, o)
	}
	objects = append(objects, map[string]string{"k8s-version": kubernetes})
	validators := validation.DefaultBundleValidators.WithValidators(
		validation.OperatorHubV2Validator,
		validation.StandardCapabilitiesValidator,
		validation.StandardCategoriesValidator,
		validation.GoodPracticesValidator,
		validation.ObjectValidator,
		validation.AlphaDeprecatedAPIsValidator)
	for _, result := range validators.Validate(objects...) {
		for _, e := range result.Errors {
			findings = append(findings, e.Error())
		}
		for _, w := range result.Warnings {
			findings = append(findings, w.Error())
		}
	}
	findings = append(findings, checkImage(dir)...)
	return append(findings, checkFields(dir)...)
}

// checkImage looks at what will be in the image of the bundle.
func checkImage(dir string) []string {
	log := logrus.New()
	log.SetOutput(io.Discard)
	image := bundle.NewImageValidator(nil, logrus.NewEntry(log))
	var findings []string
	if err := image.ValidateBundleFormat(dir); err != nil {
		findings = append(findings, err.Error())
	}
	if err := image.ValidateBundleContent(filepath.Join(dir, "manifests")); err != nil {
		findings = append(findings, err.Error())
	}
	return findings
}

// checkFields names every field of the CSV that OLM does not know, or knows by another case: it would be dropped without a word.
func checkFields(dir string) []string {
	files, err := filepath.Glob(filepath.Join(dir, "manifests", "*.clusterserviceversion.yaml"))
	if err != nil || len(files) != 1 {
		return []string{fmt.Sprintf("%d files *.clusterserviceversion.yaml in manifests, not one", len(files))}
	}
	text, err := os.ReadFile(files[0])
	if err != nil {
		return []string{err.Error()}
	}
	json, err := yaml.YAMLToJSONStrict(text)
	if err != nil {
		return []string{err.Error()}
	}
	strict, err := k8sjson.UnmarshalStrict(json, &v1alpha1.ClusterServiceVersion{})
	if err != nil {
		return []string{err.Error()}
	}
	var findings []string
	for _, e := range strict {
		findings = append(findings, e.Error())
	}
	return findings
}
