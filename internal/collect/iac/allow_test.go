package iac

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/merlonsec/merlon/internal/tree"
)

const canary = "Xq7canaryT0p9secretZz"

// hostile gives a value to every attribute that is read, and to some that are not: lists of maps with a member
// that no table names.
func hostile(names []string, member string) map[string]any {
	values := map[string]any{"password": canary, "Password": canary, "zz": map[string]any{"secret": canary}}
	for _, name := range names {
		if name == "tags" || name == "Tags" || name == "tags_all" { // whose keys are the user's
			continue
		}
		values[name] = []any{map[string]any{member: canary, "password": canary, "name": map[string]any{"deep": canary}}, []any{canary}}
	}
	return values
}

func TestWhatNoTableNamesIsNowhere(t *testing.T) {
	var resources []any
	add := func(source string, names []string) {
		resources = append(resources, map[string]any{
			"address": source + ".x", "mode": "managed", "type": source, "name": "x", "values": hostile(names, "zz_secret"),
		})
	}
	kinds := terraformKinds()
	for _, source := range slices.Sorted(maps.Keys(kinds)) {
		add(source, kinds[source].attributes())
	}
	for _, p := range terraformParts() {
		add(p.source, p.attributes)
	}
	for _, other := range []string{"aws_db_instance", "random_password", "tls_private_key", "aws_secretsmanager_secret_version", "aws_iam_access_key", "aws_ssm_parameter"} {
		add(other, []string{"id", "arn", "result", "private_key_pem", "secret_string", "secret", "value"})
	}
	text, err := json.Marshal(map[string]any{"format_version": "1.0", "values": map[string]any{
		"outputs": map[string]any{"o": map[string]any{"value": canary}}, "root_module": map[string]any{"resources": resources},
	}, "variables": map[string]any{"v": map[string]any{"value": canary}}})
	if err != nil {
		t.Fatal(err)
	}
	var doc tree.Tree
	if err := tree.DecodeJSON(&doc, text, 1, tree.Limits{}); err != nil {
		t.Fatal(err)
	}
	p, err := OpenTerraform(doc.Root())
	if err != nil {
		t.Fatal(err)
	}
	checkNowhere(t, p.AWS(), len(kinds)/2)
}

func TestWhatNoTableNamesOfATemplateIsNowhere(t *testing.T) {
	resources := map[string]any{}
	add := func(source string, names []string, small bool) {
		if small {
			for i, name := range names {
				names[i] = strings.ToUpper(name[:1]) + name[1:]
			}
		}
		resources[strings.ReplaceAll(source, ":", "")] = map[string]any{
			"Type": source, "Properties": hostile(names, "ZzSecret"), "Metadata": map[string]any{"x": canary},
		}
	}
	kinds := templateKinds()
	for _, source := range slices.Sorted(maps.Keys(kinds)) {
		add(source, kinds[source].attributes(), kinds[source].small)
	}
	for _, p := range templateParts() {
		add(p.source, slices.Clone(p.attributes), strings.HasPrefix(p.source, "AWS::ECS::"))
	}
	add("AWS::RDS::DBInstance", []string{"MasterUserPassword"}, false)
	text, err := json.Marshal(map[string]any{
		"AWSTemplateFormatVersion": "2010-09-09", "Resources": resources, "Outputs": map[string]any{"o": map[string]any{"Value": canary}},
		"Parameters": map[string]any{"P": map[string]any{"NoEcho": true, "Default": canary}}, "Metadata": canary,
	})
	if err != nil {
		t.Fatal(err)
	}
	var doc tree.Tree
	if err := tree.DecodeJSON(&doc, text, 1, tree.Limits{}); err != nil {
		t.Fatal(err)
	}
	checkNowhere(t, Template(doc.Root(), "t"), len(kinds)/2)
}

func checkNowhere(t *testing.T, r Result, atLeast int) {
	t.Helper()
	if len(r.Made) < atLeast {
		t.Errorf("only %d resources were made", len(r.Made))
	}
	for _, m := range r.Made {
		if strings.Contains(string(m.Object), canary) {
			t.Errorf("%s: %s", m.Address, m.Object)
		}
	}
	if said := fmt.Sprint(r.Problems); strings.Contains(said, canary) {
		t.Errorf("a problem repeats it: %s", said)
	}
}
