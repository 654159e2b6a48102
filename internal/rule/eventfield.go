package rule

// EventField is one value of an action, by which actions are told apart and counted.
type EventField struct {
	// Name is how documentation and outputs call it: its path in the audit record where it has one.
	Name string
	Of   func(a *Action) string
}

// EventValues is what an action has several of, such as the images of a workload.
type EventValues struct {
	Name string
	// Of appends the values of an action. They may be parts of its record.
	Of func(dst []string, a *Action) []string
}

// The fields that rules are about and count by.
var (
	// FieldUser is who made the request.
	FieldUser = EventField{"user.username", func(a *Action) string { return a.User.Name }}
	// FieldSourceIP is the address that connected to the API server, see [Action.Peer].
	FieldSourceIP = EventField{"sourceIPs[-1]", func(a *Action) string { return a.SourceIPs.Last().Text() }}
	// FieldNamespace and FieldName are those of the request's object, FieldResource its resource and subresource.
	FieldNamespace = EventField{"objectRef.namespace", func(a *Action) string { return a.Object.Namespace }}
	FieldName      = EventField{"objectRef.name", (*Action).ObjectName}
	FieldResource  = EventField{"objectRef.resource", (*Action).Resource}
	// FieldPath is the path of the request.
	FieldPath = EventField{"requestURI", func(a *Action) string { return a.Path() }}
	// FieldWorkload is the workload that a request made, changed or reached into: the top controller that is known.
	FieldWorkload = EventField{"workload", func(a *Action) string { return string(a.WorkloadUID()) }}
)
