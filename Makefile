# Everything that Merlon's developers and its CI run. Each target works in a clean
# clone with Go, git, make and bash; what else it needs it builds into bin/ from
# Go modules, so that a second time it comes out of the Go build cache.

SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:
.NOTPARALLEL:
MAKEFLAGS += --no-print-directory

GO ?= go
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
GOLANGCI_VERSION := v2.15.0
KUBE_SCORE_VERSION := v1.20.0
# The commands whose output is compared with that of cmd/merlon-render, of its own versions of the libraries.
HELM_VERSION := $(shell awk '$$1 == "helm.sh/helm/v4" {print $$2}' cmd/merlon-render/go.mod)
KUSTOMIZE_VERSION := v5.8.2

FUZZTIME ?= 10s
BENCH ?= .
MERLON_CORPUS ?= ../shared/data

GOLANGCI := bin/.golangci-lint-$(GOLANGCI_VERSION)
KUBE_SCORE := bin/.kube-score-$(KUBE_SCORE_VERSION)
KUBERNETES := bin/.kubernetes
HELM := bin/.helm-$(HELM_VERSION)
KUSTOMIZE := bin/.kustomize-$(KUSTOMIZE_VERSION)
AWS := bin/.aws

# The folders of all modules: each with what only it needs.
MODULES := $(patsubst %/,%,$(dir $(shell git ls-files '*go.mod')))

.DEFAULT_GOAL := help

