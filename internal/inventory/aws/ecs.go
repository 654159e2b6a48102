package aws

import (
	"slices"
	"strconv"
	"strings"

	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/redact"
	"github.com/merlonsec/merlon/internal/tree"
)

// ServiceSpec is the projection of an Amazon ECS service
// (https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Service.html).
type ServiceSpec struct {
	// Cluster is the ARN of the service's cluster.
	Cluster inventory.UID
	// LaunchType is EC2, FARGATE or EXTERNAL; "" where capacity providers decide, which Capacity then lists.
	LaunchType string
	Capacity   []string
	// Pools lists where its tasks may run, that of its deployments and task sets included; see [ServiceSpec.OnInstances].
	Pools []Pool
	// Status is ACTIVE, DRAINING or INACTIVE.
	Status string
	// TaskDefinitions lists those that run: of the service, and of its deployments and task sets.
	TaskDefinitions []Reference
	// Networks lists the network configurations of what runs: of the service, and of its deployments and task
	// sets.
	Networks []VPCConfiguration
	// LoadBalancers lists what sends traffic to the service, that of its task sets included.
	LoadBalancers []ServiceLoadBalancer
	// ExecEnabled is enableExecuteCommand.
	ExecEnabled bool
	Unknown     Unknown
}

// Reference is a field that names another resource.
type Reference struct {
	UID inventory.UID
	// Path is the JSONPath of the field.
	Path string
}

// VPCConfiguration is the network of tasks in the mode awsvpc
// (https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_AwsVpcConfiguration.html).
type VPCConfiguration struct {
	// Path is the JSONPath of awsvpcConfiguration.
	Path                    string
	Subnets, SecurityGroups []string // IDs
	// PublicIP is assignPublicIp ENABLED; the API's default is DISABLED.
	PublicIP bool
}

// ServiceLoadBalancer is one load balancer of a service
// (https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_LoadBalancer.html).
type ServiceLoadBalancer struct {
	// Path is the JSONPath of the entry.
	Path string
	// TargetGroup is an ARN; Name is that of a classic load balancer. One of them is empty.
	TargetGroup inventory.UID
	Name        string
	Container   string
	Port        int32
}

func projectService(r *inventory.Resource, object tree.Node) {
	s := &ServiceSpec{
		Cluster:     inventory.UID(object.Get("clusterArn").Text()),
		LaunchType:  object.Get("launchType").Text(),
		Status:      object.Get("status").Text(),
		ExecEnabled: isTrue(object.Get("enableExecuteCommand")),
		Capacity:    providers(object),
		Unknown:     unknownFields(object),
	}
	s.add(object, "$")
	for _, list := range []string{"deployments", "taskSets"} {
		for path, part := range each(object.Get(list), "$."+list) {
			if !isOver(part) {
				s.add(part, path)
			}
		}
	}
	r.Spec = s
	relate(r, inventory.InCluster, string(s.Cluster), "$.clusterArn")
	for _, d := range s.TaskDefinitions {
		relate(r, inventory.RunsTaskDefinition, string(d.UID), d.Path)
	}
	for _, b := range s.LoadBalancers {
		relate(r, inventory.BalancedBy, string(b.TargetGroup), b.Path+".targetGroupArn")
	}
	relate(r, inventory.UsesExecutionRole, object.Get("roleArn").Text(), "$.roleArn")
}

// isOver reports whether a deployment or task set runs nothing any more: it is INACTIVE, or it says that it has no
// task and wants none. The primary one stays: with its service scaled to nothing, it is what the next task comes from.
func isOver(part tree.Node) bool {
	switch part.Get("status").Text() {
	case "INACTIVE":
		return true
	case "PRIMARY":
		return false
	}
	for _, counts := range [][]string{{"runningCount", "pendingCount", "desiredCount"}, {"runningCount", "pendingCount", "computedDesiredCount"}} {
		none := true
		for _, field := range counts {
			n, known := number(part.Get(field))
			none = none && known && n == 0
		}
		if none {
			return true
		}
	}
	return false
}

// add reads what a service, one of its deployments or one of its task sets runs. What is said before is not
// said again: the newest deployment repeats its service.
func (s *ServiceSpec) add(part tree.Node, path string) {
	s.addPools(part)
	if definition := part.Get("taskDefinition").Text(); definition != "" {
		s.addDefinition(Reference{inventory.UID(definition), path + ".taskDefinition"})
	}
	if vpc := part.Get("networkConfiguration", "awsvpcConfiguration"); vpc.Exists() {
		s.addNetwork(VPCConfiguration{
			Path:           path + ".networkConfiguration.awsvpcConfiguration",
			Subnets:        texts(vpc.Get("subnets")),
			SecurityGroups: texts(vpc.Get("securityGroups")),
			PublicIP:       vpc.Get("assignPublicIp").Text() == "ENABLED",
		})
	}
	for at, b := range each(part.Get("loadBalancers"), path+".loadBalancers") {
		port, _ := number(b.Get("containerPort"))
		s.LoadBalancers = append(s.LoadBalancers, ServiceLoadBalancer{
			Path: at, TargetGroup: inventory.UID(b.Get("targetGroupArn").Text()), Name: b.Get("loadBalancerName").Text(),
			Container: b.Get("containerName").Text(), Port: port,
		})
	}
}

