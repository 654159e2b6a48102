package intel

import (
	"encoding/xml"
	"errors"
	"io"
	"strings"
)

const whyWebPage = "this is neither STIX nor text; a web page in the place of the list?"

// readXML reads STIX 1, the only STIX that GuardDuty takes: the values of its address objects
// (https://stixproject.github.io/data-model/1.2/AddressObj/AddressObjectType/). Whether an indicator is valid is not read.
func (b *builder) readXML(in io.Reader) {
	d := xml.NewDecoder(in)
	inAddress, depth := false, 0
	var text []byte
	for {
		token, err := d.RawToken()
		line, _ := d.InputPos()
		var syntax *xml.SyntaxError
		switch {
		case errors.Is(err, io.EOF):
			switch {
			case b.report.Format == "":
				b.report.Refused.add(1, nil, whyWebPage)
			case depth > 0:
				b.fail(line, io.ErrUnexpectedEOF)
			}
			return
		case errors.As(err, &syntax) && b.report.Format == "":
			b.report.Refused.add(1, nil, whyWebPage)
			return
		case errors.As(err, &syntax):
			b.report.Refused.add(syntax.Line, nil, "the XML is broken: "+printable([]byte(syntax.Msg)))
			return
		case err != nil:
			b.fail(line, err)
			return
		}
		switch token := token.(type) {
		case xml.StartElement:
			depth++
			if token.Name.Local == "STIX_Package" {
				b.report.Format = formatSTIX1
			}
			inAddress, text = b.report.Format != "" && token.Name.Local == "Address_Value", nil
		case xml.CharData:
			if inAddress {
				text = append(text, token...)
			}
		case xml.EndElement:
			depth--
			if inAddress {
				b.addCybox(line, string(text))
			}
			inAddress = false
		}
	}
}

// addCybox reads a value of CybOX, which may be several.
func (b *builder) addCybox(line int, text string) {
	for value := range strings.SplitSeq(text, "##comma##") {
		b.add(line, []byte(strings.TrimSpace(value)))
	}
}
