/** Words of what is set, and of the forms in which that happens. */
export const settingsEn = {
  'unsaved.title': 'Discard what you typed?',
  'unsaved.text': '“{name}” has changes that are not saved.',
  'unsaved.keep': 'Keep editing',
  'unsaved.discard': 'Discard',
  'record.edit': 'Edit…',
  'record.editOne': 'Edit {name}',
  'record.remove': 'Remove',
  'record.removeOne': 'Remove {name}',
  'record.removed': '“{name}” removed',
  'record.save': 'Save',
  'record.cancel': 'Cancel',
  'settings.imported': 'Settings imported',
  'settings.wereReset': 'All settings are as they were at first',
  'settings.fileHint':
    'Settings and rules for servers go into the file; passwords, headers, logins, accounts and the client certificate do not.',
} as const
