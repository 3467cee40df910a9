import type { NoticeCode } from '../download'
import type { downloadErrorCodes, RequestErrorCode } from '../errors'
import { carryProblems } from './carry.en'
import { cloudProblems } from './cloud.en'

/**
 * What went wrong, why, and what to do, in words for people who do not know what a socket is. The types make a code
 * without a text a compile error. Texts avoid the names of the states ("Failed", "Waiting"…): those stand beside them.
 */
export interface ProblemText {
  readonly title: string
  readonly cause: string
  readonly suggestion: string
}

export interface NoticeText {
  readonly title: string
  readonly text: string
}

/** What a language has to provide; see errors.ja.ts. */
export interface Texts {
  readonly downloads: Readonly<Record<keyof typeof downloadProblems, ProblemText>>
  readonly http: Readonly<Record<keyof typeof httpProblems, ProblemText>>
  readonly requests: Readonly<Record<keyof typeof requestProblems, ProblemText>>
  readonly notices: Readonly<Record<keyof typeof noticeTexts, NoticeText>>
  readonly native: Readonly<Record<NativeKey, string>>
}

export const downloadProblems: Readonly<Record<(typeof downloadErrorCodes)[number], ProblemText>> = {
  OFFLINE: {
    title: 'This computer has no network',
    cause: 'No network connection is up. The download goes on by itself when one is.',
    suggestion: 'Check the cable, the Wi-Fi or the VPN.',
  },
  PORTAL: {
    title: 'A web page came instead of the file',
    cause:
      'Perhaps this network wants a login in the browser first, the login at the server has ended, or there is only a page at this address. Nothing of the page was written.',
    suggestion:
      'Open the address in the browser and log in where it asks for that: what waits goes on by itself. To download the page itself, give it a name that ends in .html.',
  },
  DNS: {
    title: 'The server cannot be found',
    cause: 'There is no server with the name in the address, or this computer has no working internet connection.',
    suggestion: 'Check the connection and the spelling of the address, then press Retry.',
  },
  CONNECT: {
    title: 'The server does not answer',
    cause: 'The server refused the connection or cannot be reached from this network.',
    suggestion: 'Press Retry in a few minutes. If other sites work, this server is probably down.',
  },
  CONNECTION_LOST: {
    title: 'The connection broke off again and again',
    cause: 'The server or the network closed the connection before the file was complete, several times in a row.',
    suggestion: 'Press Retry: what has been received is kept. If it happens again, use fewer connections.',
  },
  TIMEOUT: {
    title: 'The server is silent',
    cause: 'The server took the request but sent nothing for a long time.',
    suggestion: 'Press Retry later. What has been received is kept.',
  },
  TLS: {
    title: 'The connection is not secure',
    cause: 'The server could not prove that it is the one in the address, so nothing was fetched from it.',
    suggestion:
      'Check that the date and the time of this computer are right. On a company or hotel network, sign in first. Otherwise ask the owner of the server.',
  },
  TLS_CLOCK: {
    title: 'The clock of this computer seems to be wrong',
    cause: 'By this computer’s date the server’s proof of who it is has run out or is not valid yet.',
    suggestion: 'Set the date and the time of this computer, then press Retry. Nothing was fetched from the server.',
  },
  PROXY: {
    title: 'The proxy does not work',
    cause:
      'Connections go through a proxy, and that one cannot be reached, refuses the server, or cannot reach it either.',
    suggestion:
      'Check the proxy under Settings, Network, or choose “No proxy” there. On a company network ask who runs it.',
  },
  PROXY_AUTH: {
    title: 'The proxy asks for a user name and password',
    cause: 'Connections go through a proxy that lets only known people through.',
    suggestion:
      'Under Settings, Network choose “Manual” and write them into the address: http://name:password@proxy:8080. Then press Retry.',
  },
  PROTO: {
    title: 'The server’s answer makes no sense',
    cause: 'What the server sent breaks the rules of the web in a way that could damage the file.',
    suggestion: 'Press Retry. If it happens again, look for the file on another server.',
  },
  RANGE: {
    title: 'The server sent the wrong part of the file',
    cause: 'A part was asked for and another one came. It was thrown away, so the file is not damaged.',
    suggestion: 'Press Retry. If it happens again, add the download anew with 1 connection.',
  },
  ENCODING: {
    title: 'The server sent the file in a changed form',
    cause: 'The server insists on compressing the file on the way, which makes it impossible to continue safely.',
    suggestion: 'Look for another link to the file, or get it with a browser.',
  },
  CHANGED: {
    title: 'The file on the server is a different one now',
    cause:
      'The file changed while it was being fetched, or a page came in its place, for example one that asks to sign in.',
    suggestion: 'Open the address in a browser to see what is there now, then add the download anew.',
  },
  CHANGED_LARGE: {
    title: 'The file on the server has changed',
    cause:
      'A newer version is on the server. Going on with it means throwing away what has been received, which is a lot, so nothing was done yet.',
    suggestion:
      'Press “Start over” to get the new version from the beginning, or “New link…” if you know another address of the old one.',
  },
  OTHER_FILE: {
    title: 'This mirror has another file',
    cause: 'Its length or its bytes differ from those of the file that was begun. None of it was used.',
    suggestion: 'Check the address of the mirror, or give a checksum to find out which server has the right file.',
  },
  SIZE: {
    title: 'The size of the file is not possible',
    cause: 'The server announced a size that no file can have.',
    suggestion: 'The link is probably broken. Look for another one.',
  },
  REDIRECTS: {
    title: 'The link goes round in circles',
    cause: 'The server pointed to another address, that one to the next, and so on without an end.',
    suggestion: 'Open the address in a browser and copy the link that works there. It may need you to sign in.',
  },
  SCHEME: {
    title: 'The link leads to something that is not a download',
    cause: 'The server pointed to a kind of address that is never followed, because it could reach into this computer.',
    suggestion: 'Look for a link that starts with https.',
  },
  DOWNGRADE: {
    title: 'The link leads from a secure to an insecure address',
    cause:
      'The address starts with https, but the server pointed to one with http, which others could read and change.',
    suggestion: 'Look for a link that stays with https. If you trust the network, add the http address itself.',
  },
  PRIVATE_ADDR: {
    title: 'The link leads from the internet into your own network',
    cause:
      'A server on the internet pointed to this computer or to a device near it. That is how attackers reach what is not theirs.',
    suggestion: 'If you know the device and trust the link, add the address that it leads to itself.',
  },
  RETRY_LATER: {
    title: 'The server asks to come back much later',
    cause: 'The server is busy or has had enough requests from you, and named a time too far away to wait for.',
    suggestion: 'Press Retry tomorrow. What has been received is kept.',
  },
  NOSPACE: {
    title: 'The disk is full',
    cause: 'There is not enough free space in the folder for the file.',
    suggestion: 'Free some space, then press Retry. What has been received is kept.',
  },
  IO: {
    title: 'The disk reports an error',
    cause: 'The system could not write or read the file. The disk may be damaged or was pulled out.',
    suggestion: 'Check the cable and the disk, then press Retry, or add the download to a folder on another disk.',
  },
  PATH: {
    title: 'The folder is not there',
    cause: 'The folder was deleted or renamed, or its disk is not connected.',
    suggestion: 'Connect the disk or create the folder again, then press Retry.',
  },
  ACCESS: {
    title: 'Longshore may not write into the folder',
    cause: 'The folder belongs to somebody else or is read-only.',
    suggestion: 'Allow writing to the folder and press Retry, or add the download to another folder.',
  },
  FILE_TOO_BIG: {
    title: 'The file is too big for this disk',
    cause: 'The disk’s format has a largest size for a file (4 GiB on many USB sticks), and this one is larger.',
    suggestion: 'Add the download to a folder on another disk, or format the stick as exFAT.',
  },
  TOO_MANY_FILES: {
    title: 'Too many files are open',
    cause: 'The system allows a program only so many open files and connections.',
    suggestion: 'Lower “Downloads at a time” in the settings, then press Retry.',
  },
  RENAME: {
    title: 'The file could not get its name',
    cause: 'Everything arrived, but the system did not allow giving the file its final name in the folder.',
    suggestion: 'Check that you may write into the folder, then press Retry: nothing has to be fetched again.',
  },
  HASH: {
    title: 'The file is not the expected one',
    cause: 'Everything arrived, but its checksum differs from the expected one: another version, or damage.',
    suggestion: 'Compare the checksum with the one on the website. If it is right, press Retry or use another server.',
  },
  ADOPT: {
    title: 'The partial file does not fit',
    cause: 'It is not part of this download, holds too little, or the server cannot continue downloads.',
    suggestion: 'The file was left as it is. Choose another one, or press “Start over” to download everything.',
  },
  CONFLICT: {
    title: 'A file of that name is already there',
    cause: 'The folder holds a file with the same name, and it must not be replaced.',
    suggestion: 'Rename or move that file and press Retry, or add the download under another name.',
  },
  LOCKED: {
    title: 'The file is in use',
    cause: 'Another program, or another download, is working with the same file.',
    suggestion: 'Close the other program, then press Retry.',
  },
  CREDENTIALS: {
    title: 'The login was not kept',
    cause:
      'To go on, user name and password are needed again. On this system Longshore cannot keep them when it quits.',
    suggestion: 'Press “Enter credentials…”. What has been received is kept.',
  },
  HEADERS_LOST: {
    title: 'Headers and cookies not kept',
    cause: 'It was added with headers or cookies. On this system Longshore cannot keep them when it quits.',
    suggestion:
      'Press “Give headers again…” and paste the cURL command from the browser once more. What has been received is kept.',
  },
  ...cloudProblems,
  INTERNAL: {
    title: 'A mistake in Longshore',
    cause: 'Something happened that the program is not prepared for. What has been received is kept.',
    suggestion: 'Press Retry. If it happens again, report it together with the line “For support”.',
  },
}

