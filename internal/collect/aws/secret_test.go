package aws_test

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"

	"github.com/merlonsec/merlon/internal/inventory"
	resource "github.com/merlonsec/merlon/internal/inventory/aws"
	"github.com/merlonsec/merlon/internal/inventory/schema"
	"github.com/merlonsec/merlon/test/awsstub"
)

// TestNoValueOfASecretLeavesTheCollector plants a value in environments, user data and the options of a log driver, and
// looks for it in all that comes out.
func TestNoValueOfASecretLeavesTheCollector(t *testing.T) {
	const canary = "canary-7Gq2vXw9"
	stub, o := serve(t, awsstub.Account{Secret: canary})
	stub.Fail(on("ecs:ListContainerInstances", func(awsstub.Request) *awsstub.Fault {
		return &awsstub.Fault{Code: "InvalidParameterException", Message: "password=" + canary + " is not valid"}
	}))
	stub.Fail(on("kms:DescribeKey", func(awsstub.Request) *awsstub.Fault {
		return &awsstub.Fault{Status: 200, Raw: "<html>" + canary, ContentType: "text/html"}
	}))
	stub.Fail(on("guardduty:ListDetectors", func(awsstub.Request) *awsstub.Fault {
		return &awsstub.Fault{Status: 200, Raw: `{"detectorIds": "` + canary + `"}`, ContentType: "application/json"}
	}))
	res := read(t, o)
	if n := len(notRead(res)); n != 3 {
		t.Errorf("%d problems: %v", n, notRead(res))
	}
	v := schema.NewView(res.Sources, res.Resources)
	var snapshot bytes.Buffer
	if err := inventory.WriteSnapshot(&snapshot, inventory.Header{TakenAt: time.Unix(0, 0)}, v); err != nil {
		t.Fatal(err)
	}
	unpacked, err := zstd.NewReader(&snapshot)
	if err != nil {
		t.Fatal(err)
	}
	defer unpacked.Close()
	text, err := io.ReadAll(unpacked)
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	all.Write(text)
	all.WriteString(strings.Join(notRead(res), "\n"))
	credentials := 0
	for _, r := range res.Resources {
		fmt.Fprintf(&all, "%+v\n", r.Spec)
		if d, ok := r.Spec.(*resource.TaskDefinitionSpec); ok {
			for _, c := range d.Containers {
				credentials += len(c.Credentials)
			}
		}
	}
	for name, what := range map[string]string{
		"the value": canary, "the value in Base64": base64.StdEncoding.EncodeToString([]byte("#!/bin/sh\nexport TOKEN=" + canary))[:40],
	} {
		if i := strings.Index(all.String(), what); i >= 0 {
			t.Errorf("%s is in what comes out: …%s…", name, all.String()[max(0, i-200):min(all.Len(), i+100)])
		}
	}
	if credentials == 0 || !strings.Contains(all.String(), "DB_PASSWORD") {
		t.Error("the verdict on the variable is lost with its value")
	}
}

func TestASnapshotOfAnAccountReadsBackTheSame(t *testing.T) {
	_, o := serve(t, awsstub.Account{})
	res := read(t, o)
	v := schema.NewView(res.Sources, res.Resources)
	var snapshot bytes.Buffer
	if err := inventory.WriteSnapshot(&snapshot, inventory.Header{TakenAt: time.Unix(0, 0)}, v); err != nil {
		t.Fatal(err)
	}
	header, resources, err := inventory.ReadSnapshot(&snapshot, schema.Project)
	if err != nil {
		t.Fatal(err)
	}
	again := schema.NewView(header.Sources, resources)
	changes := inventory.Diff(v, again)
	if len(changes.Added)+len(changes.Removed)+len(changes.Changed) > 0 {
		t.Errorf("changes: %+v", changes)
	}
	for _, s := range res.Sources {
		for _, ty := range s.Complete {
			if !again.Closed(s.Cluster, ty) {
				t.Errorf("%s of %s is not closed any more", ty, s.Cluster)
			}
		}
	}
	for _, r := range v.All() {
		if got := again.Get(r.UID); got.Name != r.Name || got.Account != r.Account || got.Region != r.Region || fmt.Sprint(got.Relations) != fmt.Sprint(r.Relations) {
			t.Errorf("%s: %+v, was %+v", r.UID, got, r)
		}
	}
}
