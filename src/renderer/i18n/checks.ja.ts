import type { checksEn } from './checks.en'

export const checksJa: Readonly<Record<keyof typeof checksEn, string>> = {
  'action.stop': '中止',
  'check.verifying': 'ファイルを読み込んでいます…',
  'check.repairing': '壊れたブロックを受信しています…',
  'check.confirming': '修復したファイルを読み込んでいます…',
  'check.comparing': 'チェックサムを計算しています…',
  'check.exporting': '書き出しています…',
  'check.progress': '{bytes} / {total}',
  'check.progressSpeed': '{bytes} / {total}・{speed}',
  'check.intact': 'ディスク上の内容は、ダウンロードしたときのままです',
  'check.nothing': 'このファイルには比較できるものがありません',
  'check.damaged': '「{name}」は壊れています',
  'check.damaged.blocks':
    '4 MiB のブロックのうち {count, plural, other {#個}}に違いがあります。［修復］で {size} を受信し直します。',
  'check.damaged.unfinished':
    '4 MiB のブロックのうち {count, plural, other {#個}}に違いがあります。ダウンロードの再開時に {size} を受信し直します。',
  'check.damaged.nowhere':
    'ファイル全体のチェックサムが一致せず、違っている場所もわかりません。もう一度ダウンロードしてください。',
  'check.repaired': '修復しました: {size} を受信し直しました',
  'row.damaged.blocks':
    'ディスク上にある 4 MiB のブロックのうち {count, plural, other {#個}}に、ダウンロードしたときとの違いがあります。［修復］でそのブロックを受信し直します。',
  'map.damaged': '違いあり',
  'map.damaged.text':
    '4 MiB のブロックのうち {count, plural, other {#個}}に違いがあります。残りの部分は正しい内容です。',
  'map.damaged.nowhere': 'ファイルの内容が正しくなく、違っている場所はわかりません。',
  'log.CHECK.verify': 'ディスク上のファイルの検証を始めました',
  'log.CHECK.repair': 'ディスク上のファイルの修復を始めました',
  'log.INTACT': '{bytes} を読み込みました: すべてダウンロードしたときのままです',
  'log.INTACT.algorithm': '{bytes} を読み込みました: {algorithm} チェックサムが一致しました',
  'log.DAMAGED': '4 MiB のブロックのうち {count, plural, other {#個}}が壊れていました。受信し直すのは {bytes} です',
  'log.DAMAGED.nowhere': 'チェックサムが一致せず、違っている場所もわかりません',
  'log.REPAIRED': '{bytes} を受信し直し、ファイルをもう一度読み込んで、正しいことを確かめました',
  'log.CHECK_FAILED': 'ファイルの確認が途中で終わりました: {reason}',
  'log.INCOMPARABLE': 'ファイルと比較できるものがありませんでした',
  'log.COMPARED': '入力された {algorithm} チェックサムと一致しました',
  'log.COMPARED.differs': '入力された {algorithm} チェックサムと一致しませんでした',
  'compare.title': 'チェックサムと比較',
  'compare.field': '比較するチェックサム',
  'compare.hint': '配布元の値を貼り付けます: MD5、SHA-1、SHA-256、SHA-512。CRC は crc32c=… の形で入力します',
  'compare.submit': '比較',
  'compare.copy': 'SHA-256 をコピー',
  'compare.copied': '「{name}」の SHA-256 をコピーしました',
  'compare.empty': 'チェックサムを入力してください。',
  'compare.fits': '一致しました。このファイルの {algorithm} チェックサムと同じです。',
  'compare.differs':
    '一致しません。チェックサムの元になったファイルではないか、内容が変わっています。このファイルの {algorithm}:',
}
