package manifest

import (
	"context"
	"fmt"
	"github.com/merlonsec/merlon/internal/inventory/schema"
	"os"
	"testing"
)

func TestDump(t *testing.T) {
	p := os.Getenv("DUMP")
	if p == "" {
		t.Skip()
	}
	res, err := Read(context.Background(), Options{Paths: []string{p}})
	if err != nil {
		t.Fatal(err)
	}
	v := schema.NewView(res.Sources, res.Resources)
	for _, r := range v.All() {
		raw, err := v.Raw(r.UID)
		if err != nil {
			fmt.Println(r.UID, err)
			continue
		}
		fmt.Println(r.UID, r.Type, r.Name, r.Origin, "\n   ", string(raw.Root().AppendJSON(nil)))
		for _, x := range r.Relations {
			fmt.Println("     ->", x.Kind, x.To)
		}
	}
	for _, s := range v.Sources() {
		fmt.Println(s.Name, s.Status)
		for _, n := range s.NotAssessed {
			fmt.Println("  !", n.What, n.Why)
		}
	}
}
