// Package event reads Kubernetes audit records: one record comes in as text, in any of the wrappers in which logs carry
// them; a compact [Event] goes out, its envelope decoded once and its bodies left as the text that the API server wrote,
// to be parsed when somebody asks. It takes credentials out of what is shown or kept, tolerates records in which fields
// are missing, and never reads a file or a clock. An event's texts are parts of the text that was decoded: they stay
// valid, and keep it in memory, for as long as the event is held ([Event.Clone]).
//
// A record may be an audit record of audit.k8s.io/v1, v1beta1 or v1alpha1; an EventList; what CloudWatch Logs sends to
// subscribers (bare, packed, in a Lambda event), exports to S3 or gives to the AWS CLI; a diagnostic log of Azure; a line
// of Docker, containerd, Fluent Bit or Vector; a list of these, these one behind the other, and these in one another.
// What is well formed but none of them is [ErrNotAudit].
//
// # Why a scanner of our own
//
// Measured on one core of a shared machine (Go 1.26, linux/amd64) by test/auditbench, in one run over the same records:
// 1.1 KB of level Metadata and 9.7 KB of level RequestResponse, both made up, and the 423 bytes (on average) of the
// public hkerma/kubernetes-event-dataset. Nanoseconds of processor time for a record, the median of three runs, and
// allocations:
//
//	library                                   1.1 KB        9.7 KB        423 bytes
//	encoding/json into a struct             9796   29     72843   30     3865   17
//	go-json-experiment/json into a struct   3690   10     19472    9     1681    4
//	buger/jsonparser v1.6.1, EachKey        2054    0     12293    0     1013    0
//	valyala/fastjson v1.6.10, Parse          527    0      7574    0      279    0
//	this package                             557    0      4495    0      287    0
//
// The decoder is what every event of a stream costs, so it decides how many a core takes. fastjson comes close, but only
// parses: the struct, the times and the texts without escapes, which are part of the last row, would come on top; it keeps
// bodies that nobody asks for as trees, and lets through texts with unknown escapes and control characters.
// jsonparser does not check the grammar of what it walks over. bytedance/sonic was not measured: it generates machine code
// and rests on unsafe, which a decoder of foreign input here does not use. What a scanner of our own costs is that we have
// to prove it: FuzzDifferential holds it to encoding/json.
//
// Reproduce the table with MERLON_CORPUS=… go test -C test/auditbench -bench .
package event
