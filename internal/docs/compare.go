package docs

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// Stale is one page that is not as it should be.
type Stale struct {
	// Path is the page's below docs/.
	Path string
	// Why is "missing", "changed", or "leftover" for a generated page that nothing produces any more.
	Why string
}

// The reasons why a page is stale.
const (
	Missing  = "missing"
	Changed  = "changed"
	Leftover = "leftover"
)

// Compare finds the pages in a folder that differ from the generated ones, by path. Pages without the
// [Banner] that are not generated are left alone: somebody wrote them by hand.
func Compare(folder fs.FS, pages map[string]string) ([]Stale, error) {
	var stale []Stale
	for name, want := range pages {
		have, err := fs.ReadFile(folder, name)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			stale = append(stale, Stale{name, Missing})
		case err != nil:
			return nil, fmt.Errorf("read page: %w", err)
		case string(have) != want:
			stale = append(stale, Stale{name, Changed})
		}
	}
	err := fs.WalkDir(folder, ".", func(name string, d fs.DirEntry, err error) error {
		if name == "." && errors.Is(err, fs.ErrNotExist) {
			return fs.SkipAll
		}
		if _, produced := pages[name]; err != nil || produced || d.IsDir() || path.Ext(name) != ".md" {
			return err
		}
		have, err := fs.ReadFile(folder, name)
		if strings.HasPrefix(string(have), Banner) {
			stale = append(stale, Stale{name, Leftover})
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list pages: %w", err)
	}
	slices.SortFunc(stale, func(a, b Stale) int { return cmp.Compare(a.Path, b.Path) })
	return stale, nil
}
