package app

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/inventory"
)

// SuppressionFile is the name of the file with exceptions that a scan reads from the current folder.
const SuppressionFile = "merlon.suppress.yaml"

// LoadSuppressions reads a file with exceptions. With no path given it reads [SuppressionFile], where
// there is one.
func LoadSuppressions(path string, known finding.Known) ([]finding.Suppression, error) {
	name := path
	if name == "" {
		name = SuppressionFile
	}
	data, err := ReadSmall(name)
	if path == "" && errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read suppressions: %w", NoSuchFile(name, err))
	}
	all, err := finding.ParseSuppressions(name, data, known)
	if err != nil {
		return nil, fmt.Errorf("the exceptions in %s are not used:\n%w", name, err)
	}
	return all, nil
}

// NoSuchFile words the error of opening a path as that of scanning it: of a file that is not there it says what to do.
func NoSuchFile(path string, err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s: there is no such file or folder; check the path", path)
	}
	return err
}

// maxSmall is the size of a file of settings, in bytes.
const maxSmall = 1 << 20

// ReadSmall reads a file of settings. It refuses what is no file, such as a device that never ends, and what
// is too large to have been written by hand.
func ReadSmall(path string) ([]byte, error) {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular():
		return nil, fmt.Errorf("%s is not a file", path)
	case info.Size() > maxSmall:
		return nil, fmt.Errorf("%s is larger than 1 MiB", path)
	}
	return os.ReadFile(path)
}

// WriteSnapshot writes a view to a file: whole, or not at all.
func WriteSnapshot(path string, v *inventory.View, version string, now time.Time) error {
	return writeWhole(path, func(w io.Writer) error { return WriteSnapshotTo(w, v, version, now) })
}

// WriteSnapshotTo writes a view to a stream.
func WriteSnapshotTo(w io.Writer, v *inventory.View, version string, now time.Time) error {
	return inventory.WriteSnapshot(w, inventory.Header{Tool: inventory.Tool{Version: version}, TakenAt: now.UTC()}, v)
}

// writeWhole writes beside the file and moves the result into its place, so that a reader never sees half
// of it.
// What is there and is no file, such as /dev/stdout or a pipe, is written to as it is; a link stays, and
// what it points at is replaced.
func writeWhole(path string, write func(io.Writer) error) (err error) {
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
		return writeInto(path, write)
	}
	if target, err := filepath.EvalSymlinks(path); err == nil {
		path = target
	}
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		var place *fs.PathError
		if errors.As(err, &place) {
			err = place.Err // The name of the temporary file tells nobody anything.
		}
		return fmt.Errorf("write %s: %w", path, err)
	}
	defer func() {
		if err != nil {
			_ = os.Remove(f.Name())
		}
	}()
	if err := errors.Join(write(f), f.Close()); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return nil
}

func writeInto(path string, write func(io.Writer) error) error {
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	if err := errors.Join(write(f), f.Close()); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return nil
}
