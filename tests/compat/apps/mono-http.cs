// SPDX-License-Identifier: MIT
// mono-http.exe PORT: an HttpListener that tells each client its address.
using System.Net;
using System.Text;

static class Program
{
    static void Main(string[] arguments)
    {
        HttpListener listener = new HttpListener();
        listener.Prefixes.Add("http://*:" + arguments[0] + "/");
        listener.Start();
        for (;;)
        {
            HttpListenerContext context = listener.GetContext();
            byte[] answer = Encoding.ASCII.GetBytes(context.Request.RemoteEndPoint.Address.ToString());
            context.Response.Close(answer, false);
        }
    }
}
