package intel

import (
	"slices"
	"strings"
	"testing"
	"time"
)

// indicator writes a STIX indicator with a pattern and further members.
func indicator(pattern, members string) string {
	pattern = strings.ReplaceAll(pattern, `\`, `\\`)
	return `{"type":"indicator","spec_version":"2.1","id":"indicator--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f","pattern_type":"stix",` +
		`"valid_from":"2026-01-01T00:00:00Z","pattern":"` + strings.ReplaceAll(pattern, `"`, `\"`) + `"` + members + `}`
}

func TestSTIX(t *testing.T) {
	now := time.Date(2026, 11, 28, 0, 0, 0, 0, time.UTC)
	google := indicator("[ipv4-addr:value = '8.8.8.8']", "")
	for name, want := range map[string]readsAs{
		"a bundle": {
			list: "{\"type\":\"bundle\",\"id\":\"bundle--1\",\"objects\":[\n" + google + ",\n{\"type\":\"ipv6-addr\",\"id\":\"ipv6-addr--1\",\"value\":\"2620:fe::/48\"},\n" +
				"{\"type\":\"ipv4-addr\",\"id\":\"ipv4-addr--1\",\n\"value\":\"9.9.9\"},{\"type\":\"domain-name\",\"id\":\"domain-name--1\",\"value\":\"example.com\"},\n" +
				"{\"type\":\"identity\",\"id\":\"identity--1\",\"name\":\"me\"}]}\n",
			format: "STIX 2", entries: 2, holds: "8.8.8.8 2620:fe::1", foreign: 1, refused: []string{"5: 9.9.9: " + whyNone},
		},
		"an envelope of TAXII":       {list: `{"more":false,"objects":[` + google + `]}`, format: "STIX 2", entries: 1, holds: "8.8.8.8"},
		"a list":                     {list: " [ " + google + " ]", format: "STIX 2", entries: 1, holds: "8.8.8.8"},
		"one object in each line":    {list: google + "\n" + google + "\n", format: "STIX 2", entries: 2, holds: "8.8.8.8"},
		"a bundle without objects":   {list: `{"type":"bundle","id":"bundle--1"}`, format: "STIX 2"},
		"revoked":                    {list: indicator("[ipv4-addr:value = '8.8.8.8']", `,"revoked":true`), format: "STIX 2", inactive: 1},
		"not revoked":                {list: indicator("[ipv4-addr:value = '8.8.8.8']", `,"revoked":false`), format: "STIX 2", entries: 1},
		"no longer valid":            {list: indicator("[ipv4-addr:value = '8.8.8.8']", `,"valid_until":"2026-11-28T00:00:00Z"`), format: "STIX 2", inactive: 1},
		"valid for another second":   {list: indicator("[ipv4-addr:value = '8.8.8.8']", `,"valid_until":"2026-11-28T00:00:01.000Z"`), format: "STIX 2", entries: 1},
		"not yet valid":              {list: strings.Replace(google, "2026-01", "2027-01", 1), format: "STIX 2", inactive: 1},
		"a time that is none":        {list: indicator("[ipv4-addr:value = '8.8.8.8']", `,"valid_until":"soon"`), format: "STIX 2", entries: 1, noted: []string{"1: soon: valid_until is no time"}},
		"another language":           {list: strings.Replace(google, `"stix"`, `"sigma"`, 1), format: "STIX 2", foreign: 1},
		"STIX 2.0, without language": {list: strings.Replace(google, `"pattern_type":"stix",`, "", 1), format: "STIX 2", entries: 1},
		"no pattern":                 {list: `{"type":"indicator","id":"indicator--1"}`, format: "STIX 2", refused: []string{"1: indicator--1: the indicator has no pattern"}},
		"a broken pattern":           {list: indicator("[ipv4-addr:value = ", ""), format: "STIX 2", refused: []string{"1: [ipv4-addr:value =: this is no STIX pattern: it ends where a value"}},
		"a pattern over more":        {list: indicator("[ipv4-addr:value = '8.8.8.8' AND file:name = 'x']", ""), format: "STIX 2", refused: []string{"1: [ipv4-addr:value = '8.8.8.8' AND file:name = 'x']: the pattern asks for more"}},
		"a pattern over domains":     {list: indicator("[domain-name:value = 'example.com']", ""), format: "STIX 2", foreign: 1},
		"a list of texts":            {list: "[\"8.8.8.8\",\n\"9.9.9.0/24\", \"x\", 5]", format: "JSON", entries: 2, holds: "8.8.8.8 9.9.9.1", refused: []string{"2: x: " + whyNone, "2: 5: neither"}},
		"objects as Spamhaus writes": {list: "{\"cidr\":\"8.8.8.0/24\",\"sblid\":\"SBL1\"}\n{\"type\":\"metadata\",\"records\":1}\n", format: "JSON", entries: 1, holds: "8.8.8.1", foreign: 1},
		"JSON that breaks off":       {list: "[" + google + ",\n{\"type\":", format: "STIX 2", entries: 1, holds: "8.8.8.8", refused: []string{"2: : the JSON is broken"}},
		"an object that nests too deep": {
			list: "[" + strings.Repeat("[", 300) + strings.Repeat("]", 300) + ",\n" + google + "]", format: "STIX 2", entries: 1, holds: "8.8.8.8",
			refused: []string{"1: : maps and lists are nested"},
		},
		"a million brackets": {list: strings.Repeat("[", 1_000_000), format: "JSON", refused: []string{"1: : the JSON is broken"}},
	} {
		t.Run(name, func(t *testing.T) { want.check(t, Custom, now) })
	}
}

func TestWithoutATimeEveryIndicatorIsValid(t *testing.T) {
	readsAs{
		list: indicator("[ipv4-addr:value = '8.8.8.8']", `,"valid_until":"1999-01-01T00:00:00Z"`), format: "STIX 2", entries: 1,
	}.check(t, Custom, time.Time{})
}

func TestSTIX1(t *testing.T) {
	for name, want := range map[string]readsAs{
		"a package": {
			list: "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<stix:STIX_Package xmlns:stix=\"a\" xmlns:AddressObject=\"b\">\n" +
				"<AddressObject:Address_Value>8.8.8.0/24</AddressObject:Address_Value>\n<AddressObject:Address_Value condition=\"Equals\">9.9.9.9##comma##1.1.1.1</AddressObject:Address_Value>\n" +
				"<AddressObject:Address_Value>9.9</AddressObject:Address_Value></stix:STIX_Package>\n",
			format: "STIX 1", entries: 3, holds: "8.8.8.1 9.9.9.9 1.1.1.1", refused: []string{"5: 9.9: " + whyNone},
		},
		"broken": {list: "<STIX_Package>\n<Address_Value>8.8.8.8</Address_Value>\n<x y=>", format: "STIX 1", entries: 1, refused: []string{"3: : the XML is broken"}},
	} {
		t.Run(name, func(t *testing.T) { want.check(t, Threat, time.Time{}) })
	}
}

func TestPatterns(t *testing.T) {
	more, not, often := "the pattern asks for more than the address (AND)", "the pattern is about every address but this (NOT)", "the pattern asks how often or when the address is seen"
	for pattern, want := range map[string]struct{ found, why string }{
		"[ipv4-addr:value = '8.8.8.8']":                                                                               {found: "8.8.8.8"},
		"[ipv4-addr:value='8.8.8.8']":                                                                                 {found: "8.8.8.8"},
		"[ipv6-addr:value = '2620:fe::fe']":                                                                           {found: "2620:fe::fe"},
		"[ipv4-addr:value ISSUBSET '10.0.0.0/8']":                                                                     {found: "10.0.0.0/8"},
		"[ipv4-addr:value IN ('8.8.8.8', '9.9.9.9')]":                                                                 {found: "8.8.8.8 9.9.9.9"},
		"[ipv4-addr:value = '8.8.8.8' OR ipv6-addr:value = '2620:fe::fe']":                                            {found: "8.8.8.8 2620:fe::fe"},
		"[ipv4-addr:value = '8.8.8.8'] OR [ipv4-addr:value = '9.9.9.9'] OR [url:value = 'x']":                         {found: "8.8.8.8 9.9.9.9"},
		"[(ipv4-addr:value = '8.8.8.8' OR (ipv4-addr:value = '9.9.9.9'))]":                                            {found: "8.8.8.8 9.9.9.9"},
		"([ipv4-addr:value = '8.8.8.8'])":                                                                             {found: "8.8.8.8"},
		"[ipv4-addr:value = '8.8.8.8'] WITHIN 300 SECONDS":                                                            {found: "8.8.8.8"},
		"[domain-name:value = 'example.com' OR ipv4-addr:value = '8.8.8.8']":                                          {found: "8.8.8.8"},
		"[network-traffic:dst_ref.type = 'ipv4-addr' AND network-traffic:dst_ref.value = '8.8.8.8/32']":               {found: "8.8.8.8/32"},
		"[network-traffic:src_ref.value = '8.8.8.8']":                                                                 {found: "8.8.8.8"},
		`[ipv4-addr:value = '8.8\'.8\\']`:                                                                             {found: `8.8'.8\`},
		"[ipv4-addr:value = '8.8.8.8' AND network-traffic:dst_port = 443]":                                            {why: more},
		"[ipv4-addr:value = '8.8.8.8'] AND [ipv4-addr:value = '9.9.9.9']":                                             {why: more},
		"[ipv4-addr:value = '8.8.8.8'] FOLLOWEDBY [url:value = 'x'] WITHIN 5 SECONDS":                                 {why: more},
		"[ipv4-addr:value = '8.8.8.8' OR (ipv4-addr:value = '9.9.9.9' AND network-traffic:dst_port = 443)]":           {found: "8.8.8.8", why: more},
		"[ipv4-addr:value = '8.8.8.8'] OR [ipv4-addr:value = '9.9.9.9'] REPEATS 5 TIMES":                              {found: "8.8.8.8", why: often},
		"[ipv4-addr:value = '8.8.8.8'] START t'2026-01-01T00:00:00Z' STOP t'2026-02-01T00:00:00Z'":                    {why: often},
		"[ipv4-addr:value != '8.8.8.8']":                                                                              {why: "the pattern compares the address with !="},
		"[ipv4-addr:value LIKE '8.8.8.%']":                                                                            {why: "the pattern compares the address with LIKE"},
		"[ipv4-addr:value ISSUPERSET '8.8.8.0/24']":                                                                   {why: "the pattern compares the address with ISSUPERSET"},
		"[ipv4-addr:value NOT = '8.8.8.8']":                                                                           {why: not},
		"[ipv4-addr:value NOT IN ('8.8.8.8')]":                                                                        {why: not},
		"[file:hashes.'SHA-256' = 'aa' OR file:hashes.MD5 = 'bb']":                                                    {},
		"[file:size > 100 AND EXISTS file:name AND file:content_ref.x_flag = true]":                                   {},
		"[email-message:to_refs[*].value = 'x' AND process:environment_variables.'A B' = 'c' AND a:b[0].c = h'ffee']": {},
		"[network-traffic:dst_ref.type = 'ipv4-addr']":                                                                {},
	} {
		found, why, err := parsePattern(pattern)
		if err != nil || strings.Join(found, " ") != want.found || why != want.why {
			t.Errorf("%s\n gives %q, %q, %v", pattern, found, why, err)
		}
	}
}

