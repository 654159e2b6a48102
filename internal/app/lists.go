package app

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/merlonsec/merlon/internal/intel"
	"github.com/merlonsec/merlon/internal/inventory"
)

// LoadList reads a list of addresses of a kind from a file. What in it cannot be used, or may be a mistake, is told with its
// line; the rest of the list is used all the same. A list that gives no address is an error.
func LoadList(kind intel.Kind, path string, now time.Time) (list *intel.List, told []inventory.NotRead, err error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, nil, fmt.Errorf("read list: %w", NoSuchFile(path, err))
	}
	list, report := intel.Parse(filepath.Base(path), kind, file, now)
	if err := file.Close(); err != nil {
		return nil, nil, fmt.Errorf("read list: %w", err)
	}
	told = append(problemsIn(path, report.Refused, "is not used"), problemsIn(path, report.Noted, "")...)
	told = append(told, problemsIn(path, report.Unreachable, "")...) // Last: what may be a mistake is more.
	if list.Len() == 0 {
		why := "there is no address in it"
		if problems := report.Refused.First; len(problems) > 0 {
			why += "; line " + fmt.Sprint(problems[0].Line) + ": " + problems[0].Why
		}
		return nil, nil, fmt.Errorf("read list: %s: %s; give one address or CIDR block a line, CSV, or STIX 2.1", path, why)
	}
	return list, told, nil
}

// maxListProblems is how many problems of one list are told.
const maxListProblems = 5

func problemsIn(path string, problems intel.Problems, fate string) []inventory.NotRead {
	var told []inventory.NotRead
	for i, p := range problems.First {
		if i == maxListProblems {
			told = append(told, inventory.NotRead{What: path, Why: fmt.Sprintf("%d more lines like these", problems.Total-i)})
			break
		}
		why := p.Why
		if p.Text != "" {
			why = strings.TrimSpace(fmt.Sprintf("%q %s", p.Text, fate)) + ": " + why
		}
		told = append(told, inventory.NotRead{What: fmt.Sprintf("%s:%d", path, p.Line), Why: why})
	}
	return told
}

// LoadAllowList reads the entries of a list of what is allowed from a file: a name or a glob a line; # begins a comment.
func LoadAllowList(path string) ([]string, error) {
	data, err := ReadSmall(path)
	if err != nil {
		return nil, fmt.Errorf("read list: %w", NoSuchFile(path, err))
	}
	var entries []string
	for line := range strings.Lines(string(data)) {
		entry, _, _ := strings.Cut(line, "#")
		if entry = strings.TrimSpace(entry); entry != "" {
			entries = append(entries, entry)
		}
	}
	if len(entries) == 0 {
		return nil, errors.New("read list: " + path + ": it allows nothing; give one name or glob a line")
	}
	return entries, nil
}
