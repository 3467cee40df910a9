import type { CloudProblems } from './cloud.en'

/** 词表：bucket 存储桶 / object 对象 / account 账号 / region 地域 / endpoint 端点 / token 令牌 */
export const cloudProblems: CloudProblems = {
  CLOUD_ACCOUNT: {
    title: '缺少此账号的密钥',
    cause: '此下载所用的云账号已被移除，或者在此系统上退出 Longshore 后不会保留其密钥。',
    suggestion: '请在“设置”的“云账号”中输入密钥，然后点击“重试”：下载会从已接收的部分继续。',
  },
  CLOUD_KEY_ID: {
    title: '云服务不认识此访问密钥',
    cause: '访问密钥 ID 有误、已被删除或停用，或者是缺少令牌的临时密钥。',
    suggestion: '请在“设置”的“云账号”中检查访问密钥 ID，然后点击“重试”。',
  },
  CLOUD_SIGNATURE: {
    title: '访问密钥的密钥部分不正确',
    cause: '服务认识此访问密钥 ID，但用密钥生成的签名不符。',
    suggestion: '请在“设置”的“云账号”中重新输入访问密钥的密钥部分（不含空格），然后点击“重试”。',
  },
  CLOUD_TOKEN: {
    title: '需要新的登录信息',
    cause: '账号的临时密钥（STS）已经过期。',
    suggestion: '请在“设置”的“云账号”中输入新的密钥和令牌，下载会从中断处继续。',
  },
  CLOUD_DENIED: {
    title: '此账号不能读取该对象',
    cause: '读取需要 oss:GetObject 权限（S3 为 s3:GetObject），而这些密钥没有该权限，或者没有选择账号。',
    suggestion: '请让存储桶的所有者为此对象授予 oss:GetObject 权限，或选择其他账号。',
  },
  CLOUD_CLOCK: {
    title: '此计算机的时钟不准',
    cause: '服务只接受最近一刻钟内的请求，校正时间后仍未被接受。',
    suggestion: '请校准此计算机的日期和时间，然后点击“重试”。',
  },
  CLOUD_REGION: {
    title: '存储桶的地域缺失或有误',
    cause: '每个存储桶属于一个地域，签名中要写明它。',
    suggestion: '请在存储桶的概览页查看地域，并填入“设置”的“云账号”，例如 cn-hangzhou。',
  },
  CLOUD_PLACE: {
    title: '存储桶位于其他地域',
    cause: '服务告知，此存储桶的正确位置是 {about}。',
    suggestion: '请在“设置”的“云账号”中把 {about} 填为地域或端点，然后点击“重试”。',
  },
  CLOUD_NO_BUCKET: {
    title: '没有这个存储桶',
    cause: '地址中的名称不对应任何存储桶。',
    suggestion: '请检查存储桶的名称，它是 oss://存储桶/键 的第一部分。',
  },
  CLOUD_NO_OBJECT: {
    title: '存储桶中没有这个对象',
    cause: '存储桶名称之后的键有误，或者对象已被删除。',
    suggestion: '请检查键：区分大小写，且不包含存储桶的名称。',
  },
  CLOUD_ARCHIVED: {
    title: '该对象已归档',
    cause: '归档的对象必须先恢复才能读取，需要几分钟到几小时，可能产生费用。',
    suggestion: '请点击“恢复”：Longshore 会请求服务恢复它，等待完成后再下载。',
  },
  CLOUD_RESTORING: {
    title: '正在恢复归档的对象',
    cause: '已请求服务使其可读，需要几分钟到几小时，之后下载会自动开始。',
    suggestion: '无需任何操作。',
  },
  CLOUD_BUSY: {
    title: '存储服务正在限制请求',
    cause: '存储桶或账号已达到请求数或速度的上限（SlowDown、QpsLimitExceeded 等），或者服务过载。',
    suggestion: 'Longshore 会逐渐延长间隔并自动重试。如果仍然不行，请减少连接数，然后点击“重试”。',
  },
  CLOUD_LINK: {
    title: '签名链接已过期',
    cause: '该链接只在限定时间内有效，现在时间已过。',
    suggestion: '请获取同一文件的新链接，然后点击“新链接…”：已接收的部分会保留。',
  },
}
