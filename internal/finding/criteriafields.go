package finding

import (
	"cmp"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/merlonsec/merlon/internal/lang"
)

// fieldKind is what a field of a finding holds.
type fieldKind uint8

const (
	fieldText fieldKind = iota
	fieldNumber
	fieldBool
	fieldTime
)

// fieldPath leads from a finding to the values of one field. Lists and maps on the way are gone through whole.
type fieldPath struct {
	name  string
	steps []int
	kind  fieldKind
	// optional is that of a field which a finding lacks where it is empty.
	optional bool
}

// fieldValue is one value of a field: its text, and what comparisons look at.
type fieldValue struct {
	text   string
	number float64
	kind   fieldKind
}

// is reports whether a value in a file is this one; 8 and 8.0 are the same number, and two ways to write a time the same
// time.
func (v fieldValue) is(text string) bool {
	switch v.kind {
	case fieldNumber:
		n, err := strconv.ParseFloat(text, 64)
		return err == nil && n == v.number
	case fieldTime:
		moment, ok := parseMoment(text)
		return ok && float64(moment.UnixMilli()) == v.number
	}
	return text == v.text
}

// GuardDutyFields lists the fields that the criteria of an exception for detections may name, sorted.
func GuardDutyFields() []string {
	var names []string
	for _, p := range fieldPaths() {
		names = append(names, p.name)
	}
	return names
}

// fieldPaths reads the fields out of GuardDuty's form.
func fieldPaths() []fieldPath {
	all := pathsIn(reflect.TypeFor[GuardDutyFinding](), fieldPath{})
	slices.SortFunc(all, func(a, b fieldPath) int { return cmp.Compare(a.name, b.name) })
	return all
}

func pathsIn(t reflect.Type, at fieldPath) (all []fieldPath) {
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice || t.Kind() == reflect.Map {
		t = t.Elem()
	}
	if kind, ok := leafKind(t); ok {
		at.kind = kind
		return []fieldPath{at}
	}
	for i := range t.NumField() {
		field := t.Field(i)
		name, options, _ := strings.Cut(field.Tag.Get("json"), ",")
		all = append(all, pathsIn(field.Type, fieldPath{
			name: strings.TrimPrefix(at.name+"."+name, "."), steps: append(slices.Clone(at.steps), i),
			optional: options != "" && field.Type.Kind() != reflect.Pointer, // Behind a pointer, false is an answer.
		})...)
	}
	return all
}

// leafKind gives what a type holds that has no fields of its own.
func leafKind(t reflect.Type) (fieldKind, bool) {
	switch {
	case t == reflect.TypeFor[Stamp]() || t == reflect.TypeFor[Epoch]():
		return fieldTime, true
	case t.Kind() == reflect.String:
		return fieldText, true
	case t.Kind() == reflect.Bool:
		return fieldBool, true
	case t.Kind() != reflect.Struct:
		return fieldNumber, true
	}
	return 0, false
}

func fieldPathOf(name string) (fieldPath, bool) {
	all := fieldPaths()
	i := slices.IndexFunc(all, func(p fieldPath) bool { return p.name == name })
	if i < 0 {
		return fieldPath{}, false
	}
	return all[i], true
}

func fieldKindOf(name string) (fieldKind, bool) {
	p, ok := fieldPathOf(name)
	return p.kind, ok
}

// canonicalField gives the spelling of the finding for fields that GuardDuty's filters spell otherwise.
func canonicalField(name string) string {
	const workload = "resource.kubernetesDetails.kubernetesWorkloadDetails."
	switch name {
	case workload + "hostIpc":
		return workload + "hostIPC"
	case workload + "hostPid":
		return workload + "hostPID"
	}
	return name
}

// fieldHint names the field that was most likely meant, and some others.
func fieldHint(name string) string {
	names := GuardDutyFields()
	if near := lang.Nearest(name, names); near != "" {
		return fmt.Sprintf(" (did you mean %q?)", near)
	}
	last := name[strings.LastIndexByte(name, '.')+1:]
	var same []string
	for _, n := range names {
		if strings.EqualFold(n[strings.LastIndexByte(n, '.')+1:], last) {
			same = append(same, n)
		}
	}
	if len(same) > 0 {
		return fmt.Sprintf(" (did you mean %s?)", strings.Join(same, " or "))
	}
	return "; its fields are those of GuardDuty's JSON, such as type, severity, service.count or " +
		"resource.kubernetesDetails.kubernetesWorkloadDetails.containers.imagePrefix"
}

// values lists what a finding has in the field; nothing where it has none.
func (p *fieldPath) values(g *GuardDutyFinding) []fieldValue {
	return p.at(nil, reflect.ValueOf(g), p.steps)
}

func (p *fieldPath) at(all []fieldValue, v reflect.Value, steps []int) []fieldValue {
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() {
			return all
		}
		return p.at(all, v.Elem(), steps)
	case reflect.Slice:
		for i := range v.Len() {
			all = p.at(all, v.Index(i), steps)
		}
		return all
	case reflect.Map:
		for each := v.MapRange(); each.Next(); {
			all = p.at(all, each.Value(), steps)
		}
		return all
	}
	if len(steps) > 0 {
		return p.at(all, v.Field(steps[0]), steps[1:])
	}
	if p.optional && v.IsZero() {
		return all
	}
	return append(all, p.valueOf(v))
}

func (p *fieldPath) valueOf(v reflect.Value) fieldValue {
	switch of := v.Interface().(type) {
	case Stamp:
		return fieldValue{of.String(), float64(of.UnixMilli()), p.kind}
	case Epoch:
		return fieldValue{of.String(), float64(of.UnixMilli()), p.kind}
	case bool:
		return fieldValue{text: strconv.FormatBool(of), kind: p.kind}
	case int:
		return fieldValue{strconv.Itoa(of), float64(of), p.kind}
	case float64:
		return fieldValue{strconv.FormatFloat(of, 'f', -1, 64), of, p.kind}
	}
	return fieldValue{text: v.String(), kind: p.kind}
}
