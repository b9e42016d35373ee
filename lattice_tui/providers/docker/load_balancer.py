"""The settings of the load balancer in front of RKE2's control planes: the API at one port, joining at another.

CAPD fills the template in (Go text/template) with the ports, the servers by name and whether the network is IPv6; its
own one knows the API's port alone. RKE2's join port answers a stranger with 403 once the server is ready. Sources:
HAProxy 2 configuration manual; CAPD v1.13.5 internal/loadbalancer (names of the fields); CAPRKE2 v0.25, Docker.
"""

from __future__ import annotations

HAPROXY_TEMPLATE = """\
global
  log /dev/log local0 notice
  daemon
  maxconn 10000

resolvers docker
  nameserver dns 127.0.0.11:53

defaults
  log global
  mode tcp
  timeout connect 5s
  timeout client 50s
  timeout server 50s
  default-server init-addr none

frontend stats
  mode http
  bind *:8404
  stats enable
  stats uri /stats

frontend api
  bind *:{{ .FrontendControlPlanePort }}
  {{- if .IPv6 }}
  bind :::{{ .FrontendControlPlanePort }}
  {{- end }}
  default_backend api-servers

backend api-servers
  option httpchk GET /healthz
  {{- range $name, $server := .BackendServers }}
  server {{ $name }} {{ JoinHostPort $server.Address $.BackendControlPlanePort }} check check-ssl verify none \
resolvers docker resolve-prefer {{ if $.IPv6 }}ipv6{{ else }}ipv4{{ end }}
  {{- end }}

frontend join
  bind *:9345
  {{- if .IPv6 }}
  bind :::9345
  {{- end }}
  default_backend join-servers

backend join-servers
  option httpchk GET /v1-rke2/readyz
  http-check expect status 403
  {{- range $name, $server := .BackendServers }}
  server {{ $name }} {{ JoinHostPort $server.Address "9345" }} check check-ssl verify none \
resolvers docker resolve-prefer {{ if $.IPv6 }}ipv6{{ else }}ipv4{{ end }}
  {{- end }}
"""
