// Package awsstub answers requests of the AWS API as AWS documents its answers, over loopback, for tests and
// measurements. In: an account that is made up, of any size, and what is to go wrong. Out: answers in the four
// protocols that AWS's services speak, page by page, within the limits that AWS has. It checks no signature and no
// policy, and knows only the operations that Merlon calls.
package awsstub

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"
)

// Server answers for one account in every Region. Its zero value is no account; see [New].
type Server struct {
	// Latency is how long every answer takes.
	Latency time.Duration

	account Account
	mu      sync.Mutex
	calls   map[string]int
	faults  []func(Request) *Fault
	inside  int
	most    int
}

// New makes a server for an account.
func New(a Account) *Server {
	return &Server{account: a.withDefaults(), calls: map[string]int{}}
}

// Request is one request.
type Request struct {
	// Action is what an IAM policy calls it: "ecs:DescribeServices".
	Action string
	// Region is the one that the request was signed for, AccessKey whose signature it bears.
	Region, AccessKey string
	// Call counts the requests of this action: 1 for the first.
	Call int

	form     url.Values     // of the protocols query and ec2
	body     map[string]any // of the JSON protocols
	query    url.Values
	path     []string
	pageSize int

	legacy bool // of Elastic Load Balancing: the classic one
}

// Fault is an error that AWS answers with, or something that does not come from AWS.
type Fault struct {
	// Status is that of HTTP; 400 where it is 0.
	Status        int
	Code, Message string
	// Raw is sent as it is in place of an error, as ContentType.
	Raw, ContentType string
	// Delay passes before the answer.
	Delay time.Duration
	// Pass lets the request through after the delay.
	Pass bool
}

// Fail adds something that goes wrong. Each request is shown to every function in order; the first fault counts.
func (s *Server) Fail(f func(Request) *Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = append(s.faults, f)
}

// Deny refuses an action as AWS does where no policy allows it.
func (s *Server) Deny(actions ...string) {
	for _, action := range actions {
		s.Fail(func(q Request) *Fault {
			if q.Action != action {
				return nil
			}
			return Denied(action)
		})
	}
}

// Denied is what AWS answers to somebody whom no policy allows an action.
func Denied(action string) *Fault {
	code := "AccessDeniedException"
	switch service, _, _ := strings.Cut(action, ":"); service {
	case "ec2":
		code = "UnauthorizedOperation"
	case "iam", "elasticloadbalancing", "sts":
		code = "AccessDenied"
	}
	return &Fault{Status: http.StatusForbidden, Code: code, Message: "User: arn:aws:iam::" + AccountID + ":user/merlon is not authorized to perform: " + action +
		" on resource: * because no identity-based policy allows the " + action + " action"}
}

// Calls counts the requests of each action so far.
func (s *Server) Calls() map[string]int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return maps.Clone(s.calls)
}

// MostAtOnce is how many requests were answered at one time, at most.
func (s *Server) MostAtOnce() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.most
}

// ServeHTTP implements [http.Handler].
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	service, q, err := read(r)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	fault := s.enter(&q)
	defer s.leave()
	time.Sleep(s.Latency)
	if fault != nil {
		time.Sleep(fault.Delay)
		if !fault.Pass {
			fault.write(w, service)
			return
		}
	}
	q.pageSize = s.account.PageSize
	answer, bad := s.account.answer(&q)
	if bad != nil {
		bad.write(w, service)
		return
	}
	writeAnswer(w, service, &q, answer)
}

func (s *Server) enter(q *Request) *Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls[q.Action]++
	q.Call = s.calls[q.Action]
	s.inside++
	s.most = max(s.most, s.inside)
	for _, f := range s.faults {
		if fault := f(*q); fault != nil {
			return fault
		}
	}
	return nil
}

func (s *Server) leave() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.inside--
}

// maxBody is more than any request of Merlon has.
const maxBody = 1 << 20

