package detections

import (
	"slices"
	"strings"

	"github.com/merlonsec/merlon/internal/rule"
	"github.com/merlonsec/merlon/internal/tree"
)

// enforceLabel sets which pods a namespace refuses
// (https://kubernetes.io/docs/concepts/security/pod-security-admission/#pod-security-admission-labels-for-namespaces).
const enforceLabel = "pod-security.kubernetes.io/enforce"

// levelPath lists the keys that lead to the level in a namespace.
func levelPath() []string { return []string{"metadata", "labels", enforceLabel} }

// lowersPodSecurity tells whether a request lowers the Pod Security level that a namespace enforces. The record does not
// hold the level of before: taking it away or setting it to privileged lowers it, and restricted never does; a change to
// baseline, and a namespace written whole without a level, may be either.
func lowersPodSecurity(a *rule.Action) rule.Truth {
	namespace, sight := a.Made()
	if sight == rule.SeenNothing {
		return rule.Unknown(a.Unseen())
	}
	if a.Verb != "patch" {
		return lowersTo(namespace.Get(levelPath()...).Text(), false)
	}
	if k := a.Sent().Kind(); k != tree.Map && k != tree.List {
		return unlessRestricted(a, namespace)
	}
	change := changedLevel(a.Sent())
	if sight == rule.SeenWhole && change.isSet {
		change.level, change.isUnseen = namespace.Get(levelPath()...).Text(), false
	}
	switch {
	case change.isSet && change.isUnseen:
		return rule.Unknown(a.Unseen())
	case change.isSet:
		return lowersTo(change.level, true)
	case sight == rule.SeenWhole && namespace.Get(levelPath()...).Exists():
		return rule.Is(false)
	case change.isLeftOut:
		return rule.Unknown(oldUnseen())
	}
	return rule.Is(false)
}

// lowersTo tells whether a request that leaves a namespace with a level has lowered it; "" is none.
func lowersTo(level string, isTakenAway bool) rule.Truth {
	switch {
	case level == "restricted":
		return rule.Is(false)
	case level == "baseline", level == "" && !isTakenAway:
		return rule.Unknown(oldUnseen())
	}
	return rule.Is(true)
}

// unlessRestricted is the answer to a patch that was not recorded, with the namespace that it gave.
func unlessRestricted(a *rule.Action, namespace tree.Node) rule.Truth {
	if namespace.Get(levelPath()...).Text() == "restricted" {
		return rule.Is(false)
	}
	return rule.Unknown(a.Unseen())
}

// levelChange is what a patch does to the level of a namespace.
type levelChange struct {
	// isSet says that the patch sets the level, to "" where it takes it away; isUnseen that it does not tell to what, as it
	// copies it from elsewhere.
	isSet, isUnseen bool
	level           string
	// isLeftOut says that the patch names the whole object, without a level: server-side apply takes away what the same
	// manager applied before and now leaves out.
	isLeftOut bool
}

func changedLevel(patch tree.Node) levelChange {
	if patch.Kind() == tree.List {
		return operatedLevel(patch)
	}
	return mergedLevel(patch)
}

// operatedLevel follows the level through the operations of a JSON patch (RFC 6902), each of which may be about the level
// or about something that holds it.
func operatedLevel(patch tree.Node) (change levelChange) {
	for operation := range patch.All() {
		rest, holds := belowPointer(operation.Get("path").Text())
		switch operation.Get("op").Text() {
		case "add", "replace":
			if holds {
				change = levelChange{isSet: true, level: operation.Get("value").Get(rest...).Text()}
			}
		case "remove":
			if holds {
				change = levelChange{isSet: true}
			}
		case "move", "copy":
			if _, from := belowPointer(operation.Get("from").Text()); from && operation.Get("op").Text() == "move" {
				change = levelChange{isSet: true}
			}
			if holds {
				change = levelChange{isSet: true, isUnseen: true}
			}
		}
	}
	return change
}

// belowPointer gives the keys that lead from what a JSON pointer names (RFC 6901) to the level; ok is false where the level
// is not in it. The API server's library leaves out what stands before the first slash.
func belowPointer(pointer string) (rest []string, ok bool) {
	rest = levelPath()
	_, pointer, isBelow := strings.Cut(pointer, "/")
	if !isBelow {
		return rest, true
	}
	for segment := range strings.SplitSeq(pointer, "/") {
		if len(rest) == 0 || strings.NewReplacer("~1", "/", "~0", "~").Replace(segment) != rest[0] {
			return nil, false
		}
		rest = rest[1:]
	}
	return rest, true
}

// mergedLevel follows the level through a merge patch (RFC 7396), whose null takes away, or a strategic merge patch, whose
// directives do so too
// (https://github.com/kubernetes/community/blob/master/contributors/devel/sig-api-machinery/strategic-merge-patch.md).
func mergedLevel(patch tree.Node) levelChange {
	at, isReplaced := patch, false
	for _, key := range levelPath() {
		directive, keys := at.Get("$patch").Text(), at.Get("$retainKeys")
		isKey := func(n tree.Node) bool { return n.Text() == key }
		if directive == "delete" || keys.Exists() && !slices.ContainsFunc(slices.Collect(keys.All()), isKey) {
			return levelChange{isSet: true}
		}
		isReplaced = isReplaced || directive == "replace"
		next := at.Get(key)
		switch {
		case !next.Exists() && isReplaced, next.Kind() == tree.Null && next.Exists():
			return levelChange{isSet: true}
		case !next.Exists():
			return levelChange{isLeftOut: patch.Get("kind").Exists()}
		}
		at = next
	}
	return levelChange{isSet: true, level: at.Text()}
}
