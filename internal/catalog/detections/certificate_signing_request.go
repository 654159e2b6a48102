package detections

import (
	"encoding/asn1"
	"encoding/base64"
	"encoding/pem"
	"slices"
	"strings"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/rule"
	"github.com/merlonsec/merlon/internal/tree"
)

// CertificateSigningRequest finds requests for certificates with which clients sign in, and their approval. Those that
// kubelets make for themselves are left out: they have a signer of their own, which signs nothing else
// (https://kubernetes.io/docs/reference/access-authn-authz/certificate-signing-requests/#kubernetes-signers).
var CertificateSigningRequest = rule.Detection{
	Type:     "Persistence:Kubernetes/CertificateSigningRequest",
	Origin:   rule.Ours,
	Severity: finding.SeverityMedium,
	Grade: func(a *rule.Action) finding.Severity {
		if requestsPower(a) {
			return finding.SeverityHigh
		}
		return finding.SeverityMedium
	},
	References: []rule.Reference{attack("T1649"), attack("T1098")},
	Title: lang.Text{
		EN: "Client certificate requested or approved",
		ES: "Certificado de cliente solicitado o aprobado",
		PT: "Certificado de cliente solicitado ou aprovado",
	},
	Why: lang.Text{
		EN: "A client certificate signs its holder in with the name and the groups that stand in it, until it expires: Kubernetes cannot revoke one. It outlives the account that asked for it.",
		ES: "Un certificado de cliente autentica a quien lo tiene con el nombre y los grupos que contiene hasta que caduca: Kubernetes no puede revocarlo. Sobrevive a la cuenta que lo solicitó.",
		PT: "Um certificado de cliente autentica quem o tem com o nome e os grupos que contém até expirar: o Kubernetes não pode revogá-lo. Ele sobrevive à conta que o solicitou.",
	},
	Fix: fix(lang.Text{
		EN: "Deny or delete the request, and look at whom it names\n\nIf it was signed already, take every permission from the name and the groups in the certificate; only a new certificate authority makes it invalid.",
		ES: "Deniegue o borre la solicitud y mire a quién nombra\n\nSi ya se firmó, quite todos los permisos al nombre y a los grupos del certificado; solo una autoridad de certificación nueva lo invalida.",
		PT: "Negue ou exclua a solicitação e veja quem ela nomeia\n\nSe já foi assinada, retire todas as permissões do nome e dos grupos do certificado; só uma nova autoridade certificadora o invalida.",
	}, `
kubectl get csr NAME -o jsonpath='{.spec.request}' | base64 -d | openssl req -noout -subject
kubectl get csr NAME -o yaml > NAME.yaml
kubectl certificate deny NAME
kubectl delete csr NAME
`, shutOut()),
	On: []rule.Selector{
		{Verbs: []string{"create"}, Resources: []string{"certificatesigningrequests.certificates.k8s.io"}},
		{Verbs: []string{"update", "patch"}, Resources: []string{"certificatesigningrequests.certificates.k8s.io/approval"}},
	},
	Where: []rule.EventCondition{
		tookEffect(),
		notBy("not-by-approver", controllers, eksCertificates),
		made("client-certificate", clientSigner),
	},
	About: []rule.EventField{rule.FieldUser, rule.FieldName},
	Examples: []rule.EventExample{
		{
			Name:  "a certificate for a user",
			Input: signingRequest(record{Verb: "create", Code: 201}, "kubernetes.io/kube-apiserver-client", requestForDeveloper),
			Want:  finding.Present,
			Path:  "$.requestObject.spec.signerName",
		},
		{
			Name:     "a certificate for a member of system:masters, by the signer that signs anything",
			Input:    signingRequest(record{Verb: "create", Code: 201}, "kubernetes.io/legacy-unknown", requestForMaster),
			Want:     finding.Present,
			Severity: graded(finding.SeverityHigh),
		},
		{
			Name: "an approval",
			Input: signingRequest(record{User: admin, Verb: "update", Resource: "certificatesigningrequests.certificates.k8s.io/approval"},
				"kubernetes.io/kube-apiserver-client", requestForDeveloper),
			Want: finding.Present,
		},
		{
			Name: "a denial",
			Input: record{
				User: admin, Verb: "update", Resource: "certificatesigningrequests.certificates.k8s.io/approval", Name: "ops",
				Request: `{"kind":"CertificateSigningRequest","apiVersion":"certificates.k8s.io/v1","metadata":{"name":"ops"},"spec":{"signerName":"kubernetes.io/kube-apiserver-client"},` +
					`"status":{"conditions":[{"type":"Denied","status":"True","reason":"KubectlDeny"}]}}`,
			}.String(),
			Want: finding.Absent,
		},
		{
			Name:   "a kubelet's own certificate",
			Input:  signingRequest(record{User: "system:bootstrap:07401b", Verb: "create", Code: 201}, "kubernetes.io/kube-apiserver-client-kubelet", requestForDeveloper),
			Want:   finding.Absent,
			Misses: "client-certificate",
		},
		{
			Name: "the approver of EKS",
			Input: signingRequest(record{
				User: "eks:certificate-controller", UserAgent: "Go-http-client/2.0", Verb: "update",
				Resource: "certificatesigningrequests.certificates.k8s.io/approval",
			}, "kubernetes.io/kube-apiserver-client", requestForDeveloper),
			Want:   finding.Absent,
			Misses: "not-by-approver",
		},
		{
			Name: "the account of the approver of kubelets, for a user",
			Input: signingRequest(record{
				User: "system:serviceaccount:kube-system:certificate-controller", UserAgent: agentControllers, Verb: "update",
				Resource: "certificatesigningrequests.certificates.k8s.io/approval",
			}, "kubernetes.io/kube-apiserver-client", requestForDeveloper),
			Want: finding.Present,
		},
		{
			Name:   "a request that was not allowed",
			Input:  signingRequest(record{Verb: "create", Code: 403}, "kubernetes.io/kube-apiserver-client", requestForDeveloper),
			Want:   finding.Absent,
			Misses: "took-effect",
		},
		{
			Name:  "a record without the request",
			Input: record{Verb: "create", Resource: "certificatesigningrequests.certificates.k8s.io", Name: "ops", Code: 201}.String(),
			Want:  finding.Unknown,
		},
	},
}

