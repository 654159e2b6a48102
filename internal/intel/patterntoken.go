package intel

import "strings"

// tokenKind says what a token of a STIX pattern is.
type tokenKind uint8

const (
	tokenEnd    tokenKind = iota
	tokenWord             // a path, a keyword, a number
	tokenString           // in single quotes
	tokenSymbol
)

func (p *patternParser) is(kind tokenKind, text string) bool {
	return p.kind == kind && p.token == text
}

// symbol passes over a symbol, if it is the token at hand.
func (p *patternParser) symbol(text string) bool {
	if !p.is(tokenSymbol, text) {
		return false
	}
	p.next()
	return true
}

// keyword passes over a word, if the token at hand is one of them.
func (p *patternParser) keyword(words ...string) bool {
	for _, word := range words {
		if p.is(tokenWord, word) {
			p.next()
			return true
		}
	}
	return false
}

// next reads the next token.
func (p *patternParser) next() {
	for p.at < len(p.text) && strings.IndexByte(" \t\r\n", p.text[p.at]) >= 0 {
		p.at++
	}
	if p.at == len(p.text) {
		p.kind, p.token = tokenEnd, ""
		return
	}
	begin := p.at
	switch c := p.text[p.at]; {
	case c == '\'':
		p.kind, p.token = tokenString, p.quoted()
		return
	case strings.IndexByte("<>!=", c) >= 0:
		p.kind = tokenSymbol
		p.at++
		if p.at < len(p.text) && (p.text[p.at] == '=' || p.text[p.at] == '>') {
			p.at++
		}
	case strings.IndexByte("[](),", c) >= 0:
		p.kind = tokenSymbol
		p.at++
	default:
		p.kind = tokenWord
		p.word()
	}
	p.token = p.text[begin:p.at]
}

// word passes over a word. A part of a path may be in quotes, file:hashes.'SHA-256', and another an index, [0] or [*].
func (p *patternParser) word() {
	begin := p.at
	for p.at < len(p.text) {
		switch c := p.text[p.at]; {
		case c == '\'' && p.at > begin && (p.text[p.at-1] == '.' || p.text[p.at-1] == ':'):
			p.quoted()
		case c == '[' && strings.IndexByte(p.text[begin:p.at], ':') >= 0:
			end := strings.IndexByte(p.text[p.at:], ']')
			if end < 0 {
				p.at = len(p.text)
				return
			}
			p.at += end + 1
		case strings.IndexByte(" \t\r\n'[](),<>!=", c) >= 0:
			return
		default:
			p.at++
		}
	}
}

// quoted passes over a string and gives its text. One that is not closed ends with the pattern.
func (p *patternParser) quoted() string {
	var text strings.Builder
	p.at++
	for p.at < len(p.text) && p.text[p.at] != '\'' {
		if p.text[p.at] == '\\' && p.at+1 < len(p.text) {
			p.at++
		}
		text.WriteByte(p.text[p.at])
		p.at++
	}
	p.at = min(p.at+1, len(p.text))
	return text.String()
}
