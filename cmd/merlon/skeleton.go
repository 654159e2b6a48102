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

// NAME: TODO say in prose which fields are restricted, and to which values.
//
//	spec.containers[*].TODO
var NAME = rule.Rule{
	ID:         "RULE-ID",
	Category:   finding.Misconfiguration,
	Likelihood: finding.LikelihoodModerate,
	Impact:     finding.ImpactNone,
	References: []rule.Reference{
		{Source: "PSS", ID: "TODO", URL: "https://kubernetes.io/docs/concepts/security/pod-security-standards/"},
	},
	Title: lang.Text{EN: "TODO", ES: "TODO", PT: "TODO"},
	Why:   lang.Text{EN: "TODO", ES: "TODO", PT: "TODO"},
	Fix:   lang.Text{EN: "TODO", ES: "TODO", PT: "TODO"},
	On:    k8s.Workloads(),
	Check: rule.Each[rule.Container]{
		In: rule.Containers,
		Where: []rule.Condition[rule.Container]{
			{Name: "TODO", Holds: func(_ *rule.World, c rule.Container) rule.Truth { return rule.Is(c.Name == "TODO") }},
		},
		Show: func(c rule.Container) finding.Evidence { return c.Evidence("name", c.Name) },
	},
	Examples: []rule.Example{
		{
			Name: "TODO what is wrong with it",
			Want: finding.Present,
			Input: ` + "`" + `apiVersion: v1
kind: Pod
metadata: {name: app}
spec:
  containers:
  - {name: app, image: registry.example/app:1.0}
` + "`" + `,
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
	if err != nil {
		return "", "", fmt.Errorf("write skeleton: %w", err)
	}
	text := strings.NewReplacer("NAME", name, "RULE-ID", id).Replace(skeleton)
	_, err = f.WriteString(text)
	return path, name, errors.Join(err, f.Close())
}
