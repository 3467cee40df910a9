/** Names of parameters that sign an address or let its holder in; compared without case, as whole names. */
const secretNames = new Set(
  [
    // S3 V2 and CloudFront, OSS V1, Google V2
    'signature expires awsaccesskeyid ossaccesskeyid googleaccessid key-pair-id policy security-token securitytoken',
    // Azure's shared access signatures
    'sig se sp spr sr st sv skoid sktid skt ske sks skv sip',
    // everybody else's
    'token auth authkey auth_key access_token accesstoken api_key apikey key secret password passwd pwd pass sign hmac',
    'hash md5 session sessionid session_id sid jwt ticket code nonce credential credentials verify hdnea hdnts e exp',
  ]
    .join(' ')
    .split(' '),
)
/** The same for families of names. */
const secretFamilies = /^(x-amz|x-goog|x-oss|x-cos|q-)|token|signature|password|secret/i

/**
 * What may be written down about where a file came from: the address without user name and password, without what signs
 * it, without its fragment. Rather too little than a secret: a value that is long and random enough to be a key goes
 * too, whatever its name.
 * @param url an absolute address; of a scheme that is not the web's, only what has no query is kept
 */
export function withoutSecrets(url: string): string {
  if (!URL.canParse(url)) return ''
  const clean = new URL(url)
  clean.username = ''
  clean.password = ''
  clean.hash = ''
  for (const [name, value] of [...clean.searchParams]) {
    if (secretNames.has(name.toLowerCase()) || secretFamilies.test(name) || looksLikeKey(value)) {
      clean.searchParams.delete(name)
    }
  }
  return clean.href
}

/** 24 characters and more of hex, Base64 or the like, without a word in it. */
function looksLikeKey(value: string): boolean {
  return /^[A-Za-z0-9+/_=.~-]{24,}$/.test(value) && /\d/.test(value) && !/[A-Za-z]+[-_.][A-Za-z]+[-_.]/.test(value)
}
