package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"
	"helm.sh/helm/v4/pkg/chart/common"
	chart "helm.sh/helm/v4/pkg/chart/v2"
	"helm.sh/helm/v4/pkg/chart/v2/loader"
	"helm.sh/helm/v4/pkg/strvals"
)

// chartValues puts the values together that were given: files in their order, then --set, then --set-string, as Helm
// does. What is wrong with them is wrong with the request, whatever the chart.
func (o options) chartValues() (map[string]any, error) {
	values := map[string]any{}
	for _, name := range o.values {
		more, err := readValues(name)
		if err != nil {
			return nil, err
		}
		values = loader.MergeMaps(values, more)
	}
	for _, text := range o.set {
		if err := strvals.ParseInto(text, values); err != nil {
			return nil, setProblem("--set", text, err)
		}
	}
	for _, text := range o.setString {
		if err := strvals.ParseIntoString(text, values); err != nil {
			return nil, setProblem("--set-string", text, err)
		}
	}
	return values, nil
}

// setProblem names the value that cannot be parsed by its key: it may be a secret.
func setProblem(flag, text string, err error) *problem {
	key, _, _ := strings.Cut(text, "=")
	why := err.Error()
	if key != "" && key == text && strings.Contains(why, `key "`+key+`"`) { // The message names it before.
		why = strings.ReplaceAll(why, `key "`+key+`"`, "it")
	}
	return &problem{Request: true, Why: oneLine(fmt.Sprintf(
		"%s %s: Helm cannot parse it: %s; write KEY=VALUE, and a comma in the value as \\,", flag, key, withoutQuotes(why)))}
}

// readValues reads a values file.
func readValues(name string) (map[string]any, error) {
	text, err := os.ReadFile(name)
	if err != nil {
		return nil, &problem{Request: true, File: name, Why: "the values file cannot be read: " + reason(err)}
	}
	values, err := loader.LoadValues(bytes.NewReader(text))
	if err != nil {
		return nil, &problem{Request: true, File: name, Line: yamlLine(err), Why: "the values file is not valid YAML, or no map"}
	}
	return values, nil
}

// schemaProblems holds the values against the schemas of a chart and of its dependencies, each of which Helm would refuse
// to install otherwise. The chart is rendered all the same. A schema that names another one by URL is not looked at, as
// that would have to be fetched.
func schemaProblems(c *chart.Chart, all common.Values) []*problem {
	values, err := all.Table("Values")
	if err != nil {
		return nil
	}
	return schemaProblemsIn(c, values, "")
}

func schemaProblemsIn(c *chart.Chart, values map[string]any, under string) []*problem {
	var problems []*problem
	if why := schemaProblem(c.Schema, values); why != "" {
		problems = append(problems, &problem{File: under + "values.schema.json", Why: why})
	}
	for _, sub := range c.Dependencies() {
		if own, ok := values[sub.Name()].(map[string]any); ok {
			problems = append(problems, schemaProblemsIn(sub, own, under+"charts/"+sub.Name()+"/")...)
		}
	}
	return problems
}

// schemaProblem says where values do not fit a schema; "" where they do, or where there is none that can be used.
func schemaProblem(text []byte, values map[string]any) string {
	const name = "file:///values.schema.json"
	if len(text) == 0 {
		return ""
	}
	schema, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		return "the schema is not valid JSON"
	}
	compiler := jsonschema.NewCompiler()
	compiler.UseLoader(noSchemas{})
	if err := compiler.AddResource(name, schema); err != nil {
		return ""
	}
	compiled, err := compiler.Compile(name)
	if err != nil {
		return ""
	}
	plain, err := plainJSON(values)
	if err != nil {
		return ""
	}
	var invalid *jsonschema.ValidationError
	if !errors.As(compiled.Validate(plain), &invalid) {
		return ""
	}
	return "the values do not fit the chart's schema, so Helm would refuse to install it, at: " + strings.Join(places(invalid), ", ") +
		"; correct these with --set or --values"
}

// noSchemas loads no schema.
type noSchemas struct{}

// Load implements [jsonschema.URLLoader].
func (noSchemas) Load(string) (any, error) { return nil, errNetwork }

// plainJSON gives values as a JSON decoder does.
func plainJSON(values map[string]any) (any, error) {
	text, err := json.Marshal(values)
	if err != nil {
		return nil, err
	}
	return jsonschema.UnmarshalJSON(bytes.NewReader(text))
}

// places lists the first few values that do not fit, without what they are.
func places(e *jsonschema.ValidationError) []string {
	const few = 5
	found := map[string]bool{}
	var visit func(*jsonschema.ValidationError)
	visit = func(e *jsonschema.ValidationError) {
		if len(e.Causes) == 0 {
			at := strings.Join(e.InstanceLocation, ".")
			if at == "" {
				at = "the top"
			}
			found[oneLine(at+" ("+misfit(e.ErrorKind)+")")] = true
		}
		for _, cause := range e.Causes {
			visit(cause)
		}
	}
	visit(e)
	all := slices.Sorted(maps.Keys(found))
	if len(all) > few {
		all = append(all[:few], "…")
	}
	return all
}

// misfit says how a value does not fit, without the value.
func misfit(k jsonschema.ErrorKind) string {
	switch k := k.(type) {
	case *kind.Required:
		return "it lacks " + strings.Join(k.Missing, " and ")
	case *kind.Type:
		return "it is of type " + k.Got + ", not " + strings.Join(k.Want, " or ")
	case *kind.AdditionalProperties:
		return "the schema does not know " + strings.Join(k.Properties, " and ")
	}
	return strings.Join(k.KeywordPath(), ".")
}