func (s *ServiceSpec) addDefinition(d Reference) {
	for _, known := range s.TaskDefinitions {
		if known.UID == d.UID {
			return
		}
	}
	s.TaskDefinitions = append(s.TaskDefinitions, d)
}

func (s *ServiceSpec) addNetwork(n VPCConfiguration) {
	for _, known := range s.Networks {
		if known.PublicIP == n.PublicIP && slices.Equal(known.Subnets, n.Subnets) && slices.Equal(known.SecurityGroups, n.SecurityGroups) {
			return
		}
	}
	s.Networks = append(s.Networks, n)
}

// TaskDefinitionSpec is the projection of an Amazon ECS task definition
// (https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_TaskDefinition.html).
type TaskDefinitionSpec struct {
	Family string
	// TaskRole is what the application's AWS rights come from; ExecutionRole pulls images, writes logs and
	// reads the secrets that the definition names.
	TaskRole, ExecutionRole inventory.UID
	// NetworkMode is awsvpc, bridge, host or none; "" is the default of the platform.
	NetworkMode string
	// PIDMode and IPCMode are host, task or (IPC) none; "" is a namespace of the container's own.
	PIDMode, IPCMode string
	// Windows is set where the tasks run on Windows.
	Windows bool
	// Compatibilities lists the launch types that the definition asks for: EC2, FARGATE, EXTERNAL.
	Compatibilities []string
	Volumes         []HostVolume
	Containers      []ContainerDefinition
	Unknown         Unknown
}

// HostVolume is a volume that is a path of the container instance: of its host, or of Docker's local driver, which
// binds a device that is a path. A volume whose host has no path of its own is an anonymous one, and not listed.
type HostVolume struct {
	// Path is the JSONPath of the volume.
	Path, Name string
	// Field names the path below the volume: "host.sourcePath".
	Field    string
	HostPath string
}

// ContainerDefinition is one container of a task definition
// (https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html).
type ContainerDefinition struct {
	// Path is the JSONPath of the container.
	Path, Name, Image string
	Privileged        bool
	// User is as written; "" where the image decides.
	User string
	// ReadOnlyRoot is readonlyRootFilesystem.
	ReadOnlyRoot bool
	// Capabilities lists the added ones, in upper case, without the prefix CAP_; CapPath is the JSONPath of
	// that list.
	Capabilities []string
	CapPath      string
	Mounts       []MountPoint
	Ports        []PortMapping
	// Credentials lists the values that were taken out because they are credentials.
	Credentials []Credential
}

// MountPoint is one volume mounted by a container.
type MountPoint struct {
	// Path is the JSONPath of the mount point.
	Path, Volume, ContainerPath string
	ReadOnly                    bool
}

// PortMapping is one port of a container.
type PortMapping struct {
	// Path is the JSONPath of the mapping.
	Path string
	// Container and Host are ports; Host is 0 where the agent picks one, and the container's in the modes
	// awsvpc and host.
	Container, Host int32
	// Last is the last port of a containerPortRange, of which Container is the first; Container where one port is
	// mapped.
	Last int32
	// Protocol is tcp or udp.
	Protocol string
}

// Credential is a value that was taken out because it is a credential.
type Credential struct {
	// Path is the JSONPath of the field that held it.
	Path string
	// Name is that of the variable; "" outside the environment.
	Name string
	Kind redact.Kind
}

func projectTaskDefinition(r *inventory.Resource, object tree.Node) {
	d := &TaskDefinitionSpec{
		Family:          object.Get("family").Text(),
		TaskRole:        inventory.UID(object.Get("taskRoleArn").Text()),
		ExecutionRole:   inventory.UID(object.Get("executionRoleArn").Text()),
		NetworkMode:     object.Get("networkMode").Text(),
		PIDMode:         object.Get("pidMode").Text(),
		IPCMode:         object.Get("ipcMode").Text(),
		Windows:         strings.HasPrefix(object.Get("runtimePlatform", "operatingSystemFamily").Text(), "WINDOWS"),
		Compatibilities: texts(object.Get("requiresCompatibilities")),
		Unknown:         unknownFields(object),
	}
	for path, v := range each(object.Get("volumes"), "$.volumes") {
		if field, host := hostPathOf(v); host != "" {
			d.Volumes = append(d.Volumes, HostVolume{Path: path, Name: v.Get("name").Text(), Field: field, HostPath: host})
		}
	}
	for path, c := range each(object.Get("containerDefinitions"), "$.containerDefinitions") {
		d.Containers = append(d.Containers, projectContainer(c, path))
	}
	r.Spec = d
	relate(r, inventory.AssumesRole, string(d.TaskRole), "$.taskRoleArn")
	relate(r, inventory.UsesExecutionRole, string(d.ExecutionRole), "$.executionRoleArn")
	for _, c := range d.Containers {
		if c.Image != "" {
			r.Relations = append(r.Relations, inventory.Relation{Kind: inventory.RunsImage, To: inventory.ImageUID(c.Image), Path: c.Path + ".image"})
		}
	}
}

