package detections

import (
	"strings"

	"github.com/merlonsec/merlon/internal/rule"
)

// guardDuty refers to a finding type of Amazon GuardDuty's EKS Protection by its anchor.
func guardDuty(anchor string) rule.Reference {
	return rule.Reference{
		Source: "GuardDuty", ID: anchor,
		URL: "https://docs.aws.amazon.com/guardduty/latest/ug/guardduty-finding-types-eks-audit-logs.html#" + anchor,
	}
}

// retired refers to a finding type that GuardDuty no longer makes, by its anchor.
func retired(anchor string) rule.Reference {
	return rule.Reference{
		Source: "GuardDuty", ID: anchor,
		URL: "https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_finding-types-retired.html#" + anchor,
	}
}

// attack refers to a technique of MITRE ATT&CK, version 17; a sub-technique's name begins with that of its technique.
func attack(id string) rule.Reference {
	names := map[string]string{
		"T1005":     "Data from Local System",
		"T1036.005": "Masquerading: Match Legitimate Resource Name or Location",
		"T1059.004": "Command and Scripting Interpreter: Unix Shell",
		"T1069":     "Permission Groups Discovery",
		"T1070":     "Indicator Removal",
		"T1078":     "Valid Accounts",
		"T1078.001": "Valid Accounts: Default Accounts",
		"T1090":     "Proxy",
		"T1090.003": "Proxy: Multi-hop Proxy",
		"T1098":     "Account Manipulation",
		"T1098.006": "Account Manipulation: Additional Container Cluster Roles",
		"T1105":     "Ingress Tool Transfer",
		"T1133":     "External Remote Services",
		"T1136":     "Create Account",
		"T1204.003": "User Execution: Malicious Image",
		"T1485":     "Data Destruction",
		"T1496":     "Resource Hijacking",
		"T1525":     "Implant Internal Image",
		"T1528":     "Steal Application Access Token",
		"T1543.005": "Create or Modify System Process: Container Service",
		"T1546":     "Event Triggered Execution",
		"T1550":     "Use Alternate Authentication Material",
		"T1552":     "Unsecured Credentials",
		"T1552.001": "Unsecured Credentials: Credentials In Files",
		"T1552.005": "Unsecured Credentials: Cloud Instance Metadata API",
		"T1552.007": "Unsecured Credentials: Container API",
		"T1557":     "Adversary-in-the-Middle",
		"T1562":     "Impair Defenses",
		"T1562.001": "Impair Defenses: Disable or Modify Tools",
		"T1562.007": "Impair Defenses: Disable or Modify Cloud Firewall",
		"T1572":     "Protocol Tunneling",
		"T1609":     "Container Administration Command",
		"T1610":     "Deploy Container",
		"T1611":     "Escape to Host",
		"T1613":     "Container and Resource Discovery",
		"T1649":     "Steal or Forge Authentication Certificates",
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
