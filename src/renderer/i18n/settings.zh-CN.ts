import type { settingsEn } from './settings.en'

export const settingsZhCN: Readonly<Record<keyof typeof settingsEn, string>> = {
  'unsaved.title': '要放弃已输入的内容吗？',
  'unsaved.text': '“{name}”有尚未保存的更改。',
  'unsaved.keep': '继续编辑',
  'unsaved.discard': '放弃',
  'record.edit': '编辑…',
  'record.editOne': '编辑 {name}',
  'record.remove': '移除',
  'record.removeOne': '移除 {name}',
  'record.removed': '已移除“{name}”',
  'record.save': '保存',
  'record.cancel': '取消',
  'settings.imported': '已导入设置',
  'settings.wereReset': '所有设置已恢复为初始值',
  'settings.fileHint': '文件包含设置和服务器规则，不包含密码、请求头、登录信息、账号和客户端证书。',
}
