//go:build !linux

package main

// limitBySystem does nothing where the system does not know such a limit.
func limitBySystem(uint64) {}