/** Answers of a server by number; `4xx`, `5xx` and `other` stand for those without a text of their own. */
export const httpProblems = {
  HTTP_401: {
    title: 'User name and password are missing or wrong',
    cause:
      'The file is only for people with an account: the server did not get a user name and password that it knows.',
    suggestion: 'Press “Enter credentials…”.',
  },
  HTTP_403: {
    title: 'The server does not allow this',
    cause: 'The link has run out, or the file is only for people who are signed in on the website.',
    suggestion:
      'Get a fresh link from the website and give it to this download with “New link…”. It may need the headers of your browser (“Edit…”).',
  },
  HTTP_404: {
    title: 'There is no such file on the server',
    cause: 'The address is misspelt, or the file was moved or deleted.',
    suggestion: 'Check the address. If it comes from a website, look there for a new link.',
  },
  HTTP_410: {
    title: 'The file is gone for good',
    cause: 'The server says that the file was removed, or that the link has run out.',
    suggestion: 'Look on the website for a new link.',
  },
  HTTP_416: {
    title: 'The server does not have the rest of the file',
    cause: 'The file on the server is shorter than what was asked for. It was probably replaced.',
    suggestion: 'Remove this download and add it anew.',
  },
  HTTP_429: {
    title: 'Too many requests for this server',
    cause: 'The server limits how often and with how many connections one may ask, and the limit is reached.',
    suggestion: 'Press Retry in some minutes. Lower “Connections per server” in the settings if it happens often.',
  },
  '4xx': {
    title: 'The server refuses the request ({status})',
    cause: 'The server understood the request and does not want to answer it.',
    suggestion: 'Open the address in a browser. If the file can be got there, copy a fresh link from it.',
  },
  '5xx': {
    title: 'The server has a problem ({status})',
    cause: 'The server is overloaded or broken. The fault is not on your side.',
    suggestion: 'Press Retry later. What has been received is kept.',
  },
  other: {
    title: 'The server gave an unexpected answer ({status})',
    cause: 'The answer is not the file and says nothing that could be acted on.',
    suggestion: 'Open the address in a browser to see what is there.',
  },
} as const satisfies Readonly<Record<string, ProblemText>>

