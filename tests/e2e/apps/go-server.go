// SPDX-License-Identifier: MIT

// go-server MODE PORT: servers in Go, which never call the C library's bind.
// Each answers with the address of whoever asks.
//
//	tcp4       net.Listen on tcp4 0.0.0.0
//	tcp        net.Listen on tcp 0.0.0.0
//	reuseport  two tcp4 listeners with SO_REUSEPORT
//	both       tcp4 0.0.0.0 and tcp6 :: on one port
//	udp4       net.ListenPacket on udp4 0.0.0.0
//	names      as tcp4, and tells its own address and type
//	cycles     binds, listens and closes PORT ten thousand times, and tells how many
//	threads    as cycles, in a hundred goroutines that are threads, each at a port of its own from PORT on
package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"runtime"
	"strconv"
	"sync"
	"syscall"
)

const soReuseport = 0xf

func fatal(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func peer(w http.ResponseWriter, r *http.Request) {
	host, _, _ := net.SplitHostPort(r.RemoteAddr)
	fmt.Fprint(w, host)
}

func listen(network, host, port string, reuse bool) net.Listener {
	config := net.ListenConfig{Control: func(network, address string, c syscall.RawConn) error {
		return c.Control(func(fd uintptr) {
			if reuse {
				fatal(syscall.SetsockoptInt(int(fd), syscall.SOL_SOCKET, soReuseport, 1))
			}
		})
	}}
	listener, err := config.Listen(context.Background(), network, net.JoinHostPort(host, port))
	fatal(err)
	return listener
}

func serve(listeners ...net.Listener) {
	for _, listener := range listeners[1:] {
		go http.Serve(listener, http.HandlerFunc(peer))
	}
	fatal(http.Serve(listeners[0], http.HandlerFunc(peer)))
}

func names(port string) {
	listener := listen("tcp4", "0.0.0.0", port, false)
	fmt.Printf("%T %v\n", listener.Addr(), listener.Addr())
	for {
		connection, err := listener.Accept()
		fatal(err)
		fmt.Fprintf(connection, "%v %v", connection.LocalAddr(), connection.RemoteAddr())
		connection.Close()
	}
}

func datagrams(port string) {
	socket, err := net.ListenPacket("udp4", net.JoinHostPort("0.0.0.0", port))
	fatal(err)
	buffer := make([]byte, 2048)
	for {
		_, from, err := socket.ReadFrom(buffer)
		fatal(err)
		host, _, _ := net.SplitHostPort(from.String())
		socket.WriteTo([]byte(host), from)
	}
}

func cycle(port, times int) {
	for i := 0; i < times; i++ {
		listener, err := net.Listen("tcp4", fmt.Sprintf("0.0.0.0:%d", port))
		fatal(err)
		fatal(listener.Close())
	}
}

func threads(port int) {
	var all sync.WaitGroup
	for i := 0; i < 100; i++ {
		all.Add(1)
		go func(port int) {
			runtime.LockOSThread()
			cycle(port, 10)
			all.Done()
		}(port + i)
	}
	all.Wait()
}

func main() {
	mode, port := os.Args[1], os.Args[2]
	number, err := strconv.Atoi(port)
	fatal(err)
	switch mode {
	case "tcp4", "tcp":
		serve(listen(mode, "0.0.0.0", port, false))
	case "reuseport":
		serve(listen("tcp4", "0.0.0.0", port, true), listen("tcp4", "0.0.0.0", port, true))
	case "both":
		serve(listen("tcp4", "0.0.0.0", port, false), listen("tcp6", "::", port, false))
	case "names":
		names(port)
	case "udp4":
		datagrams(port)
	case "cycles":
		cycle(number, 10000)
		fmt.Println(10000)
	case "threads":
		threads(number)
		fmt.Println(1000)
	}
}
