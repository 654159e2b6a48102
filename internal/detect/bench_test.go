package detect_test

import (
	"testing"

	"github.com/merlonsec/merlon/internal/catalog"
	"github.com/merlonsec/merlon/internal/detect"
	"github.com/merlonsec/merlon/internal/event"
	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/rule"
)

// BenchmarkTake takes an event that no rule looks at, with all rules: what the engine costs beside the decoder.
func BenchmarkTake(b *testing.B) {
	engine := detect.New(detect.Options{Rules: catalog.Detections(), Around: rule.Surroundings{Cluster: "prod"}, Found: func(*finding.Detection) {}})
	e := event.Event{
		Level: event.LevelMetadata, Stage: event.StageResponseComplete, Verb: "get", AuditID: "5f0d6f3c-2c54-4a8e-9f11-5a2f3c3f7a10",
		User:      event.User{Name: "system:node:ip-10-0-3-7.ec2.internal"},
		SourceIPs: `["10.0.3.7"]`, UserAgent: "kubelet/v1.35.0", Code: 200,
		Object: event.Reference{Resource: "configmaps", Namespace: "shop", Name: "web", Version: "v1"},
	}
	at := start.UnixNano()
	b.ReportAllocs()
	for b.Loop() {
		at += 3000
		e.Received, e.At = at, at
		engine.Take(&e)
	}
}
