import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { loginLine, realm, when, type Kind } from './site'

export const nginx: Kind = {
  name: 'nginx',
  program: 'nginx',
  packages: 'nginx-light',
  args: (config, scratch) => ['-e', path.join(scratch, 'error.log'), '-p', scratch, '-c', config],
  limitsRate: true,
  signal: 'SIGTERM',
  configure(site, { port, scratch, certificate, key }) {
    writeFileSync(path.join(scratch, 'users'), loginLine())
    return `
daemon off; worker_processes 1; pid ${scratch}/nginx.pid; error_log ${scratch}/error.log;
${process.getuid?.() === 0 ? 'user root;' : ''}
events { worker_connections 256; }
http {
  access_log ${scratch}/access.log;
  types { text/plain txt; application/octet-stream bin; application/gzip gz; }
  client_body_temp_path ${scratch}; proxy_temp_path ${scratch}; fastcgi_temp_path ${scratch};
  uwsgi_temp_path ${scratch}; scgi_temp_path ${scratch};
  sendfile on; tcp_nopush on;
  ${when(site.rate, `limit_rate ${site.rate};`)}
  ${when(site.ranges, 'max_ranges 0;')}
  ${when(site.gzip, 'gzip on; gzip_vary on; gzip_types text/plain application/octet-stream; gzip_static on;')}
  ${when(site.auth, `auth_basic ${realm}; auth_basic_user_file ${scratch}/users;`)}
  ${when(site.requestsPerConnection, `keepalive_requests ${site.requestsPerConnection};`)}
  ${site.extra ?? ''}
  server {
    listen 127.0.0.1:${port} ${when(site.tls, 'ssl http2')};
    ${when(site.tls, `ssl_certificate ${certificate}; ssl_certificate_key ${key};`)}
    root ${site.root};
    location = /forbidden.bin { deny all; }
  }
}
`
  },
}
