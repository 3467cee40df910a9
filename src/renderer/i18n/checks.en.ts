/** Words of checks: verify, repair, compare with a checksum; what they found, and how far they are. */
export const checksEn = {
  'action.stop': 'Stop',
  'check.verifying': 'reading the file…',
  'check.repairing': 'fetching damaged blocks…',
  'check.confirming': 'reading the repaired file…',
  'check.comparing': 'computing the checksum…',
  'check.exporting': 'exporting…',
  'check.progress': '{bytes} of {total}',
  'check.progressSpeed': '{bytes} of {total} · {speed}',
  'check.intact': 'Every byte on the disk is as it was downloaded',
  'check.nothing': 'There is nothing to compare this file with',
  'check.damaged': '“{name}” is damaged',
  'check.damaged.blocks':
    '{count, plural, one {# block of 4 MiB has} other {# blocks of 4 MiB have}} a difference in it. “Repair” fetches {size} again.',
  'check.damaged.unfinished':
    '{count, plural, one {# block of 4 MiB has} other {# blocks of 4 MiB have}} a difference in it. {size} are fetched again when the download goes on.',
  'check.damaged.nowhere':
    'The file as a whole does not have its checksum, and nothing tells where it differs. Download it again.',
  'check.repaired': 'Repaired: {size} were fetched again',
  'row.damaged.blocks':
    '{count, plural, one {# block of 4 MiB on the disk has} other {# blocks of 4 MiB on the disk have}} a difference in it: not every byte is what was downloaded. “Repair” fetches such blocks again.',
  'map.damaged': 'Has a difference in it',
  'map.damaged.text':
    '{count, plural, one {# block of 4 MiB has} other {# blocks of 4 MiB have}} a difference in it; the rest of the file is right.',
  'map.damaged.nowhere': 'The file is not what it should be, and nothing tells where.',
  'log.CHECK.verify': 'You asked to verify the file on the disk',
  'log.CHECK.repair': 'You asked to repair the file on the disk',
  'log.INTACT': 'Read {bytes}: every byte is as it was downloaded',
  'log.INTACT.algorithm': 'Read {bytes}: the file has its {algorithm} checksum',
  'log.DAMAGED':
    '{count, plural, one {Found # damaged block of 4 MiB} other {Found # damaged blocks of 4 MiB}}, {bytes} to be fetched again',
  'log.DAMAGED.nowhere': 'The file does not have its checksum, and nothing tells where it differs',
  'log.REPAIRED': 'Fetched {bytes} again; read the file once more, and it is right',
  'log.CHECK_FAILED': 'Looking at the file ended early: {reason}',
  'log.INCOMPARABLE': 'There was nothing to compare the file with',
  'log.COMPARED': 'The file has the {algorithm} checksum that you gave',
  'log.COMPARED.differs': 'The file does not have the {algorithm} checksum that you gave',
  'compare.title': 'Compare with a checksum',
  'compare.field': 'Checksum to compare with',
  'compare.hint': 'Paste what the publisher gives: MD5, SHA-1, SHA-256 or SHA-512, or a CRC as crc32c=…',
  'compare.submit': 'Compare',
  'compare.copy': 'Copy SHA-256',
  'compare.copied': 'The SHA-256 of “{name}” is on the clipboard',
  'compare.empty': 'Enter a checksum.',
  'compare.fits': 'It fits: the file has exactly this {algorithm} checksum.',
  'compare.differs':
    'It does not fit: this is not the file that the checksum was made of, or it was changed. Its {algorithm} is:',
} as const
