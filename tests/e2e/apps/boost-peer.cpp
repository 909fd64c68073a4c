// SPDX-License-Identifier: MIT
// boost-peer PORT: an HTTP server on Boost.Asio that answers with the client's
// address. Asio registers a socket with epoll when it opens it: before bind.
#include <boost/asio.hpp>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <string>

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

class session : public std::enable_shared_from_this<session> {
public:
    explicit session(tcp::socket socket) : socket_(std::move(socket)) {}

    void start()
    {
        auto self = shared_from_this();
        asio::async_read_until(socket_, request_, "\r\n\r\n", [self](error_code failed, std::size_t) {
            if (!failed) self->answer();
        });
    }

private:
    void answer()
    {
        error_code failed;
        const tcp::endpoint peer = socket_.remote_endpoint(failed);
        const std::string body = failed ? failed.message() : peer.address().to_string();
        answer_ = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: " + std::to_string(body.size()) +
                  "\r\n\r\n" + body;
        auto self = shared_from_this();
        asio::async_write(socket_, asio::buffer(answer_), [self](error_code, std::size_t) {});
    }

    tcp::socket socket_;
    asio::streambuf request_;
    std::string answer_;
};

static void accept_next(tcp::acceptor &acceptor)
{
    acceptor.async_accept([&acceptor](error_code failed, tcp::socket socket) {
        if (!failed) std::make_shared<session>(std::move(socket))->start();
        if (acceptor.is_open()) accept_next(acceptor);
    });
}

int main(int argc, char **argv)
{
    if (argc != 2) return 2;
    try {
        asio::io_context context;
        tcp::acceptor acceptor(context);
        const tcp::endpoint everywhere(tcp::v4(), static_cast<unsigned short>(std::atoi(argv[1])));
        acceptor.open(everywhere.protocol());
        acceptor.set_option(tcp::acceptor::reuse_address(true));
        acceptor.bind(everywhere);
        acceptor.listen();
        accept_next(acceptor);
        asio::signal_set stop(context, SIGTERM, SIGINT);
        stop.async_wait([&context](error_code, int) { context.stop(); });
        context.run();
    } catch (const std::exception &failed) {
        std::cerr << failed.what() << '\n';
        return 1;
    }
    return 0;
}