// read takes a request apart. The service and the Region stand in what it is signed for
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html).
func read(r *http.Request) (service string, q Request, err error) {
	_, credential, _ := strings.Cut(r.Header.Get("Authorization"), "Credential=")
	scope := strings.Split(credential, "/")
	if len(scope) < 5 {
		return "", q, fmt.Errorf("the request is not signed: %s", r.URL.Path)
	}
	q.AccessKey, q.Region, service = scope[0], scope[2], scope[3]
	q.query = r.URL.Query()
	body, err := io.ReadAll(io.LimitReader(r.Body, maxBody))
	if err != nil {
		return "", q, err
	}
	var name string
	switch service {
	case "ec2", "iam", "sts", "elasticloadbalancing":
		if q.form, err = url.ParseQuery(string(body)); err != nil {
			return "", q, err
		}
		name = q.form.Get("Action")
		q.legacy = q.form.Get("Version") == "2012-06-01"
	default:
		if len(body) > 0 {
			if err := json.Unmarshal(body, &q.body); err != nil {
				return "", q, err
			}
		}
		for part := range strings.SplitSeq(strings.Trim(r.URL.EscapedPath(), "/"), "/") {
			text, err := url.PathUnescape(part)
			if err != nil {
				return "", q, err
			}
			q.path = append(q.path, text)
		}
		_, name, _ = strings.Cut(r.Header.Get("X-Amz-Target"), ".")
		if name == "" {
			name = route(service, r.Method, q.path)
		}
	}
	q.Action = service + ":" + name
	return service, q, nil
}

// route gives the operation of a path of the services that have one for each; * is any part.
func route(service, method string, path []string) string {
	for _, r := range routes() {
		want := strings.Split(r.path, "/")
		ok := r.service == service && r.method == method && len(want) == len(path)
		for i := 0; ok && i < len(want); i++ {
			ok = want[i] == "*" || want[i] == path[i]
		}
		if ok {
			return r.operation
		}
	}
	return ""
}

type restRoute struct{ service, method, path, operation string }

func routes() []restRoute {
	return []restRoute{
		{"eks", "GET", "clusters", "ListClusters"},
		{"eks", "GET", "clusters/*", "DescribeCluster"},
		{"eks", "GET", "clusters/*/node-groups", "ListNodegroups"},
		{"eks", "GET", "clusters/*/node-groups/*", "DescribeNodegroup"},
		{"eks", "GET", "clusters/*/fargate-profiles", "ListFargateProfiles"},
		{"eks", "GET", "clusters/*/fargate-profiles/*", "DescribeFargateProfile"},
		{"eks", "GET", "clusters/*/addons", "ListAddons"},
		{"eks", "GET", "clusters/*/addons/*", "DescribeAddon"},
		{"eks", "GET", "clusters/*/access-entries", "ListAccessEntries"},
		{"eks", "GET", "clusters/*/access-entries/*", "DescribeAccessEntry"},
		{"eks", "GET", "clusters/*/access-entries/*/access-policies", "ListAssociatedAccessPolicies"},
		{"eks", "GET", "clusters/*/pod-identity-associations", "ListPodIdentityAssociations"},
		{"eks", "GET", "clusters/*/pod-identity-associations/*", "DescribePodIdentityAssociation"},
		{"eks", "GET", "clusters/*/identity-provider-configs", "ListIdentityProviderConfigs"},
		{"eks", "POST", "clusters/*/identity-provider-configs/describe", "DescribeIdentityProviderConfig"},
		{"eks", "GET", "cluster-versions", "DescribeClusterVersions"},
		{"inspector2", "POST", "status/batch/get", "BatchGetAccountStatus"},
		{"inspector2", "POST", "coverage/list", "ListCoverage"},
		{"inspector2", "POST", "cluster/get", "GetClustersForImage"},
		{"inspector2", "POST", "findings/list", "ListFindings"},
		{"guardduty", "GET", "detector", "ListDetectors"},
		{"guardduty", "POST", "detector/*/findings", "ListFindings"},
		{"guardduty", "POST", "detector/*/findings/get", "GetFindings"},
	}
}
