// SPDX-License-Identifier: MIT

// go-http HOST PORT: net/http on one address. HOST "::" is dual-stack.
package main

import (
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"strings"
)

func main() {
	network := "tcp4"
	if strings.Contains(os.Args[1], ":") {
		network = "tcp"
	}
	listener, err := net.Listen(network, net.JoinHostPort(os.Args[1], os.Args[2]))
	if err != nil {
		log.Fatal(err)
	}
	log.Fatal(http.Serve(listener, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.WriteString(w, "hello, world\n")
	})))
}
