package graph_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/merlonsec/merlon/internal/graph"
)

func TestEntryThroughAGateway(t *testing.T) {
	const service = "apiVersion: v1\nkind: Service\nmetadata: {name: s, namespace: shop}\nspec: {selector: {app: web}}\n---\n"
	const gateway = `apiVersion: gateway.networking.k8s.io/v1
kind: Gateway
metadata: {name: g, namespace: shop}
spec:
  gatewayClassName: gke-l7-global-external-managed
  listeners: [{name: web, port: 80, protocol: HTTP}]
---
`
	const route = `apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: {name: r, namespace: shop}
spec:
  parentRefs: [{name: g, sectionName: web}]
  rules: [{backendRefs: [{name: s, port: 80}]}]
---
`
	all := web + service + gateway + route
	elsewhere := strings.Replace(strings.Replace(route, "namespace: shop", "namespace: infra", 1), "{name: g,", "{name: g, namespace: shop,", 1)
	for _, c := range []struct {
		name, yaml string
		want       []string
	}{
		{"a public class leads through its route", all, []string{"exposes", "routes-to", "routes-to", "selects"}},
		{"a class that says nothing may", strings.Replace(all, "gke-l7-global-external-managed", "istio", 1), []string{"exposes?", "routes-to", "routes-to", "selects"}},
		{"an internal class does not", strings.Replace(all, "gke-l7-global-external-managed", "gke-l7-rilb", 1), nil},
		{"a route of another listener does not attach", strings.Replace(all, "sectionName: web", "sectionName: tls", 1), nil},
		{"a route of another Gateway does not", strings.Replace(all, "{name: g, sectionName: web}", "{name: other}", 1), nil},
		{"a route of a mesh does not", strings.Replace(all, "{name: g, sectionName: web}", `{group: "", kind: Service, name: g}`, 1), nil},
		{"a route from a namespace that is not let in does not", web + service + gateway + elsewhere, nil},
		{
			"a route from a namespace that is let in may reach a Service of another one",
			web + service + strings.Replace(gateway, "protocol: HTTP}", "protocol: HTTP, allowedRoutes: {namespaces: {from: All}}}", 1) +
				strings.Replace(elsewhere, "{name: s,", "{name: s, namespace: shop,", 1),
			[]string{"exposes", "routes-to?", "routes-to?", "selects"},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := graph.New(world(t, c.yaml), nil).Entry(webUID, nil)
			if diff := cmp.Diff(c.want, hops(got)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
			if len(got) > 1 && !strings.Contains(got[1].Why.EN, "Gateway") {
				t.Errorf("the edge says %q", got[1].Why.EN)
			}
		})
	}
}

func TestALoadBalancerForSomeNetworksMayBeReached(t *testing.T) {
	yaml := web + serviceWith("metadata: {name: s, namespace: shop, annotations: {service.beta.kubernetes.io/aws-load-balancer-scheme: internet-facing}}\n"+
		"spec: {type: LoadBalancer, selector: {app: web}, loadBalancerSourceRanges: [203.0.113.0/24]}")
	if diff := cmp.Diff([]string{"exposes?", "selects"}, hops(graph.New(world(t, yaml), nil).Entry(webUID, nil))); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}
