// SPDX-License-Identifier: MIT
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollEventLoopGroup;
import io.netty.channel.socket.DatagramPacket;
import io.netty.util.CharsetUtil;

/**
 * java NettyUdpPeer PORT: answers each datagram with its sender's address, from
 * the address that was asked: two sockets that share the port, read by recvmmsg.
 */
@ChannelHandler.Sharable
public class NettyUdpPeer extends SimpleChannelInboundHandler<DatagramPacket> {
    @Override
    protected void channelRead0(ChannelHandlerContext context, DatagramPacket asked) {
        String peer = asked.sender().getAddress().getHostAddress();
        context.writeAndFlush(new DatagramPacket(
                Unpooled.copiedBuffer(peer, CharsetUtil.US_ASCII), asked.sender(), asked.recipient()))
                .addListener(done -> {
                    if (!done.isSuccess()) {
                        done.cause().printStackTrace();
                    }
                });
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        cause.printStackTrace();
    }

    public static void main(String[] args) throws InterruptedException {
        Bootstrap bootstrap = new Bootstrap()
                .group(new EpollEventLoopGroup(2))
                .channel(EpollDatagramChannel.class)
                .option(ChannelOption.RCVBUF_ALLOCATOR, new FixedRecvByteBufAllocator(8 * 2048))
                .option(EpollChannelOption.MAX_DATAGRAM_PAYLOAD_SIZE, 2048)
                .option(EpollChannelOption.IP_RECVORIGDSTADDR, true)
                .option(EpollChannelOption.UDP_GRO, true)
                .option(EpollChannelOption.SO_REUSEPORT, true)
                .handler(new NettyUdpPeer());
        for (int i = 0; i < 2; i++) {
            bootstrap.bind(Integer.parseInt(args[0])).sync();
        }
    }
}
