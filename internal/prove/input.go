package prove

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/merlonsec/merlon/internal/collect/manifest"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/k8s"
	"github.com/merlonsec/merlon/internal/tree"
)

// read takes an example's input through the collector, as `merlon scan -` would.
func read(input string) (*inventory.View, error) {
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
		err = errors.New("it holds no Kubernetes object")
	}
	return inventory.NewView(result.Sources, result.Resources, k8s.Relate), err
}

// roundTrip takes a view through a snapshot.
func roundTrip(v *inventory.View) (*inventory.View, error) {
	var file bytes.Buffer
	if err := inventory.WriteSnapshot(&file, inventory.Header{TakenAt: now()}, v); err != nil {
		return nil, err
	}
	header, resources, err := inventory.ReadSnapshot(&file, k8s.Project)
	if err != nil {
		return nil, err
	}
	return inventory.NewView(header.Sources, resources, k8s.Relate), nil
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
		case "env":
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