export const requestProblems: Readonly<Record<RequestErrorCode, ProblemText>> = {
  E_IPC: {
    title: 'That did not work',
    cause: 'The window asked for something that the rest of the program does not understand.',
    suggestion: 'Try again. If it happens again, restart Longshore and report it.',
  },
  E_URL: {
    title: 'This is not an address',
    cause: 'It does not have the form of a web address.',
    suggestion: 'It should look like https://example.com/file.zip.',
  },
  E_PREFIX: {
    title: 'This is a folder of the bucket',
    cause: 'An address that ends in / stands for all objects below it, not for one.',
    suggestion: 'Put it alone into the form: the objects are listed then, and you choose.',
  },
  E_SCHEME: {
    title: 'This kind of address cannot be downloaded',
    cause: 'Longshore does not know how to fetch from it.',
    suggestion: 'Use an address that starts with http or https.',
  },
  E_FOLDER: {
    title: 'The folder cannot be used',
    cause: 'It is not there any more, or Longshore may not write into it.',
    suggestion: 'Choose another folder.',
  },
  E_NAME: {
    title: 'This is not a file name',
    cause: 'It holds characters that a file name cannot have, or is too long.',
    suggestion: 'Use another name, or leave it empty to take the server’s.',
  },
  E_HEADER: {
    title: 'This is not a header',
    cause: 'A header is a line such as “Referer: https://example.com/”. Some are set by Longshore itself.',
    suggestion: 'Write “Name: value”, one a line, without Range, Host and Connection.',
  },
  E_COOKIES: {
    title: 'These are not cookies',
    cause:
      'Cookies are “name=value” pairs, or the text of a cookies.txt as browser extensions, curl and wget write it.',
    suggestion: 'Write “name=value; name2=value2”, or paste the whole file with its tabs.',
  },
  E_CHECKSUM: {
    title: 'This is not a checksum',
    cause: 'A checksum is the name of an algorithm and its digits.',
    suggestion: 'Write, for example, sha-256=2cf24d…',
  },
  E_CONNECTIONS: {
    title: 'This number is not possible',
    cause: 'The number of connections goes from 1 to 256.',
    suggestion: 'Use a number in between; 8 or 16 is right for most servers.',
  },
  E_PROXY: {
    title: 'This is not a proxy',
    cause: 'It does not have the form of a proxy’s address, or of a list of hosts.',
    suggestion: 'It should look like http://proxy.example:8080 or socks5://proxy.example:1080.',
  },
  E_RULE: {
    title: 'This rule cannot work as it is',
    cause: 'Its servers or its proxy cannot be read, or there is another rule for the same servers.',
    suggestion: 'Name a server, *.domain or server:port that has no rule yet, and the address of a proxy.',
  },
  E_ACCOUNT: {
    title: 'The account is not complete',
    cause: 'A cloud account needs a name of its own, its keys, and for OSS the region.',
    suggestion: 'Fill in the marked field, for example cn-hangzhou as region.',
  },
  E_SETTINGS: {
    title: 'These settings cannot be used',
    cause: 'The file holds no settings of Longshore, or it cannot be read or written.',
    suggestion: 'Choose a file that was written with “Export…”. Nothing was changed.',
  },
  E_CERTIFICATE: {
    title: 'There is no certificate in this file',
    cause: 'The file cannot be read, or it is not in the PEM form that begins with “BEGIN CERTIFICATE”.',
    suggestion: 'Ask who runs the network for the authority’s certificate as a PEM file.',
  },
  E_CLIENT_CERTIFICATE: {
    title: 'The client certificate cannot be opened',
    cause:
      'The file has no certificate together with its private key (PKCS#12, or both in one PEM file), or the password is another one.',
    suggestion: 'Check the password, or export the certificate with its key once more.',
  },
  E_NOT_FOUND: {
    title: 'The download is not in the list any more',
    cause: 'It was removed in the meantime.',
    suggestion: 'Nothing needs to be done.',
  },
  ...carryProblems,
  E_STATE: {
    title: 'That is not possible right now',
    cause: 'The download went on to another state in the meantime.',
    suggestion: 'Look at its state and try again.',
  },
  E_CHANGED: {
    title: 'The file on the server has changed',
    cause: 'It is no longer the one that was downloaded, so it cannot repair it. Nothing was changed.',
    suggestion: 'To get the new one, add it as a new download.',
  },
  E_REPAIR: {
    title: 'The file cannot be repaired',
    cause: 'The server does not send the bytes that are wrong, or nothing tells which ones they are.',
    suggestion: 'Try again later, or get the file again as a new download.',
  },
  E_ZONE: {
    title: 'There is no such time zone',
    cause: 'This system knows no time zone of that name.',
    suggestion: 'Choose one from the list, such as Europe/Berlin, or the time zone of this computer.',
  },
  E_QUEUE: {
    title: 'This queue is not there',
    cause: 'It may have been removed in the meantime. The default queue always stays and has no name of its own.',
    suggestion: 'Choose another queue.',
  },
  E_LIST: {
    title: 'The list of downloads could not be read or written',
    cause: 'The file holds no list that Longshore exported, or the folder cannot be written.',
    suggestion: 'Choose a file that Longshore exported, or another folder.',
  },
  E_LINK: {
    title: 'This link leads to another file',
    cause:
      'Its length or its bytes differ from what has been received already, or the server cannot send parts of it. Nothing was changed.',
    suggestion: 'Check the link. To get the file behind it, add it as a new download.',
  },
  E_MIRROR: {
    title: 'This mirror cannot be used',
    cause: 'Mirrors are further addresses of one single file, without user name and password.',
    suggestion: 'Take the login out of the address, or add downloads with mirrors one at a time.',
  },
  E_FILE_MISSING: {
    title: 'The file is not there any more',
    cause: 'It was moved, renamed or deleted after it was complete.',
    suggestion: 'Look for it in the trash, or add the download anew.',
  },
  E_POWER: {
    title: 'The system did not do that',
    cause: 'It refused to sleep or to shut down, or it has no command for that.',
    suggestion: 'Try it from the system’s own menu: that says why it cannot.',
  },
  E_OPEN: {
    title: 'The system could not open it',
    cause: 'No program is set for this kind of file, or the system refused.',
    suggestion: 'Use “Show in folder” and open the file from there.',
  },
  E_DB_VERSION: {
    title: 'The list was written by a newer Longshore',
    cause: 'This version does not understand it, and leaves it as it is.',
    suggestion: 'Install the newer version again. Nothing is lost.',
  },
  E_DB_DAMAGED: {
    title: 'The list of downloads cannot be read',
    cause: 'The file with the list is damaged, perhaps by a disk error. The downloaded files are not touched.',
    suggestion: 'Restart Longshore. If it stays so, put back a backup of the profile’s folder.',
  },
  E_ENGINE: {
    title: 'The part that downloads is not running',
    cause: 'It stopped unexpectedly. What was written to the disk is safe.',
    suggestion: 'Restart Longshore: downloads go on where they were.',
  },
  E_RUNNING: {
    title: 'Longshore is running already',
    cause: 'Another program has this list of downloads open, perhaps without a window.',
    suggestion: 'Use that one, or end it first: the command longshore daemon --stop ends the one without a window.',
  },
}

