import { bundleEnding } from '../../shared/bundle'
import type { CommandName } from './command-names'
import type { Options, Spec } from './spec'

/** Every command of the program and its options, once: for reading them, for their help and for the shell. */

const json = { type: 'boolean', says: 'one JSON object a line on standard output, and nothing else there' } as const
const profile = { type: 'string', value: 'DIR', says: "the profile (default: the user's)" } as const
const store = {
  type: 'string',
  value: 'DIR',
  says: "where checkpoints are kept (default: the profile's folder)",
} as const

/** Of all commands for the running program. */
export const common = {
  json,
  start: { type: 'boolean', says: 'starts the program without a window when none is running' },
  'user-data-dir': profile,
} as const satisfies Options

export const ofIds = { all: { type: 'boolean', says: 'every download' }, ...common } as const satisfies Options

const whatIsAsked = {
  'input-file': { type: 'string', short: 'i', value: 'FILE', says: "URLs, one a line, '-' is standard input" },
  literal: { type: 'boolean', says: 'takes [1-9] in a URL as it is, not as nine URLs' },
} as const satisfies Options

export const ofGet = {
  dir: { type: 'string', short: 'd', value: 'DIR', says: 'folder (default: the current one); created if missing' },
  output: { type: 'string', short: 'o', value: 'NAME', says: 'file name, one URL only' },
  ...whatIsAsked,
  mirror: { type: 'string', multiple: true, value: 'URL', says: 'another address of the same file, one URL only' },
  connections: { type: 'string', short: 'x', value: 'N', says: 'connections per download (1-256)' },
  concurrent: { type: 'string', short: 'j', value: 'N', says: 'downloads at a time (1-100)' },
  'part-size': { type: 'string', value: 'SIZE', says: 'smallest piece (100K-5G); sizes take K, M, G (binary)' },
  'limit-rate': { type: 'string', value: 'SIZE', says: 'bytes per second, all downloads together (at least 1K)' },
  threshold: { type: 'string', value: 'SIZE', says: 'a smaller file comes over one connection (default: as it pays)' },
  tries: { type: 'string', value: 'N', says: 'attempts in a row without a byte in between (default: the setting, 10)' },
  timeout: {
    type: 'string',
    value: 'SECONDS',
    says: 'of silence after which an attempt is over (default: 20 to connect, else 30)',
  },
  header: { type: 'string', multiple: true, value: "'K: V'", says: 'sent with every request' },
  referer: { type: 'string', value: 'URL', says: "short for --header 'Referer: URL'" },
  'user-agent': { type: 'string', value: 'TEXT', says: "short for --header 'User-Agent: TEXT'" },
  user: {
    type: 'string',
    value: 'NAME[:PASS]',
    says: 'without PASS: $LONGSHORE_PASSWORD, .netrc, or asked for (others may see arguments)',
  },
  netrc: { type: 'boolean', says: 'user names and passwords from ~/.netrc, or the file that $NETRC names' },
  'netrc-file': { type: 'string', value: 'FILE', says: 'the same from FILE' },
  'load-cookies': {
    type: 'string',
    value: 'FILE',
    says: "cookies.txt in Netscape's format, or 'name=value; name2=value2'",
  },
  proxy: {
    type: 'string',
    value: 'URL',
    says: 'http, https, socks5 (names are looked up by it); without it $https_proxy, $all_proxy ...',
  },
  'no-proxy': {
    type: 'string',
    value: 'LIST',
    says: "hosts, domains, networks that are asked directly, '*' is all; without it $no_proxy",
  },
  'ca-certificate': { type: 'string', value: 'FILE', says: "PEM, authorities to trust beside the system's" },
  certificate: { type: 'string', value: 'FILE', says: 'client certificate, PEM or PKCS#12 without a password' },
  'private-key': { type: 'string', value: 'FILE', says: 'its key, unless FILE above holds it' },
  checksum: { type: 'string', value: 'ALGO=HEX', says: 'md5, sha-1, sha-256, sha-512, crc64xz; one URL only' },
  adopt: {
    type: 'string',
    value: 'FILE',
    says: 'go on with a partial file of another program (browser, wget, aria2), one URL only',
  },
  link: {
    type: 'string',
    value: 'URL',
    says: 'a new address for a bundle, compared with its bytes before it goes on',
  },
  'remote-time': { type: 'boolean', says: "files get the server's date of their last change" },
  'on-conflict': { type: 'string', value: 'WHAT', says: 'rename, overwrite or fail (default: rename)' },
  profile: {
    type: 'string',
    value: 'NAME',
    says: 'cloud account of the window for oss:// and s3:// addresses; without it the environment: OSS_ACCESS_KEY_ID, OSS_ACCESS_KEY_SECRET, OSS_SESSION_TOKEN, OSS_REGION, OSS_ENDPOINT, or AWS_...',
  },
  region: { type: 'string', value: 'REGION', says: 'of the bucket: cn-hangzhou, us-east-1' },
  endpoint: {
    type: 'string',
    value: 'URL',
    says: "in place of the service's own in that region; https unless it says http://",
  },
  store,
  'no-resume': { type: 'boolean', says: 'ignore and drop an earlier checkpoint' },
  json,
  quiet: { type: 'boolean', short: 'q', says: 'no progress' },
} as const satisfies Options

