// Command kubectl is the client of Kubernetes, as its own project builds it, at
// the version of the API server that the end-to-end tests talk to.
package main

import (
	"os"

	_ "k8s.io/client-go/plugin/pkg/client/auth" // The login plugins that the real one carries.
	"k8s.io/component-base/cli"
	"k8s.io/component-base/logs"
	"k8s.io/kubectl/pkg/cmd"
	"k8s.io/kubectl/pkg/cmd/util"
)

func main() {
	_, err := logs.GlogSetter(cmd.GetLogVerbosity(os.Args))
	util.CheckErr(err)
	if err := cli.RunNoErrOutput(cmd.NewDefaultKubectlCommand()); err != nil {
		util.CheckErr(err)
	}
}
