"""The configuration of nginx in front of the web replicas: one text for trying out and for production."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

_TEMPLATE = """\
# nginx in front of Advisor's web replicas. Written by advisor/host/proxy.py; a test compares the two.
%(main)s
worker_processes auto;
events { worker_connections 4096; }

http {
%(paths)s
    include %(mime)s;
    default_type application/octet-stream;
    server_tokens off;
    # Addresses of drafts and shares are secrets: the query of a request is not logged.
    log_format advisor '{"at":"$time_iso8601","from":"$remote_addr","method":"$request_method",'
                       '"path":"$uri","status":$status,"bytes":$body_bytes_sent,"seconds":$request_time}';
    access_log %(access_log)s advisor;

    # A visitor stays with one replica, pages, uploads and WebSocket alike; when it dies, another takes over.
    map $cookie_advisor_route $advisor_route { default $cookie_advisor_route; "" $request_id; }
    map $cookie_advisor_route $advisor_cookie {
        default "";
        "" "advisor_route=$request_id; Path=/; HttpOnly; SameSite=Lax%(secure)s";
    }
    map $http_upgrade $advisor_connection { default upgrade; "" ""; }
    upstream advisor {
        hash $advisor_route consistent;
%(servers)s
    }

    limit_req_zone $binary_remote_addr zone=pages:10m rate=40r/s;
    limit_req_zone $binary_remote_addr zone=sign_in:10m rate=30r/m;
    limit_conn_zone $binary_remote_addr zone=connections:10m;
    limit_req_status 429;
    limit_conn_status 429;

    client_max_body_size 101m;
    client_body_timeout 30s;
    client_header_timeout 15s;
    large_client_header_buffers 4 16k;

    gzip on;
    gzip_comp_level 5;
    gzip_min_length 1024;
    gzip_proxied any;
    gzip_vary on;
    gzip_types text/css application/javascript text/javascript application/json image/svg+xml;

    proxy_http_version 1.1;
    proxy_set_header Host $http_host;
    # Set, not appended: what a visitor claims about the way of a request is dropped.
    proxy_set_header X-Forwarded-For $remote_addr;
    proxy_set_header X-Forwarded-Proto $scheme;
    proxy_set_header Upgrade $http_upgrade;
    proxy_set_header Connection $advisor_connection;
    proxy_read_timeout 120s;
    proxy_connect_timeout 2s;
    proxy_next_upstream error timeout http_502 http_503;
    # Every open page holds one WebSocket and up to six more: room for an office behind one address.
    limit_conn connections 1000;

    server {
        listen %(listen)s;
        server_name %(name)s;
%(tls)s        add_header Set-Cookie $advisor_cookie;
%(hsts)s
        location / {
            limit_req zone=pages burst=400 nodelay;
            proxy_pass http://advisor;
        }
        # Files of the app itself: a first visit asks for a few hundred, and a whole office may come from one
        # address; a refused one would leave a hole in a page.
        location /static/ {
            proxy_pass http://advisor;
        }
        location ~ ^/(auth/|oauth2callback) {
            limit_req zone=sign_in burst=20 nodelay;
            proxy_pass http://advisor;
        }
        location /_stcore/stream {
            proxy_buffering off;
            proxy_pass http://advisor;
        }
        # For the machines that watch, not for visitors; they ask the replicas themselves.
        location = /_stcore/metrics { return 404; }
        location = /api/metrics { return 404; }
    }
}
"""


@dataclass(frozen=True, slots=True)
class Proxy:
    """What differs between one installation and another."""

    listen: str
    """Address and port, as nginx writes them."""
    replicas: Sequence[str]
    """Address and port of each web replica."""
    name: str = "_"
    """Public host name."""
    folder: str | None = None
    """Private folder for its files when it runs without root; None for a system service."""
    certificate: tuple[str, str] | None = None
    """Files of the certificate chain and its key; None serves plain HTTP, for loopback only."""
    account: str = "www-data"
    """Account its workers run under as a system service: Debian's by default."""


def nginx_config(proxy: Proxy) -> str:
    """The whole configuration file."""
    here, tls = proxy.folder, proxy.certificate
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    # No replica is set aside after a failure: a dead one refuses at once and the next is asked, while two
    # replicas set aside in turn would leave a visitor with none.
    servers = [f"        server {one} max_fails=0;" for one in proxy.replicas]
    return _TEMPLATE % {
        "main": f"daemon off;\npid {here}/nginx.pid;\nerror_log stderr warn;"
        if here
        else f"user {proxy.account};",
        "paths": "\n".join(f"    {kind}_temp_path {here}/{kind};" for kind in kinds if here),
        "mime": "/etc/nginx/mime.types",
        "access_log": f"{here}/access.log" if here else "/var/log/nginx/access.log",
        "secure": "; Secure" if tls else "",
        "servers": "\n".join(servers),
        "listen": f"{proxy.listen} ssl" if tls else proxy.listen,
        "name": proxy.name,
        "tls": _tls(*tls) if tls else "",
        "hsts": '        add_header Strict-Transport-Security "max-age=31536000";\n' if tls else "",
    }


def _tls(chain: str, key: str) -> str:
    lines = (f"ssl_certificate {chain};", f"ssl_certificate_key {key};", "ssl_protocols TLSv1.2 TLSv1.3;")
    return "".join(f"        {line}\n" for line in lines)


_CERTIFICATE = ("/etc/advisor/chain.pem", "/etc/advisor/key.pem")
PRODUCTION = Proxy(
    listen="443",
    replicas=("127.0.0.1:8501", "127.0.0.1:8502"),
    name="advisor.example",
    certificate=_CERTIFICATE,
)
"""What deploy/nginx.conf is written from; put in your own name, replicas and certificate."""
CONTAINERS = Proxy(
    listen="443", replicas=("web-1:8501", "web-2:8501"), certificate=_CERTIFICATE, account="nginx"
)
"""What deploy/nginx.compose.conf is written from; replicas refuse a host name not their own."""
