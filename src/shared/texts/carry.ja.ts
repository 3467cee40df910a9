import type { ProblemText } from './errors.en'
import type { carryProblems as words } from './carry.en'

export const carryProblems: Readonly<Record<keyof typeof words, ProblemText>> = {
  E_STOPPED: {
    title: '中止しました',
    cause: '終わる前に中止されました。何も変更していません。',
    suggestion: '必要なときにもう一度始めてください。',
  },
  E_DOCUMENT: {
    title: 'Metalink 文書ではありません',
    cause: '別の種類のファイルか、ダウンロードできるものが書かれていません。',
    suggestion: '.meta4 または .metalink で終わるファイルを選んでください。',
  },
  E_BUNDLE: {
    title: 'このバンドルは壊れているか、バンドルではありません',
    cause: '途中で切れたか、内容が変わったか、別のプログラムが作ったファイルです。何も取り込んでいません。',
    suggestion: 'もう一度コピーするか、ダウンロードを書き出し直してください。',
  },
  E_BUNDLE_VERSION: {
    title: '新しいバージョンの Longshore が作ったバンドルです',
    cause: 'この形式はここでは読めません。何も取り込んでいません。',
    suggestion: 'このコンピューターに最新のバージョンをインストールしてください。',
  },
  E_CARRY: {
    title: 'このダウンロードは持ち運べません',
    cause: 'サーバーがダウンロードの再開に対応していません。別の場所では最初からやり直しになります。',
    suggestion: '別のコンピューターでアドレスを追加してください。',
  },
  E_SPACE: {
    title: '空き容量が足りません',
    cause: 'ディスクの空きが必要な容量より少なくなっています。何も書き込んでいません。',
    suggestion: '空きを増やすか、別のディスクを選んでください。',
  },
  E_DISK: {
    title: 'ファイルを読み書きできません',
    cause: 'ディスクまたはシステムが拒否しました。元からあったものは変わっていません。',
    suggestion: 'ディスクが接続されていて書き込めるか確かめるか、別の場所を選んでください。',
  },
}