// clientSigner gives the path of the signer of a request whose certificate lets clients sign in to the API server; ""
// where the request was denied.
func clientSigner(n tree.Node) string {
	for condition := range n.Get("status", "conditions").All() {
		if condition.Get("type").Text() == "Denied" {
			return ""
		}
	}
	switch n.Get("spec", "signerName").Text() {
	case "kubernetes.io/kube-apiserver-client", "kubernetes.io/legacy-unknown":
		return "$.spec.signerName"
	}
	return ""
}

// requestsPower reports whether the certificate is to be for a name or a group of Kubernetes' own: system:masters, a
// node, a controller.
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
	var request certificationRequest
	if _, err := asn1.Unmarshal(block.Bytes, &request); err != nil {
		return false
	}
	return slices.ContainsFunc(request.Info.Subject, func(names attributeSET) bool {
		return slices.ContainsFunc(names, attribute.isPowerful)
	})
}

// certificationRequest is as much of a request as says for whom the certificate is to be (RFC 2986, section 4). Package
// crypto/x509 reads it too, and asks the machine for its certificates.
type certificationRequest struct {
	Info struct {
		Version int
		Subject []attributeSET
		Key     asn1.RawValue
		More    asn1.RawValue `asn1:"optional,tag:0"`
	}
	Algorithm, Signature asn1.RawValue
}

// attributeSET is one part of a name, which nearly always has one attribute. Package encoding/asn1 knows a set by the end
// of its type's name.
type attributeSET []attribute

type attribute struct {
	Type  asn1.ObjectIdentifier
	Value any
}

// isPowerful reports whether an attribute is a user (CN) or a group (O) that Kubernetes gives rights by its name.
func (a attribute) isPowerful() bool {
	commonName, organization := asn1.ObjectIdentifier{2, 5, 4, 3}, asn1.ObjectIdentifier{2, 5, 4, 10}
	name, _ := a.Value.(string)
	if !a.Type.Equal(commonName) && !a.Type.Equal(organization) {
		return false
	}
	return strings.HasPrefix(name, "system:") && name != "system:authenticated" || isPowerfulGroup(name)
}

func signingRequest(r record, signer, request string) string {
	if r.Resource == "" {
		r.Resource = "certificatesigningrequests.certificates.k8s.io"
	}
	r.Name = "ops"
	r.Request = `{"kind":"CertificateSigningRequest","apiVersion":"certificates.k8s.io/v1","metadata":{"name":"ops"},"spec":{"request":"` +
		request + `","signerName":"` + signer + `","usages":["client auth"]}}`
	return r.String()
}

// The requests of examples, for the subjects O=developers, CN=dev and O=system:masters, CN=ops.
const (
	requestForDeveloper = "LS0tLS1CRUdJTiBDRVJUSUZJQ0FURSBSRVFVRVNULS0tLS0KTUlHaU1GWUNBUUF3SXpFVE1CRUdBMVVFQ2hNS1pHVjJaV3h2Y0dW" +
		"eWN6RU1NQW9HQTFVRUF4TURaR1YyTUNvdwpCUVlESzJWd0F5RUE3Sml5YlN1QlNNbWZCa1pMckdaSE91ZmNwRm16dG83cVZMSGli" +
		"NUtJRXk2Z0FEQUZCZ01yClpYQURRUUJPQ1VNWVNUSjE4R0w3dmh2NEE0Y1dUQUhoU1VhUk1IRWpSdS83NDJzWkpzZVV5YnNZam9z" +
		"ZFhNK0YKR1lsTENqTzZncXNRb2hrMlRQUytlR2Mrcm5NQQotLS0tLUVORCBDRVJUSUZJQ0FURSBSRVFVRVNULS0tLS0K"
	requestForMaster = "LS0tLS1CRUdJTiBDRVJUSUZJQ0FURSBSRVFVRVNULS0tLS0KTUlHbU1Gb0NBUUF3SnpFWE1CVUdBMVVFQ2hNT2MzbHpkR1Z0T20x" +
		"aGMzUmxjbk14RERBS0JnTlZCQU1UQTI5dwpjekFxTUFVR0F5dGxjQU1oQUlQZkx2bFJJcDQzYldIeHJWVmVKU1hEUjF2M1pxTldG" +
		"U1FQdkVZVnJaUTBvQUF3CkJRWURLMlZ3QTBFQVJEQmkrMVdRTXZyUFByVGExTTdLUzhocWFDUCtoQ2JWeEZ2YURiQjVyUEFveWVp" +
		"YVM3NHoKM0Q4Ti9XMkFtS3Z6NllwZlZBS2h0Ny9lb2locysra2xEUT09Ci0tLS0tRU5EIENFUlRJRklDQVRFIFJFUVVFU1QtLS0t" +
		"LQo="
)
