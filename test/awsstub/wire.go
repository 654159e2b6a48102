package awsstub

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// Fields is an object with the names that it has on the wire.
type Fields map[string]any

// write sends an error in the form of its service's protocol.
func (f *Fault) write(w http.ResponseWriter, service string) {
	status := f.Status
	if status == 0 {
		status = http.StatusBadRequest
	}
	if f.Raw != "" || f.Code == "" {
		w.Header().Set("Content-Type", f.ContentType)
		w.WriteHeader(status)
		fmt.Fprint(w, f.Raw)
		return
	}
	var code, message strings.Builder
	_ = xml.EscapeText(&code, []byte(f.Code)) // A builder takes everything.
	_ = xml.EscapeText(&message, []byte(f.Message))
	switch service {
	case "ec2":
		w.Header().Set("Content-Type", "text/xml;charset=UTF-8")
		w.WriteHeader(status)
		fmt.Fprintf(w, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Response><Errors><Error><Code>%s</Code><Message>%s</Message></Error></Errors><RequestID>1</RequestID></Response>", &code, &message)
	case "iam", "sts", "elasticloadbalancing":
		w.Header().Set("Content-Type", "text/xml")
		w.WriteHeader(status)
		fmt.Fprintf(w, "<ErrorResponse><Error><Type>Sender</Type><Code>%s</Code><Message>%s</Message></Error><RequestId>1</RequestId></ErrorResponse>", &code, &message)
	default:
		w.Header().Set("Content-Type", "application/x-amz-json-1.1")
		w.Header().Set("X-Amzn-ErrorType", f.Code)
		w.WriteHeader(status)
		writeJSON(w, Fields{"__type": f.Code, "message": f.Message})
	}
}

// writeAnswer sends an answer in the form of its service's protocol.
func writeAnswer(w http.ResponseWriter, service string, q *Request, answer Fields) {
	_, name, _ := strings.Cut(q.Action, ":")
	switch service {
	case "ec2":
		w.Header().Set("Content-Type", "text/xml;charset=UTF-8")
		var b strings.Builder
		b.WriteString("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<" + name + "Response xmlns=\"http://ec2.amazonaws.com/doc/2016-11-15/\">\n<requestId>1</requestId>")
		writeXML(&b, answer, "item")
		b.WriteString("</" + name + "Response>")
		fmt.Fprint(w, b.String())
	case "iam", "sts", "elasticloadbalancing":
		w.Header().Set("Content-Type", "text/xml")
		var b strings.Builder
		b.WriteString("<" + name + "Response><" + name + "Result>")
		writeXML(&b, answer, "member")
		b.WriteString("</" + name + "Result><ResponseMetadata><RequestId>1</RequestId></ResponseMetadata></" + name + "Response>")
		fmt.Fprint(w, b.String())
	default:
		w.Header().Set("Content-Type", "application/x-amz-json-1.1")
		writeJSON(w, answer)
	}
}

func writeJSON(w io.Writer, answer Fields) {
	text, err := json.Marshal(answer)
	if err != nil {
		panic(err) // In a table of this package.
	}
	_, _ = w.Write(text) // Whoever asked may be gone.
}

// writeXML writes the members of an object, by name; element is what the protocol calls an element of a list.
func writeXML(b *strings.Builder, v any, element string) {
	switch v := v.(type) {
	case Fields:
		for _, name := range slices.Sorted(maps.Keys(v)) {
			b.WriteString("<" + name + ">")
			writeXML(b, v[name], element)
			b.WriteString("</" + name + ">")
		}
	case []any:
		for _, item := range v {
			b.WriteString("<" + element + ">")
			writeXML(b, item, element)
			b.WriteString("</" + element + ">")
		}
	case string:
		_ = xml.EscapeText(b, []byte(v)) // A builder takes everything.
	case bool:
		b.WriteString(strconv.FormatBool(v))
	case int:
		b.WriteString(strconv.Itoa(v))
	default:
		panic(fmt.Sprintf("awsstub writes no %T", v)) // In a table of this package.
	}
}

// text gives a parameter of a request, wherever its protocol puts it.
func (q *Request) text(name string) string {
	if v, ok := q.body[name].(string); ok {
		return v
	}
	if v := q.form.Get(name); v != "" {
		return v
	}
	return q.query.Get(name)
}

// texts gives a parameter that is a list.
func (q *Request) texts(name string) []string {
	var all []string
	if list, ok := q.body[name].([]any); ok {
		for _, v := range list {
			text, _ := v.(string)
			all = append(all, text)
		}
		return all
	}
	for i := 1; ; i++ { // of the protocol query: Name.member.1, of ec2: Name.1
		v := q.form.Get(fmt.Sprintf("%s.%d", name, i)) + q.form.Get(fmt.Sprintf("%s.member.%d", name, i))
		if v == "" {
			return all
		}
		all = append(all, v)
	}
}

// number gives a parameter that is a whole number; 0 without one.
func (q *Request) number(names ...string) int {
	for _, name := range names {
		if v, ok := q.body[name].(float64); ok {
			return int(v)
		}
		if n, err := strconv.Atoi(q.text(name)); err == nil {
			return n
		}
	}
	return 0
}

// page cuts one page out of a list, and adds the token of the next. limit is the largest page that AWS gives.
func page(q *Request, limit, total int, cut func(from, to int) Fields) (Fields, *Fault) {
	tokenIn, tokenOut := q.tokens()
	size := q.number("MaxResults", "maxResults", "PageSize", "MaxItems")
	if size > limit {
		return nil, &Fault{Code: "InvalidParameterValue", Message: fmt.Sprintf("at most %d results", limit)}
	}
	if size == 0 {
		size = limit
	}
	if q.pageSize > 0 {
		size = min(size, q.pageSize)
	}
	from := 0
	if token := q.text(tokenIn); token != "" {
		n, err := strconv.Atoi(strings.TrimPrefix(token, "page-"))
		if err != nil || n > total {
			return nil, &Fault{Code: "InvalidNextToken", Message: "the token is not valid"}
		}
		from = n
	}
	to := min(from+size, total)
	answer := cut(from, to)
	if to < total {
		answer[tokenOut] = fmt.Sprintf("page-%d", to)
	}
	return answer, nil
}

// tokens gives what the service calls the token of a page in a request, and that of the next one in an answer.
func (q *Request) tokens() (in, out string) {
	switch service, _, _ := strings.Cut(q.Action, ":"); service {
	case "elasticloadbalancing":
		return "Marker", "NextMarker"
	case "iam":
		return "Marker", "Marker"
	case "ec2":
		return "NextToken", "nextToken"
	}
	return "nextToken", "nextToken"
}

// list is the page of a listing whose items stand in one member.
func list(q *Request, limit int, member string, items []any) (Fields, *Fault) {
	return page(q, limit, len(items), func(from, to int) Fields { return Fields{member: items[from:to]} })
}
