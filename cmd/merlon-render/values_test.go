package main

import (
	"maps"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// printing is a chart that prints what it sees, with a library, and dependencies in each way that Helm knows.
func printing(t *testing.T, more map[string]string) string {
	files := map[string]string{
		"Chart.yaml":       chartYAML,
		"values.yaml":      "a: default\nb: {c: 1, d: [x]}\n",
		"templates/x.yaml": `{{ .Values.a }}|{{ .Values.b.c | kindOf }} {{ .Values.b.c }}|{{ .Values.b.d | join "," }}`,
	}
	maps.Copy(files, more)
	return written(t, files)
}

func TestValuesCountAsInHelm(t *testing.T) {
	files := written(t, map[string]string{"one.yaml": "a: one\nb: {c: 2}\n", "two.yaml": "a: two\n"})
	one, two := "-values="+filepath.Join(files, "one.yaml"), "-values="+filepath.Join(files, "two.yaml")
	for name, c := range map[string]struct {
		args []string
		want string
	}{
		"none":                    {nil, "default|float64 1|x"},
		"a file":                  {[]string{one}, "one|float64 2|x"},
		"the later file":          {[]string{one, two}, "two|float64 2|x"},
		"a value over a file":     {[]string{"-set=a=set", one}, "set|float64 2|x"},
		"a number":                {[]string{"-set=b.c=3"}, "default|int64 3|x"},
		"text over a number":      {[]string{"-set-string=b.c=4", "-set=b.c=3"}, "default|string 4|x"},
		"a list":                  {[]string{"-set=b.d={y,z}"}, "default|float64 1|y,z"},
		"an element":              {[]string{"-set=b.d[0]=y"}, "default|float64 1|y"},
		"a comma that is escaped": {[]string{`-set=a=p\,q,b.c=5`}, "p,q|int64 5|x"},
		"null takes away":         {[]string{"-set=a=null"}, "|float64 1|x"},
	} {
		t.Run(name, func(t *testing.T) {
			r := renders(t, append(c.args, "helm", printing(t, nil))...)
			if got := r.texts["templates/x.yaml"]; got != c.want || len(r.problems) > 0 {
				t.Errorf("it gives %s, want %s; %+v", got, c.want, r.problems)
			}
		})
	}
}

func TestAWrongRequestIsNotTheChartsFault(t *testing.T) {
	for args, want := range map[string]string{
		"-set=password=Xq7canary,b":  "--set password: Helm cannot parse it",
		"-set=replicaCount":          "--set replicaCount: Helm cannot parse it: it has no value",
		"-set-string=a[x]=Xq7canary": "--set-string a[x]: Helm cannot parse it",
		"-kubernetes=Xq7":            "--kubernetes-version: ",
	} {
		r := renders(t, args, "helm", printing(t, nil))
		if len(r.problems) != 1 || !r.problems[0].Request || !strings.Contains(r.problems[0].Why, want) || strings.Contains(r.problems[0].Why, "canary") {
			t.Errorf("%s: %+v", args, r.problems)
		}
	}
}

func TestWhatAChartSeesOfTheCluster(t *testing.T) {
	dir := printing(t, map[string]string{
		"Chart.yaml": chartYAML + "kubeVersion: '>=1.20.0-0 <1.40.0-0'\n",
		"templates/x.yaml": `{{ .Capabilities.KubeVersion.Version }} {{ .Capabilities.KubeVersion.Minor }} {{ .Release.Name }} {{ .Release.Namespace }} ` +
			`{{ .Capabilities.APIVersions.Has "apps/v1" }} {{ .Capabilities.APIVersions.Has "x.io/v1/Thing" }}`,
	})
	r := renders(t, "-kubernetes=1.31.0", "-release=eu", "-namespace=prod", "-api-version=x.io/v1/Thing", "helm", dir)
	if got := r.texts["templates/x.yaml"]; got != "v1.31.0 31 eu prod true true" {
		t.Errorf("it sees %s; %+v", got, r.problems)
	}
	r = renders(t, "helm", dir)
	if got := r.texts["templates/x.yaml"]; !strings.HasSuffix(got, " shop default true false") {
		t.Errorf("it sees %s; %+v", got, r.problems)
	}
	r = renders(t, "-kubernetes=1.40.0", "helm", dir)
	if len(r.problems) != 1 || len(r.texts) > 0 || r.problems[0].File != "Chart.yaml" || !strings.Contains(r.problems[0].Why, "Helm would not install it on v1.40.0") {
		t.Errorf("%+v", r)
	}
}

func TestValuesAreHeldAgainstTheSchema(t *testing.T) {
	const schema = `{"type": "object", "required": ["owner"], "properties": {"a": {"enum": ["default"]}, "b": {"properties": {"c": {"type": "integer"}}}}}`
	sub := map[string]string{
		"charts/db/Chart.yaml": strings.Replace(chartYAML, "shop", "db", 1), "charts/db/values.yaml": "size: big\n",
		"charts/db/values.schema.json": `{"properties": {"size": {"type": "number"}}}`,
	}
	for name, c := range map[string]struct {
		files map[string]string
		args  []string
		want  []located
	}{
		"they fit":               {map[string]string{"values.schema.json": schema}, []string{"-set=owner=x"}, nil},
		"one is missing":         {map[string]string{"values.schema.json": schema}, nil, []located{{"values.schema.json", 0, "at: the top (it lacks owner)"}}},
		"two are wrong":          {map[string]string{"values.schema.json": schema}, []string{"-set=owner=x,a=Xq7canary,b.c=Xq7canary"}, []located{{"values.schema.json", 0, "at: a (enum), b.c (it is of type string, not integer)"}}},
		"one of a dependency":    {sub, nil, []located{{"charts/db/values.schema.json", 0, "size (it is of type string, not number)"}}},
		"a schema of elsewhere":  {map[string]string{"values.schema.json": `{"$ref": "https://example.com/schema.json"}`}, nil, nil},
		"a schema from the disk": {map[string]string{"values.schema.json": `{"$ref": "file:///etc/passwd"}`}, nil, nil},
		"no JSON":                {map[string]string{"values.schema.json": `{`}, nil, []located{{"values.schema.json", 0, "not valid JSON"}}},
	} {
		t.Run(name, func(t *testing.T) {
			r := renders(t, append(c.args, "helm", printing(t, c.files))...)
			if len(r.problems) != len(c.want) || !r.done || r.texts["templates/x.yaml"] == "" {
				t.Fatalf("%+v", r)
			}
			for i, want := range c.want {
				if got := r.problems[i]; got.File != want.File || !strings.Contains(got.Why, want.Why) || strings.Contains(got.Why, "canary") {
					t.Errorf("got %+v, want %+v", got, want)
				}
			}
		})
	}
}

func TestWhatIsAskedOfAClusterIsTold(t *testing.T) {
	r := renders(t, "helm", chartWith(t, `{{ define "h" }}{{ lookup "v1" "Secret" "ns" "Xq7canary" }}{{ end }}a: {{ include "h" . }}{{ tpl "{{ getHostByName \"example.com\" }}" . }}{{ lookup "v1" "Secret" "" "" }}`))
	if len(r.problems) > 0 || len(r.notes) != 1 || strings.TrimSpace(r.texts["templates/x.yaml"]) != "a: map[]map[]" {
		t.Fatalf("%+v", r)
	}
	if why := r.notes[0].Why; !strings.Contains(why, "for Secret (v1), the address of a host, and find nothing") || strings.Contains(why, "canary") {
		t.Errorf("the note is %s", why)
	}
	if r := renders(t, "helm", chartWith(t, "a: b\n")); len(r.notes) > 0 {
		t.Errorf("%+v", r.notes)
	}
}

func TestDependencies(t *testing.T) {
	part := func(name string) string { return strings.Replace(chartYAML, "shop", name, 1) }
	files := map[string]string{
		"Chart.yaml": chartYAML + `dependencies:
- {name: lib, version: 1.x}
- {name: db, version: 1.x, condition: db.enabled}
- {name: db, version: 1.x, alias: cache, tags: [extras]}
- {name: mail, version: 1.x, condition: mail.enabled}
`,
		"values.yaml":                 "cache: {who: cached}\nmail: {enabled: false}\ntags: {extras: true}\n",
		"templates/x.yaml":            `{{ include "lib.greet" . }}`,
		"charts/lib/Chart.yaml":       part("lib") + "type: library\n",
		"charts/lib/templates/_l.tpl": `{{ define "lib.greet" }}hello from {{ .Chart.Name }}{{ end }}`,
		"charts/db/Chart.yaml":        part("db"),
		"charts/db/values.yaml":       "who: stored\n",
		"charts/db/templates/y.yaml":  `{{ .Values.who }} {{ include "lib.greet" . }}`,
	}
	const here, db, cache = "templates/x.yaml", "charts/db/templates/y.yaml", "charts/cache/templates/y.yaml"
	for name, c := range map[string]struct {
		args    []string
		want    map[string]string
		missing string
	}{
		"all but what a condition switches off": {nil, map[string]string{here: "hello from shop", db: "stored hello from db", cache: "cached hello from cache"}, ""},
		"a condition":                           {[]string{"-set=db.enabled=false"}, map[string]string{here: "hello from shop", cache: "cached hello from cache"}, ""},
		"a tag":                                 {[]string{"-set=tags.extras=false"}, map[string]string{here: "hello from shop", db: "stored hello from db"}, ""},
		"one that is not there": {
			[]string{"-set=mail.enabled=true"},
			map[string]string{here: "hello from shop", db: "stored hello from db", cache: "cached hello from cache"},
			"the dependency mail is not in charts/",
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := renders(t, append(c.args, "helm", written(t, files))...)
			if !maps.Equal(r.texts, c.want) {
				t.Errorf("it gives %v, want %v", r.texts, c.want)
			}
			if c.missing == "" && len(r.problems) > 0 || c.missing != "" && (len(r.problems) != 1 || !strings.Contains(r.problems[0].Why, c.missing)) {
				t.Errorf("%+v", r.problems)
			}
		})
	}
}

