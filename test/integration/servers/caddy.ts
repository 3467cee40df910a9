import { login, when, type Kind } from './site'

/** The login's password by bcrypt at its lowest cost: Caddy computes it for every request. */
const hash = '$2a$04$LongshoreLongshoreLo.uS.lOM1I77KT27bKz7ZoND9f3QfVZffy'

export const caddy: Kind = {
  name: 'caddy',
  program: 'caddy',
  packages: 'caddy',
  args: (config) => ['run', '--adapter', 'caddyfile', '--config', config],
  limitsRate: false,
  signal: 'SIGKILL',
  configure(site, { port, certificate, key }) {
    return `
{
  admin off
  auto_https off
  default_sni localhost
}
${site.tls ? 'https' : 'http'}://127.0.0.1:${port} {
  bind 127.0.0.1
  root * ${site.root}
  ${when(site.tls, `tls ${certificate} ${key}`)}
  ${site.auth ? `basicauth {\n ${login.user} ${hash}\n }` : ''}
  ${when(site.ranges, 'request_header -Range')}
  ${when(site.gzip, 'encode gzip')}
  respond /forbidden.bin 403
  file_server ${when(site.gzip, '{\n precompressed gzip\n }')}
  ${site.extra ?? ''}
}
`
  },
}
