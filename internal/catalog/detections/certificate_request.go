package detections

import (
	"encoding/asn1"
	"encoding/base64"
	"encoding/pem"
	"slices"
	"strings"

	"github.com/merlonsec/merlon/internal/rule"
)

// requestsPower reports whether the certificate that a CertificateSigningRequest asks for is to be for a name or a group
// of Kubernetes' own: system:masters, a node, a controller.
func requestsPower(a *rule.Action) bool {
	written := a.Request.Get("spec").Get("request").Text()
	if written == "" {
		written = a.Response.Get("spec").Get("request").Text()
	}
	text, err := base64.StdEncoding.DecodeString(written)
	if err != nil {
		return false
	}
	block, _ := pem.Decode(text)
	if block == nil {
		return false
	}
	return slices.ContainsFunc(subjectNames(block.Bytes), func(name string) bool {
		return strings.HasPrefix(name, "system:") && name != "system:authenticated" || isPowerfulGroup(name)
	})
}

// subjectNames gives the common name and the organizations in the subject of a certificate request (RFC 2986): the name
// and the groups of the user (https://kubernetes.io/docs/reference/access-authn-authz/authentication/#x509-client-certificates).
// crypto/x509 is not for a package without network.
func subjectNames(der []byte) (names []string) {
	var request struct{ Info, Algorithm, Signature asn1.RawValue }
	if _, err := asn1.Unmarshal(der, &request); err != nil {
		return nil
	}
	var version int
	rest, err := asn1.Unmarshal(request.Info.Bytes, &version)
	if err != nil {
		return nil
	}
	var subject []attributesSET
	if _, err := asn1.Unmarshal(rest, &subject); err != nil {
		return nil
	}
	commonName, organization := asn1.ObjectIdentifier{2, 5, 4, 3}, asn1.ObjectIdentifier{2, 5, 4, 10}
	for _, attributes := range subject {
		for _, a := range attributes {
			if a.Type.Equal(commonName) || a.Type.Equal(organization) {
				names = append(names, string(a.Value.Bytes))
			}
		}
	}
	return names
}

// attributesSET is one part of a distinguished name; by the end of its name, encoding/asn1 knows that it is a set.
type attributesSET []struct {
	Type  asn1.ObjectIdentifier
	Value asn1.RawValue
}
