/** The version in package.json, put in by the bundler. */
declare const __APP_VERSION__: string
/** undici describes its front door only; `undici.ts` says what these are. */
declare module 'undici/lib/dispatcher/agent.js' {
  const agent: unknown
  export default agent
}
declare module 'undici/lib/core/connect.js' {
  const buildConnector: unknown
  export default buildConnector
}
