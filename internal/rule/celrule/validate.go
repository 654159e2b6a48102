package celrule

import (
	"regexp"
	"strings"

	"cel.dev/cel-go/cel"
	celast "cel.dev/cel-go/common/ast"

	"github.com/merlonsec/merlon/internal/rule"
)

// What stands in an expression as a constant is looked at when the rule is loaded: it would fail every time.

// regexps finds regular expressions that are none.
type regexps struct{}

// Name implements [cel.ASTValidator].
func (regexps) Name() string { return "merlon.regexps" }

// Validate implements [cel.ASTValidator].
func (regexps) Validate(_ *cel.Env, _ cel.ValidatorConfig, a *celast.AST, issues *cel.Issues) {
	eachConstant(a, "matches", func(text string) error {
		_, err := regexp.Compile(text)
		return err
	}, issues)
}

// versions finds releases of Kubernetes that are none.
type versions struct{}

// Name implements [cel.ASTValidator].
func (versions) Name() string { return "merlon.versions" }

// Validate implements [cel.ASTValidator].
func (versions) Validate(_ *cel.Env, _ cel.ValidatorConfig, a *celast.AST, issues *cel.Issues) {
	eachConstant(a, "atLeast", func(text string) error {
		_, err := rule.ParseVersion(text)
		return err
	}, issues)
}

// eachConstant checks the text that calls of a method name as their one argument.
func eachConstant(a *celast.AST, method string, check func(text string) error, issues *cel.Issues) {
	for _, call := range celast.MatchDescendants(celast.NavigateAST(a), celast.FunctionMatcher(method)) {
		args := call.AsCall().Args()
		if len(args) == 0 || args[len(args)-1].Kind() != celast.LiteralKind {
			continue
		}
		constant := args[len(args)-1]
		text, isText := constant.AsLiteral().Value().(string)
		if !isText {
			continue
		}
		if err := check(text); err != nil {
			issues.ReportErrorAtID(constant.ID(), "%s", strings.TrimPrefix(err.Error(), "error parsing regexp: "))
		}
	}
}
