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
	dec.UseNumber()
	var raw json.RawMessage
	if err := dec.Decode(&raw); err != nil {
		return nil, decodeError(err)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("read scan: there is more after the end of the JSON object; give one saved scan")
	}
	if err := checkSchema(raw); err != nil {
		return nil, err
	}
	s := new(finding.Scan)
	dec = json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber() // A number in the evidence stays as its source wrote it.
	if err := dec.Decode(s); err != nil {
		return nil, decodeError(err)
	}
	return s, nil
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

func checkSchema(raw []byte) error {
	var head struct {
		Schema string `json:"schema"`
	}
	if err := json.Unmarshal(raw, &head); err != nil {
		return errors.New("read scan: this is JSON, but not a Merlon scan: " + err.Error())
	}
	if head.Schema == finding.ScanSchema {
		return nil
	}
	version, isScan := strings.CutPrefix(head.Schema, schemaFamily)
	switch n, err := strconv.Atoi(version); {
	case head.Schema == "":
		return errors.New(`read scan: this is JSON, but not a Merlon scan: it has no "schema"`)
	case !isScan || err != nil:
		return fmt.Errorf("read scan: this has the schema %q; a Merlon scan has %q", head.Schema, finding.ScanSchema)
	default:
		return fmt.Errorf("read scan: this has version %d of the schema, and this Merlon reads %q; use the Merlon that wrote it, or a newer one", n, finding.ScanSchema)
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
