// Module auditbench measures decoders of audit records beside one another. It is a module of its own so that the
// libraries that were not chosen stay out of the product's go.mod.
module github.com/merlonsec/merlon/test/auditbench

go 1.26.0

replace github.com/merlonsec/merlon => ../..

require (
	github.com/buger/jsonparser v1.6.1
	github.com/go-json-experiment/json v0.0.0-20260820222146-c27c302e5fc3
	github.com/klauspost/compress v1.20.3
	github.com/merlonsec/merlon v0.0.0-00010101000000-000000000000
	github.com/valyala/fastjson v1.6.10
)

require (
	go.yaml.in/yaml/v3 v3.0.6 // indirect
	go.yaml.in/yaml/v4 v4.0.0 // indirect
	golang.org/x/sync v0.24.0 // indirect
)
