package finding

// Texts is called with each text of a detection that may come from the record.
type Texts struct {
	// Name is called with what is a name or an identity, and Text with what is written freely or leads somewhere.
	Name, Text func(text *string)
}

// Each goes through the texts of a detection.
func (t Texts) Each(d *Detection) {
	t.names(&d.Cluster, (*string)(&d.Resource.UID), &d.Resource.Name, &d.Resource.Namespace, &d.AuditID)
	t.actor(&d.Actor)
	t.call(&d.Call)
	t.details(d)
	for i := range d.Why {
		for j := range d.Why[i].Evidence {
			t.Text(&d.Why[i].Evidence[j].Path)
			t.Text(&d.Why[i].Evidence[j].Value)
		}
	}
	for i := range d.Lists {
		t.names(&d.Lists[i].Name, &d.Lists[i].Address)
	}
	if d.Window != nil {
		t.texts(d.Window.Examples)
	}
	if d.Anomaly != nil {
		t.fits(d.Anomaly.Unusual)
		t.fits(d.Anomaly.Usual)
	}
	if d.Sequence != nil {
		t.Name(&d.Sequence.Subject)
		for i := range d.Sequence.Signals {
			s := &d.Sequence.Signals[i]
			t.names(&s.Actor, &s.Address, &s.Object)
		}
	}
}

func (t Texts) names(all ...*string) {
	for _, name := range all {
		t.Name(name)
	}
}

func (t Texts) texts(all []string) {
	for i := range all {
		t.Text(&all[i])
	}
}

func (t Texts) list(all []string) {
	for i := range all {
		t.Name(&all[i])
	}
}

func (t Texts) actor(a *Actor) {
	t.names(&a.Username, &a.UID, &a.ARN, &a.SessionName, &a.Pod)
	t.list(a.Groups)
	if a.Impersonated != nil {
		t.actor(a.Impersonated)
	}
}

func (t Texts) call(c *APICall) {
	t.names(&c.Verb, &c.Resource, &c.Subresource, &c.Name, &c.Namespace)
	t.Text(&c.RequestURI)
	t.Text(&c.UserAgent)
	t.Text(&c.Parameters)
	t.Text(&c.Command)
	t.list(c.SourceIPs)
}

func (t Texts) details(d *Detection) {
	if w := d.Workload; w != nil {
		t.names(&w.Type, &w.Name, &w.Namespace, &w.UID, &w.ServiceAccount)
		for i := range w.Containers {
			c := &w.Containers[i]
			t.names(&c.Name, &c.Image, &c.ImagePrefix)
			for j := range c.Mounts {
				t.names(&c.Mounts[j].Name, &c.Mounts[j].MountPath)
			}
		}
		for i := range w.Volumes {
			t.names(&w.Volumes[i].Name, &w.Volumes[i].HostPath)
		}
	}
	if b := d.Binding; b != nil {
		t.names(&b.Kind, &b.Name, &b.UID, &b.RoleKind, &b.RoleName)
		t.list(b.Subjects)
	}
	if r := d.Role; r != nil {
		t.names(&r.Kind, &r.Name, &r.UID)
	}
	if p := d.Permission; p != nil {
		t.names(&p.Verb, &p.Resource, &p.Namespace)
	}
}

func (t Texts) fits(all []ProfileFit) {
	for i := range all {
		t.Text(&all[i].Value)
		t.texts(all[i].Frequent)
	}
}

// What a detection takes in memory beside its texts: by itself with all its details, and each element of its lists.
const (
	sizeOfDetection = 2 << 10
	sizeOfText      = 32
)

// Size is about how much memory a detection takes, in bytes. It follows from the detection alone.
func (d *Detection) Size() int {
	size := sizeOfDetection
	add := func(text *string) { size += sizeOfText + len(*text) }
	Texts{Name: add, Text: add}.Each(d)
	if d.Sequence != nil {
		size += len(d.Sequence.Signals) * sizeOfDetection / 8
	}
	return size
}
