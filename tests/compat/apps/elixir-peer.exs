# SPDX-License-Identifier: MIT
# Tells each client its address, over HTTP.
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
