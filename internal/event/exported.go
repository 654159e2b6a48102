package event

import (
	"strconv"
	"strings"
)

// exported holds the members of an object in which a query of a log store gives a record out.
type exported struct {
	// results is of CloudWatch Logs Insights, [[{"field", "value"}]], and of Splunk, [{"_raw"}].
	// https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_GetQueryResults.html
	results Raw
	// source is the member _source of a document of Elasticsearch and OpenSearch, and hits of a search: {"hits":[…]}.
	source, hits Raw
	// result and raw are of Splunk: {"result":{"_raw"}}.
	result, raw Raw
	// line is of Loki's logcli, and data, streams and values of its API: {"data":{"result":[{"values":[["TIME","LINE"]]}]}}.
	// https://grafana.com/docs/loki/latest/reference/loki-http-api/
	line, data, streams, values Raw
}

// member gives where a member of a name is kept; nil for one that belongs to no form.
func (x *exported) member(name string) *Raw {
	switch name {
	case "results":
		return &x.results
	case "_source":
		return &x.source
	case "hits":
		return &x.hits
	case "result":
		return &x.result
	case "_raw":
		return &x.raw
	case "line":
		return &x.line
	case "data":
		return &x.data
	case "streams":
		return &x.streams
	case "values":
		return &x.values
	}
	return nil
}

// unwrapExported decodes the records in what a log store gave out.
func (d *Decoder) unwrapExported(dst []Event, x *exported, from origin) ([]Event, error) {
	switch {
	case x.results.first() == '[':
		return d.rows(dst, x.results, from)
	case x.source.first() == '{':
		return within("_source")(d.inner(dst, x.source, from))
	case x.hits.Get("hits").first() == '[':
		return d.each(dst, "hits.hits", x.hits.Get("hits"), from)
	case x.result.first() == '{':
		return within("result")(d.inner(dst, x.result, from))
	case isWrapped(x.raw):
		return within("_raw")(d.inner(dst, x.raw, from))
	case x.data.Get("result").first() == '[':
		return d.each(dst, "data.result", x.data.Get("result"), from)
	case x.streams.first() == '[':
		return d.each(dst, "streams", x.streams, from)
	case x.values.first() == '[':
		return d.rows(dst, x.values, from)
	case isWrapped(x.line):
		return within("line")(d.inner(dst, x.line, from))
	}
	return dst, ErrNotAudit
}

// rows decodes the elements of a list: objects that hold a record, or lists with one, as Insights and Loki have them.
func (d *Decoder) rows(dst []Event, rows Raw, from origin) ([]Event, error) {
	var problems Problems
	i := 0
	for row := range rows.All() {
		record, of := row, from
		if row.first() == '[' {
			record = of.cell(row)
		}
		var err error
		if dst, err = d.inner(dst, record, of); err != nil {
			problems.add("["+strconv.Itoa(i)+"]", err)
		}
		i++
	}
	return dst, problems.err()
}

// cell gives the record in a row: the field @message of Insights, or what stands behind the time of Loki. The field @log
// names the account and the log group: ACCOUNT:GROUP.
func (from *origin) cell(row Raw) (record Raw) {
	i := 0
	for cell := range row.All() {
		switch {
		case cell.first() == '"' && i == 1:
			return cell
		case cell.first() != '{':
		case cell.Get("field").Text() == "@message":
			record = cell.Get("value")
		case cell.Get("field").Text() == "@log":
			account, group, _ := strings.Cut(cell.Get("value").Text(), ":")
			if isAccount(account) {
				from.account = account
			}
			if name := clusterOfGroup(group); name != "" {
				from.cluster = name
			}
		}
		i++
	}
	return record
}

// afterStream takes what "aws logs tail" prints before a record off a line: a time without a zone, and the name of a
// stream. The name is taken off only where an audit record may stand behind it, as lines of other programs look the same.
func afterStream(line string) string {
	if stamp, rest, ok := strings.Cut(line, " "); ok {
		if _, isTime := parseTime(stamp + "Z"); isTime {
			line = strings.TrimLeft(rest, " ")
		}
	}
	stream, record, _ := strings.Cut(line, " ")
	if strings.HasPrefix(record, "{") && (strings.HasPrefix(stream, "kube-apiserver-audit-") || strings.Contains(record, `"audit.k8s.io/`)) {
		return record
	}
	return line
}