export const noticeTexts: Readonly<Record<NoticeCode, NoticeText>> = {
  RESTARTED_CHANGED: {
    title: 'Began again: the file changed',
    text: 'The file on the server is not the one that was begun, so it was begun again. Mixing the two would give a broken file.',
  },
  RESTARTED_NO_RANGES: {
    title: 'Began again: the server cannot continue',
    text: 'This server sends files only from the beginning, so it was begun again.',
  },
  RESTARTED_MIRROR: {
    title: 'Began again: from another server',
    text: 'The server with which it was begun failed for good. Nothing proves that another one has the same bytes, so it was begun again from there.',
  },
  RESTARTED_HASH: {
    title: 'Began again: the checksum was wrong',
    text: 'The bytes of the servers together were not the expected file, so they are asked again, fewer at a time.',
  },
  MIRROR_DROPPED: {
    title: 'A server is not used any more',
    text: 'The download goes on from the others. The details say which one it was, and why.',
  },
  RESTARTED_PART_LOST: {
    title: 'Began again: the partial file was gone',
    text: 'The partial file in the folder was deleted or replaced, so it was begun again.',
  },
  ADOPTED: {
    title: 'A partial file was taken over',
    text: 'It was there from another program or an earlier time. Samples of it were compared with the server; the rest of it is unproven unless there is a checksum.',
  },
  RESTARTED_CLAIMS_DAMAGED: {
    title: 'Began again: its record was damaged',
    text: 'What the list had noted of the partial file cannot be right, so it was begun again.',
  },
  PART_TRUNCATED: {
    title: 'Some of it is fetched again',
    text: 'The partial file was shorter than it should have been. What is missing is fetched again.',
  },
  NOT_RESUMABLE: {
    title: 'Starts over when interrupted',
    text: 'This server gives no way to continue safely: after a pause or an interruption it begins again.',
  },
  LENGTH_UNVERIFIED: {
    title: 'Length not known',
    text: 'The server never said how long the file is. It ended where the connection ended.',
  },
  RESTORE_ASKED: {
    title: 'Restore was asked for',
    text: 'The object was archived. The service was asked to make it readable.',
  },
  PART_DAMAGED: {
    title: 'Damage on the disk was put right',
    text: 'Some bytes on the disk were no longer those that had been written. They are fetched again. If it happens often, check the disk.',
  },
  PIECES_REPAIRED: {
    title: 'Wrong pieces were fetched again',
    text: 'The bytes that had arrived did not fit the checksum. The wrong pieces were found and fetched again.',
  },
  LINK_CUT: {
    title: 'A new link is needed',
    text: 'It came in a bundle, which holds no signed links. Give it a new one with “New link…”: it goes on from its last byte.',
  },
}

