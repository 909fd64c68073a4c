// SPDX-License-Identifier: MIT
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;

/**
 * java JavaPeer KIND PORT: an HTTP server that answers with the client's
 * address. KIND: http (the JDK's HttpServer), channel (NIO with a selector), or
 * inet-channel (the same, of the family INET).
 */
public class JavaPeer {
    public static void main(String[] args) throws IOException {
        InetSocketAddress any = new InetSocketAddress(Integer.parseInt(args[1]));
        switch (args[0]) {
            case "http":
                http(any);
                break;
            case "channel":
                select(ServerSocketChannel.open(), any);
                break;
            default:
                select(ServerSocketChannel.open(StandardProtocolFamily.INET), any);
        }
    }

    static void http(InetSocketAddress any) throws IOException {
        HttpServer server = HttpServer.create(any, 0);
        server.createContext("/", exchange -> {
            byte[] body = exchange.getRemoteAddress().getAddress().getHostAddress().getBytes(StandardCharsets.US_ASCII);
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
    }

    static void select(ServerSocketChannel server, InetSocketAddress any) throws IOException {
        Selector selector = Selector.open();
        server.configureBlocking(false);
        server.register(selector, SelectionKey.OP_ACCEPT);
        server.setOption(StandardSocketOptions.SO_REUSEADDR, true);
        server.bind(any);
        for (;;) {
            selector.select();
            for (SelectionKey key : selector.selectedKeys()) {
                if (key.isAcceptable()) {
                    SocketChannel client = server.accept();
                    client.configureBlocking(false);
                    client.register(selector, SelectionKey.OP_READ);
                } else {
                    answer((SocketChannel) key.channel());
                }
            }
            selector.selectedKeys().clear();
        }
    }

    static void answer(SocketChannel client) {
        try (client) {
            client.read(ByteBuffer.allocate(4096));
            InetAddress peer = ((InetSocketAddress) client.getRemoteAddress()).getAddress();
            String body = peer.getHostAddress();
            String head = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: " + body.length() + "\r\n\r\n";
            client.write(ByteBuffer.wrap((head + body).getBytes(StandardCharsets.US_ASCII)));
        } catch (IOException gone) {
            System.err.println(gone);
        }
    }
}
