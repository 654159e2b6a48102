package tree

import (
	"bytes"
	"fmt"
	"unicode/utf8"
)

const (
	utf8BOM = "\xef\xbb\xbf"
	newline = "\n"
)

// checkEncoding refuses UTF-16 and UTF-32, which look like broken text to every decoder.
func checkEncoding(doc []byte, firstLine int) error {
	if len(doc) < 2 {
		return nil
	}
	utf16 := doc[0] == 0xfe && doc[1] == 0xff || doc[0] == 0xff && doc[1] == 0xfe || doc[0] == 0 && doc[1] != 0 || doc[0] != 0 && doc[1] == 0
	if utf16 || len(doc) >= 4 && doc[0] == 0 && doc[1] == 0 && doc[2] == 0xfe && doc[3] == 0xff {
		return &SyntaxError{Line: firstLine, Msg: "the file is UTF-16 or UTF-32; save it as UTF-8"}
	}
	return nil
}

// checkUTF8 refuses bytes that are not UTF-8, which YAML does not allow, and says where the first stands.
func checkUTF8(doc []byte, firstLine int) error {
	if utf8.Valid(doc) {
		return nil
	}
	i := 0
	for i < len(doc) {
		r, size := utf8.DecodeRune(doc[i:])
		if r == utf8.RuneError && size <= 1 {
			break
		}
		i += size
	}
	return &SyntaxError{
		Line: firstLine + bytes.Count(doc[:i], []byte(newline)),
		Msg:  fmt.Sprintf("byte 0x%02x is not UTF-8 text; save the file as UTF-8", doc[i]),
	}
}

// controlLine returns the line, from 1, of the first character that YAML does not allow (YAML 1.1, 4.1).
func controlLine(doc []byte) int {
	i := bytes.IndexFunc(doc, func(r rune) bool {
		switch {
		case r == '\t' || r == '\n' || r == '\r' || r == 0x85:
			return false
		case r < ' ', r >= 0x7f && r < 0xa0, r == 0xfffe, r == 0xffff:
			return true
		}
		return false
	})
	return 1 + bytes.Count(doc[:max(i, 0)], []byte(newline))
}
