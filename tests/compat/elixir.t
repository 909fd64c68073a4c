#!/bin/sh
# Elixir's gen_tcp server, with a process for each connection that tells who
# asked; for both families it is given :inet6.
# shellcheck source-path=SCRIPTDIR source=compat.sh
. "$(dirname "$0")/compat.sh"
TITLE='Elixir, gen_tcp' FAMILY='Programming languages' PORT=4000 PACKAGES=apt:elixir

version() {
    elixir --version | awk '/^Elixir/ { print $2 }'
}

elixir_with() { # OPTIONS
    cat >"$DIR/peer.exs" <<'END'
defmodule Peer do
  def listen(port, options) do
    {:ok, listener} = :gen_tcp.listen(port, [:binary, packet: :http_bin, active: false, reuseaddr: true] ++ options)
    loop(listener)
  end

  defp loop(listener) do
    {:ok, client} = :gen_tcp.accept(listener)
    pid = spawn(fn -> receive(do: (:yours -> answer(client))) end)
    :ok = :gen_tcp.controlling_process(client, pid)
    send(pid, :yours)
    loop(listener)
  end

  defp answer(client) do
    {:ok, {:http_request, :GET, _, _}} = :gen_tcp.recv(client, 0)
    {:ok, {address, _}} = :inet.peername(client)
    text = :inet.ntoa(address)
    :gen_tcp.send(client, ["HTTP/1.1 200 OK\r\nContent-Length: #{length(text)}\r\nConnection: close\r\n\r\n", text])
    drain(client)
  end

  defp drain(client) do
    with {:ok, _} <- :gen_tcp.recv(client, 0), do: drain(client)
  end
end

[port, options] = System.argv()
{options, _} = Code.eval_string(options)
Peer.listen(String.to_integer(port), options)
END
    launch elixir "$DIR/peer.exs" "$PORT" "$1"
}

ipv4_only() {
    elixir_with '[:inet]'
}

by_default() {
    elixir_with '[:inet6]'
}

work() { # HOST
    http "$1" / | grep .
}

peer() { # HOST
    http "$1" /
}

row
