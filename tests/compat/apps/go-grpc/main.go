// SPDX-License-Identifier: MIT

// go-grpc NETWORK PORT: gRPC's health service, listening on tcp4 or tcp. It logs
// who asks.
package main

import (
	"context"
	"log"
	"net"
	"os"

	"google.golang.org/grpc"
	"google.golang.org/grpc/health"
	"google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/peer"
	"google.golang.org/grpc/reflection"
)

func tell(ctx context.Context, request any, info *grpc.UnaryServerInfo, next grpc.UnaryHandler) (any, error) {
	if who, ok := peer.FromContext(ctx); ok {
		log.Print("peer ", who.Addr)
	}
	return next(ctx, request)
}

func main() {
	listener, err := net.Listen(os.Args[1], ":"+os.Args[2])
	if err != nil {
		log.Fatal(err)
	}
	server := grpc.NewServer(grpc.UnaryInterceptor(tell))
	grpc_health_v1.RegisterHealthServer(server, health.NewServer())
	reflection.Register(server)
	log.Fatal(server.Serve(listener))
}
