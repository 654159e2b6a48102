package main

import (
	"fmt"
	"io"
	"maps"
	"path"
	"slices"
	"strings"
	"text/tabwriter"
)

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// tally counts mutants.
type tally struct{ total, killed, explained int }

func (t *tally) add(o outcome) {
	t.total++
	switch {
	case o.killed():
		t.killed++
	case o.why != "":
		t.explained++
	}
}

func (t tally) String() string {
	if t.total == 0 {
		return "-"
	}
	return fmt.Sprintf("%d/%d", t.killed, t.total)
}

// share gives killed as a percentage, rounded down: only all are 100 %.
func (t tally) share() string {
	if t.total == 0 {
		return "-"
	}
	return fmt.Sprintf("%d.%d %%", t.killed*100/t.total, t.killed*1000/t.total%10)
}

// row is one line of the table.
type row struct{ conditions, code tally }

func (r row) all() tally {
	return tally{
		r.conditions.total + r.code.total, r.conditions.killed + r.code.killed, r.conditions.explained + r.code.explained,
	}
}

// owner names the row that a mutant counts in: its rule, or its file where several rules need the code.
func (m *mutant) owner() string {
	if len(m.rules) == 1 {
		return m.rules[0]
	}
	return path.Base(m.file.name)
}

// report writes the table, the survivors and the shares.
func report(w io.Writer, outcomes []outcome, suites []*suite) error {
	rows := map[string]*row{}
	var conditions, code tally
	bySuite := map[string]int{}
	for _, o := range outcomes {
		r := rows[o.owner()]
		if r == nil {
			r = &row{}
			rows[o.owner()] = r
		}
		if o.condition {
			r.conditions.add(o)
			conditions.add(o)
		} else {
			r.code.add(o)
			code.add(o)
		}
		bySuite[o.suite]++
	}
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "RULE OR SHARED FILE\tCONDITIONS\tCODE\tKILLED\tEXPLAINED")
	for _, name := range sortedKeys(rows) {
		r := rows[name]
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%d\n", name, r.conditions, r.code, r.all().share(), r.all().explained)
	}
	if err := table.Flush(); err != nil {
		return err
	}
	survivors(w, outcomes)
	fmt.Fprintln(w)
	for _, s := range suites {
		fmt.Fprintf(w, "%d killed by %s%s\n", bySuite[s.name], s.name, late(outcomes, s))
	}
	all := row{conditions, code}.all()
	fmt.Fprintf(w, "named conditions: %s killed (%s)\n", conditions, conditions.share())
	fmt.Fprintf(w, "code: %s killed (%s)\n", code, code.share())
	_, err := fmt.Fprintf(w, "all: %s killed (%s); of the others %d are explained and %d are not\n",
		all, all.share(), all.explained, all.total-all.killed-all.explained)
	return err
}

// late says how many mutants a suite killed by not coming to an end, if any.
func late(outcomes []outcome, s *suite) string {
	n := 0
	for _, o := range outcomes {
		if o.suite == s.name && o.test == timeout {
			n++
		}
	}
	if n == 0 {
		return ""
	}
	return fmt.Sprintf(", %d of them because it did not end", n)
}

// survivors lists what no test noticed, first what nobody explains.
func survivors(w io.Writer, outcomes []outcome) {
	for _, explained := range []bool{false, true} {
		title := "\nsurvivors without an explanation:"
		if explained {
			title = "\nsurvivors with an explanation:"
		}
		for _, o := range outcomes {
			if o.killed() || (o.why != "") != explained {
				continue
			}
			if title != "" {
				fmt.Fprintln(w, title)
				title = ""
			}
			fmt.Fprintf(w, "%s:%d: %s: %s%s\n", o.file.name, o.line, o.within, o.what, remark(o))
		}
	}
}

func remark(o outcome) string {
	switch {
	case o.why != "":
		return "\n\t" + o.why
	case !o.reached:
		return " (no test comes past it)"
	}
	return ""
}

// details lists every mutant with what noticed it.
func details(w io.Writer, outcomes []outcome) {
	for _, o := range outcomes {
		by := "survived"
		if o.killed() {
			by = o.suite + ": " + o.test
		}
		fmt.Fprintf(w, "%d %s:%d: %s: %s [%s] %s\n", o.number, o.file.name, o.line, o.within, o.what, strings.Join(o.rules, " "), by)
	}
}
