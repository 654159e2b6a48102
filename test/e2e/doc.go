// Package e2e tests Merlon against real servers: an etcd, a kube-apiserver and a
// kube-controller-manager, and moto, which answers as AWS does, that it starts on
// loopback, in a temporary folder, and stops when the test ends.
//
// The programs come from bin/, where "make e2e-tools" builds them from the nested
// module test/apiserver; "make e2e" does both. Everything else is behind the build
// tag e2e, so that go test ./... needs none of it. Controllers run where a test asks
// for them: without, Deployments make no Pods, and the aggregated ClusterRoles
// (admin, edit, view) have no rules. No container ever runs: Pods stay Pending, or
// are said to run, and kubelet-standin answers for them. A test writes the objects
// that it needs.
//
// moto and the AWS CLI come from bin/aws, which test/aws/venv.sh makes of pinned
// packages. What a test needs it creates with the AWS CLI.
package e2e
