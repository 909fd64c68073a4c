/* A gRPC server with the health service alone: grpc-health ADDRESS:PORT */
#include <csignal>
#include <grpcpp/grpcpp.h>
#include <grpcpp/health_check_service_interface.h>

int main(int, char **argv)
{
	sigset_t signals;
	int received;

	sigemptyset(&signals);
	sigaddset(&signals, SIGTERM);
	pthread_sigmask(SIG_BLOCK, &signals, nullptr);
	grpc::EnableDefaultHealthCheckService(true);
	grpc::ServerBuilder builder;
	builder.AddListeningPort(argv[1], grpc::InsecureServerCredentials());
	auto server = builder.BuildAndStart();
	if (!server)
		return 1;
	sigwait(&signals, &received);
	server->Shutdown();
}
