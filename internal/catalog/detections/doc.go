// Package detections holds the rules over the audit stream that Merlon ships, one file each: nothing comes in but the
// action that a rule is asked about; an answer and the fields that it rests on go out. Beside them stand the conditions
// that several rules share (condition.go), the table of tactics (tactic.go) and the texts that they have in common.
package detections
