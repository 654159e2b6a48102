// Command kube-controller-manager is the controllers of Kubernetes, as its own
// project builds them, for the end-to-end tests: they fill the aggregated
// ClusterRoles and turn Deployments into Pods.
package main

import (
	"os"

	"k8s.io/component-base/cli"
	"k8s.io/kubernetes/cmd/kube-controller-manager/app"
)

func main() {
	os.Exit(cli.Run(app.NewControllerManagerCommand()))
}