export const ofExport = {
  dir: {
    type: 'string',
    short: 'd',
    value: 'DIR',
    says: 'folder of the download, where there are several of that URL',
  },
  to: { type: 'string', short: 't', value: 'FILE', says: `the bundle (default: NAME${bundleEnding}, here)` },
  store,
  json,
} as const satisfies Options

export const ofAdd = {
  dir: {
    type: 'string',
    short: 'd',
    value: 'DIR',
    says: "folder (default: that of the queue or the category, or the program's)",
  },
  output: ofGet.output,
  ...whatIsAsked,
  connections: ofGet.connections,
  mirror: ofGet.mirror,
  header: ofGet.header,
  user: { type: 'string', value: 'NAME', says: 'the password is read from $LONGSHORE_PASSWORD' },
  'load-cookies': ofGet['load-cookies'],
  checksum: ofGet.checksum,
  'limit-rate': {
    type: 'string',
    value: 'SIZE',
    says: 'bytes per second of each of these downloads (at least 1K)',
  },
  queue: { type: 'string', value: 'NAME', says: 'the queue that they wait in' },
  paused: { type: 'boolean', says: 'does not begin yet' },
  ...common,
} as const satisfies Options

export const ofList = {
  active: { type: 'boolean', says: 'only what is being downloaded or verified' },
  waiting: { type: 'boolean', says: 'only what waits: for its turn, a queue, the network ...' },
  paused: { type: 'boolean', says: 'only what is paused' },
  done: { type: 'boolean', says: 'only what is completed' },
  failed: { type: 'boolean', says: 'only what failed; several of these add up' },
  queue: { type: 'string', value: 'NAME', says: 'only what is in this queue' },
  ...common,
} as const satisfies Options

export const ofResume = {
  now: { type: 'boolean', says: 'at once: beyond the slots, before their time, though their queue is closed' },
  ...ofIds,
} as const satisfies Options

export const ofRemove = {
  'delete-file': { type: 'boolean', says: 'deletes finished files too' },
  ...ofIds,
} as const satisfies Options

export const ofLimit = {
  id: { type: 'string', multiple: true, value: 'ID', says: 'of this download by itself' },
  queue: { type: 'string', value: 'NAME', says: 'of the downloads of a queue together' },
  ...common,
} as const satisfies Options

export const ofQueue = {
  slots: { type: 'string', value: 'N', says: 'downloads at a time; none: as many as the program allows' },
  limit: { type: 'string', value: 'SIZE', says: 'bytes per second of all of its downloads together; none: no limit' },
  dir: { type: 'string', short: 'd', value: 'DIR', says: 'folder for what is added to it; none: that of the settings' },
  at: {
    type: 'string',
    multiple: true,
    value: 'TIMES',
    says: "when it runs: 'daily 01:00-07:00', 'sat,sun 00:00-24:00'",
  },
  zone: { type: 'string', value: 'ZONE', says: "time zone of these times: Europe/Paris (default: the computer's)" },
  always: { type: 'boolean', says: 'it runs at any time again' },
  'start-at': {
    type: 'string',
    value: 'TIME',
    says: "starts it once, at 22:00 or '2026-12-24 22:00'; none: not any more",
  },
  'stop-at': { type: 'string', value: 'TIME', says: 'stops it once' },
  rename: { type: 'string', value: 'NAME', says: 'gives it another name' },
  ...ofIds,
} as const satisfies Options

