package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"math/big"
	"net"
	"net/http"
	"time"
)

// kubeletPort is where the API server expects a kubelet, as the Node objects say.
const kubeletPort = "10250"

// pipes is a listener of connections that are handed over rather than dialled.
type pipes struct{ conns chan net.Conn }

func newPipes() *pipes { return &pipes{conns: make(chan net.Conn)} }

// Accept returns the next connection.
func (p *pipes) Accept() (net.Conn, error) { return <-p.conns, nil }

// Close does nothing: the program ends with its listeners.
func (p *pipes) Close() error { return nil }

// Addr names the listener for logs.
func (p *pipes) Addr() net.Addr { return &net.UnixAddr{Name: "pipe", Net: "unix"} }

// connectHandler answers CONNECT and gives the connection to the kubelet or to the Pod.
func connectHandler(kubelet, pod *pipes) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		// The API server's Host header is always loopback; the target is in the request line.
		_, port, err := net.SplitHostPort(r.RequestURI)
		if r.Method != http.MethodConnect || err != nil {
			http.Error(w, "only CONNECT HOST:PORT", http.StatusBadRequest)
			return
		}
		conn, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		if _, err := fmt.Fprint(conn, "HTTP/1.1 200 OK\r\n\r\n"); err != nil {
			_ = conn.Close() // It is gone already.
			return
		}
		if port == kubeletPort {
			kubelet.conns <- conn
			return
		}
		pod.conns <- conn
	})
}

// newCertificate returns a certificate that signs itself: without
// --kubelet-certificate-authority the API server asks for no more.
func newCertificate() (tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, err
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1),
		NotAfter:     time.Now().Add(24 * time.Hour),
		ExtKeyUsage:  []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		return tls.Certificate{}, err
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, nil
}
