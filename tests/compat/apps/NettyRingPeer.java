// SPDX-License-Identifier: MIT
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.uring.IoUringDatagramChannel;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.channel.uring.IoUringServerSocketChannel;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;

/** java NettyRingPeer PORT: what NettyPeer and NettyUdpPeer do, on Netty's io_uring transport. */
public class NettyRingPeer {
    public static void main(String[] args) throws InterruptedException {
        int port = Integer.parseInt(args[0]);
        EventLoopGroup loops = new MultiThreadIoEventLoopGroup(2, IoUringIoHandler.newFactory());
        new Bootstrap()
                .group(loops)
                .channel(IoUringDatagramChannel.class)
                .handler(new NettyUdpPeer())
                .bind(port)
                .sync();
        new ServerBootstrap()
                .group(loops)
                .channel(IoUringServerSocketChannel.class)
                .childHandler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel channel) {
                        channel.pipeline().addLast(
                                new HttpServerCodec(), new HttpObjectAggregator(4096), new NettyPeer());
                    }
                })
                .bind(port)
                .sync();
    }
}
