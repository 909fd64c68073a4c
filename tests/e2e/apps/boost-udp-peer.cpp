// SPDX-License-Identifier: MIT
// boost-udp-peer PORT: a Boost.Asio server that answers each datagram with its
// sender's address. Asio registers the socket with epoll before it is bound.
#include <array>
#include <boost/asio.hpp>
#include <cstdlib>
#include <iostream>
#include <string>

namespace asio = boost::asio;
using asio::ip::udp;
using boost::system::error_code;

class server {
public:
    server(asio::io_context &context, unsigned short port) : socket_(context)
    {
        socket_.open(udp::v4());
        socket_.bind(udp::endpoint(udp::v4(), port));
        receive();
    }

private:
    void receive()
    {
        socket_.async_receive_from(asio::buffer(question_), sender_, [this](error_code failed, std::size_t) {
            if (failed) throw boost::system::system_error(failed, "receive");
            answer();
        });
    }

    void answer()
    {
        answer_ = sender_.address().to_string();
        socket_.async_send_to(asio::buffer(answer_), sender_, [this](error_code failed, std::size_t) {
            if (failed) throw boost::system::system_error(failed, "send");
            receive();
        });
    }

    udp::socket socket_;
    udp::endpoint sender_;
    std::array<char, 2048> question_;
    std::string answer_;
};

int main(int argc, char **argv)
{
    if (argc != 2) return 2;
    try {
        asio::io_context context;
        server peer(context, static_cast<unsigned short>(std::atoi(argv[1])));
        asio::signal_set stop(context, SIGTERM, SIGINT);
        stop.async_wait([&context](error_code, int) { context.stop(); });
        context.run();
    } catch (const std::exception &failed) {
        std::cerr << failed.what() << '\n';
        return 1;
    }
    return 0;
}
