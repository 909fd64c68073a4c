# SPDX-License-Identifier: MIT
"""The servers under load, and what users put in front of them.

Each server can be started at an address that it is given: [::] natively, the
limit; 0.0.0.0, as it comes; 127.0.0.1 behind a proxy."""

import os
import pathlib
import pwd
import shutil

ROOT = pathlib.Path(__file__).resolve().parent.parent
LIBRARY = ROOT / "build/libdualbind.so"
COMMAND = ROOT / "build/dualbind"
PYTHON = "/usr/bin/python3"
ENVOY = ROOT / "build/bench/envoy/bin/envoy"


def bracketed(host):
    return f"[{host}]" if ":" in host else host


def nginx(host, port, folder):
    listen = f"{bracketed(host)}:{port}" + (" ipv6only=off" if host == "::" else "")
    path = folder / f"nginx-{port}.conf"
    path.write_text(f"""
daemon off; master_process off; pid {folder}/nginx-{port}.pid; error_log stderr error;
events {{ worker_connections 1024; }}
http {{
    access_log off; keepalive_requests 100000000;
    client_body_temp_path {folder}/b{port}; proxy_temp_path {folder}/p{port};
    fastcgi_temp_path {folder}/f{port}; uwsgi_temp_path {folder}/u{port}; scgi_temp_path {folder}/s{port};
    server {{ listen {listen}; location / {{ return 200 "hello, world\\n"; }} }}
}}
""")
    return ["nginx", "-c", str(path), "-e", "stderr"]


def uvicorn(host, port, folder):
    return [PYTHON, "-m", "uvicorn", "--app-dir", str(ROOT / "bench"), "--host", host, "--port", str(port),
            "--log-level", "error", "--no-access-log", "app:app"]


def redis(host, port, folder):
    return ["redis-server", "--port", str(port), "--bind", host, "--protected-mode", "no", "--save", "",
            "--dir", str(folder), "--loglevel", "warning"]


def memcached(host, port, folder):
    return ["memcached", "-l", host, "-p", str(port), "-U", "0", "-t", "1"] + \
        (["-u", "nobody"] if os.geteuid() == 0 else [])


def go(host, port, folder):
    return [str(ROOT / "build/bench/go-http"), host, str(port)]


def unbound(host, port, folder):
    path = folder / f"unbound-{port}.conf"
    path.write_text(f"""
server:
    interface: {"::0" if host == "::" else host}@{port}
    do-ip6: {"yes" if host == "::" else "no"}
    username: ""
    chroot: ""
    directory: "{folder}"
    pidfile: ""
    use-syslog: no
    verbosity: 0
    access-control: ::0/0 allow
    access-control: 0.0.0.0/0 allow
    local-zone: "test." static
    local-data: "name.test. A 192.0.2.77"
remote-control:
    control-enable: no
""")
    return ["unbound", "-d", "-c", str(path)]


def dnsmasq(host, port, folder):
    """Each listener by itself: without that it answers nobody on 0.0.0.0, and
    on :: with it neither, so that natively it gets the address."""
    address = os.environ["POD_IP6"] if host == "::" else host
    return ["dnsmasq", "--keep-in-foreground", "--conf-file=/dev/null", "--pid-file=", f"--port={port}",
            f"--user={pwd.getpwuid(os.getuid()).pw_name}", "--no-resolv", "--no-hosts",
            "--address=/name.test/192.0.2.77", "--bind-interfaces", f"--listen-address={address}"]


def echo(host, port, folder):
    return [str(ROOT / "build/bench/udp-echo"), host, str(port), "one"]


def echo_batch(host, port, folder):
    return [str(ROOT / "build/bench/udp-echo"), host, str(port), "batch"]


# Proxies: [::]:PORT to 127.0.0.1:BEHIND.

def socat(port, behind, folder):
    return ["socat", f"TCP6-LISTEN:{port},fork,reuseaddr,backlog=511", f"TCP4:127.0.0.1:{behind}"]


def six_tunnel(port, behind, folder):
    return ["6tunnel", "-d", "-6", "-l", "::", str(port), "127.0.0.1", str(behind)]


def socket_proxyd(port, behind, folder):
    return ["systemd-socket-activate", "-l", f"[::]:{port}", "/lib/systemd/systemd-socket-proxyd",
            "--connections-max=1024", f"127.0.0.1:{behind}"]


def haproxy(port, behind, folder):
    path = folder / f"haproxy-{port}.cfg"
    path.write_text(f"""
global
    maxconn 4000
    nbthread 1
defaults
    mode tcp
    timeout connect 5s
    timeout client 60s
    timeout server 60s
listen all
    bind :::{port} v6only
    server one 127.0.0.1:{behind}
""")
    return ["haproxy", "-q", "-db", "-f", str(path)]


def nginx_stream(port, behind, folder):
    path = folder / f"stream-{port}.conf"
    module = next(pathlib.Path("/usr/lib/nginx/modules").glob("ngx_stream_module.so"), None)
    path.write_text(f"""
{f"load_module {module};" if module else ""}
daemon off; master_process off; pid {folder}/stream-{port}.pid; error_log stderr error;
events {{ worker_connections 4096; }}
stream {{ server {{ listen [::]:{port}; proxy_pass 127.0.0.1:{behind}; }} }}
""")
    return ["nginx", "-c", str(path), "-e", "stderr"]


def envoy(port, behind, folder):
    path = folder / f"envoy-{port}.yaml"
    path.write_text(f"""
static_resources:
  listeners:
  - address: {{socket_address: {{address: "::", port_value: {port}}}}}
    filter_chains:
    - filters:
      - name: envoy.filters.network.tcp_proxy
        typed_config:
          "@type": type.googleapis.com/envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy
          stat_prefix: all
          cluster: one
  clusters:
  - name: one
    type: STATIC
    load_assignment:
      cluster_name: one
      endpoints:
      - lb_endpoints:
        - endpoint: {{address: {{socket_address: {{address: 127.0.0.1, port_value: {behind}}}}}}}
""")
    return [str(ENVOY), "-c", str(path), "--concurrency", "1", "--disable-hot-restart", "--log-level", "error"]


PROXIES = {
    "envoy": envoy,
    "haproxy": haproxy,
    "nginx stream": nginx_stream,
    "6tunnel": six_tunnel,
    "systemd-socket-proxyd": socket_proxyd,
    "socat": socat,
}


def proxies():
    """Envoy comes from PyPI, which not every machine reaches."""
    return [name for name in PROXIES if name != "envoy" or ENVOY.exists()]


def missing():
    """What is not installed, of what is started here."""
    commands = ("nginx", "redis-server", "memcached", "unbound", "dnsmasq", "socat", "6tunnel", "haproxy", "wrk",
                "redis-benchmark", "systemd-socket-activate", "taskset")
    os.environ["PATH"] += ":/usr/sbin:/sbin"
    return [command for command in commands if not shutil.which(command)]
