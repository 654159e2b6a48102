package main

import "testing"

func TestTheHelpOfDetectShowsHowLongItLearns(t *testing.T) {
	c := newDetect(&process{})
	for _, of := range append(c.Commands(), c) {
		if flag := of.Flags().Lookup("learn"); flag != nil && flag.DefValue != "7d" {
			t.Errorf("%s --learn is %s by default", of.Name(), flag.DefValue)
		}
	}
}