func TestPatternsThatAreNone(t *testing.T) {
	for _, pattern := range []string{
		"", "x", "[", "[]", "[ipv4-addr:value]", "[ipv4-addr:value =", "[ipv4-addr:value = ]", "[ipv4-addr:value = '8.8.8.8'", "[ipv4-addr:value = '8.8.8.8",
		"[ipv4-addr:value = '8.8.8.8']]", "[ipv4-addr:value IN ('8.8.8.8']", "[ipv4-addr:value IN ('8.8.8.8' '9')]", "[= '8.8.8.8']", "[ipv4-addr:value = '8.8.8.8' OR]",
		"[ipv4-addr:value = '8.8.8.8'] OR", "8.8.8.8", "['8.8.8.8']", "[ipv4-addr = '8.8.8.8']", strings.Repeat("(", 1000), "[" + strings.Repeat("(", 1000),
	} {
		if found, why, err := parsePattern(pattern); err == nil {
			t.Errorf("%.40s gives %q, %q", pattern, found, why)
		}
	}
}

// FuzzStix holds that no pattern makes the parser panic, and that what it finds stands in the pattern.
func FuzzStix(f *testing.F) {
	for _, seed := range []string{
		"[ipv4-addr:value = '8.8.8.8' OR ipv6-addr:value ISSUBSET '2620::/32']", "[a:b[*].'c d' NOT IN (1, 'x', t'2026')] REPEATS 5 TIMES FOLLOWEDBY ([x:y > 1])",
		"[network-traffic:dst_ref.type = 'ipv4-addr' AND network-traffic:dst_ref.value = '8.8.8.8']",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, pattern string) {
		found, _, err := parsePattern(pattern)
		if err != nil && found != nil {
			t.Errorf("%q with %v", found, err)
		}
		plain := strings.ReplaceAll(pattern, `\`, "")
		if i := slices.IndexFunc(found, func(s string) bool { return !strings.Contains(plain, strings.ReplaceAll(s, `\`, "")) }); i >= 0 {
			t.Errorf("%q is not in %q", found[i], pattern)
		}
	})
}
