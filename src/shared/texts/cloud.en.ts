import type { downloadErrorCodes } from '../errors'

type CloudCode = Extract<(typeof downloadErrorCodes)[number], `CLOUD_${string}`>

/** What OSS and S3 refuse, in words; `{about}` is what the service named. */
export type CloudProblems = Readonly<Record<CloudCode, Readonly<Record<'title' | 'cause' | 'suggestion', string>>>>

export const cloudProblems: CloudProblems = {
  CLOUD_ACCOUNT: {
    title: 'The keys of this account are missing',
    cause: 'The cloud account of this download was removed, or its secret is not kept after Longshore quits here.',
    suggestion:
      'Enter the keys under Settings, Cloud accounts. Then press Retry: it goes on from what has been received.',
  },
  CLOUD_KEY_ID: {
    title: 'The cloud does not know this access key',
    cause: 'The access key ID is misspelt, was deleted or disabled, or belongs to a temporary key without its token.',
    suggestion: 'Check the access key ID of the account under Settings, Cloud accounts, then press Retry.',
  },
  CLOUD_SIGNATURE: {
    title: 'The secret of the access key is wrong',
    cause: 'The service knows the access key ID, but the signature made with the secret does not fit.',
    suggestion: 'Enter the access key secret anew under Settings, Cloud accounts, without spaces, then press Retry.',
  },
  CLOUD_TOKEN: {
    title: 'New credentials are needed',
    cause: 'The temporary keys of the account (STS) have run out.',
    suggestion:
      'Enter new keys and their token under Settings, Cloud accounts: the download then goes on from where it was.',
  },
  CLOUD_DENIED: {
    title: 'The account may not read this object',
    cause:
      'Reading needs the permission oss:GetObject (on S3 s3:GetObject), which the keys do not have, or no account was chosen.',
    suggestion: 'Let the owner of the bucket grant oss:GetObject for this object, or choose another account.',
  },
  CLOUD_CLOCK: {
    title: 'The clock of this computer is wrong',
    cause: 'The service takes only requests of the last quarter of an hour, and correcting the time did not help.',
    suggestion: 'Set the date and the time of this computer, then press Retry.',
  },
  CLOUD_REGION: {
    title: 'The region of the bucket is missing or wrong',
    cause: 'Buckets live in one region, and signatures name it.',
    suggestion:
      'Look the region up in the overview of the bucket and enter it under Settings, Cloud accounts, for example cn-hangzhou.',
  },
  CLOUD_PLACE: {
    title: 'The bucket is in another region',
    cause: 'The service says that the right place for this bucket is {about}.',
    suggestion: 'Enter {about} as region or endpoint of the account under Settings, Cloud accounts, then press Retry.',
  },
  CLOUD_NO_BUCKET: {
    title: 'There is no such bucket',
    cause: 'No bucket has the name that stands in the address.',
    suggestion: 'Check the name of the bucket: oss://bucket/key begins with it.',
  },
  CLOUD_NO_OBJECT: {
    title: 'There is no such object in the bucket',
    cause: 'The key after the bucket’s name leads to nothing: it is misspelt, or the object was deleted.',
    suggestion: 'Check the key; upper and lower case count, and it does not contain the bucket’s name.',
  },
  CLOUD_ARCHIVED: {
    title: 'The object is archived',
    cause: 'Archived objects must be restored before anybody can read them. That takes minutes to hours and may cost.',
    suggestion: 'Press “Restore”: Longshore asks the service for it, waits, and then downloads.',
  },
  CLOUD_RESTORING: {
    title: 'The archived object is being restored',
    cause:
      'The service was asked to make it readable, which takes minutes to hours. The download then begins by itself.',
    suggestion: 'Nothing needs to be done.',
  },
  CLOUD_BUSY: {
    title: 'The store gives no more at the moment',
    cause:
      'The bucket or the account has reached a limit of requests or speed (SlowDown, QpsLimitExceeded and the like), or the service is overloaded.',
    suggestion:
      'Longshore waits longer and longer and tries again. When that did not help: fewer connections, then Retry.',
  },
  CLOUD_LINK: {
    title: 'The signed link has expired',
    cause: 'The link was valid for a limited time, and that is over.',
    suggestion: 'Get a new link to the same file and press “New link…”: what has been received is kept.',
  },
}
