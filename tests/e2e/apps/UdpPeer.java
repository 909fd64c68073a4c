// SPDX-License-Identifier: MIT
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.charset.StandardCharsets;

/** UdpPeer socket|channel|inet-channel PORT: answers each datagram with its sender's address. */
public final class UdpPeer {
    private static byte[] text(InetAddress address) {
        return address.getHostAddress().getBytes(StandardCharsets.US_ASCII);
    }

    private static void serveSocket(int port) throws Exception {
        try (DatagramSocket socket = new DatagramSocket(port)) {
            while (true) {
                DatagramPacket question = new DatagramPacket(new byte[2048], 2048);
                socket.receive(question);
                byte[] answer = text(question.getAddress());
                socket.send(new DatagramPacket(answer, answer.length, question.getSocketAddress()));
            }
        }
    }

    private static void serveChannel(DatagramChannel channel, int port) throws Exception {
        channel.bind(new InetSocketAddress(port));
        ByteBuffer question = ByteBuffer.allocateDirect(2048);
        while (true) {
            question.clear();
            InetSocketAddress sender = (InetSocketAddress) channel.receive(question);
            channel.send(ByteBuffer.wrap(text(sender.getAddress())), sender);
        }
    }

    public static void main(String[] arguments) throws Exception {
        int port = Integer.parseInt(arguments[1]);
        switch (arguments[0]) {
            case "socket":
                serveSocket(port);
                break;
            case "channel":
                serveChannel(DatagramChannel.open(), port);
                break;
            case "inet-channel":
                serveChannel(DatagramChannel.open(StandardProtocolFamily.INET), port);
                break;
            default:
                System.exit(2);
        }
    }
}
