//go:build e2e

package e2e

import (
	"crypto/tls"
	"encoding/pem"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"testing"
)

// reachedFrom returns the cluster as somebody at a desk reaches it: through a gateway at an
// address of this machine, which says in X-Forwarded-For whom it asks for. The gateway stops
// when the test ends.
func (c *Cluster) reachedFrom(t testing.TB, gateway, desk string) *Cluster {
	t.Helper()
	target, err := url.Parse(c.URL)
	if err != nil {
		t.Fatalf("read address: %v", err)
	}
	dialer := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(gateway)}}
	transport := &http.Transport{
		DialContext:     dialer.DialContext,
		TLSClientConfig: &tls.Config{RootCAs: (&actor{c: c, t: t}).authority(), MinVersion: tls.VersionTLS12},
	}
	proxy := httptest.NewTLSServer(&httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(target)
			r.Out.Header.Set("X-Forwarded-For", desk)
		},
		Transport:     transport,
		FlushInterval: -1, // A watch gives its answer piece by piece.
	})
	t.Cleanup(func() {
		proxy.Close()
		transport.CloseIdleConnections()
	})
	other := *c
	other.URL = proxy.URL
	other.CAFile = c.write("proxy.crt", string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: proxy.Certificate().Raw})))
	return &other
}
