package report

// The part of SARIF 2.1.0 that Merlon writes, named as its properties are
// (https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/sarif-v2.1.0-errata01-os-complete.html).

type sarifLog struct {
	Schema  string     `json:"$schema"`
	Version string     `json:"version"`
	Runs    []sarifRun `json:"runs"`
}

type sarifRun struct {
	Tool        sarifTool               `json:"tool"`
	Invocations []sarifInvocation       `json:"invocations"`
	Language    string                  `json:"language"`
	ColumnKind  string                  `json:"columnKind"`
	BaseIDs     map[string]sarifBaseURI `json:"originalUriBaseIds,omitempty"`
	// Graphs and Results are written after the rest, an item on each line.
	Graphs  []sarifGraph  `json:"graphs,omitempty"`
	Results []sarifResult `json:"results,omitempty"`
}

type sarifTool struct {
	Driver sarifDriver `json:"driver"`
}

type sarifDriver struct {
	Name           string            `json:"name"`
	Version        string            `json:"version,omitempty"`
	InformationURI string            `json:"informationUri"`
	Rules          []sarifDescriptor `json:"rules"`
	Notifications  []sarifDescriptor `json:"notifications,omitempty"`
}

// sarifDescriptor is a rule, or a kind of notification.
type sarifDescriptor struct {
	ID               string              `json:"id"`
	Name             string              `json:"name,omitempty"`
	ShortDescription *sarifText          `json:"shortDescription,omitempty"`
	FullDescription  *sarifText          `json:"fullDescription,omitempty"`
	HelpURI          string              `json:"helpUri,omitempty"`
	Help             *sarifText          `json:"help,omitempty"`
	Default          *sarifConfiguration `json:"defaultConfiguration,omitempty"`
	Properties       *sarifRuleBag       `json:"properties,omitempty"`
}

type sarifConfiguration struct {
	Level string `json:"level"`
}

// sarifRuleBag holds the properties of a rule that GitHub reads
// (https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning).
type sarifRuleBag struct {
	Tags      []string `json:"tags"`
	Precision string   `json:"precision"`
	// Severity is a number between 0 and 10, as text.
	Severity string `json:"security-severity"`
}

type sarifText struct {
	Text     string `json:"text"`
	Markdown string `json:"markdown,omitempty"`
}

type sarifBaseURI struct {
	Description sarifText `json:"description"`
}

type sarifInvocation struct {
	Successful    bool                `json:"executionSuccessful"`
	EndTime       string              `json:"endTimeUtc,omitempty"`
	Notifications []sarifNotification `json:"toolExecutionNotifications,omitempty"`
}

type sarifNotification struct {
	Descriptor sarifReference  `json:"descriptor"`
	Rule       *sarifReference `json:"associatedRule,omitempty"`
	Level      string          `json:"level"`
	Message    sarifText       `json:"message"`
}

type sarifReference struct {
	ID    string `json:"id"`
	Index *int   `json:"index,omitempty"`
}

type sarifResult struct {
	RuleID    string          `json:"ruleId"`
	RuleIndex int             `json:"ruleIndex"`
	Level     string          `json:"level"`
	Message   sarifText       `json:"message"`
	Locations []sarifLocation `json:"locations"`
	Prints    sarifPrints     `json:"partialFingerprints"`
	Baseline  string          `json:"baselineState,omitempty"`
	Rank      float64         `json:"rank"`
	// Suppressions is nil in every result or in none (3.27.23).
	Suppressions []sarifSuppression `json:"suppressions,omitzero"`
	Related      []sarifLocation    `json:"relatedLocations,omitempty"`
	Flows        []sarifCodeFlow    `json:"codeFlows,omitempty"`
	Traversals   []sarifTraversal   `json:"graphTraversals,omitempty"`
	Properties   sarifResultBag     `json:"properties"`
}

// sarifPrints has the same value twice: under a name of ours, and under the one that GitHub follows an
// alert by.
type sarifPrints struct {
	Merlon string `json:"merlonTrait/v1"`
	GitHub string `json:"primaryLocationLineHash"`
}

type sarifSuppression struct {
	Kind          string `json:"kind"`
	Status        string `json:"status"`
	Justification string `json:"justification"`
}

// sarifResultBag is what Merlon knows beyond SARIF, in the words of `-o json`.
type sarifResultBag struct {
	Resource   string          `json:"resource"`
	Exposure   string          `json:"exposure,omitempty"`
	Role       string          `json:"role,omitempty"`
	Severity   string          `json:"severity,omitempty"`
	Ceiling    string          `json:"ceiling,omitempty"`
	Likelihood string          `json:"likelihood,omitempty"`
	Impact     string          `json:"impact,omitempty"`
	Platform   bool            `json:"platform,omitempty"`
	Without    string          `json:"without,omitempty"`
	Fix        string          `json:"fix,omitempty"`
	Projected  string          `json:"projectedSeverity,omitempty"`
	Evidence   []sarifEvidence `json:"evidence,omitempty"`
}

type sarifEvidence struct {
	Resource string `json:"resource"`
	Path     string `json:"path"`
	Value    any    `json:"value"`
}

type sarifLocation struct {
	// ID is what a link in the message of a result calls the location; it is not for the others.
	ID       int            `json:"id,omitempty"`
	Physical *sarifPhysical `json:"physicalLocation,omitempty"`
	Logical  []sarifLogical `json:"logicalLocations"`
	Message  *sarifText     `json:"message,omitempty"`
}

// sarifCodeFlow is one attack path as places in files, one after the other, which is what viewers of SARIF
// let a reader step through.
type sarifCodeFlow struct {
	Message sarifText         `json:"message"`
	Threads []sarifThreadFlow `json:"threadFlows"`
}

type sarifThreadFlow struct {
	Locations []sarifFlowStep `json:"locations"`
}

type sarifFlowStep struct {
	Location sarifLocation `json:"location"`
}

type sarifPhysical struct {
	Artifact sarifArtifact `json:"artifactLocation"`
	Region   *sarifRegion  `json:"region,omitempty"`
}

type sarifArtifact struct {
	URI    string `json:"uri"`
	BaseID string `json:"uriBaseId,omitempty"`
}

type sarifRegion struct {
	StartLine int `json:"startLine"`
}

type sarifLogical struct {
	Name          string `json:"name"`
	QualifiedName string `json:"fullyQualifiedName"`
	Kind          string `json:"kind"`
}

type sarifGraph struct {
	Description sarifText   `json:"description"`
	Nodes       []sarifNode `json:"nodes"`
	Edges       []sarifEdge `json:"edges"`
}

type sarifNode struct {
	ID    string    `json:"id"`
	Label sarifText `json:"label"`
}

type sarifEdge struct {
	ID     string    `json:"id"`
	Label  sarifText `json:"label"`
	Source string    `json:"sourceNodeId"`
	Target string    `json:"targetNodeId"`
}

// sarifTraversal is one attack path through a graph of the run.
type sarifTraversal struct {
	Graph int         `json:"runGraphIndex"`
	Edges []sarifStep `json:"edgeTraversals"`
}

type sarifStep struct {
	EdgeID string `json:"edgeId"`
}
