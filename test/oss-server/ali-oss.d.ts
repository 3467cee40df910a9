declare module 'ali-oss/lib/common/signUtils.js' {
  interface Request {
    readonly headers: Readonly<Record<string, string>>
    readonly queries?: Readonly<Record<string, string | null>>
    readonly parameters?: Readonly<Record<string, string | null>>
  }
  const signUtils: {
    authorizationV4(
      id: string,
      secret: string,
      region: string,
      method: string,
      request: Request,
      bucket?: string,
      key?: string,
      additional?: readonly string[],
      encoding?: 'utf-8' | 'latin1',
    ): string
    buildCanonicalString(method: string, resource: string, request: Request, expires?: string): string
    computeSignature(secret: string, text: string, encoding?: string): string
  }
  export default signUtils
}
