package detect

import (
	"slices"
	"strconv"
	"strings"

	"github.com/merlonsec/merlon/internal/event"
	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/inventory/k8s"
	"github.com/merlonsec/merlon/internal/rule"
	"github.com/merlonsec/merlon/internal/tree"
)

// describe makes the detection of an action by a rule. Nothing in it holds on to the record.
func describe(r *rule.Detection, a *rule.Action, keepCommands bool) *finding.Detection {
	d := &finding.Detection{
		Type: r.Type, Severity: r.Severity, Title: r.Title.EN, Text: r.Title,
		At: a.Time(), Cluster: strings.Clone(a.ClusterName()), Account: strings.Clone(a.Account),
		Actor: actorOf(a), Resource: objectOf(a), Call: callOf(a, keepCommands),
		Workload: workloadOf(a), Binding: bindingOf(a), Role: roleOf(a), Permission: permissionOf(a),
		Why: reasons(r, a), Lists: a.ListMatches(),
		AuditID: strings.Clone(a.AuditID), Source: inventory.Origin{File: a.File, Line: a.Line},
	}
	if r.Grade != nil {
		d.Severity = r.Grade(a)
	}
	about := []string{"merlon/detection/v1", r.Type, a.ClusterName()}
	for _, f := range r.About {
		about = append(about, f.Of(a))
	}
	d.FindingID = finding.Fingerprint(about...)
	d.ID = finding.Fingerprint(d.FindingID, a.AuditID, strconv.FormatInt(a.Received, 10), a.User.Name)
	return d
}

func reasons(r *rule.Detection, a *rule.Action) []finding.Reason {
	all := make([]finding.Reason, len(r.Where))
	for i, c := range r.Where {
		all[i].Condition = c.Name
		if c.Show != nil {
			all[i].Evidence = c.Show(a)
		}
		for j := range all[i].Evidence {
			all[i].Evidence[j].Value = strings.Clone(all[i].Evidence[j].Value)
		}
	}
	return all
}

func actorOf(a *rule.Action) finding.Actor {
	actor := userOf(&a.User)
	if a.Impersonated.Name != "" {
		other := userOf(&a.Impersonated)
		actor.Impersonated = &other
	}
	return actor
}

// userOf takes over a user. What EKS' authenticator and service account tokens add stands in extra
// (https://kubernetes.io/docs/reference/access-authn-authz/service-accounts-admin/#bound-service-account-tokens).
func userOf(u *event.User) finding.Actor {
	extra := func(key string) string { return strings.Clone(u.Extra.Get(key).First().Text()) }
	actor := finding.Actor{
		Username: strings.Clone(u.Name), UID: strings.Clone(u.UID),
		ARN: extra("arn"), SessionName: extra("sessionName"), AccessKeyID: extra("accessKeyId"),
	}
	for group := range u.Groups.All() {
		actor.Groups = append(actor.Groups, strings.Clone(group.Text()))
	}
	if namespace, _, ok := rule.ServiceAccount(u.Name); ok {
		if pod := extra("authentication.kubernetes.io/pod-name"); pod != "" {
			actor.Pod = namespace + "/" + pod
		}
	}
	return actor
}

func objectOf(a *rule.Action) finding.DetectedObject {
	o := finding.DetectedObject{UID: a.UID(), Name: strings.Clone(a.ObjectName()), Namespace: strings.Clone(a.Object.Namespace)}
	if t, known := k8s.TypeOf(a.Object.Group, a.Object.Resource); known {
		o.Type = t
	}
	return o
}

func callOf(a *rule.Action, keepCommands bool) finding.APICall {
	call := finding.APICall{
		Verb: strings.Clone(a.Verb), Resource: strings.Clone(a.Object.Resource), Subresource: strings.Clone(a.Object.Subresource),
		Name: strings.Clone(a.ObjectName()), Namespace: strings.Clone(a.Object.Namespace),
		RequestURI: strings.Clone(a.RequestURI()), UserAgent: strings.Clone(a.UserAgent), StatusCode: a.Code,
	}
	_, call.Parameters, _ = strings.Cut(call.RequestURI, "?")
	for address := range a.SourceIPs.All() {
		call.SourceIPs = append(call.SourceIPs, address.Text())
	}
	if command, ok := a.Command(); ok && command.Hash != "" { // An attach runs nothing of its own.
		call.Command = command.Program + " (sha256 " + command.Hash + ")"
		if keepCommands {
			call.Command = strings.Join(command.Args, " ")
		}
	}
	return call
}

