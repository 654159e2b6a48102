package aws

import (
	"encoding/base64"
	"encoding/json"
	"iter"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json/jsontext"
)

// form is how the AWS CLI writes the members of a service's answers: with the names of the service's model.
type form struct {
	// camel is set for services whose names begin with a small letter (Amazon EKS, ECS, ECR, Inspector).
	camel bool
	// policies is set for AWS IAM, of which the CLI prints policy documents as objects, where the API has their text,
	// URL-encoded (https://docs.aws.amazon.com/IAM/latest/APIReference/API_PolicyVersion.html).
	policies bool
}

// perDocument is how many resources are put in one document: an answer of 1,000 security groups could have more values
// than package tree takes of one document.
const perDocument = 100

// answerMembers are the members of an output that are about the answer, not about what it describes.
func answerMembers() []string {
	return []string{"ResultMetadata", "NextToken", "NextMarker", "Marker", "IsTruncated", "Failures"}
}

// documents yields an output of the SDK as the AWS CLI prints it: whole, with further members that the answer does not
// have by itself, or, of an output that is lists of resources, each list in parts. A document is valid until the next
// one is taken.
func (f form) documents(output any, whole bool, extra map[string]string) iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		v := reflect.ValueOf(output).Elem()
		var buf []byte
		if whole {
			buf = f.object(buf, v, extra)
			yield(buf)
			return
		}
		for i := range v.NumField() {
			field, member := v.Type().Field(i), v.Field(i)
			if !field.IsExported() || slices.Contains(answerMembers(), field.Name) || isEmpty(member) {
				continue
			}
			if member.Kind() != reflect.Slice {
				buf = f.member(append(buf[:0], '{'), field.Name, member)
				if !yield(append(buf, '}')) {
					return
				}
				continue
			}
			for from := 0; from < member.Len(); from += perDocument {
				part := member.Slice(from, min(from+perDocument, member.Len()))
				buf = f.member(append(buf[:0], '{'), field.Name, part)
				if !yield(append(buf, '}')) {
					return
				}
			}
		}
	}
}

// object appends a struct. Extra members come first, by name.
func (f form) object(dst []byte, v reflect.Value, extra map[string]string) []byte {
	dst = append(dst, '{')
	for _, name := range sortedKeys(extra) {
		dst = quote(append(quote(comma(dst), name), ':'), extra[name])
	}
	return append(f.members(dst, v), '}')
}

// members appends the fields of a struct, and those of a struct that it embeds.
func (f form) members(dst []byte, v reflect.Value) []byte {
	for i := range v.NumField() {
		field := v.Type().Field(i)
		switch {
		case !field.IsExported() || slices.Contains(answerMembers(), field.Name) || isEmpty(v.Field(i)):
		case field.Anonymous:
			dst = f.members(dst, v.Field(i))
		case v.Type().Name() == "Recommendation" && field.Name == "Url": // of Inspector: the one name with a capital letter
			dst = form{}.member(comma(dst), field.Name, v.Field(i))
		default:
			dst = f.member(comma(dst), field.Name, v.Field(i))
		}
	}
	return dst
}

// comma separates a member or element from the one before it, if there is one.
func comma(dst []byte) []byte {
	if last := dst[len(dst)-1]; last == '{' || last == '[' {
		return dst
	}
	return append(dst, ',')
}

// member appends a member of an object: its name, and its value.
func (f form) member(dst []byte, name string, v reflect.Value) []byte {
	isPolicy := f.policies && strings.HasSuffix(name, "Document")
	if f.camel {
		name = strings.ToLower(name[:1]) + name[1:]
	}
	dst = append(quote(dst, name), ':')
	if text, ok := v.Interface().(*string); ok && isPolicy {
		if document, ok := policyDocument(*text); ok {
			return append(dst, document...)
		}
	}
	return f.value(dst, v)
}

// policyDocument decodes a policy document as the API writes it; ok is false where it is no JSON object.
func policyDocument(text string) (document []byte, ok bool) {
	if decoded, err := url.PathUnescape(text); err == nil {
		text = decoded
	}
	if text = strings.TrimSpace(text); !strings.HasPrefix(text, "{") || !json.Valid([]byte(text)) {
		return nil, false
	}
	return []byte(text), true
}

// isEmpty reports whether a member is left out: one that the answer does not have. Of a number and a truth value that is
// no pointer the SDK does not tell; they stand as they are.
func isEmpty(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		return v.IsNil()
	case reflect.Slice, reflect.Map, reflect.String:
		return v.Len() == 0
	}
	return false
}

func (f form) value(dst []byte, v reflect.Value) []byte {
	switch x := v.Interface().(type) {
	case time.Time:
		return quote(dst, x.UTC().Format(time.RFC3339Nano))
	case []byte:
		return quote(dst, base64.StdEncoding.EncodeToString(x))
	case interface{ MarshalSmithyDocument() ([]byte, error) }:
		if document, err := x.MarshalSmithyDocument(); err == nil && json.Valid(document) {
			return append(dst, document...)
		}
		return append(dst, "null"...)
	}
	switch v.Kind() {
	case reflect.Pointer:
		return f.value(dst, v.Elem())
	case reflect.Interface:
		return f.union(dst, v.Elem())
	case reflect.Struct:
		return f.object(dst, v, nil)
	case reflect.Slice:
		return f.list(dst, v)
	case reflect.Map:
		return f.table(dst, v)
	case reflect.String:
		return quote(dst, v.String())
	case reflect.Bool:
		return strconv.AppendBool(dst, v.Bool())
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return strconv.AppendInt(dst, v.Int(), 10)
	case reflect.Float32, reflect.Float64:
		return strconv.AppendFloat(dst, v.Float(), 'f', -1, v.Type().Bits())
	}
	return append(dst, "null"...)
}

// union appends one of several forms of a value. The SDK has a type for each, ClusterMetadataMemberAwsEksMetadataDetails,
// with the member's value in its field Value.
func (f form) union(dst []byte, v reflect.Value) []byte {
	if v.Kind() == reflect.Pointer {
		v = v.Elem()
	}
	_, name, ok := strings.Cut(v.Type().Name(), "Member")
	if value := v.FieldByName("Value"); ok && value.IsValid() && !isEmpty(value) {
		return append(f.member(append(dst, '{'), name, value), '}')
	}
	return append(dst, "null"...)
}

func (f form) list(dst []byte, v reflect.Value) []byte {
	dst = append(dst, '[')
	for i := range v.Len() {
		dst = f.value(comma(dst), v.Index(i))
	}
	return append(dst, ']')
}

// table appends a map with text as keys, by key: they are names that users gave, and stay as they are.
func (f form) table(dst []byte, v reflect.Value) []byte {
	keys := v.MapKeys()
	slices.SortFunc(keys, func(a, b reflect.Value) int { return strings.Compare(a.String(), b.String()) })
	dst = append(dst, '{')
	for _, key := range keys {
		dst = f.value(append(quote(comma(dst), key.String()), ':'), v.MapIndex(key))
	}
	return append(dst, '}')
}

func quote(dst []byte, s string) []byte {
	dst, _ = jsontext.AppendQuote(dst, s) // Its error says that invalid UTF-8 was replaced: wanted.
	return dst
}