.PHONY: help
help: ## Say what each target does (the default).
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / {printf "%-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.PHONY: build
build: ## Build bin/merlon and bin/merlon-render, static and reproducible.
	@CGO_ENABLED=0 $(GO) build -trimpath -ldflags '-s -w -X main.release=$(VERSION)' -o bin/merlon ./cmd/merlon
	@CGO_ENABLED=0 $(GO) build -C cmd/merlon-render -trimpath -ldflags '-s -w' -o '$(CURDIR)/bin/merlon-render' .

.PHONY: demo
demo: build ## Build, then run the product on its built-in vulnerable environment.
	@bin/merlon demo

.PHONY: unit
unit: ## Run the tests that need no network, no server and no clock.
	@$(GO) test ./...
	@$(GO) test -C cmd/merlon-render ./...

.PHONY: e2e
e2e: build $(KUBERNETES) $(HELM) $(KUSTOMIZE) $(AWS) ## Run the tests against a real API server (builds it: six minutes, once) and a stand-in of AWS.
	@$(GO) test -tags e2e -count=1 -timeout 20m ./test/e2e/...
	@$(GO) test -C test/psa -count=1 ./...

.PHONY: test
test: unit e2e ## Run unit, then e2e.

.PHONY: lint
lint: $(GOLANGCI) ## Run golangci-lint, at the pinned version, with .golangci.yml, on every module.
	@failed=; for module in $(MODULES); do \
	    (cd "$$module" && '$(CURDIR)/bin/golangci-lint' run --config '$(CURDIR)/.golangci.yml' ./...) || failed="$$failed $$module"; done; \
	if [ -n "$$failed" ]; then echo "lint failed in:$$failed"; exit 1; fi

.PHONY: fmt
fmt: $(GOLANGCI) ## Format the Go files the way lint wants them.
	@for module in $(MODULES); do (cd "$$module" && '$(CURDIR)/bin/golangci-lint' fmt --config '$(CURDIR)/.golangci.yml' ./...); done

.PHONY: gen
gen: ## Write the generated files anew.
	@$(GO) generate ./...
	@$(GO) test ./cmd/merlon -run 'Commands|Readme' -update-commands -update-readme >/dev/null
	@out=$$($(GO) test -tags e2e ./test/e2e -run CoveragePage -update-coverage) || { echo "$$out"; exit 1; }

# Compares the hash of every file before and after, so that it also works with
# changes that are not committed yet.
.PHONY: generated
generated: ## Fail when a generated file is not what gen writes.
	@hashes() { git ls-files -co --exclude-standard | sort | while read -r f; do \
	    if [ -f "$$f" ]; then echo "$$(git hash-object "$$f")  $$f"; fi; done; }; \
	before=$$(hashes); $(MAKE) gen; after=$$(hashes); \
	if [ "$$before" != "$$after" ]; then \
	    echo 'These files were not what `make gen` writes; it has now written them, commit them:'; \
	    diff <(echo "$$before") <(echo "$$after") | awk '/^[<>]/ {print "  " $$3}' | sort -u; exit 1; fi

.PHONY: check
check: ## Run all that CI runs: generated, lint, unit, e2e, corpus.
	@for stage in generated lint unit e2e corpus; do \
	    echo "== $$stage"; start=$$SECONDS; $(MAKE) $$stage; echo "== $$stage: $$((SECONDS - start)) s"; done

.PHONY: bench
bench: build $(KUBE_SCORE) ## Run the benchmarks, then measure Merlon beside kube-score.
	@$(GO) test -run '^$$' -bench '$(BENCH)' -benchmem ./internal/... ./cmd/...
	@$(GO) test -C test/auditbench -bench .
	@cd test/auditbench && MERLON_CORPUS="$(abspath $(MERLON_CORPUS))" $(GO) run ./throughput
	@$(GO) run ./test/peer -manifests '$(MERLON_CORPUS)/manifests/microservices-demo'
	@$(GO) run ./test/peer -pods 10000
	@$(GO) run ./test/awsaccount

.PHONY: fuzz
fuzz: ## Run every Fuzz function for FUZZTIME (10s) each.
	@grep -rHo --include='*_test.go' '^func Fuzz[A-Za-z0-9_]*' internal cmd | sort | \
	while IFS=: read -r file func; do \
	    $(GO) test -C "$$(dirname "$$file")" -run '^$$' -fuzz "^$${func#func }\$$" -fuzztime '$(FUZZTIME)' .; done

.PHONY: mutate
mutate: ## Break each condition of the rules and see that a test notices (RULE for one).
	@$(GO) run ./test/mutate $(if $(RULE),-only '$(RULE)')

.PHONY: corpus
corpus: ## Count what Merlon finds in the corpus under MERLON_CORPUS.
	@if [ ! -d '$(MERLON_CORPUS)' ]; then echo 'corpus: no folder $(MERLON_CORPUS); set MERLON_CORPUS to run it'; \
	elif [ ! -d test/corpus ]; then echo 'corpus: there are no corpus tests yet'; \
	else MERLON_CORPUS='$(abspath $(MERLON_CORPUS))' $(GO) test -tags corpus -count=1 ./test/corpus/...; fi

.PHONY: clean
clean: ## Remove bin/.
	@rm -rf bin

# The tools. Each has a stamp that names its version, or that is older than the
# files that name it; a new version removes the stamp of the old one.

$(GOLANGCI):
	@echo 'building golangci-lint $(GOLANGCI_VERSION)'; mkdir -p bin; rm -f bin/.golangci-lint-*
	@GOBIN='$(CURDIR)/bin' $(GO) install github.com/golangci/golangci-lint/v2/cmd/golangci-lint@$(GOLANGCI_VERSION)
	@touch $@

$(KUBE_SCORE):
	@echo 'building kube-score $(KUBE_SCORE_VERSION)'; mkdir -p bin; rm -f bin/.kube-score-*
	@GOBIN='$(CURDIR)/bin' $(GO) install github.com/zegl/kube-score/cmd/kube-score@$(KUBE_SCORE_VERSION)
	@touch $@

$(HELM):
	@echo 'building helm $(HELM_VERSION)'; mkdir -p bin; rm -f bin/.helm-*
	@GOBIN='$(CURDIR)/bin' $(GO) install helm.sh/helm/v4/cmd/helm@$(HELM_VERSION)
	@touch $@

$(KUSTOMIZE):
	@echo 'building kustomize $(KUSTOMIZE_VERSION)'; mkdir -p bin; rm -f bin/.kustomize-*
	@GOBIN='$(CURDIR)/bin' $(GO) install sigs.k8s.io/kustomize/kustomize/v5@$(KUSTOMIZE_VERSION)
	@touch $@

$(KUBERNETES): test/apiserver/go.mod test/apiserver/go.sum $(wildcard test/apiserver/*/*.go)
	@echo 'building kube-apiserver, kube-controller-manager, kubectl and etcd'; mkdir -p bin
	@$(GO) build -C test/apiserver -ldflags '-s -w' -o '$(CURDIR)/bin/' ./...
	@touch $@

$(AWS): test/aws/venv.sh test/aws/requirements.txt
	@echo 'installing moto and the AWS CLI'; mkdir -p bin
	@test/aws/venv.sh bin/aws
	@touch $@
