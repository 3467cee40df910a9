export { startOssServer, type ObjectOptions, type OssRequest, type OssServer, type Switches } from './server'
export type { ServerKeys } from './verify'
