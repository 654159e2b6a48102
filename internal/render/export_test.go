package render

import (
	"errors"
	"os"
	"os/exec"
	"runtime"
)

// TakesNetworkAway reports why the system does not let a child be started without a network.
func TakesNetworkAway() error {
	if runtime.GOOS != "linux" {
		return errors.New("it is not Linux")
	}
	cmd := exec.Command(os.Args[0], "-memory=1", "helm", "nothing")
	cmd.SysProcAttr = attributes(true)
	return cmd.Run()
}
