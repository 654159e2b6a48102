package traits

import (
	"strings"

	"github.com/merlonsec/merlon/internal/rule"
)

// pss refers to a control of the Kubernetes Pod Security Standards by the name that the standard gives it.
func pss(control string) rule.Reference {
	return rule.Reference{Source: "PSS", ID: control, URL: "https://kubernetes.io/docs/concepts/security/pod-security-standards/"}
}

// cis refers to a recommendation of the CIS Kubernetes Benchmark, numbered as in its version 1.11.
func cis(number string) rule.Reference {
	return rule.Reference{Source: "CIS Kubernetes", ID: number, URL: "https://www.cisecurity.org/benchmark/kubernetes"}
}

// nsa refers to a section of the Kubernetes Hardening Guidance of NSA and CISA, version 1.2.
func nsa(section string) rule.Reference {
	return rule.Reference{
		Source: "NSA/CISA", ID: section,
		URL: "https://media.defense.gov/2022/Aug/29/2003066362/-1/-1/0/CTR_KUBERNETES_HARDENING_GUIDANCE_1.2_20220829.PDF",
	}
}

// attack refers to a technique of MITRE ATT&CK; a sub-technique's name begins with that of its technique, as on
// its page.
func attack(id string) rule.Reference {
	names := map[string]string{
		"T1003.007": "OS Credential Dumping: Proc Filesystem",
		"T1040":     "Network Sniffing",
		"T1041":     "Exfiltration Over C2 Channel",
		"T1057":     "Process Discovery",
		"T1078.004": "Valid Accounts: Cloud Accounts",
		"T1105":     "Ingress Tool Transfer",
		"T1133":     "External Remote Services",
		"T1190":     "Exploit Public-Facing Application",
		"T1195.002": "Supply Chain Compromise: Compromise Software Supply Chain",
		"T1204.003": "User Execution: Malicious Image",
		"T1210":     "Exploitation of Remote Services",
		"T1499":     "Endpoint Denial of Service",
		"T1525":     "Implant Internal Image",
		"T1528":     "Steal Application Access Token",
		"T1548.001": "Abuse Elevation Control Mechanism: Setuid and Setgid",
		"T1552.001": "Unsecured Credentials: Credentials In Files",
		"T1552.007": "Unsecured Credentials: Container API",
		"T1557":     "Adversary-in-the-Middle",
		"T1562.001": "Impair Defenses: Disable or Modify Tools",
		"T1610":     "Deploy Container",
		"T1611":     "Escape to Host",
	}
	return rule.Reference{Source: "ATT&CK", ID: id, Name: names[id], URL: "https://attack.mitre.org/techniques/" + strings.ReplaceAll(id, ".", "/") + "/"}
}

// threatMatrix refers to a technique of Microsoft's Threat Matrix for Kubernetes; page is its page's name,
// percent-encoded.
func threatMatrix(id, page string) rule.Reference {
	return rule.Reference{
		Source: "MS threat matrix", ID: id,
		URL: "https://microsoft.github.io/Threat-Matrix-for-Kubernetes/techniques/" + page + "/",
	}
}

// ecsControl refers to the control of AWS Security Hub CSPM that says the same of an ECS task definition.
func ecsControl(id, anchor string) rule.Reference {
	return rule.Reference{Source: "AWS", ID: id, URL: "https://docs.aws.amazon.com/securityhub/latest/userguide/ecs-controls.html#" + anchor}
}

// ecsExposure refers to the trait of the same meaning on AWS's page about exposures of ECS services.
func ecsExposure(anchor string) rule.Reference {
	return rule.Reference{Source: "AWS", ID: anchor, URL: "https://docs.aws.amazon.com/securityhub/latest/userguide/exposure-ecs-service.html#" + anchor}
}

// kubernetesDocs refers to a page of the Kubernetes documentation.
func kubernetesDocs(title, path string) rule.Reference {
	return rule.Reference{Source: "Kubernetes", ID: title, URL: "https://kubernetes.io/docs/" + path}
}

// eksControl refers to the control of AWS Security Hub CSPM that says the same of an EKS cluster.
func eksControl(id, anchor string) rule.Reference {
	return rule.Reference{Source: "AWS", ID: id, URL: "https://docs.aws.amazon.com/securityhub/latest/userguide/eks-controls.html#" + anchor}
}

// eksExposure refers to the trait of the same meaning on AWS's page about exposures of EKS clusters.
func eksExposure(anchor string) rule.Reference {
	return rule.Reference{Source: "AWS", ID: anchor, URL: "https://docs.aws.amazon.com/securityhub/latest/userguide/exposure-eks-cluster.html#" + anchor}
}

// cisEKS refers to a recommendation of the CIS Amazon EKS Benchmark, numbered as in its version 1.7.
func cisEKS(number string) rule.Reference {
	return rule.Reference{Source: "CIS EKS", ID: number, URL: "https://www.cisecurity.org/benchmark/kubernetes"}
}
