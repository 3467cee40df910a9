import fc from 'fast-check'
import { beforeEach, describe, expect, it } from 'vitest'
import { sectionAt } from '../../../src/renderer/settings/place'
import { matching } from '../../../src/renderer/settings/search'
import { settingsSections, type SettingName } from '../../../src/renderer/settings/sections'
import { setLocale } from '../../../src/renderer/text'
import { defaultSettings } from '../../../src/shared/settings'

beforeEach(() => setLocale('en-US'))

const found = (query: string) =>
  matching(settingsSections(defaultSettings, { accounts: null, rules: null }), query).flatMap(({ items }) =>
    items.map(({ id }) => id),
  )

describe('the search of the settings', () => {
  const ordinary: readonly (readonly [string, SettingName])[] = [
    ['theme', 'appearance'],
    ['dark mode', 'appearance'],
    ['folder', 'folder'],
    ['save location', 'folder'],
    ['directory', 'folder'],
    ['schedule', 'slowHours'],
    ['japanese', 'language'],
    ['chinese', 'language'],
    ['proxy password', 'proxy'],
    ['socks5', 'proxy'],
    ['startup', 'startAtLogin'],
    ['autostart', 'startAtLogin'],
    ['bandwidth', 'speedLimit'],
    ['throttle', 'speedLimit'],
    ['threads', 'connections'],
    ['retry', 'attempts'],
    ['shutdown', 'whenDone'],
    ['turn off computer', 'whenDone'],
    ['battery', 'pauseOnBattery'],
    ['mobile data', 'pauseOnMetered'],
    ['sleep', 'keepAwake'],
    ['clipboard', 'clipboardLinks'],
    ['minimize', 'closeToTray'],
    ['tray', 'tray'],
    ['hash', 'checksumFiles'],
    ['disk space', 'spaceMargin'],
    ['clear history', 'historyDays'],
    ['simultaneous downloads', 'concurrent'],
    ['timestamp', 'keepServerDate'],
    ['ssl', 'authority'],
    ['client certificate', 'certificate'],
    ['aws', 'accounts'],
    ['file type', 'categories'],
    ['notification', 'notifyDone'],
    ['backup', 'file'],
    ['site login', 'rules'],
  ]
  it.each(ordinary)('finds %j', (query, id) => {
    expect(found(query)).toContain(id)
    // Whatever the language of the window is: the words that people know are those of other programs.
    setLocale('ja-JP')
    expect(found(query.toUpperCase())).toContain(id)
  })

  it.each<readonly ['ja-JP' | 'zh-CN', string, SettingName]>([
    ['ja-JP', 'テーマ', 'appearance'],
    ['ja-JP', 'ダークモード', 'appearance'],
    ['ja-JP', '保存先', 'folder'],
    ['ja-JP', 'スケジュール', 'slowHours'],
    ['ja-JP', '自動起動', 'startAtLogin'],
    ['ja-JP', 'リトライ', 'attempts'],
    ['ja-JP', 'シャットダウン', 'whenDone'],
    ['ja-JP', 'プロキシ パスワード', 'proxy'],
    ['zh-CN', '主题', 'appearance'],
    ['zh-CN', '限速', 'speedLimit'],
    ['zh-CN', '开机', 'startAtLogin'],
    ['zh-CN', '关机', 'whenDone'],
    ['zh-CN', '文件夹', 'folder'],
    ['zh-CN', '重试', 'attempts'],
    ['zh-CN', '代理 密码', 'proxy'],
  ])('finds in %s %s', (locale, query, id) => {
    setLocale(locale)
    expect(found(query)).toContain(id)
  })

  it('finds little by a word that means one thing, and nothing by none that is in it', () => {
    expect(found('dark mode')).toEqual(['appearance'])
    expect(found('proxy password')).toEqual(['proxy', 'rules'])
    expect(found('zebra')).toEqual([])
  })
})

describe('what the search of the settings finds', () => {
  it.each<readonly [string, SettingName]>([
    ['tray', 'tray'],
    ['folder', 'folder'],
    ['language', 'language'],
    ['proxy', 'proxy'],
    ['speed limit', 'speedLimit'],
    ['connections', 'connections'],
    ['retry', 'attempts'],
    ['throttle', 'speedLimit'],
  ])('begins with what fits best: %j', (query, id) => {
    expect(found(query)[0]).toBe(id)
  })

  it('is every setting in the order of the page while nothing is looked for', () => {
    const sections = settingsSections(defaultSettings, { accounts: null, rules: null })
    expect(matching(sections, '  ')).toEqual(sections)
  })
})

describe('the section that is read', () => {
  const page = fc.record({
    heights: fc.array(fc.integer({ min: 40, max: 900 }), { minLength: 1, maxLength: 12 }),
    clientHeight: fc.integer({ min: 100, max: 900 }),
  })
  const topsOf = (heights: readonly number[]) =>
    heights.map((_, index) => ({
      id: String(index),
      top: heights.slice(0, index).reduce((sum, height) => sum + height, 0),
    }))

  it('is the first one at the top, the last one at the end, and never one before while the page goes down', () => {
    fc.assert(
      fc.property(page, ({ heights, clientHeight }) => {
        const scrollHeight = Math.max(
          clientHeight,
          heights.reduce((sum, height) => sum + height, 0),
        )
        const at = (scrollTop: number) => Number(sectionAt(topsOf(heights), { scrollTop, clientHeight, scrollHeight }))
        const way = scrollHeight - clientHeight
        expect(at(0)).toBe(0)
        if (way > 0) expect(at(way)).toBe(heights.length - 1)
        for (let step = 1; step <= 20; step++) {
          expect(at((way * step) / 20)).toBeGreaterThanOrEqual(at((way * (step - 1)) / 20))
        }
      }),
    )
  })

  it('is in view', () => {
    fc.assert(
      fc.property(page, fc.double({ min: 0, max: 1, noNaN: true }), ({ heights, clientHeight }, share) => {
        const height = heights.reduce((sum, each) => sum + each, 0)
        const scrollHeight = Math.max(clientHeight, height)
        const scrollTop = share * (scrollHeight - clientHeight)
        const index = Number(sectionAt(topsOf(heights), { scrollTop, clientHeight, scrollHeight }))
        const { top } = topsOf(heights)[index]!
        expect(top).toBeLessThanOrEqual(scrollTop + clientHeight)
        expect(top + heights[index]!).toBeGreaterThanOrEqual(scrollTop)
      }),
    )
  })
})