func workloadOf(a *rule.Action) *finding.WorkloadDetails {
	r, _ := a.MadeResource()
	if r == nil {
		return reachedWorkload(a)
	}
	w, ok := r.Spec.(*k8s.Workload)
	if !ok {
		return nil
	}
	node, _ := a.Made()
	pod := &w.Pod
	details := &finding.WorkloadDetails{
		Type: strings.Clone(a.Object.Resource), Name: strings.Clone(r.Name), Namespace: strings.Clone(r.Namespace), UID: node.Get("metadata", "uid").Text(),
		HostNetwork: pod.HostNet, HostPID: pod.HostPID, HostIPC: pod.HostIPC, ServiceAccount: pod.ServiceAccount,
	}
	for _, c := range pod.Containers {
		details.Containers = append(details.Containers, containerOf(&c))
	}
	for _, v := range pod.Volumes {
		details.Volumes = append(details.Volumes, finding.HostVolumeDetails{Name: v.Name, HostPath: v.HostPath})
	}
	return details
}

// reachedWorkload is the pod that a request reached into: by exec, attach, port-forward or a proxy.
func reachedWorkload(a *rule.Action) *finding.WorkloadDetails {
	if a.Object.Resource != "pods" || a.Object.Name == "" {
		return nil
	}
	return &finding.WorkloadDetails{Type: "pods", Name: strings.Clone(a.Object.Name), Namespace: strings.Clone(a.Object.Namespace), UID: strings.Clone(a.Object.UID)}
}

func containerOf(c *k8s.Container) finding.ContainerDetails {
	details := finding.ContainerDetails{
		Name: c.Name, Image: c.Image, Privileged: c.Privileged, AllowPrivilegeEscalation: c.AllowEscalation,
	}
	if i := strings.LastIndex(c.Image, "/"); i >= 0 {
		details.ImagePrefix = c.Image[:i]
	}
	for _, m := range c.Mounts {
		details.Mounts = append(details.Mounts, finding.MountDetails{Name: m.Volume, MountPath: m.Path})
	}
	return details
}

func bindingOf(a *rule.Action) *finding.BindingDetails {
	r, _ := a.MadeResource()
	if r == nil {
		return nil
	}
	binding, ok := r.Spec.(*k8s.BindingSpec)
	if !ok {
		return nil
	}
	node, _ := a.Made()
	details := &finding.BindingDetails{
		Kind: r.Type.Kind(), Name: strings.Clone(r.Name), UID: node.Get("metadata", "uid").Text(), RoleKind: binding.RoleKind, RoleName: binding.RoleName,
	}
	for subject := range node.Get("subjects").All() {
		details.Subjects = append(details.Subjects, subjectText(subject))
	}
	slices.Sort(details.Subjects)
	return details
}

// subjectText writes a subject of a binding as `merlon rbac` does: User:alice, ServiceAccount:ns/name.
func subjectText(subject tree.Node) string {
	kind, name, namespace := subject.Get("kind").Text(), subject.Get("name").Text(), subject.Get("namespace").Text()
	if namespace != "" {
		name = namespace + "/" + name
	}
	return kind + ":" + name
}

func roleOf(a *rule.Action) *finding.RoleDetails {
	if a.Object.Resource != "roles" && a.Object.Resource != "clusterroles" {
		return nil
	}
	kind := "Role"
	if a.Object.Resource == "clusterroles" {
		kind = "ClusterRole"
	}
	node, _ := a.Made()
	return &finding.RoleDetails{Kind: kind, Name: strings.Clone(a.ObjectName()), UID: node.Get("metadata", "uid").Text()}
}

// permissionOf is what a SelfSubjectAccessReview asked, and was answered.
func permissionOf(a *rule.Action) *finding.PermissionDetails {
	if a.Object.Resource != "selfsubjectaccessreviews" && a.Object.Resource != "subjectaccessreviews" && a.Object.Resource != "localsubjectaccessreviews" {
		return nil
	}
	node, _ := a.Made()
	attributes := node.Get("spec", "resourceAttributes")
	p := &finding.PermissionDetails{
		Verb: attributes.Get("verb").Text(), Resource: attributes.Get("resource").Text(), Namespace: attributes.Get("namespace").Text(),
	}
	if sub := attributes.Get("subresource").Text(); sub != "" {
		p.Resource += "/" + sub
	}
	if allowed, ok := a.Answered().Get("status", "allowed").Bool(); ok {
		p.Allowed = &allowed
	}
	return p
}
