{ peer PORT: answers with the address of whoever asks. It is linked with the C library,
  but Free Pascal's own library calls the kernel itself. }
program peer;
{$mode objfpc}
uses
  cthreads, sockets;
var
  listener, client: longint;
  one: longint = 1;
  port: word;
  wrong: integer;
  address: TInetSockAddr;
  size: TSockLen;
  request: array[0..2047] of char;
  answer: ansistring;
begin
  val(paramstr(1), port, wrong);
  listener := fpsocket(AF_INET, SOCK_STREAM, 0);
  fpsetsockopt(listener, SOL_SOCKET, SO_REUSEADDR, @one, sizeof(one));
  address.sin_family := AF_INET;
  address.sin_port := htons(port);
  address.sin_addr.s_addr := 0;
  if (fpbind(listener, @address, sizeof(address)) <> 0) or (fplisten(listener, 16) <> 0) then
    halt(1);
  repeat
    size := sizeof(address);
    client := fpaccept(listener, @address, @size);
    if client < 0 then
      halt(1);
    answer := 'HTTP/1.0 200 OK'#13#10#13#10 + NetAddrToStr(address.sin_addr);
    if fprecv(client, @request, sizeof(request), 0) > 0 then
      fpsend(client, @answer[1], length(answer), 0);
    closesocket(client);
  until false;
end.
