// go-parent COMMAND...: an entry point in Go. It starts the rest of its line as a
// child, passes SIGTERM on, and ends with it.
package main

import (
	"os"
	"os/exec"
	"os/signal"
	"syscall"
)

func main() {
	child := exec.Command(os.Args[1], os.Args[2:]...)
	child.Stdout, child.Stderr = os.Stdout, os.Stderr
	if child.Start() != nil {
		os.Exit(127)
	}
	ends := make(chan os.Signal, 1)
	signal.Notify(ends, syscall.SIGTERM)
	go func() {
		<-ends
		child.Process.Signal(syscall.SIGTERM)
	}()
	if child.Wait() != nil {
		os.Exit(1)
	}
}
