/** What can be wrong when an unfinished download is carried to another computer. */
export const carryProblems = {
  E_STOPPED: {
    title: 'It was stopped',
    cause: 'It was ended before it was done. Nothing was changed by it.',
    suggestion: 'Begin it again whenever you like.',
  },
  E_DOCUMENT: {
    title: 'This is no Metalink document',
    cause: 'It is something else, or describes nothing that can be downloaded.',
    suggestion: 'Look for a file that ends in .meta4 or .metalink.',
  },
  E_BUNDLE: {
    title: 'This bundle is damaged, or is none',
    cause: 'It was cut off or altered on its way here, or another program made it. Nothing was taken from it.',
    suggestion: 'Copy it once more, or export the download again.',
  },
  E_BUNDLE_VERSION: {
    title: 'A newer Longshore made this bundle',
    cause: 'Its format is not known here. Nothing was taken from it.',
    suggestion: 'Install the newest version on this computer.',
  },
  E_CARRY: {
    title: 'This download cannot be carried',
    cause: 'Its server does not continue downloads: anywhere else it would begin again at the first byte.',
    suggestion: 'Add its address on the other computer instead.',
  },
  E_SPACE: {
    title: 'There is not enough space',
    cause: 'The disk has less room than this takes. Nothing was written.',
    suggestion: 'Make room, or choose another disk.',
  },
  E_DISK: {
    title: 'The file cannot be read or written',
    cause: 'The disk or the system refused it. What was there before is as it was.',
    suggestion: 'Look whether the disk is still connected and may be written, or choose another place.',
  },
} as const
