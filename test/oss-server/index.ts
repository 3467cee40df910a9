export { startOssServer, type ObjectOptions, type OssRequest, type OssServer, type Switches } from './server'
export type { ServerKeys } from './verify'
export { startS3Server, type S3Server, type S3Object } from './s3'
