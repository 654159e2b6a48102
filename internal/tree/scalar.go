package tree

import (
	"encoding/base64"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// scalar is what a YAML scalar means: go-yaml v2's resolve, as far as JSON can tell the difference.
type scalar struct {
	kind  Kind
	text  string  // of a number: valid JSON
	float float64 // of a number that is not whole, or too large to be
	whole bool    // a number that fits int64 or uint64
}

// resolveScalar returns the kind and text of a scalar.
func resolveScalar(n *yaml.Node) (Kind, string, error) {
	s, err := resolve(n)
	return s.kind, s.text, err
}

func resolve(n *yaml.Node) (scalar, error) {
	const styled = yaml.SingleQuotedStyle | yaml.DoubleQuotedStyle | yaml.LiteralStyle | yaml.FoldedStyle
	if n.Style&yaml.TaggedStyle == 0 {
		if n.Style&styled != 0 {
			return scalar{kind: String, text: n.Value}, nil
		}
		return resolvePlain(n.Value), nil
	}
	return resolveTagged(n.Tag, n.Value)
}

// resolveTagged obeys a tag that is written out.
func resolveTagged(tag, in string) (scalar, error) {
	var want Kind
	switch tag {
	case "!!null":
		want = Null
	case "!!bool":
		want = Bool
	case "!!int", "!!float":
		want = Number
	case "!!binary":
		data, err := base64.StdEncoding.DecodeString(in)
		if err != nil {
			return scalar{}, errors.New("a value tagged !!binary is not base64")
		}
		return scalar{kind: String, text: string(data)}, nil
	default: // !!str, !!timestamp and tags of one's own: what is written
		return scalar{kind: String, text: in}, nil
	}
	s := resolvePlain(in)
	if s.kind != want || tag == "!!int" && !s.whole {
		if tag == "!!float" && notFinite(in) {
			return s, nil
		}
		return scalar{}, fmt.Errorf("%q is tagged %s and is none", in, tag)
	}
	return s, nil
}

// resolvePlain says what a scalar without quotes and tag means.
func resolvePlain(in string) scalar {
	if in == "" {
		return scalar{kind: Null}
	}
	switch c := in[0]; {
	case c >= '0' && c <= '9', c == '+', c == '-', c == '.':
		return resolveNumber(in)
	case strings.IndexByte("yYnNtTfFoO~", c) < 0:
		return scalar{kind: String, text: in}
	}
	switch in {
	case "y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON":
		return scalar{kind: Bool, text: "true"}
	case "n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF":
		return scalar{kind: Bool, text: "false"}
	case "~", "null", "Null", "NULL":
		return scalar{kind: Null}
	}
	return scalar{kind: String, text: in}
}

// notFinite reports the numbers that JSON has no way to write.
func notFinite(in string) bool {
	switch in {
	case ".nan", ".NaN", ".NAN", ".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF", "-.inf", "-.Inf", "-.INF":
		return true
	}
	return false
}

// resolveNumber reads what starts with a digit, a sign or a point: a number, or a string after all. A time (2001-12-14)
// is a string for go-yaml v2 as well, and no number has its form.
func resolveNumber(in string) scalar {
	text := scalar{kind: String, text: in}
	if in[0] == '.' {
		if notFinite(in) {
			return text
		}
		if f, err := strconv.ParseFloat(in, 64); err == nil {
			return floatScalar(in, f)
		}
		return text
	}
	plain := strings.ReplaceAll(in, "_", "")
	if i, err := strconv.ParseInt(plain, 0, 64); err == nil {
		return scalar{kind: Number, text: asWritten(in, strconv.FormatInt(i, 10)), whole: true}
	}
	if u, err := strconv.ParseUint(plain, 0, 64); err == nil {
		return scalar{kind: Number, text: asWritten(in, strconv.FormatUint(u, 10)), whole: true}
	}
	if isFloat(plain) {
		if f, err := strconv.ParseFloat(plain, 64); err == nil {
			return floatScalar(in, f)
		}
	}
	return resolveBinary(in, plain)
}

// resolveBinary reads what only go-yaml v2's own rule for 0b takes: a sign after the prefix.
func resolveBinary(in, plain string) scalar {
	digits, ok := strings.CutPrefix(plain, "0b")
	if !ok {
		if digits, ok = strings.CutPrefix(plain, "-0b"); !ok {
			return scalar{kind: String, text: in}
		}
		digits = "-" + digits
	}
	if i, err := strconv.ParseInt(digits, 2, 64); err == nil {
		return scalar{kind: Number, text: strconv.FormatInt(i, 10), whole: true}
	}
	return scalar{kind: String, text: in}
}

// asWritten returns the one spelling where both are the same, so that the long-lived text is the input's own.
func asWritten(in, canonical string) string {
	if in == canonical {
		return in
	}
	return canonical
}

func floatScalar(in string, f float64) scalar {
	s := scalar{kind: Number, text: in, float: f}
	if !isJSONNumber(in) {
		s.text = strconv.FormatFloat(f, 'g', -1, 64)
	}
	return s
}

// keyText returns a scalar as the key of a map: sigs.k8s.io/yaml, convertToJSONableObject.
func keyText(n *yaml.Node) (string, error) {
	s, err := resolve(n)
	switch {
	case err != nil:
		return "", err
	case s.kind == Null:
		return "", errors.New("a map key is null; quote it or name it")
	case n.Style&yaml.TaggedStyle != 0 && n.Tag == "!!float" && s.whole:
		s.float, _ = strconv.ParseFloat(s.text, 64)
		return floatKey(s.float), nil
	case s.kind == Number && !s.whole:
		return floatKey(s.float), nil
	case s.kind == String && n.Style == 0 && notFinite(s.text):
		return strings.ToLower(strings.TrimPrefix(s.text, "+")), nil
	}
	return s.text, nil
}

// floatKey writes a key that is not whole as sigs.k8s.io/yaml does: with the precision, and the range, of 32 bits.
func floatKey(f float64) string {
	switch s := strconv.FormatFloat(f, 'g', -1, 32); s {
	case "+Inf":
		return ".inf"
	case "-Inf":
		return "-.inf"
	default:
		return s
	}
}

// floatStyle is go-yaml v2's yamlStyleFloat.
var floatStyle = regexp.MustCompile(`^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$`)

func isFloat(s string) bool { return floatStyle.MatchString(s) }

// jsonNumber is the grammar of RFC 8259, section 6.
var jsonNumber = regexp.MustCompile(`^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?$`)

func isJSONNumber(s string) bool { return jsonNumber.MatchString(s) }
