// SPDX-License-Identifier: MIT

// go-parent [-listen ADDRESS] COMMAND...: an entry point in Go. It starts the rest of
// its line as a child, which has its listener at 3, passes SIGTERM on, and ends with it.
package main

import (
	"net"
	"os"
	"os/exec"
	"os/signal"
	"syscall"
)

func main() {
	words, files := os.Args[1:], []*os.File{}
	if words[0] == "-listen" {
		listener, err := net.Listen("tcp4", words[1])
		if err != nil {
			os.Exit(1)
		}
		file, _ := listener.(*net.TCPListener).File()
		words, files = words[2:], append(files, file)
	}
	child := exec.Command(words[0], words[1:]...)
	child.Stdout, child.Stderr, child.ExtraFiles = os.Stdout, os.Stderr, files
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
