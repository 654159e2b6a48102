package lang_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/merlonsec/merlon/internal/lang"
)

func TestCheck(t *testing.T) {
	tests := []struct {
		name string
		text lang.Text
		want []string
	}{
		{"every term translated", lang.Text{
			EN: "The container shares the node's namespace.",
			ES: "El contenedor comparte el espacio de nombres del nodo.",
			PT: "O contêiner compartilha o namespace do nó.",
		}, nil},
		{"a language that is missing", lang.Text{EN: "A node.", ES: "Un nodo."}, []string{"pt: the text is missing"}},
		{
			"a term without its translation",
			lang.Text{EN: "A node.", ES: "Un servidor.", PT: "Um nó."},
			[]string{`es: "nodo" is not there for "node"`},
		},
		{
			"a form that must not be used",
			lang.Text{EN: "It is a container.", ES: "Es un container, un contenedor.", PT: "É um contêiner."},
			[]string{`es: "container" is not the word; use "contenedor"`},
		},
		{
			"a form of another region, though the English has no such term",
			lang.Text{EN: "Yes.", ES: "Sí.", PT: "Está no registo."},
			[]string{`pt: "registo" is not the word`},
		},
		{
			"the other language's word",
			lang.Text{EN: "A cluster.", ES: "Un cluster.", PT: "Um cluster."},
			[]string{`es: "clúster" is not there for "cluster"`, `es: "cluster" is not the word; use "clúster"`},
		},
		{"a plural and a word at the beginning", lang.Text{EN: "Containers run.", ES: "Los contenedores corren.", PT: "Os contêineres rodam."}, nil},
		{
			"a phrase, not the words in it",
			lang.Text{EN: "A network policy.", ES: "Una regla de la red y una política.", PT: "Uma política de rede."},
			[]string{`es: "política de red" is not there for "network policy"`},
		},
		{"an open ending", lang.Text{EN: "It is mounted.", ES: "Está montada.", PT: "Está montado."}, nil},
		{"a kind of object is a name", lang.Text{EN: "Give it a Secret.", ES: "Dele un Secret.", PT: "Dê a ele um Secret."}, nil},
		{
			"an abbreviation is a word",
			lang.Text{EN: "The API server.", ES: "El servidor API.", PT: "O servidor da API."},
			[]string{`es: "servidor de la api" is not there for "api server"`},
		},
		{"code is left alone", lang.Text{
			EN: "Set spec.container, `node` and --namespace.\n\n    kubectl get pods --namespace node",
			ES: "Defina spec.container, `node` y --namespace.\n\n    kubectl get pods --namespace node",
			PT: "Defina spec.container, `node` e --namespace.\n\n    kubectl get pods --namespace node",
		}, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := lang.Check(test.text); !slices.Equal(got, test.want) {
				t.Errorf("got\n\t%s\nwant\n\t%s", strings.Join(got, "\n\t"), strings.Join(test.want, "\n\t"))
			}
		})
	}
}

func TestGlossaryIsConsistent(t *testing.T) {
	seen := map[string]string{}
	for _, term := range lang.Glossary() {
		for form := range strings.SplitSeq(term.EN, "|") {
			if other, ok := seen[form]; ok && form != "" {
				t.Errorf("%q is there twice, in %q and %q", form, other, term.EN)
			}
			seen[form] = term.EN
		}
		if term.EN != "" && (term.ES == "" || term.PT == "") {
			t.Errorf("%q has no translation into one of the languages", term.EN)
		}
	}
}

// No term may forbid what another one asks for.
func TestGlossaryAllowsItsOwnTerms(t *testing.T) {
	for _, term := range lang.Glossary() {
		if term.EN == "" {
			continue
		}
		first := func(forms string) string {
			form, _, _ := strings.Cut(forms, "|")
			return strings.ReplaceAll(form, "*", "ado")
		}
		text := lang.Text{EN: first(term.EN), ES: first(term.ES), PT: first(term.PT)}
		for _, problem := range lang.Check(text) {
			t.Errorf("%q: %s", term.EN, problem)
		}
	}
}
