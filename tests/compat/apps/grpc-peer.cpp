// SPDX-License-Identifier: MIT
/* grpc-peer ADDRESS:PORT: a gRPC server that answers every method with the caller's address. */
#include <csignal>
#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/grpcpp.h>

class Answer : public grpc::ServerGenericBidiReactor {
public:
	explicit Answer(const std::string &peer)
	{
		grpc::Slice text(peer);
		answer = grpc::ByteBuffer(&text, 1);
		StartWriteAndFinish(&answer, grpc::WriteOptions(), grpc::Status::OK);
	}
	void OnDone() override
	{
		delete this;
	}

private:
	grpc::ByteBuffer answer;
};

class Peer : public grpc::CallbackGenericService {
	grpc::ServerGenericBidiReactor *CreateReactor(grpc::GenericCallbackServerContext *context) override
	{
		return new Answer(context->peer());
	}
};

int main(int, char **argv)
{
	sigset_t signals;
	int received;

	sigemptyset(&signals);
	sigaddset(&signals, SIGTERM);
	pthread_sigmask(SIG_BLOCK, &signals, nullptr);
	Peer service;
	grpc::ServerBuilder builder;
	builder.AddListeningPort(argv[1], grpc::InsecureServerCredentials());
	builder.RegisterCallbackGenericService(&service);
	auto server = builder.BuildAndStart();
	if (!server)
		return 1;
	sigwait(&signals, &received);
	server->Shutdown();
}
