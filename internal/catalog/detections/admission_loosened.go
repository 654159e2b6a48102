package detections

import (
	"slices"
	"strconv"
	"strings"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/rule"
	"github.com/merlonsec/merlon/internal/tree"
)

// loosened is how a request loosened admission control.
type loosened struct {
	rule.Truth
	// field is the name of the field that did it, and path where it stands in the object; "" where it is gone.
	field, path string
	// isNarrowed says that less is checked than before, and not nothing; isOldUnseen that it may have been so before.
	isNarrowed, isOldUnseen bool
}

// looseningOf tells whether a request deleted what controls admission, or changed it so that it checks nothing, or lets
// through what it fails to check. Of a patch, what it names counts, as it stands in the object afterwards where the record
// shows that. An update does not show what was there before: one that leaves a guard that checks nothing counts, and of all
// others, that of a webhook is AdmissionWebhookChanged's, that of a policy is unknown.
func looseningOf(a *rule.Action) loosened {
	if a.Verb == "delete" || a.Verb == "deletecollection" {
		return loosened{Truth: rule.Is(true)}
	}
	n, sight := a.Made()
	if sight == rule.SeenNothing {
		return loosened{Truth: rule.Unknown(a.Unseen())}
	}
	if k := a.Sent().Kind(); a.Verb == "patch" && (k == tree.Map || k == tree.List) {
		return patchedGuard(a, n, sight == rule.SeenWhole)
	}
	for _, gap := range gaps(a.Object.Resource, n, true) {
		if gap.field != "failurePolicy" && !gap.isPart {
			return loosened{Truth: rule.Is(true), field: gap.field, path: gap.path, isOldUnseen: true}
		}
	}
	if isWebhookConfiguration(a) && !ignoresFailures(n) {
		return loosened{Truth: rule.Is(false)}
	}
	return loosened{Truth: rule.Unknown(oldUnseen())}
}

func patchedGuard(a *rule.Action, n tree.Node, isWhole bool) loosened {
	patch := a.Sent()
	for _, gap := range gaps(a.Object.Resource, n, isWhole) {
		// A webhook that is written whole says so by what each must have.
		if touches(patch, gap.field) || gap.field == "rules" && touches(patch, "admissionReviewVersions") {
			return loosened{Truth: rule.Is(true), field: gap.field, path: gap.path}
		}
	}
	if takesCheckAway(patch) {
		return loosened{Truth: rule.Is(true)}
	}
	for _, field := range []string{"namespaceSelector", "objectSelector"} {
		if touches(patch, field) && holdsMember(n, field) {
			return loosened{Truth: rule.Is(true), field: field, isNarrowed: true}
		}
	}
	for _, field := range []string{
		"rules", "matchConditions", "matchConstraints", "matchResources", "matchPolicy", "resourceRules", "excludeResourceRules",
		"validations", "validationActions", "mutations", "variables", "policyName", "paramRef", "paramKind",
	} {
		if touches(patch, field) {
			return loosened{Truth: rule.Unknown(oldUnseen())}
		}
	}
	return loosened{Truth: rule.Is(false)}
}

func showLoosening(a *rule.Action) []finding.RecordField {
	n, _ := a.Made()
	if path := looseningOf(a).path; path != "" {
		switch n.Lookup(path).Kind() {
		case tree.Map, tree.List, tree.Null:
		default:
			return showMade(a, n, path)
		}
	}
	return showVerb(a)
}

func isWebhookConfiguration(a *rule.Action) bool {
	return strings.HasSuffix(a.Object.Resource, "webhookconfigurations")
}

// gap is a field by which a guard checks nothing, or lets failures through.
type gap struct {
	field, path string
	// isPart says that only a part of the guard is without effect.
	isPart bool
}

