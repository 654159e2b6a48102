package report

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/merlonsec/merlon/internal/finding"
)

// schemaFamily is what the schema of every version of a scan's JSON starts with.
const schemaFamily = "merlon/scan/v"

// Read reads a scan that was saved with the format json. Fields that this version does not know are
// ignored, as a later version may have added them; another version of the schema is an error, and so is
// whatever is not the JSON of a scan, or not all of it.
func Read(r io.Reader) (*finding.Scan, error) {
	in := bufio.NewReader(r)
	if err := checkStart(in); err != nil {
		return nil, err
	}
	dec := json.NewDecoder(in)
	dec.UseNumber() // A number in the evidence stays as its source wrote it.
	s := new(finding.Scan)
	if err := decodeScan(dec, s); err != nil {
		return nil, err
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("read scan: there is more after the end of the JSON object; give one saved scan")
	}
	return s, nil
}

// decodeScan reads the fields of a scan, and of its two long lists one element after the other, so that a large
// file is in memory once and not three times.
func decodeScan(dec *json.Decoder, s *finding.Scan) error {
	if err := open(dec, '{'); err != nil {
		return err
	}
	rest := map[string]json.RawMessage{}
	for dec.More() {
		key, err := dec.Token()
		if err != nil {
			return decodeError(err)
		}
		switch key {
		case "schema":
			if err = dec.Decode(&s.Schema); err == nil {
				err = checkSchema(s.Schema)
			}
		case "traits":
			s.Traits, err = decodeList[finding.TraitRecord](dec, "traits")
		case "exposures":
			s.Exposures, err = decodeList[finding.Exposure](dec, "exposures")
		default:
			var value json.RawMessage
			err = dec.Decode(&value)
			rest[key.(string)] = value
		}
		if err != nil {
			return decodeError(err)
		}
	}
	if _, err := dec.Token(); err != nil { // The bracket at the end.
		return decodeError(err)
	}
	if err := checkSchema(s.Schema); err != nil {
		return decodeError(err)
	}
	data, err := json.Marshal(rest)
	if err != nil {
		return decodeError(err)
	}
	small := json.NewDecoder(bytes.NewReader(data))
	small.UseNumber()
	if err := small.Decode(s); err != nil {
		return decodeError(err)
	}
	return nil
}

// open reads the bracket that a scan begins with.
func open(dec *json.Decoder, bracket json.Delim) error {
	token, err := dec.Token()
	if err != nil {
		return decodeError(err)
	}
	if token != bracket {
		return decodeError(notAScan(fmt.Sprintf("this is JSON, but not a Merlon scan: it begins with %v, not with an object", token)))
	}
	return nil
}

// decodeList reads a list of the scan.
func decodeList[T any](dec *json.Decoder, name string) ([]T, error) {
	token, err := dec.Token()
	if err != nil {
		return nil, err
	}
	if token != json.Delim('[') {
		return nil, notAScan(fmt.Sprintf("field %q is %v and must be a list", name, token))
	}
	all := []T{}
	for dec.More() {
		var element T
		if err := dec.Decode(&element); err != nil {
			return nil, err
		}
		all = append(all, element)
	}
	_, err = dec.Token() // The bracket at the end.
	return all, err
}

// checkStart looks at the first bytes for what people give by mistake.
func checkStart(in *bufio.Reader) error {
	start, err := in.Peek(4)
	switch {
	case len(start) == 0 && errors.Is(err, io.EOF):
		return errors.New("read scan: the file is empty")
	case len(start) == 0 && err != nil:
		return fmt.Errorf("read scan: %w", err)
	case bytes.HasPrefix(start, []byte{0x28, 0xb5, 0x2f, 0xfd}):
		return errors.New("read scan: this is a compressed file, perhaps a snapshot; scan it with -f, and give here what `merlon scan -o json` wrote")
	case bytes.HasPrefix(start, []byte{0xff, 0xfe}), bytes.HasPrefix(start, []byte{0xfe, 0xff}):
		return errors.New("read scan: the file is in UTF-16, as some shells write it; save it as UTF-8")
	case bytes.HasPrefix(start, []byte{0xef, 0xbb, 0xbf}):
		_, err = in.Discard(3)
		return err
	}
	return nil
}

// notAScan says why a file that is JSON is no scan, or none that this version reads.
type notAScan string

func (n notAScan) Error() string { return string(n) }

func checkSchema(schema string) error {
	if schema == finding.ScanSchema {
		return nil
	}
	version, isScan := strings.CutPrefix(schema, schemaFamily)
	switch n, err := strconv.Atoi(version); {
	case schema == "":
		return notAScan(`this is JSON, but not a Merlon scan: it has no "schema"`)
	case !isScan || err != nil:
		return notAScan(fmt.Sprintf("this has the schema %q; a Merlon scan has %q", schema, finding.ScanSchema))
	default:
		return notAScan(fmt.Sprintf("this has version %d of the schema, and this Merlon reads %q; use the Merlon that wrote it, or a newer one", n, finding.ScanSchema))
	}
}

// decodeError words what the decoder says for somebody who saved the file.
func decodeError(err error) error {
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return fmt.Errorf("read scan: the file is truncated: %w", io.ErrUnexpectedEOF)
	case errors.As(err, &syntax):
		return fmt.Errorf("read scan: this is not JSON (byte %d): %w", syntax.Offset, err)
	case errors.As(err, &kind):
		return fmt.Errorf("read scan: field %q is a %s and should not be: %w", kind.Field, kind.Value, err)
	}
	return fmt.Errorf("read scan: %w", err)
}
