package main

import (
	"archive/tar"
	"bytes"
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/spf13/cobra"

	"github.com/merlonsec/merlon/internal/app"
	"github.com/merlonsec/merlon/internal/catalog"
	"github.com/merlonsec/merlon/internal/collect/audit"
	"github.com/merlonsec/merlon/internal/collect/manifest"
	"github.com/merlonsec/merlon/internal/finding"
	"github.com/merlonsec/merlon/internal/lang"
	"github.com/merlonsec/merlon/internal/report"
)

// The manifests of a small shop with believable mistakes, the same with the gravest mended, and the audit log of a night in
// which somebody uses one of the mistakes.
//
//go:embed demo/shop demo/fixed demo/audit.log
var demoFiles embed.FS

func newDemo(p *process) *cobra.Command {
	var out outputFlags
	var folder string
	c := &cobra.Command{
		Use:   "demo",
		Short: "Tell a story on a small built-in shop",
		Long: `Scans the manifests of a small shop that are built in, and tells what an
attacker sees, what to fix first, what that changes, and how an attack looks in
the audit log.`,
		Args: exactly(0, ""),
		RunE: func(c *cobra.Command, _ []string) error {
			options, err := out.options(p, true)
			if err != nil {
				return err
			}
			if folder != "" {
				if err := writeDemo(folder); err != nil {
					return err
				}
			}
			before, err := scanDemo(c.Context(), p, "demo/shop")
			if err != nil {
				return err
			}
			after, err := scanDemo(c.Context(), p, "demo/fixed")
			if err != nil {
				return err
			}
			attack, err := detectDemo(c.Context(), p)
			if err != nil {
				return err
			}
			return report.Tour{Before: before, After: after, Attack: attack, Types: detectionTexts, Folder: folder, Intro: lang.Text{
				EN: "Quetzal is a small online shop on one cluster. Its manifests are built into Merlon; nothing is contacted, and what follows is what \"merlon scan\" finds in them.",
				ES: "Quetzal es una pequeña tienda en línea en un solo clúster. Sus manifiestos vienen incluidos en Merlon; no se establece ninguna conexión, y lo que sigue es lo que \"merlon scan\" encuentra en ellos.",
				PT: "A Quetzal é uma pequena loja online em um único cluster. Seus manifestos vêm embutidos no Merlon; nenhuma conexão é feita, e o que vem a seguir é o que o \"merlon scan\" encontra neles.",
			}}.Write(p.stdout, options)
		},
	}
	out.register(c)
	c.Flags().StringVar(&folder, "write", "", "also write the manifests and the audit log into this `folder`, which must not exist")
	return c
}

// scanDemo scans one folder of the built-in files, as an archive on standard input.
func scanDemo(ctx context.Context, p *process, folder string) (*finding.Scan, error) {
	files, err := fs.Sub(demoFiles, folder)
	if err != nil {
		return nil, fmt.Errorf("open demo: %w", err)
	}
	var archive bytes.Buffer
	w := tar.NewWriter(&archive)
	if err := errors.Join(w.AddFS(files), w.Close()); err != nil {
		return nil, fmt.Errorf("pack demo: %w", err)
	}
	v, err := app.Read(ctx, app.Input{Options: manifest.Options{Paths: []string{"-"}, Stdin: &archive}})
	if err != nil {
		return nil, err
	}
	return app.Assess(v, app.Assessment{Rules: catalog.All(), Version: version(), Now: p.now()}), nil
}

// detectDemo runs the detections over the built-in audit log.
func detectDemo(ctx context.Context, p *process) (*report.Detections, error) {
	log, err := demoFiles.Open("demo/audit.log")
	if err != nil {
		return nil, fmt.Errorf("open demo: %w", err)
	}
	defer log.Close() //nolint:errcheck // It is built in.
	d := app.Detection{
		Logs: audit.Options{Paths: []string{"-"}, Stdin: log, Cluster: "quetzal"}, Rules: catalog.Detections(), Now: p.now,
		Found: func(*finding.Detection, *finding.Threat) error { return nil },
	}
	detected, err := app.Detect(ctx, d)
	if err != nil {
		return nil, err
	}
	return detectionsOf(p, detected, &d), nil
}

// writeDemo writes the built-in files into a folder that does not exist yet.
func writeDemo(folder string) error {
	files, err := fs.Sub(demoFiles, "demo")
	if err != nil {
		return fmt.Errorf("open demo: %w", err)
	}
	if _, err := os.Stat(folder); err == nil {
		return fmt.Errorf("write demo: %s exists; name a folder that does not", folder)
	}
	if err := os.CopyFS(folder, files); err != nil {
		return fmt.Errorf("write demo: %w", err)
	}
	return nil
}
