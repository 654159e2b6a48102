package manifest

import (
	"archive/tar"
	"compress/gzip"
	"io"
	"os"
	"path"
	"strings"
)

// isPackagedChart reports whether a file is what `helm package` makes: a compressed archive with one folder, which has a
// Chart.yaml. It stands at the beginning, so that little has to be read of an archive that is something else.
func isPackagedChart(name string) bool {
	const most, entries = 4 << 20, 200
	f, err := os.OpenFile(name, os.O_RDONLY|openFlags, 0)
	if err != nil {
		return false
	}
	defer f.Close()
	unzipped, err := gzip.NewReader(f)
	if err != nil {
		return false
	}
	archive := tar.NewReader(io.LimitReader(unzipped, most))
	for range entries {
		h, err := archive.Next()
		if err != nil {
			return false
		}
		inner := strings.TrimPrefix(path.Clean("/"+h.Name), "/")
		if path.Base(inner) == chartFile && strings.Count(inner, "/") == 1 && h.Typeflag == tar.TypeReg {
			return true
		}
	}
	return false
}