// hostPathOf gives the path of the container instance that a volume is, and the field that says it; "" for any other
// volume (https://docs.docker.com/reference/cli/docker/volume/create/#driver-specific-options).
func hostPathOf(volume tree.Node) (field, path string) {
	if path = volume.Get("host", "sourcePath").Text(); path != "" {
		return "host.sourcePath", path
	}
	docker := volume.Get("dockerVolumeConfiguration")
	options := strings.Split(docker.Get("driverOpts", "o").Text(), ",")
	binds := slices.Contains(options, "bind") || slices.Contains(options, "rbind")
	if driver := docker.Get("driver").Text(); binds && (driver == "" || driver == "local") {
		return "dockerVolumeConfiguration.driverOpts.device", docker.Get("driverOpts", "device").Text()
	}
	return "", ""
}

func projectContainer(n tree.Node, path string) ContainerDefinition {
	c := ContainerDefinition{
		Path: path, Name: n.Get("name").Text(), Image: n.Get("image").Text(),
		Privileged: isTrue(n.Get("privileged")), User: n.Get("user").Text(),
		ReadOnlyRoot: isTrue(n.Get("readonlyRootFilesystem")),
		CapPath:      path + ".linuxParameters.capabilities.add",
	}
	for name := range n.Get("linuxParameters", "capabilities", "add").All() {
		c.Capabilities = append(c.Capabilities, strings.TrimPrefix(strings.ToUpper(name.Text()), "CAP_"))
	}
	for at, m := range each(n.Get("mountPoints"), path+".mountPoints") {
		c.Mounts = append(c.Mounts, MountPoint{
			Path: at, Volume: m.Get("sourceVolume").Text(), ContainerPath: m.Get("containerPath").Text(), ReadOnly: isTrue(m.Get("readOnly")),
		})
	}
	for at, p := range each(n.Get("portMappings"), path+".portMappings") {
		container, _ := number(p.Get("containerPort"))
		host, _ := number(p.Get("hostPort"))
		protocol := p.Get("protocol").Text()
		if protocol == "" {
			protocol = "tcp"
		}
		last := container
		if first, end, ok := portRange(p.Get("containerPortRange").Text()); ok {
			container, last = first, end
		}
		c.Ports = append(c.Ports, PortMapping{Path: at, Container: container, Last: last, Host: host, Protocol: protocol})
	}
	for at, v := range each(n.Get("environment"), path+".environment") {
		if kind, ok := redact.Marked(v.Get("value").Text()); ok && kind != "" {
			c.Credentials = append(c.Credentials, Credential{Path: at + ".value", Name: v.Get("name").Text(), Kind: kind})
		}
	}
	for _, list := range []string{"command", "entryPoint"} {
		for at, word := range each(n.Get(list), path+"."+list) {
			if kind, ok := redact.MarkedIn(word.Text()); ok {
				c.Credentials = append(c.Credentials, Credential{Path: at, Kind: kind})
			}
		}
	}
	return c
}

// portRange reads a range of ports: "8080-8090".
func portRange(text string) (first, last int32, ok bool) {
	from, to, cut := strings.Cut(text, "-")
	a, err := strconv.ParseUint(from, 10, 16)
	b, err2 := strconv.ParseUint(to, 10, 16)
	if !cut || err != nil || err2 != nil || a > b {
		return 0, 0, false
	}
	return int32(a), int32(b), true
}

// TaskSpec is the projection of an Amazon ECS task.
type TaskSpec struct {
	TaskDefinition inventory.UID
	// Service is the name of the service that started the task; "" for one of its own.
	Service           string
	ContainerInstance inventory.UID
	// Cluster is the ARN of its cluster.
	Cluster inventory.UID
	// Status is its lastStatus: PROVISIONING, PENDING, RUNNING, STOPPED and others.
	Status string
	// Interfaces lists the IDs of the task's network interfaces, in the mode awsvpc, Subnet is theirs, and
	// PrivateIPs and IPv6s their addresses.
	Interfaces        []string
	Subnet            string
	PrivateIPs, IPv6s []string
	// IPv6Path is the JSONPath of the first of IPv6s.
	IPv6Path string
	// Bindings lists the ports of the container instance that lead to the containers, in the modes bridge and
	// host.
	Bindings []Binding
	// Digests gives the image that each container really runs, by its name: "sha256:…".
	Digests map[string]string
}