// gaps lists those of an object that controls admission. Of an object that is not seen whole, what is missing is no gap.
func gaps(resource string, n tree.Node, isWhole bool) (all []gap) {
	if strings.HasSuffix(resource, "webhookconfigurations") {
		hooks := n.Get("webhooks")
		if isEmpty(hooks, isWhole) {
			return []gap{{field: "webhooks", path: "$.webhooks"}}
		}
		i := 0
		for hook := range hooks.All() {
			at := tree.PathIndex("$.webhooks", i)
			if isEmpty(hook.Get("rules"), isWhole) {
				all = append(all, gap{field: "rules", path: at + ".rules"})
			}
			all = append(all, gapsOfMatch(hook, at)...)
			i++
		}
		return all
	}
	spec := n.Get("spec")
	all = gapsOfMatch(spec, "$.spec")
	for _, match := range []string{"matchConstraints", "matchResources"} {
		all = append(all, gapsOfMatch(spec.Get(match), "$.spec."+match)...)
	}
	if resource == "validatingadmissionpolicies" {
		all = append(all, gapsOfValidations(spec)...)
	}
	if actions := spec.Get("validationActions"); resource == "validatingadmissionpolicybindings" && actions.Exists() &&
		!holds(actions, "Deny") {
		all = append(all, gap{field: "validationActions", path: "$.spec.validationActions[0]"})
	}
	return all
}

// gapsOfValidations lists the validations of a policy that every object passes. A policy without any only writes
// annotations into the audit log.
func gapsOfValidations(spec tree.Node) (all []gap) {
	validations, i := spec.Get("validations"), 0
	if isEmpty(validations, spec.Get("auditAnnotations").Len() > 0) {
		return []gap{{field: "validations", path: "$.spec.validations"}}
	}
	for validation := range validations.All() {
		if isAlways(validation.Get("expression").Text(), "true", "!false") {
			all = append(all, gap{field: "validations", path: tree.PathIndex("$.spec.validations", i) + ".expression"})
		}
		i++
	}
	for j := range all {
		all[j].isPart = len(all) < i
	}
	return all
}

// gapsOfMatch lists what keeps a guard from matching anything, and the failures that it lets through.
func gapsOfMatch(n tree.Node, at string) (all []gap) {
	if n.Get("failurePolicy").Text() == "Ignore" {
		all = append(all, gap{field: "failurePolicy", path: at + ".failurePolicy"})
	}
	i := 0
	for condition := range n.Get("matchConditions").All() {
		if isAlways(condition.Get("expression").Text(), "false", "!true") {
			all = append(all, gap{field: "matchConditions", path: tree.PathIndex(at+".matchConditions", i) + ".expression"})
		}
		i++
	}
	i = 0
	for excluded := range n.Get("excludeResourceRules").All() {
		if holds(excluded.Get("apiGroups"), "*") && (holds(excluded.Get("resources"), "*") || holds(excluded.Get("resources"), "*/*")) {
			all = append(all, gap{field: "excludeResourceRules", path: tree.PathIndex(at+".excludeResourceRules", i)})
		}
		i++
	}
	for _, field := range []string{"namespaceSelector", "objectSelector"} {
		if selectsNothing(n.Get(field)) {
			all = append(all, gap{field: field, path: at + "." + field})
		}
	}
	return all
}

// isAlways reports whether a CEL expression is a literal that is one of some. Longer ones that come to the same are not
// worked out.
func isAlways(expression string, literals ...string) bool {
	return slices.Contains(literals, strings.Trim(expression, " \t\r\n()"))
}

func isEmpty(n tree.Node, orMissing bool) bool {
	if !n.Exists() {
		return orMissing
	}
	return n.Kind() == tree.Null || n.Kind() == tree.List && n.Len() == 0
}

