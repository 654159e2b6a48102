package aws

import (
	"slices"
	"strings"

	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/tree"
)

// IsType reports whether a type is one of AWS.
func IsType(t inventory.Type) bool { return strings.HasPrefix(string(t), "AWS::") }

// Project fills in what follows from an object: tags, relations and the typed projection. The object must have
// been sanitised. It is an [inventory.Project].
func Project(r *inventory.Resource, object tree.Node) {
	r.Labels = tags(object)
	switch r.Type {
	case EKSCluster:
		projectEKSCluster(r, object)
	case EKSNodegroup:
		projectNodegroup(r, object)
	case EKSClusterVersion:
		r.Spec = projectClusterVersion(object)
	case EKSPodIdentityAssociation:
		projectPodIdentity(r, object)
	case ECSService:
		projectService(r, object)
	case ECSTaskDefinition:
		projectTaskDefinition(r, object)
	case ECSTask:
		projectTask(r, object)
	case ECSContainerInstance:
		projectContainerInstance(r, object)
	case VPC, Subnet, RouteTable, InternetGateway, NATGateway, SecurityGroup, NetworkACL, NetworkInterface, PrefixList:
		r.Spec = projectNetwork(r.Type, object)
	case Instance:
		r.Spec = projectInstance(object)
	case LaunchTemplateVersion:
		r.Spec = projectTemplateVersion(object)
	case LoadBalancer, Listener, TargetGroup, TargetHealth, ClassicLoadBalancer:
		r.Spec = projectBalancing(r.Type, object)
	case IAMRole, IAMUser, IAMGroup, IAMPolicy, IAMInstanceProfile:
		r.Spec = projectIAM(r.Type, object)
	case ImageInUse:
		projectImageInUse(r, object)
	case ECRRepository, ECRRepositoryPolicy, ECRImage, ECRScanFindings, InspectorFinding, GuardDutyFinding:
		r.Spec = projectImages(r.Type, object)
	}
}

// tags reads the tags of a resource. Services write them as a list of Key and Value, of key and value, or as a
// map.
func tags(object tree.Node) inventory.Labels {
	var all inventory.Labels
	for _, field := range []string{"Tags", "tags", "TagSet"} {
		list := object.Get(field)
		for t := range list.All() {
			switch {
			case list.Kind() == tree.Map:
				all = append(all, inventory.Label{Key: t.Key(), Value: t.Text()})
			case t.Get("Key").Exists():
				all = append(all, inventory.Label{Key: t.Get("Key").Text(), Value: t.Get("Value").Text()})
			default:
				all = append(all, inventory.Label{Key: t.Get("key").Text(), Value: t.Get("value").Text()})
			}
		}
	}
	slices.SortFunc(all, func(a, b inventory.Label) int { return strings.Compare(a.Key, b.Key) })
	return all
}

// texts reads a list of strings.
func texts(list tree.Node) []string {
	var all []string
	for n := range list.All() {
		all = append(all, n.Text())
	}
	return all
}

// textsOf reads one field of each element of a list.
func textsOf(list tree.Node, field string) []string {
	var all []string
	for n := range list.All() {
		if text := n.Get(field).Text(); text != "" {
			all = append(all, text)
		}
	}
	return all
}

// isTrue reports whether a field is true.
func isTrue(n tree.Node) bool {
	v, _ := n.Bool()
	return v
}

// number reads a whole number; ok is false where there is none.
func number(n tree.Node) (v int32, ok bool) {
	i, ok := n.Int()
	return int32(i), ok && i >= -1<<31 && i < 1<<31
}

// each yields the elements of a list with their JSONPaths.
func each(list tree.Node, path string) func(yield func(string, tree.Node) bool) {
	return func(yield func(string, tree.Node) bool) {
		i := 0
		for n := range list.All() {
			if !yield(tree.PathIndex(path, i), n) {
				return
			}
			i++
		}
	}
}

// relate states a relation to a resource that a field names by ARN, once.
func relate(r *inventory.Resource, kind inventory.RelationKind, to, path string) {
	if _, isARN := inventory.ParseARN(to); !isARN && !IsPlanned(to) {
		return
	}
	same := func(x inventory.Relation) bool { return x.Kind == kind && x.To == inventory.UID(to) }
	if !slices.ContainsFunc(r.Relations, same) {
		r.Relations = append(r.Relations, inventory.Relation{Kind: kind, To: inventory.UID(to), Path: path})
	}
}

// Unknown lists the fields that a plan or template leaves open until it is applied, as JSONPaths without
// indexes.
type Unknown []string

// Touches reports whether a field, one above it or one below it is open. Indexes in the path do not count.
func (u Unknown) Touches(path string) bool {
	if len(u) == 0 {
		return false
	}
	path = withoutIndexes(path)
	return slices.ContainsFunc(u, func(open string) bool { return isAt(path, open) || isAt(open, path) })
}

// isAt reports whether a path is another one, or leads to something below it.
func isAt(path, above string) bool {
	rest, ok := strings.CutPrefix(path, above)
	return ok && (rest == "" || rest[0] == '.')
}

func unknownFields(object tree.Node) Unknown {
	var all Unknown
	for n := range object.Get(UnknownField).All() {
		all = append(all, withoutIndexes(n.Text()))
	}
	return all
}

// withoutIndexes takes the numbers of list elements out of a JSONPath.
func withoutIndexes(path string) string {
	var b strings.Builder
	for path != "" {
		before, rest, found := strings.Cut(path, "[")
		b.WriteString(before)
		if !found {
			break
		}
		_, path, _ = strings.Cut(rest, "]")
	}
	return b.String()
}

// OpenFields gives what a plan leaves open of the resource with a projection.
func OpenFields(spec any) Unknown {
	switch s := spec.(type) {
	case *EKSClusterSpec:
		return s.Unknown
	case *ServiceSpec:
		return s.Unknown
	case *TaskDefinitionSpec:
		return s.Unknown
	case *SecurityGroupSpec:
		return s.Unknown
	case *SubnetSpec:
		return s.Unknown
	case *RouteTableSpec:
		return s.Unknown
	case *InternetGatewaySpec:
		return s.Unknown
	case *NetworkACLSpec:
		return s.Unknown
	case *InstanceSpec:
		return s.Unknown
	case *TemplateVersionSpec:
		return s.Unknown
	case *LoadBalancerSpec:
		return s.Unknown
	case *ListenerSpec:
		return s.Unknown
	case *TargetGroupSpec:
		return s.Unknown
	case *NodegroupSpec:
		return s.Unknown
	case *PrincipalSpec:
		return s.Unknown
	case *ManagedPolicySpec:
		return s.Unknown
	}
	return nil
}
