// Package merlon is the root of the module and holds no code: the program is
// cmd/merlon, its parts are under internal/, and arch_test.go beside this file
// keeps them in the order that ARCHITECTURE.md gives.
package merlon
