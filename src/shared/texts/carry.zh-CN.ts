import type { ProblemText } from './errors.en'
import type { carryProblems as words } from './carry.en'

export const carryProblems: Readonly<Record<keyof typeof words, ProblemText>> = {
  E_STOPPED: {
    title: '已停止',
    cause: '它在完成之前被停止。没有作任何更改。',
    suggestion: '可以随时重新开始。',
  },
  E_DOCUMENT: {
    title: '这不是 Metalink 文档',
    cause: '它是其他类型的文件，或者没有描述任何可下载的内容。',
    suggestion: '请选择以 .meta4 或 .metalink 结尾的文件。',
  },
  E_BUNDLE: {
    title: '这个转移包已损坏，或者不是转移包',
    cause: '它在传送途中被截断或改动，或者由其他程序生成。没有从中取用任何内容。',
    suggestion: '请重新复制一次，或者重新导出该下载。',
  },
  E_BUNDLE_VERSION: {
    title: '这个转移包由更新版本的 Longshore 生成',
    cause: '这里不认识它的格式。没有从中取用任何内容。',
    suggestion: '请在此计算机上安装最新版本。',
  },
  E_CARRY: {
    title: '这个下载无法转移',
    cause: '服务器不支持续传：在别处只能从头开始。',
    suggestion: '请在另一台计算机上直接添加它的地址。',
  },
  E_SPACE: {
    title: '磁盘空间不足',
    cause: '磁盘的可用空间少于所需空间。没有写入任何内容。',
    suggestion: '请腾出空间，或者选择另一个磁盘。',
  },
  E_DISK: {
    title: '无法读写文件',
    cause: '磁盘或系统拒绝了操作。原有内容保持不变。',
    suggestion: '请检查磁盘是否仍然连接且可以写入，或者选择其他位置。',
  },
}
