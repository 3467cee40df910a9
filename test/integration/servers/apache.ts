import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { login, loginLine, realm, when, type Kind, type Site } from './site'

const modules = '/usr/lib/apache2/modules'
const needed =
  'mpm_event authn_core authn_file authz_core authz_user auth_basic auth_digest mime filter deflate headers env ratelimit ssl http2'

function auth(kind: Site['auth'], scratch: string): string {
  if (kind === undefined) return ''
  const provider =
    kind === 'basic' ? 'AuthType Basic\nAuthBasicProvider file' : 'AuthType Digest\nAuthDigestProvider file'
  return `<Location />\n${provider}\nAuthName ${realm}\nAuthUserFile ${scratch}/${kind}\nRequire valid-user\n</Location>`
}

export const apache: Kind = {
  name: 'apache2',
  program: 'apache2',
  packages: 'apache2-bin',
  args: (config, scratch) => ['-d', scratch, '-f', config, '-DFOREGROUND'],
  limitsRate: true,
  signal: 'SIGTERM',
  configure(site, { port, scratch, certificate, key }) {
    const { user, password } = login
    writeFileSync(path.join(scratch, 'basic'), loginLine())
    const md5 = createHash('md5').update(`${user}:${realm}:${password}`).digest('hex')
    writeFileSync(path.join(scratch, 'digest'), `${user}:${realm}:${md5}\n`)
    return `
${needed
  .split(' ')
  .map((name) => `LoadModule ${name}_module ${modules}/mod_${name}.so`)
  .join('\n')}
DefaultRuntimeDir ${scratch}
Mutex file:${scratch} default
PidFile ${scratch}/apache.pid
ErrorLog ${scratch}/error.log
LogFormat "%h %>s \\"%{Range}i\\"" ranges
CustomLog ${scratch}/access.log ranges
ServerName localhost
Listen 127.0.0.1:${port}
${process.getuid?.() === 0 ? 'User www-data\nGroup www-data' : ''}
<IfDefine !SMALL>
StartServers 1
ServerLimit 1
ThreadsPerChild 32
MaxRequestWorkers 32
</IfDefine>
TypesConfig /dev/null
AddType text/plain .txt
AddType application/octet-stream .bin
DocumentRoot ${site.root}
<Directory ${site.root}>
Require all granted
</Directory>
<Files forbidden.bin>
Require all denied
</Files>
${when(site.rate, `SetOutputFilter RATE_LIMIT\nSetEnv rate-limit ${Math.round((site.rate ?? 0) / 1024)}`)}
${when(site.ranges, 'MaxRanges none')}
${when(site.gzip, 'SetOutputFilter DEFLATE')}
${auth(site.auth, scratch)}
${when(site.requestsPerConnection, `MaxKeepAliveRequests ${site.requestsPerConnection}`)}
${when(site.tls, `SSLEngine on\nSSLCertificateFile ${certificate}\nSSLCertificateKeyFile ${key}\nProtocols h2 http/1.1`)}
${site.extra ?? ''}
`
  },
}
