// SPDX-License-Identifier: MIT
// A server of ASP.NET Core that tells each client its address; it listens where --urls
// says. Bound late, since Mono's compiler cannot read the libraries of .NET 9.
using System;
using System.Text;
using System.Threading.Tasks;

static class Program
{
    public static Task Answer(object context)
    {
        dynamic http = context;
        byte[] answer = Encoding.ASCII.GetBytes(http.Connection.RemoteIpAddress.ToString());
        return http.Response.Body.WriteAsync(answer, 0, answer.Length);
    }

    static Type TypeOf(string assembly, string name)
    {
        return Type.GetType("Microsoft.AspNetCore." + name + ", Microsoft.AspNetCore" + assembly, true);
    }

    static void Main(string[] arguments)
    {
        Type delegates = TypeOf(".Http.Abstractions", "Http.RequestDelegate");
        dynamic builder = TypeOf("", "Builder.WebApplication").GetMethod("CreateBuilder", new[] { typeof(string[]) })
            .Invoke(null, new object[] { arguments });
        dynamic application = builder.Build();
        TypeOf(".Http.Abstractions", "Builder.RunExtensions").GetMethod("Run").Invoke(null, new object[] {
            application, Delegate.CreateDelegate(delegates, typeof(Program).GetMethod("Answer")) });
        application.Run(null);
    }
}
