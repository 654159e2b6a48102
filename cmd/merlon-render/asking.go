package main

import (
	"maps"
	"slices"
	"strings"
	"text/template"
)

// asking notes what the templates of a chart want to know of a cluster or a name server.
type asking struct{ about map[string]bool }

// functions are those that would ask; each answers that there is nothing.
func (a *asking) functions() template.FuncMap {
	a.about = map[string]bool{}
	return template.FuncMap{
		"lookup": func(apiVersion, kind, _, _ string) (map[string]any, error) {
			a.add(kind + " (" + apiVersion + ")")
			return map[string]any{}, nil
		},
		"getHostByName": func(string) string {
			a.add("the address of a host")
			return ""
		},
	}
}

func (a *asking) add(what string) {
	const most = 20
	if len(a.about) < most {
		a.about[oneLine(what)] = true
	}
}

// note says what was asked; nil where nothing was.
func (a *asking) note() *problem {
	if len(a.about) == 0 {
		return nil
	}
	return &problem{Why: "its templates ask the cluster or the network (lookup, getHostByName) for " + strings.Join(slices.Sorted(maps.Keys(a.about)), ", ") +
		", and find nothing, as in helm template. A cluster that has it may get other objects: helm get manifest RELEASE | merlon scan - reads those"}
}