/** The system's own dialogs, which the main process opens. ICU messages, as in the window (see message.ts). */
export const nativeTexts = {
  'start.failed': 'Longshore cannot start',
  'start.newer':
    'The list of downloads was written by a newer version of Longshore. Nothing was changed. Start that version.',
  'start.running': 'Longshore is running without a window',
  'start.runningText':
    'A program without a window (“longshore daemon”) has this list of downloads open. It can be ended, and its downloads go on here where they are. Nothing is lost.',
  'start.takeOver': 'End It and Go On Here',
  'start.damaged': 'The list of downloads is damaged',
  'start.damagedText':
    'It cannot be read: {detail}\n\nNothing was changed. Longshore can keep the damaged file as {file} and start with an empty list. Partial and finished files stay where they are.',
  'start.quit': 'Quit',
  'start.setAside': 'Keep It Aside and Start Empty',
  'engine.stopped': 'The download engine has stopped',
  'engine.stoppedText': 'Nothing that was saved is lost: after a restart the downloads go on.',
  'engine.restart': 'Restart',
  'engine.quit': 'Quit',
  'run.title': 'Run “{name}”?',
  'run.text':
    'This file is a program. Programs from the internet can harm this computer. Run it only if you trust its source.',
  'run.cancel': 'Cancel',
  'run.confirm': 'Run',
  'reset.title': 'Reset all settings?',
  'reset.text': 'Every setting gets its first value again. Downloads stay as they are.',
  'reset.cancel': 'Cancel',
  'reset.confirm': 'Reset',
  'export.title': 'Export unfinished download',
  'export.secrets':
    'The bundle holds the bytes and the address. It holds no password, header or cookie, and nothing that signs a link.',
  'close.title': '{count, plural, one {# download is not done} other {# downloads are not done}}',
  'close.text': 'In the tray it goes on without a window.',
  'close.textNoTray': 'Nothing is lost: what is unfinished goes on at the next start.',
  'close.tray': 'Keep running in the tray',
  'close.quit': 'Quit (goes on at the next start)',
  'close.cancel': 'Cancel',
  'close.remember': 'Remember this choice',
  'open.bundle': 'Import Unfinished Download',
  'open.document': 'Open Metalink Document',
  'open.partial': 'Go On with a Partial File',
  'tray.idle': 'Nothing to download',
  'tray.queued': '{count, plural, one {# download in the queue} other {# downloads in the queue}}',
  'tray.active': '{count, plural, one {# active} other {# active}} · {speed}',
  'tray.speed': '{value} MiB/s',
  'tray.open': 'Open Longshore',
  'tray.add': 'Add Download…',
  'tray.slow': 'Slow Mode',
  'tray.pauseAll': 'Pause All',
  'tray.resumeAll': 'Resume All',
  'tray.settings': 'Settings…',
  'tray.quit': 'Quit',
  'notice.done': 'Download completed',
  'notice.doneMany': '{count, plural, one {# download completed} other {# downloads completed}}',
  'notice.failed': 'Download failed',
  'notice.failedMany': '{count, plural, one {# download failed} other {# downloads failed}}',
  'notice.allDone': 'All downloads are done',
  'notice.allDoneText': 'Nothing is queued or active any more.',
  'notice.open': 'Open',
  'notice.folder': 'Show in Folder',
  'notice.retry': 'Retry',
} as const
export type NativeKey = keyof typeof nativeTexts

export const en: Texts = {
  downloads: downloadProblems,
  http: httpProblems,
  requests: requestProblems,
  notices: noticeTexts,
  native: nativeTexts,
}
