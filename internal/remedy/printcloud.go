package remedy

import (
	"strings"

	"github.com/merlonsec/merlon/internal/inventory"
	"github.com/merlonsec/merlon/internal/lang"
)

// cloud writes, in comments, what to change in a resource of AWS: in the language of its source first.
func (s *sheet) cloud(o ObjectPatch) {
	if o.NoFile != reportText {
		s.say(none, o.NoFile.In(s.Lang))
	}
	parts := []func(){
		func() {
			s.headline(none, say(s.Lang, jsonPatchText, o.UID.Short()))
			s.verbatim("  " + strings.ReplaceAll(strings.TrimSuffix(o.patch(), "\n"), "\n", "\n  "))
		},
		func() {
			if o.Terraform != "" {
				s.say(none, terraformText.In(s.Lang))
				s.verbatim(o.Terraform)
			}
		},
	}
	if o.Made.By == inventory.MadeByTerraform {
		parts[0], parts[1] = parts[1], parts[0]
	}
	for _, write := range parts {
		write()
	}
}

// script writes the commands that change in AWS what fixes change. Those that need no answer first are for a shell
// as they stand, and with the others they are comments.
func (s *sheet) script(fixes []Fix) {
	var sure, every *Fix
	for i := range fixes {
		f := &fixes[i]
		if !f.Proved() || len(f.Commands) == 0 {
			continue
		}
		if every = f; !f.Asked {
			sure = f
		}
	}
	if sure != nil {
		s.run(runText, sure.Commands, s.shell)
	}
	if every != sure {
		text := runAllText
		if sure == nil {
			text = runText
		}
		s.run(text, every.Commands, s.verbatim)
	}
}

// run writes commands below what there is to say of them.
func (s *sheet) run(text lang.Text, commands []Command, write func(string)) {
	if len(commands) == 0 {
		return
	}
	s.line(none, "")
	s.say(bold, text.In(s.Lang))
	account := ""
	for _, c := range commands {
		if c.Account != account {
			account = c.Account
			s.say(none, say(s.Lang, accountText, account))
		}
		if c.Note.EN != "" {
			s.say(none, c.Note.In(s.Lang))
		}
		if c.Line != "" {
			write(c.Line)
		}
	}
}

// shell writes a command for a shell. What comes from files is in quotes, and cannot leave its line.
func (s *sheet) shell(command string) {
	for line := range strings.SplitSeq(command, "\n") {
		s.line(none, visible(line))
	}
}

// shellLines gives commands as text, with what there is to say in comments.
func shellLines(commands []Command) (lines []string) {
	for _, c := range commands {
		if c.Note.EN != "" {
			lines = append(lines, "# "+visible(c.Note.EN))
		}
		if c.Line != "" {
			lines = append(lines, c.Line)
		}
	}
	return lines
}
