import type { settingsEn } from './settings.en'

export const settingsJa: Readonly<Record<keyof typeof settingsEn, string>> = {
  'unsaved.title': '入力した内容を破棄しますか？',
  'unsaved.text': '「{name}」の変更はまだ保存されていません。',
  'unsaved.keep': '編集を続ける',
  'unsaved.discard': '破棄',
  'record.edit': '編集…',
  'record.editOne': '{name} を編集',
  'record.remove': '削除',
  'record.removeOne': '{name} を削除',
  'record.removed': '「{name}」を削除しました',
  'record.save': '保存',
  'record.cancel': 'キャンセル',
  'settings.imported': '設定を読み込みました',
  'settings.wereReset': 'すべての設定を初期値に戻しました',
  'settings.fileHint':
    '設定とサーバー別のルールをファイルに保存します。パスワード、ヘッダー、ログイン、アカウント、クライアント証明書は含まれません。',
}
