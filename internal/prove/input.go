package prove

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/merlonsec/merlon/internal/collect/manifest"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/schema"
	"github.com/merlonsec/merlon/internal/tree"
)

// read takes an example's input through the collector, as `merlon scan -` would. Of the types that are complete, the
// input holds all that there are in each cluster, or in each account and Region.
func read(input string, complete []inventory.Type) (*inventory.View, error) {
	result, err := manifest.Read(context.Background(), manifest.Options{Paths: []string{"-"}, Stdin: strings.NewReader(input), Workers: 1})
	if err != nil {
		return nil, err
	}
	for _, s := range result.Sources {
		for _, n := range s.NotAssessed {
			place := strings.TrimPrefix(strings.TrimPrefix(n.What, "stdin"), ":") // the line, where it is told
			if place != "" {
				place = "line " + place + ": "
			}
			err = errors.Join(err, fmt.Errorf("%s%s", place, n.Why))
		}
	}
	if err == nil && len(result.Resources) == 0 {
		err = errors.New("it holds no Kubernetes object and no answer of the AWS API")
	}
	return schema.NewView(closed(result, complete), result.Resources), err
}

// closed adds to the sources of an input one for each place that it tells of, which says that it was read whole.
func closed(result manifest.Result, complete []inventory.Type) []inventory.Source {
	sources := result.Sources
	if len(complete) == 0 {
		return sources
	}
	seen := map[string]bool{}
	for _, r := range result.Resources {
		place := r.Cluster
		if place == "" {
			place = r.Account + "/" + r.Region
		}
		if !seen[place] {
			seen[place] = true
			sources = append(sources, inventory.Source{Kind: "files", Name: place, Status: inventory.StatusComplete, Cluster: place, Complete: complete})
		}
	}
	return sources
}

// roundTrip takes a view through a snapshot.
func roundTrip(v *inventory.View) (*inventory.View, error) {
	var file bytes.Buffer
	if err := inventory.WriteSnapshot(&file, inventory.Header{TakenAt: now()}, v); err != nil {
		return nil, err
	}
	header, resources, err := inventory.ReadSnapshot(&file, schema.Project)
	if err != nil {
		return nil, err
	}
	return schema.NewView(header.Sources, resources), nil
}

// shortest is the length from which on a value is looked for; a shorter one ("debug") may well occur in
// the evidence by chance.
const shortest = 6

// hiddenValues lists the values in an input that no evidence may repeat: those of environment variables,
// ConfigMaps and Secrets.
func hiddenValues(input string) ([]string, error) {
	var values []string
	for line, document := range tree.SplitYAML([]byte(input)) {
		var t tree.Tree
		if err := tree.Decode(&t, document, line, tree.Limits{}); err != nil {
			return nil, err
		}
		values = appendValues(values, t.Root(), false)
	}
	return values, nil
}

// appendValues walks an object; hidden is set below a field that holds values which are taken out.
func appendValues(values []string, n tree.Node, hidden bool) []string {
	if text := n.Text(); hidden && len(text) >= shortest {
		values = append(values, text)
	}
	for child := range n.All() {
		switch child.Key() {
		case "env", "environment":
			for variable := range child.All() {
				values = appendValues(values, variable.Get("value"), true)
			}
		case "data", "stringData":
			values = appendValues(values, child, true)
		default:
			values = appendValues(values, child, hidden)
		}
	}
	return values
}
