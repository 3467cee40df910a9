import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { login, realm, when, type Kind } from './site'

export const lighttpd: Kind = {
  name: 'lighttpd',
  program: 'lighttpd',
  packages: 'lighttpd lighttpd-mod-openssl lighttpd-mod-deflate',
  module: '/usr/lib/lighttpd/mod_openssl.so',
  args: (config) => ['-D', '-f', config],
  limitsRate: false,
  signal: 'SIGKILL',
  configure(site, { port, scratch, certificate, key }) {
    writeFileSync(path.join(scratch, 'users'), `${login.user}:${login.password}\n`)
    return `
server.modules = ("mod_access", "mod_auth", "mod_authn_file", "mod_accesslog"
  ${when(site.gzip, ', "mod_deflate"')} ${when(site.tls, ', "mod_openssl"')})
server.bind = "127.0.0.1"
server.port = ${port}
server.document-root = "${site.root}"
# By default it goes on serving a file that was replaced, from an open handle, for a second or two.
server.stat-cache-engine = "disable"
server.errorlog = "${scratch}/error.log"
accesslog.filename = "${scratch}/access.log"
mimetype.assign = (".txt" => "text/plain", ".bin" => "application/octet-stream")
url.access-deny = ("forbidden.bin")
${when(site.ranges, 'server.range-requests = "disable"')}
${when(site.gzip, 'deflate.mimetypes = ("text/plain")\ndeflate.allowed-encodings = ("gzip")')}
auth.backend = "plain"
auth.backend.plain.userfile = "${scratch}/users"
${when(site.auth, `auth.require = ("" => ("method" => "${site.auth}", "realm" => "${realm}", "require" => "valid-user"))`)}
${when(site.requestsPerConnection, `server.max-keep-alive-requests = ${site.requestsPerConnection}`)}
${when(site.tls, `ssl.engine = "enable"\nssl.pemfile = "${certificate}"\nssl.privkey = "${key}"`)}
${site.extra ?? ''}
`
  },
}
