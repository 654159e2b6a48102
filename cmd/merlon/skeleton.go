package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

var errNoCheckout = errors.New("internal/catalog/traits is not here")

// skeleton is a rule with everything a rule has, whose example fails until the rule is written.
const skeleton = `package traits

import (
	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory/k8s"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/rule"
)

// NAME finds TODO.
//
// Restricted fields:
//
//	spec.TODO
//
// Allowed values: TODO.
var NAME = rule.Rule{
	ID:         "RULE-ID",
	Category:   finding.Misconfiguration,
	Role:       finding.Contextual, // leave it out for a trait that makes an exposure by itself
	Likelihood: finding.LikelihoodLow,
	Impact:     finding.ImpactNone,
	References: []rule.Reference{pss("TODO"), attack("TODO", "TODO")},
	Title: lang.Text{
		EN: "TODO",
		ES: "TODO",
		PT: "TODO",
	},
	Why: lang.Text{
		EN: "TODO",
		ES: "TODO",
		PT: "TODO",
	},
	Fix: steps(lang.Text{
		EN: "TODO the title of the remediation\n\nTODO what to do.",
		ES: "TODO\n\nTODO",
		PT: "TODO\n\nTODO",
	}, ` + "`" + `
spec:
  TODO: false
` + "`" + `),
	On: k8s.Workloads(),
	Check: rule.Each[rule.PodField]{ // or rule.Container with In: rule.Containers, rule.Volume with rule.Volumes …
		In: rule.Pods,
		Where: []rule.Condition[rule.PodField]{
			rule.If("TODO-condition", func(p rule.PodField) bool { return p.Pod.ShareProcesses }),
		},
		Show: func(p rule.PodField) finding.Evidence { return p.Evidence("TODO", true) },
	},
	Examples: []rule.Example{
		{
			Name: "TODO what is wrong with it",
			Input: deployment(` + "`" + `
TODO: true
containers:
- name: app
  image: registry.example/app:1.4
` + "`" + `),
			Want: finding.Present,
			Path: "$.spec.template.spec.TODO",
		},
		{
			Name: "TODO what is right with it",
			Input: deployment(` + "`" + `
containers:
- name: app
  image: registry.example/app:1.4
` + "`" + `),
			Want:   finding.Absent,
			Misses: "TODO-condition",
		},
	},
}
`

// writeSkeleton writes the file of a new rule and gives its path and the name of its variable.
func writeSkeleton(id string) (path, name string, err error) {
	if !regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`).MatchString(id) {
		return "", "", fmt.Errorf("%q is not kebab-case, like host-pid", id)
	}
	folder := filepath.Join("internal", "catalog", "traits")
	if info, err := os.Stat(folder); err != nil || !info.IsDir() {
		return "", "", errNoCheckout
	}
	name = goName(id)
	path = filepath.Join(folder, strings.ReplaceAll(id, "-", "_")+".go")
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
	if errors.Is(err, os.ErrExist) {
		return "", "", fmt.Errorf("%s exists; remove it first, or give the rule another ID", path)
	}
	if err != nil {
		return "", "", fmt.Errorf("write skeleton: %w", err)
	}
	text := strings.NewReplacer("NAME", name, "RULE-ID", id).Replace(skeleton)
	_, err = f.WriteString(text)
	return path, name, errors.Join(err, f.Close())
}