export const ofSlow = {
  at: { type: 'string', multiple: true, value: 'TIMES', says: "when it is on by itself: 'mon-fri 09:00-17:30'" },
  zone: { type: 'string', value: 'ZONE', says: "time zone of these times: Europe/Paris (default: the computer's)" },
  never: { type: 'boolean', says: 'not by itself any more' },
  ...common,
} as const satisfies Options

export const ofDaemon = {
  stop: { type: 'boolean', says: 'ends the one that runs' },
  'user-data-dir': profile,
} as const satisfies Options

const ofGetExits =
  '1 internal, 2 usage, 3 network, 4 HTTP status, 5 TLS, 6 disk, 7 changed, range or protocol error, 8 verification, 9 conflict or lock, 130 paused'
const ofRunning = '2 usage, 9 the state does not allow it, 10 nothing is running, 11 no such download'

export const specs: Readonly<
  Record<'get' | 'export' | 'import' | CommandName | 'daemon' | 'completion' | 'help', Spec>
> = {
  get: {
    name: 'get',
    summary: 'downloads in the foreground, and ends',
    forms: ['get [options] URL|FILE...'],
    about:
      'Downloads in the foreground, without a window. A second run of the same command goes on where the first one was. A FILE is a Metalink document, or a bundle of `longshore export`, whose download then goes on here. [001-100], [1-9:2] and [a-z] in a URL stand for many.',
    options: ofGet,
    files: true,
    examples: [
      ['longshore get https://example.com/image.iso', 'into this folder'],
      ['longshore get -x 16 --checksum sha-256=HEX URL', 'over 16 connections, and compared'],
      ["longshore get 'https://example.com/part[001-100].bin'", 'a hundred files'],
      ['longshore get -i urls.txt -d ~/isos -j 3', 'those of a list, three at a time'],
    ],
    exits: `${ofGetExits}. With several downloads: that of the first that failed`,
  },
  export: {
    name: 'export',
    summary: 'writes an unfinished download of `get` into one file',
    forms: ['export [options] URL'],
    about:
      'Writes an unfinished download of `get` into one file, to go on with elsewhere by `longshore import`. It holds all bytes that are there, and a sum over each piece; no user name, password, header or cookie, and nothing that signs a link.',
    options: ofExport,
    examples: [['longshore export -t /media/stick/image URL', 'onto a stick']],
    exits: '2 usage, 6 disk, 8 a damaged file, 9 it is being downloaded, 11 no such download',
  },
  import: {
    name: 'import',
    summary: 'goes on with what `export` wrote',
    forms: ['import [options] FILE...'],
    about:
      'Takes over unfinished downloads that `longshore export`, or the window, wrote into a file, and goes on with them in the foreground as `longshore get` does. Logins, headers and cookies are not in the file: give them as to get; a new link with --link.',
    options: ofGet,
    files: true,
    examples: [
      [`longshore import image.iso${bundleEnding}`, 'into this folder'],
      [`longshore import --link URL image.iso${bundleEnding}`, 'one whose link was signed'],
    ],
    exits: `${ofGetExits}; 8 a bundle that is damaged`,
  },
  add: {
    name: 'add',
    summary: 'adds downloads to the running program',
    forms: ['add [options] URL...'],
    about:
      'Adds downloads to the running program, and tells their numbers. Of several addresses the good ones are added. [001-100], [1-9:2] and [a-z] in a URL stand for many.',
    options: ofAdd,
    examples: [
      ['longshore add -d ~/isos -x 8 https://example.com/image.iso', 'into a folder, over 8 connections'],
      ['longshore add --queue night --paused -i urls.txt', 'a list, for later'],
    ],
    exits: `${ofRunning}; of the first address that was not added`,
  },
  list: {
    name: 'list',
    summary: 'shows the downloads',
    forms: ['list [options] [WORD...]'],
    about:
      'Shows the downloads that have every WORD in name or address: first what is not completed, by number, then what is, the last one first. On a terminal a table, else one line a download with tabs between its fields: number, state, bytes that are there, bytes in all, bytes per second, seconds left, name, reason ("-" where there is none).',
    options: ofList,
    examples: [
      ['longshore list --failed', 'what failed, and why'],
      ['longshore list --active --waiting debian', 'what is to be done of debian'],
    ],
    exits: '2 usage, 10 nothing is running, 11 no such queue',
  },
  show: {
    name: 'show',
    summary: 'shows all about some downloads',
    forms: ['show [options] ID...'],
    options: common,
    examples: [['longshore show 3', 'state, reason and what to do about it, addresses, limits']],
    exits: '2 usage, 10 nothing is running, 11 no such download',
  },
  pause: {
    name: 'pause',
    summary: 'pauses downloads',
    forms: ['pause [options] ID...|--all'],
    options: ofIds,
    examples: [['longshore pause 3 4', 'two downloads']],
    exits: ofRunning,
  },
  resume: {
    name: 'resume',
    summary: 'lets paused ones go on, and tries failed ones again',
    forms: ['resume [options] ID...|--all'],
    options: ofResume,
    examples: [
      ['longshore resume --all', 'everything that is paused or failed'],
      ['longshore resume --now 7', 'one that waits for its turn or its queue, too'],
    ],
    exits: ofRunning,
  },
  remove: {
    name: 'remove',
    summary: 'takes downloads off the list',
    forms: ['remove [options] ID...|--all'],
    about: 'Takes downloads off the list, and deletes their partial files. Finished files stay.',
    options: ofRemove,
    examples: [['longshore remove 3', 'the file stays when it was finished']],
    exits: ofRunning,
  },
  limit: {
    name: 'limit',
    summary: 'shows or sets limits of speed',
    forms: ['limit [SIZE|none]', 'limit --id ID [SIZE|none]', 'limit --queue NAME [SIZE|none]'],
    about:
      'Shows the limits, or sets one in bytes per second (at least 1K; K, M and G are binary): of all downloads together, of one, or of a queue. "none" lifts it.',
    options: ofLimit,
    words: ['none'],
    examples: [
      ['longshore limit 2M', 'all downloads together'],
      ['longshore limit --id 3 500K', 'one download'],
      ['longshore limit none', 'lifts the first one'],
    ],
    exits: ofRunning,
  },
  slow: {
    name: 'slow',
    summary: 'shows or switches slow mode',
    forms: ['slow [on|off]', 'slow --at TIMES...|--never'],
    about: "Slow mode is the second, lower limit of the settings. A switch holds until the mode's hours change it.",
    options: ofSlow,
    words: ['on', 'off'],
    examples: [
      ['longshore slow on', 'until it is switched again'],
      ["longshore slow --at 'mon-fri 09:00-17:30' --at 'sat,sun 10:00-12:00'", 'at work, and at breakfast'],
    ],
    exits: ofRunning,
  },
  queue: {
    name: 'queue',
    summary: 'shows and changes queues',
    forms: [
      'queue [list]',
      'queue add|set NAME [options]',
      'queue remove|start|stop NAME',
      'queue move NAME ID...|--all',
    ],
    about:
      'The first queue is called default here. What an option of add or set does not name stays as it is; --all is for move only.',
    options: ofQueue,
    words: ['list', 'add', 'set', 'remove', 'start', 'stop', 'move'],
    examples: [
      ["longshore queue add night --at 'daily 01:00-07:00' --slots 2", 'makes one for the night'],
      ['longshore queue set night --limit 5M --stop-at 06:30', 'changes it'],
      ['longshore queue move night 3 4', 'puts two downloads into it'],
      ['longshore queue stop night', 'nothing of it runs'],
    ],
    exits: ofRunning,
  },
  daemon: {
    name: 'daemon',
    summary: 'runs without a window, until it is ended',
    forms: ['daemon [options]'],
    about:
      'Runs the program without a window, until a signal or --stop ends it. It goes on with what is in the list, and takes the commands above.',
    options: ofDaemon,
    examples: [
      ['longshore daemon', 'runs'],
      ['longshore daemon --stop', 'ends it'],
    ],
    exits: '9 the application or another daemon has the profile open, 10 (of --stop) nothing is running',
  },
  completion: {
    name: 'completion',
    summary: 'prints what makes a shell complete these words',
    forms: ['completion bash|zsh|fish'],
    options: {},
    words: ['bash', 'zsh', 'fish'],
    examples: [
      ['source <(longshore completion bash)', 'in ~/.bashrc'],
      ['source <(longshore completion zsh)', 'in ~/.zshrc, after compinit'],
      ['longshore completion fish | source', 'in ~/.config/fish/config.fish'],
    ],
    exits: '2 usage',
  },
  help: {
    name: 'help',
    summary: 'shows this, or all about a command',
    forms: ['help [COMMAND]'],
    options: {},
    examples: [['longshore help get', 'the same as longshore get --help']],
    exits: '2 usage',
  },
}
