package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/merlonsec/merlon/internal/remedy"
)

// writeFixed writes every file, after it has made sure of all of them that git can bring them back. Its error
// says which were written before something went wrong.
func writeFixed(ctx context.Context, files []remedy.FileChange, force bool) error {
	if !force {
		var names []string
		for _, file := range files {
			names = append(names, file.Name)
		}
		if err := checkGit(ctx, names); err != nil {
			return fmt.Errorf("%w; nothing was written (--force writes all the same)", err)
		}
	}
	for i, file := range files {
		err := replaceFile(file)
		switch {
		case err != nil && i > 0:
			return fmt.Errorf("%w; the %d files before it were written, the last of them %s", err, i, files[i-1].Name)
		case err != nil:
			return fmt.Errorf("%w; nothing was written", err)
		}
	}
	return nil
}

// checkGit makes sure that git holds every file as it is.
func checkGit(ctx context.Context, names []string) error {
	folders := map[string][]string{}
	var order []string
	for _, name := range names {
		folder := filepath.Dir(name)
		if folders[folder] == nil {
			order = append(order, folder)
		}
		folders[folder] = append(folders[folder], filepath.Base(name))
	}
	for _, folder := range order {
		inside, err := git(ctx, folder, "rev-parse", "--is-inside-work-tree")
		if errors.Is(err, exec.ErrNotFound) {
			return err
		}
		if err != nil || strings.TrimSpace(inside) != "true" {
			return fmt.Errorf("%s is not in a git work tree", filepath.Join(folder, folders[folder][0]))
		}
		const atOnce = 200 // A command line has a limit.
		for some := range slices.Chunk(folders[folder], atOnce) {
			if err := checkFolder(ctx, folder, some); err != nil {
				return err
			}
		}
	}
	return nil
}

// checkFolder makes sure of some files of one folder.
func checkFolder(ctx context.Context, folder string, names []string) error {
	tracked, err := git(ctx, folder, append([]string{"ls-files", "-z", "--"}, names...)...)
	if err != nil {
		return err
	}
	known := strings.Split(tracked, "\x00")
	for _, name := range names {
		if !slices.Contains(known, name) {
			return fmt.Errorf("git does not track %s", filepath.Join(folder, name))
		}
	}
	changes, err := git(ctx, folder, append([]string{"status", "--porcelain", "-z", "--"}, names...)...)
	if err != nil {
		return err
	}
	if first, _, _ := strings.Cut(changes, "\x00"); first != "" {
		const state = len("XY ")
		return fmt.Errorf("%s has changes that are not committed", filepath.Join(folder, filepath.Base(first[min(state, len(first)):])))
	}
	return nil
}

// git runs git in a folder and gives what it prints.
func git(ctx context.Context, folder string, args ...string) (string, error) {
	// A work tree's own settings could name programs to run, and a file's name mean many files.
	base := []string{"-C", folder, "-c", "core.fsmonitor=false", "-c", "core.hooksPath=" + os.DevNull, "--literal-pathspecs"}
	out, err := exec.CommandContext(ctx, "git", append(base, args...)...).Output()
	if err != nil {
		return "", fmt.Errorf("run git %s: %w", args[0], err)
	}
	return string(out), nil
}

// replaceFile puts the new content in the place of a file: whole, with the file's mode, or not at all. A file
// that changed since it was read stays as it is.
func replaceFile(file remedy.FileChange) (err error) {
	now, err := openToEdit(file.Name)
	if err != nil {
		return fmt.Errorf("write %s: %w", file.Name, err)
	}
	if !bytes.Equal(now, file.Before) {
		return fmt.Errorf("write %s: it changed while it was being fixed; run it again", file.Name)
	}
	info, err := os.Lstat(file.Name)
	if err != nil {
		return fmt.Errorf("write %s: %w", file.Name, err)
	}
	temporary, err := os.CreateTemp(filepath.Dir(file.Name), "."+filepath.Base(file.Name)+".*")
	if err != nil {
		return fmt.Errorf("write %s: %w", file.Name, err)
	}
	defer func() {
		if err != nil {
			_ = os.Remove(temporary.Name())
		}
	}()
	keepOwner(temporary.Name(), info)
	_, err = temporary.Write(file.After)
	// What is in the file must be on the disk before its name is, or a crash leaves an empty one.
	if err = errors.Join(err, temporary.Chmod(info.Mode().Perm()), temporary.Sync(), temporary.Close()); err != nil {
		return fmt.Errorf("write %s: %w", file.Name, err)
	}
	if err = os.Rename(temporary.Name(), file.Name); err != nil {
		return fmt.Errorf("write %s: %w", file.Name, err)
	}
	return nil
}