// selectsNothing reports whether the requirements of a label selector contradict each other. Every namespace has the label
// kubernetes.io/metadata.name.
func selectsNothing(selector tree.Node) bool {
	wanted, absent := map[string][]string{}, []string{}
	for label := range selector.Get("matchLabels").All() {
		wanted[label.Key()] = []string{label.Text()}
	}
	refused := map[string][]string{}
	for e := range selector.Get("matchExpressions").All() {
		key, values := e.Get("key").Text(), []string{}
		for v := range e.Get("values").All() {
			values = append(values, v.Text())
		}
		switch e.Get("operator").Text() {
		case "In":
			wanted[key] = values
		case "Exists":
			if _, ok := wanted[key]; !ok {
				wanted[key] = nil
			}
		case "NotIn":
			refused[key] = append(refused[key], values...)
		case "DoesNotExist":
			absent = append(absent, key)
		}
	}
	for key, values := range wanted {
		isRefused := func(v string) bool { return slices.Contains(refused[key], v) }
		if slices.Contains(absent, key) || len(values) > 0 && !slices.ContainsFunc(values, func(v string) bool { return !isRefused(v) }) {
			return true
		}
	}
	return selector.Key() == "namespaceSelector" && slices.Contains(absent, "kubernetes.io/metadata.name")
}

// holdsMember reports whether an object has a member of some name, at any depth, that holds something.
func holdsMember(n tree.Node, name string) bool {
	for child := range n.All() {
		if n.Kind() == tree.Map && child.Key() == name && child.Kind() != tree.Null && child.Len() > 0 || holdsMember(child, name) {
			return true
		}
	}
	return false
}

// names reports whether a value has a member of some name, at any depth.
func names(n tree.Node, name string) bool {
	for child := range n.All() {
		if n.Kind() == tree.Map && child.Key() == name || names(child, name) {
			return true
		}
	}
	return false
}

// touches reports whether a patch sets or takes away a field of some name, by itself or with what holds it. An element put
// into a list beside the others loosens nothing, but for the lists of what is left out.
func touches(patch tree.Node, field string) bool {
	if patch.Kind() != tree.List {
		return names(patch, field)
	}
	for operation := range patch.All() {
		op, segments := operation.Get("op").Text(), strings.Split(operation.Get("path").Text(), "/")
		last := segments[len(segments)-1]
		switch {
		case op == "test":
		case op != "remove" && op != "replace" && isIndex(last) && !slices.Contains([]string{"matchConditions", "excludeResourceRules"}, listOf(segments)):
		case slices.Contains(segments, field), names(operation.Get("value"), field),
			slices.Contains([]string{"", "spec", "webhooks", "matchConstraints", "matchResources"}, listOf(segments)),
			op == "move" && slices.Contains(strings.Split(operation.Get("from").Text(), "/"), field):
			return true
		}
	}
	return false
}

// listOf gives the last segment of a JSON pointer that is no index.
func listOf(segments []string) string {
	for _, segment := range slices.Backward(segments) {
		if !isIndex(segment) {
			return segment
		}
	}
	return ""
}

func isIndex(segment string) bool {
	_, err := strconv.Atoi(segment)
	return err == nil || segment == "-"
}

// takesCheckAway reports whether a patch takes away a webhook, its rules or a validation.
func takesCheckAway(patch tree.Node) bool {
	if patch.Kind() != tree.List {
		for hook := range patch.Get("webhooks").All() {
			if hook.Get("$patch").Text() == "delete" {
				return true
			}
		}
		return false
	}
	for operation := range patch.All() {
		from := operation.Get("path").Text()
		switch operation.Get("op").Text() {
		case "move":
			from = operation.Get("from").Text()
		case "remove":
		default:
			continue
		}
		if slices.Contains([]string{"webhooks", "rules", "validations"}, listOf(strings.Split(from, "/"))) {
			return true
		}
	}
	return false
}

// ignoresFailures reports whether a webhook or policy lets through what it fails to check.
func ignoresFailures(n tree.Node) bool {
	for hook := range n.Get("webhooks").All() {
		if hook.Get("failurePolicy").Text() == "Ignore" {
			return true
		}
	}
	return n.Get("spec", "failurePolicy").Text() == "Ignore"
}
