// Command kubelet-standin answers the API server in place of kubelets and Pods, for
// the end-to-end tests: exec, attach, port-forward and the proxies get their real
// upgrades and status codes, so that the audit log is the real one, but no command
// is ever run and no container exists.
//
// It listens on one Unix socket (the only argument) as the HTTP CONNECT proxy of
// the API server's egress configuration. Whatever address the API server would
// reach in the cluster, it reaches this program: the kubelet on port 10250, a Pod's
// web server on any other. So nodes and Pods can have addresses that the API server
// is willing to proxy to, which it refuses for loopback, and nobody else on the
// machine can connect.
package main

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: kubelet-standin SOCKET")
		os.Exit(2)
	}
	if err := run(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "kubelet-standin:", err)
		os.Exit(1)
	}
}

// run serves until a signal ends the program.
func run(socket string) error {
	cert, err := newCertificate()
	if err != nil {
		return fmt.Errorf("make certificate: %w", err)
	}
	kubelet, pod := newPipes(), newPipes()
	proxy, err := new(net.ListenConfig).Listen(context.Background(), "unix", socket)
	if err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	failed := make(chan error, 3)
	// HTTP/2 has no upgrades; like the kubelet's streams, this is HTTP/1.1 only.
	config := &tls.Config{Certificates: []tls.Certificate{cert}, MinVersion: tls.VersionTLS12, NextProtos: []string{"http/1.1"}}
	go func() { failed <- http.Serve(tls.NewListener(kubelet, config), kubeletHandler()) }()
	go func() { failed <- http.Serve(pod, podHandler()) }()
	go func() { failed <- http.Serve(proxy, connectHandler(kubelet, pod)) }()

	stop := make(chan os.Signal, 1)
	signal.Notify(stop, os.Interrupt, syscall.SIGTERM)
	select {
	case err := <-failed:
		return err
	case <-stop:
		return os.Remove(socket)
	}
}
