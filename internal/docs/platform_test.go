package docs

import (
	"testing"

	"github.com/merlonsec/merlon/internal/correlate"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/k8s"
	"github.com/merlonsec/merlon/internal/lang"
)

func TestImagesCountTheRegistriesOfOneRepository(t *testing.T) {
	got := images(lang.EN, []string{
		"111.dkr.ecr.*.amazonaws.com/eks/agent", "222.dkr.ecr.*.amazonaws.com/eks/agent", "111.dkr.ecr.*.amazonaws.com/eks/proxy",
		"222.dkr.ecr.*.amazonaws.com/eks/proxy", "quay.io/x/agent", "111.dkr.ecr.*.amazonaws.com/one",
	})
	want := "`quay.io/x/agent`<br>Amazon ECR (registries: 1): `one`<br>Amazon ECR (registries: 2): `eks/agent`, `eks/proxy`"
	if got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestNeedsPutsEqualValuesTogether(t *testing.T) {
	paths := []string{"/lib/modules:ro", "/run"}
	for name, c := range map[string]struct {
		needs map[string][]string
		want  string
	}{
		"traits and paths": {
			map[string][]string{"host-pid": {"true"}, "host-network": nil, "host-port": {"80", "443"}, "host-path": paths, "sensitive-host-path": paths},
			"`host-network`, `host-pid`<br>`host-port`: `80`, `443`<br>caminhos do nó: `/lib/modules` (somente leitura), `/run`",
		},
		"nothing": {nil, "nenhuma característica determinante"},
	} {
		if got := needs(lang.PT, c.needs); got != c.want {
			t.Errorf("%s: got %s, want %s", name, got, c.want)
		}
	}
}

func TestPlaceNamesEveryForm(t *testing.T) {
	c := correlate.Component{Types: []inventory.Type{k8s.DaemonSet}, Names: []string{"a", "*-a"}, Namespaces: []string{"kube-system"}}
	if got, want := placeOf(&c), "`DaemonSet kube-system/a`<br>`DaemonSet kube-system/*-a`"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
