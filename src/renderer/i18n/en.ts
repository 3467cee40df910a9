/**
 * Every word of the window in English, in ICU message syntax (see message.ts). Another language is another file of this
 * shape: `export const ja: Messages = { … }`. The roles and names that docs/contract.md promises are marked.
 */
export const en = {
  'app.name': 'Longshore',
  'app.titleProgress': '{percent} – Longshore',

  // Toolbar (contract)
  'toolbar.label': 'Main',
  'toolbar.add': 'Add download',
  'toolbar.pauseAll': 'Pause all',
  'toolbar.resumeAll': 'Resume all',
  'toolbar.settings': 'Settings',
  'toolbar.search': 'Search downloads',
  'toolbar.searchHint': 'Search',
  'toolbar.clearSearch': 'Clear search',

  // List (contract: names and states)
  'list.label': 'Downloads',
  'list.loading': 'Reading the list…',
  'state.queued': 'Queued',
  'state.downloading': 'Downloading',
  'state.paused': 'Paused',
  'state.waiting': 'Waiting',
  'state.verifying': 'Verifying',
  'state.completed': 'Completed',
  'state.failed': 'Failed',
  'action.pause': 'Pause',
  'action.resume': 'Resume',
  'action.retry': 'Retry',
  'action.remove': 'Remove',
  'action.open': 'Open',
  'action.showInFolder': 'Show in folder',
  'action.details': 'Details',
  'action.credentials': 'Enter credentials…',

  'row.progress': 'Progress',
  'row.connecting': 'connecting…',
  'row.saving': 'putting the file in place…',
  'row.connections': '{count, plural, one {# connection} other {# connections}}',
  'row.nextAttempt': 'retries in {time}: {reason}',
  'row.nextAttemptNow': 'retries now: {reason}',
  'row.receivedOfTotal': '{received} of {total}',
  'row.sizeUnknown': '{received} so far',
  'row.timeLeft': '{time} left',
  'row.verified': 'Verified ({algorithm})',
  'row.unverified': 'Unverified',
  'row.unverified.no-checksum':
    'The whole file arrived. There was no checksum to compare it with. Add one with the download to have it checked.',
  'row.unverified.length-unknown':
    'The server did not say how long the file is, and there was no checksum. If something seems to be missing, get it again.',
  'row.verifiedHint': 'The file on the disk has exactly the {algorithm} checksum that you gave.',

  'details.address': 'Address',
  'details.folder': 'Folder',
  'details.added': 'Added',
  'details.finished': 'Finished',
  'details.check': 'Check',
  'details.cause': 'Cause',
  'details.suggestion': 'What to do',
  'details.technical': 'For support',
  'details.notice': 'Note',

  // Empty states. The button must not be called “Add download”: that name is the toolbar's alone.
  'empty.title': 'Nothing to download yet',
  'empty.text': 'Copy one or more links and press {shortcut} here, or enter them by hand.',
  'empty.add': 'Enter links…',
  'noMatch.title': 'Nothing matches “{query}”',
  'noMatch.text': 'The search looks at file names and addresses.',
  'noMatch.clear': 'Show everything',
  'broken.retry': 'Try again',

  // Bar at the bottom
  'summary.downloads': '{count, plural, =0 {No downloads} one {# download} other {# downloads}}',
  'summary.shown': '{shown} of {count} shown',
  'summary.selected': '{count, plural, one {# selected} other {# selected}}',
  'summary.active': '{count, plural, one {# active} other {# active}}',

  // Dialog “Add download” (contract)
  'add.title': 'Add download',
  'add.urls': 'URLs',
  'add.urlsHint': 'One a line',
  'add.folder': 'Save to',
  'add.chooseFolder': 'Choose folder…',
  'add.name': 'File name',
  'add.nameHint': 'As the server says',
  'add.nameMany': 'Several addresses: the servers name the files',
  'add.connections': 'Connections',
  'add.advanced': 'Advanced',
  'add.headers': 'Headers',
  'add.headersHint': 'Name: value, one a line',
  'add.user': 'User name',
  'add.password': 'Password',
  'add.secretsNotKept': 'This system has no safe place for secrets: they are forgotten when Longshore quits.',
  'add.checksum': 'Checksum',
  'add.checksumHint': 'sha-256=…, or only the digits',
  'add.start': 'Start immediately',
  'add.submit': 'Add',
  'add.busy': 'Adding…',
  'add.cancel': 'Cancel',
  'add.result': '{added} added · {failed} failed',
  'add.added': '{count, plural, one {# added} other {# added}}',
  'add.lineError': '{line} – {reason}',
  'add.moreErrors': '{count, plural, one {and # more line} other {and # more lines}}',

  // What is wrong with a field
  'invalid.urlsEmpty': 'Enter at least one address.',
  'invalid.url': 'This is not an address. It should look like https://example.com/file.zip.',
  'invalid.scheme': '{scheme} addresses cannot be downloaded. Use http or https.',
  'invalid.urlsTooMany': 'At most {max} addresses at a time.',
  'invalid.folder': 'Choose a folder.',
  'invalid.name': 'A file name cannot contain / or \\.',
  'invalid.nameDots': 'This is not a file name.',
  'invalid.connections': 'From {min} to {max} only.',
  'invalid.header': 'Line {line} is not “Name: value”.',
  'invalid.checksum': 'Enter algorithm=digits, for example sha-256=2cf24d…',
  'invalid.checksumLength': 'A {algorithm} checksum has {expected} digits, this one has {actual}.',
  'invalid.checksumAlgorithm': 'Use md5, sha-1, sha-256, sha-512 or crc64xz.',
  'invalid.checksumMany': 'A checksum belongs to one file: enter a single address, or leave this empty.',

  // Dialog “Remove download?” (contract)
  'remove.title': 'Remove download?',
  'remove.one': '“{name}” will be taken off the list.',
  'remove.many':
    '{count, plural, one {# download will be taken off the list:} other {# downloads will be taken off the list:}}',
  'remove.more': '{count, plural, one {and # more} other {and # more}}',
  'remove.deleteFile': 'Also delete the file',
  'remove.fileKept': 'Otherwise the file stays in its folder.',
  'remove.filesKept': 'Otherwise completed files stay in their folders.',
  'remove.noFileYet': 'There is no complete file yet, so this changes nothing.',
  'remove.partialOne': 'It is not complete yet. What has been received so far is deleted in any case.',
  'remove.partialMany':
    '{count, plural, one {# of them is not complete yet. What it has received so far is deleted in any case.} other {# of them are not complete yet. What they have received so far is deleted in any case.}}',
  'remove.confirm': 'Remove',
  'remove.cancel': 'Cancel',

  // Dialog for user name and password
  'authorize.title': 'Enter credentials',
  'authorize.text': '“{name}” is on {host}, which asks who you are.',
  'authorize.submit': 'Try again',
  'authorize.cancel': 'Cancel',
  'authorize.empty': 'Enter a user name, or a header such as “Authorization: Bearer …”.',

  // Settings
  'settings.title': 'Settings',
  'settings.close': 'Done',
  'settings.downloads': 'Downloads',
  'settings.folder': 'Save files to',
  'settings.chooseFolder': 'Choose folder…',
  'settings.concurrent': 'Downloads at a time',
  'settings.concurrentHint': 'The others stay in the queue.',
  'settings.network': 'Connections',
  'settings.connections': 'Connections per download',
  'settings.connectionsHint': 'A file is fetched in this many parts at once.',
  'settings.connectionsPerHost': 'Connections per server',
  'settings.connectionsPerHostHint': 'For all downloads from one server together.',
  'settings.appearance': 'Appearance',
  'settings.appearance.system': 'System',
  'settings.appearance.light': 'Light',
  'settings.appearance.dark': 'Dark',
  'settings.version': 'Longshore {version}',

  // Messages that come and go
  'toast.region': 'Messages',
  'toast.dismiss': 'Dismiss',

  'crash.title': 'The window ran into a problem',
  'crash.text': 'Your downloads go on in the background. Load the window again to see them.',
  'crash.reload': 'Load again',

  // Numbers. The units are binary: 1 KiB is 1024 bytes.
  'unit.b': '{value} B',
  'unit.kib': '{value} KiB',
  'unit.mib': '{value} MiB',
  'unit.gib': '{value} GiB',
  'unit.tib': '{value} TiB',
  'unit.pib': '{value} PiB',
  'unit.perSecond': '{size}/s',
  'duration.s': '{s} s',
  'duration.min': '{min} min',
  'duration.minS': '{min} min {s} s',
  'duration.h': '{h} h',
  'duration.hMin': '{h} h {min} min',
  'duration.d': '{d} d',
  'duration.dH': '{d} d {h} h',
  'duration.long': 'over 99 d',
} as const

export type MessageKey = keyof typeof en
/** What a language has to provide. */
export type Messages = Readonly<Record<MessageKey, string>>
