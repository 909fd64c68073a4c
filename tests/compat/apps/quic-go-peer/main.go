// SPDX-License-Identifier: MIT

// quic-go-peer serve NETWORK PORT CERTIFICATE KEY: a QUIC server on udp4 or udp that answers each
// request, which is all of a stream, with the client's address, a line feed, and the request backwards.
//
// quic-go-peer ask ADDRESS:PORT CERTIFICATE CONNECTIONS STREAMS: so many connections at once, each
// with a socket of its own, and so many streams in each. Prints what the server says the client's
// address is, and "N asked, W wrong". Exit status: 0 if none is wrong.
package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"log"
	"net"
	"os"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/quic-go/quic-go"
)

const protocol = "backwards"

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func number(text string) int {
	n, err := strconv.Atoi(text)
	check(err)
	return n
}

func answer(stream *quic.Stream, peer net.Addr) {
	request, err := io.ReadAll(stream)
	if err != nil {
		return
	}
	slices.Reverse(request)
	host, _, _ := net.SplitHostPort(peer.String())
	_, _ = stream.Write(append([]byte(host+"\n"), request...))
	_ = stream.Close()
}

func answerAll(connection *quic.Conn) {
	for {
		stream, err := connection.AcceptStream(context.Background())
		if err != nil {
			return
		}
		go answer(stream, connection.RemoteAddr())
	}
}

func serve(network string, port int, certificate, key string) {
	pair, err := tls.LoadX509KeyPair(certificate, key)
	check(err)
	socket, err := net.ListenUDP(network, &net.UDPAddr{Port: port})
	check(err)
	listener, err := quic.Listen(socket, &tls.Config{Certificates: []tls.Certificate{pair}, NextProtos: []string{protocol}}, nil)
	check(err)
	for {
		connection, err := listener.Accept(context.Background())
		check(err)
		go answerAll(connection)
	}
}

// Up to some 20 datagrams long.
func request(connection, stream int) []byte {
	data := make([]byte, 10+(connection*7919+stream*4099)%24000)
	state := uint64(connection)<<32 | uint64(stream) | 1<<63
	for i := range data {
		state = state*6364136223846793005 + 1442695040888963407
		data[i] = byte(state >> 56)
	}
	return data
}

func ask(connection *quic.Conn, data []byte) (peer string, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	stream, err := connection.OpenStreamSync(ctx)
	if err != nil {
		return "", err
	}
	_ = stream.SetDeadline(time.Now().Add(20 * time.Second))
	if _, err = stream.Write(data); err != nil {
		return "", err
	}
	_ = stream.Close()
	answer, err := io.ReadAll(stream)
	if err != nil {
		return "", err
	}
	host, backwards, _ := bytes.Cut(answer, []byte("\n"))
	slices.Reverse(backwards)
	if !bytes.Equal(backwards, data) {
		return "", fmt.Errorf("%d other bytes than the %d that were sent", len(backwards), len(data))
	}
	return string(host), nil
}

func load(address string, roots *x509.CertPool, connections, streams int) (wrong int, peers map[string]bool) {
	var all sync.WaitGroup
	var lock sync.Mutex
	peers = map[string]bool{}
	tell := func(peer string, bad int, err error) {
		lock.Lock()
		defer lock.Unlock()
		wrong += bad
		if err != nil {
			log.Print(err)
		} else {
			peers[peer] = true
		}
	}
	for n := range connections {
		all.Go(func() {
			connection, err := quic.DialAddr(context.Background(), address,
				&tls.Config{RootCAs: roots, ServerName: "server", NextProtos: []string{protocol}}, nil)
			if err != nil {
				tell("", streams, err)
				return
			}
			for stream := range streams {
				peer, err := ask(connection, request(n, stream))
				bad := 0
				if err != nil {
					bad = 1
				}
				tell(peer, bad, err)
			}
			_ = connection.CloseWithError(0, "")
		})
	}
	all.Wait()
	return wrong, peers
}

func main() {
	words := os.Args[1:]
	if words[0] == "serve" {
		serve(words[1], number(words[2]), words[3], words[4])
	}
	certificate, err := os.ReadFile(words[2])
	check(err)
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(certificate)
	connections, streams := number(words[3]), number(words[4])
	wrong, peers := load(words[1], roots, connections, streams)
	for peer := range peers {
		fmt.Println(peer)
	}
	fmt.Printf("%d asked, %d wrong\n", connections*streams, wrong)
	if wrong > 0 {
		os.Exit(1)
	}
}
