/** Bounds that forms, contract and command line share. */
export const connectionsRange = { min: 1, max: 256 } as const
export const concurrentRange = { min: 1, max: 100 } as const
/** Failures in a row after which a connection gives up. */
export const attemptsRange = { min: 1, max: 1000 } as const
/** Bytes per second. */
export const speedLimitRange = { min: 1024, max: 1024 ** 4 } as const
/** Addresses that can be added at a time. */
export const maxUrls = 10_000
/** Further addresses of one download. */
export const maxMirrors = 100
/** Characters of cookies for one download: the export of one browser. */
export const maxCookieText = 262_144
/** ms for which a removal can be undone. */
export const undoTime = 5000
/** Bytes: 100 KB to 5 GB, as OSS allows them. */
export const partSizeRange = { min: 100 * 1024, max: 5 * 1024 ** 3 } as const
/** Bytes of a volume that stay free. */
export const spaceMarginRange = { min: 0, max: 1024 ** 4 } as const
/** Days that completed downloads stay on the list. */
export const historyDaysRange = { min: 1, max: 36_500 } as const