// Binding is one port of a container instance that leads to a container
// (https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_NetworkBinding.html).
type Binding struct {
	// Path is the JSONPath of the binding, Container the name of its container.
	Path, Container string
	// Port and LastPort are those of the container, Host and LastHost those of the instance: a range, or one port
	// twice.
	Port, LastPort, Host, LastHost int32
	// Protocol is tcp or udp.
	Protocol string
}

func projectTask(r *inventory.Resource, object tree.Node) {
	t := &TaskSpec{
		TaskDefinition:    inventory.UID(object.Get("taskDefinitionArn").Text()),
		ContainerInstance: inventory.UID(object.Get("containerInstanceArn").Text()),
		Cluster:           inventory.UID(object.Get("clusterArn").Text()),
		Status:            object.Get("lastStatus").Text(),
		Digests:           map[string]string{},
	}
	t.Service, _ = strings.CutPrefix(object.Get("group").Text(), "service:")
	if !strings.HasPrefix(object.Get("group").Text(), "service:") {
		t.Service = ""
	}
	for a := range object.Get("attachments").All() {
		for d := range a.Get("details").All() {
			switch value := d.Get("value").Text(); d.Get("name").Text() {
			case "networkInterfaceId":
				t.Interfaces = append(t.Interfaces, value)
			case "subnetId":
				t.Subnet = value
			}
		}
	}
	for path, c := range each(object.Get("containers"), "$.containers") {
		t.addNetwork(path, c)
		if digest := c.Get("imageDigest").Text(); digest != "" {
			t.Digests[c.Get("name").Text()] = digest
		}
	}
	r.Spec = t
	relate(r, inventory.InCluster, string(t.Cluster), "$.clusterArn")
	relate(r, inventory.RunsTaskDefinition, string(t.TaskDefinition), "$.taskDefinitionArn")
	relate(r, inventory.RunsOn, string(t.ContainerInstance), "$.containerInstanceArn")
}

// addNetwork reads the addresses and ports of a container. Those of a task are the same in each container.
func (t *TaskSpec) addNetwork(path string, c tree.Node) {
	for at, n := range each(c.Get("networkInterfaces"), path+".networkInterfaces") {
		if t.IPv6Path == "" && n.Get("ipv6Address").Text() != "" {
			t.IPv6Path = at + ".ipv6Address"
		}
		for _, field := range []struct {
			name string
			list *[]string
		}{{"privateIpv4Address", &t.PrivateIPs}, {"ipv6Address", &t.IPv6s}} {
			if ip := n.Get(field.name).Text(); ip != "" && !slices.Contains(*field.list, ip) {
				*field.list = append(*field.list, ip)
			}
		}
	}
	for at, n := range each(c.Get("networkBindings"), path+".networkBindings") {
		b := Binding{Path: at, Container: c.Get("name").Text(), Protocol: n.Get("protocol").Text()}
		b.Port, _ = number(n.Get("containerPort"))
		b.Host, _ = number(n.Get("hostPort"))
		b.LastPort, b.LastHost = b.Port, b.Host
		if first, last, ok := portRange(n.Get("containerPortRange").Text()); ok {
			b.Port, b.LastPort = first, last
		}
		if first, last, ok := portRange(n.Get("hostPortRange").Text()); ok {
			b.Host, b.LastHost = first, last
		}
		t.Bindings = append(t.Bindings, b)
	}
}

// ContainerInstanceSpec is the projection of an Amazon ECS container instance.
type ContainerInstanceSpec struct {
	// Cluster is the ARN of its cluster, which only its own ARN says, and the old form of that not even.
	Cluster string
	// Instance is the ID of the EC2 instance; that of an external instance begins with "mi-".
	Instance string
	// Provider is the name of the capacity provider that it belongs to; "" for none.
	Provider string
}

func projectContainerInstance(r *inventory.Resource, object tree.Node) {
	s := &ContainerInstanceSpec{Instance: object.Get("ec2InstanceId").Text(), Provider: object.Get("capacityProviderName").Text()}
	if a, ok := r.UID.ARN(); ok {
		// container-instance/CLUSTER/ID, and container-instance/ID before 2018
		if parts := strings.Split(a.Resource, "/"); len(parts) == 3 {
			s.Cluster = inventory.ARN{Partition: a.Partition, Service: "ecs", Region: a.Region, Account: a.Account, Resource: "cluster/" + parts[1]}.String()
		}
	}
	r.Spec = s
	relate(r, inventory.InCluster, s.Cluster, "$.containerInstanceArn")
}