func TestWhatIsMadeUpIsTheSameEachTime(t *testing.T) {
	dir := chartWith(t, `{{ randAlphaNum 5 }} {{ randAlpha 5 }} {{ randNumeric 5 }} {{ len (randAscii 7) }} {{ randBytes 6 | b64dec | len }} {{ randInt 3 5 }} {{ uuidv4 }} {{ shuffle "abc" | len }} {{ now | date "2006" }} {{ randAlphaNum 5 }}`)
	one, two := renders(t, "helm", dir).texts["templates/x.yaml"], renders(t, "helm", dir).texts["templates/x.yaml"]
	if one != two {
		t.Errorf("it gives %s, then %s", one, two)
	}
	const form = `^[0-9A-Za-z]{5} [A-Za-z]{5} [0-9]{5} 7 6 [34] [0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12} 3 2026 [0-9A-Za-z]{5}$`
	if !regexp.MustCompile(form).MatchString(one) {
		t.Errorf("it gives %s", one)
	}
	if parts := strings.Fields(one); len(parts) == 10 && parts[0] == parts[9] {
		t.Errorf("one scan gives %s twice", parts[0])
	}
	if r := renders(t, "helm", chartWith(t, "{{ randInt 5 5 }}")); len(r.problems) != 1 {
		t.Errorf("%+v", r)
	}
}
