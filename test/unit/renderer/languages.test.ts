import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import ts from 'typescript'
import { beforeEach, describe, expect, it } from 'vitest'
import { root } from '../../../scripts/paths.mjs'
import { catalogues, language, locale, onLocale } from '../../../src/renderer/i18n/index'
import {
  downloadProblem,
  formatBytes,
  formatDateTime,
  formatDuration,
  formatPercent,
  formatSpeed,
  noticeText,
  requestProblem,
  setLocale,
  t,
} from '../../../src/renderer/text'
import { chooseLanguage, chooseRegion, languageList, languageOf, type Language } from '../../../src/shared/languages'
import { settingsSchema } from '../../../src/shared/settings'
import type { Texts } from '../../../src/shared/texts/errors.en'
import { parseMessage, type Part } from '../../../src/shared/texts/message'
import { nativeText, problemText, texts } from '../../../src/shared/texts/problems'

beforeEach(() => setLocale('en-US'))

/** Every text of a language by a name that is the same in all of them. */
function allTexts(of: Language): Map<string, string> {
  const { downloads, http, requests, notices, native } = texts[of]
  const found = new Map<string, string>([...Object.entries(catalogues[of]), ...Object.entries(native)])
  for (const [group, entries] of Object.entries({ downloads, http, requests, notices } satisfies Partial<Texts>)) {
    for (const [code, parts] of Object.entries(entries)) {
      for (const [part, text] of Object.entries(parts as Record<string, string>)) {
        found.set(`${group}.${code}.${part}`, text)
      }
    }
  }
  return found
}

const english = allTexts('en')
const others = languageList.filter((each) => each !== 'en')

/** Names of the arguments, plurals marked, each once. */
function argumentsOf(parts: readonly Part[]): string[] {
  const names = parts.flatMap((part) => {
    if (typeof part === 'string') return []
    if (part.plural === undefined) return [part.name]
    return [`${part.name} (plural)`, ...[...part.plural.values()].flatMap((branch) => argumentsOf(branch))]
  })
  return [...new Set(names)].sort()
}

function pluralsOf(parts: readonly Part[]): string[][] {
  return parts.flatMap((part) =>
    typeof part === 'string' || part.plural === undefined
      ? []
      : [[...part.plural.keys()], ...[...part.plural.values()].flatMap((branch) => pluralsOf(branch))],
  )
}

describe.each(languageList)('the words of %s', (each) => {
  const found = allTexts(each)

  it('are all there, and no others', () => {
    expect([...found.keys()].sort()).toEqual([...english.keys()].sort())
    expect([...found].filter(([, text]) => text.trim() === '')).toEqual([])
  })

  it.each([...found])('%s is well formed and takes what the English one takes', (name, text) => {
    expect(argumentsOf(parseMessage(text))).toEqual(argumentsOf(parseMessage(english.get(name) ?? '')))
  })

  it('have every plural form that the language knows, and no other', () => {
    const known = new Intl.PluralRules(each).resolvedOptions().pluralCategories
    for (const [name, text] of found) {
      for (const keys of pluralsOf(parseMessage(text))) {
        expect([name, keys.filter((key) => !key.startsWith('=')).sort()]).toEqual([name, [...known].sort()])
      }
    }
  })

  it('never use the words of the states beside them in the list', () => {
    const states = Object.entries(catalogues[each]).flatMap(([key, text]) => (key.startsWith('state.') ? [text] : []))
    const shown = [...found].filter(([name]) => /^(downloads|http|notices)\..*\.(title|suggestion)$/.test(name))
    const bad = shown.filter(([, text]) => states.some((state) => text.toLowerCase().includes(state.toLowerCase())))
    expect(bad).toEqual([])
  })

  it('name buttons and settings as the window does', () => {
    const names = new Set(Object.values(catalogues[each]))
    const problems = [...found].filter(([name]) => /^(downloads|http|requests|notices)\./.test(name))
    const quoted = problems.flatMap(([name, text]) =>
      [...text.matchAll(/[“「]([^”」]+)[”」]/g)].map((match) => [name, match[1] ?? ''] as const),
    )
    // Examples of what to type, and marks of file formats.
    const unknown = quoted.filter(([, inside]) => !names.has(inside) && !/[:=]|^[A-Z ]+$/.test(inside))
    expect(unknown).toEqual([])
  })
})

describe.each(others)('%s', (each) => {
  /** The same in every language: names, numbers, and words between placeholders. */
  const same = /^(app\.|unit\.|join\.|add\.lineError|settings\.version|accounts\.kind\.oss)/

  it('is translated', () => {
    const left = [...allTexts(each)].filter(([name, text]) => text === english.get(name) && !same.test(name))
    expect(left.filter(([, text]) => text !== 'URL')).toEqual([])
  })

  it('is written with its own punctuation', () => {
    for (const [name, text] of allTexts(each)) {
      // Full stops, commas, question marks and brackets of another script after a Chinese or Japanese letter.
      expect([name, /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}][.,?!;()]/u.exec(text)]).toEqual([
        name,
        null,
      ])
      expect([name, / $|^ | {2}|\.\.\./.exec(text)]).toEqual([name, null])
    }
  })

  it('ends sentences with a full stop, and titles with none', () => {
    for (const [name, text] of allTexts(each)) {
      if (/^(downloads|http|requests)\..*\.(cause|suggestion)$/.test(name))
        expect([name, text]).toEqual([name, expect.stringMatching(/[。…]$/)])
      if (/^(downloads|http|requests|notices)\..*\.title$/.test(name))
        expect([name, text]).toEqual([name, expect.not.stringMatching(/[。.]/)])
    }
  })
})

describe('the language', () => {
  it.each([
    ['en-GB', 'en'],
    ['ja', 'ja'],
    ['ja-JP-u-ca-japanese', 'ja'],
    ['zh', 'zh-CN'],
    ['zh-Hans-SG', 'zh-CN'],
    ['zh-TW', null],
    ['zh-Hant-HK', null],
    ['de-DE', null],
    ['not a tag!', null],
    ['', null],
  ] as const)('of %s is %s', (tag, found) => expect(languageOf(tag)).toBe(found))

  it('is the chosen one, else the system’s, else English; numbers follow a region of that language only', () => {
    expect(chooseLanguage('system', 'ja-JP')).toBe('ja')
    expect(chooseLanguage('system', 'de-DE')).toBe('en')
    expect(chooseLanguage('zh-CN', 'ja-JP')).toBe('zh-CN')
    expect(chooseRegion('en', 'en-ZA')).toBe('en-ZA')
    expect(chooseRegion('en', 'ja-JP')).toBe('en-US')
    expect(chooseRegion('zh-CN', 'zh-TW')).toBe('zh-CN')
    expect(chooseRegion('ja', 'not a tag!')).toBe('ja-JP')
  })

  it('is a setting, and an old or unknown one is the system’s', () => {
    expect(settingsSchema.parse({}).language).toBe('system')
    expect(settingsSchema.parse({ language: 'ja' }).language).toBe('ja')
    expect(settingsSchema.safeParse({ language: 'tlh' }).success).toBe(false)
  })

  it('tells who listens, once for each change', () => {
    let told = 0
    const stop = onLocale(() => told++)
    setLocale('en-US', 'ja')
    setLocale('en-US', 'ja')
    expect([language(), locale(), told]).toEqual(['ja', 'ja-JP', 1])
    stop()
    setLocale('en-US', 'zh-CN')
    expect(told).toBe(1)
  })
})

describe('in Japanese and Chinese', () => {
  const plain = (text: string) => text.replaceAll('\u00a0', ' ')
  const when = new Date(2026, 2, 4, 15, 6).getTime()

  it('numbers, sizes, times and dates are the language’s own', () => {
    setLocale('en-US', 'ja')
    expect([formatBytes(1536), formatSpeed(2048), formatDuration(200), formatPercent(42)].map(plain)).toEqual([
      '1.50 KiB',
      '2.00 KiB/秒',
      '3分20秒',
      '42%',
    ])
    expect(formatDateTime(when)).toBe('2026年3月4日 15:06')
    expect(t('summary.downloads', { count: 12_345 })).toBe('ダウンロード 12,345件')
    expect(t('summary.downloads', { count: 0 })).toBe('ダウンロードなし')
    setLocale('zh-CN')
    expect([formatDuration(86_400), formatDateTime(when)]).toEqual(['1 天', '2026年3月4日 15:06'])
    expect(t('summary.downloads', { count: 1 })).toBe('1 个下载任务')
  })

  it('errors, notices and dialogs of the system speak it', () => {
    setLocale('en-US', 'ja')
    const error = { code: 'HTTP_418', retry: 'no', detail: '' } as const
    expect(downloadProblem(error).title).toBe('サーバーが要求を断りました（418）')
    expect(requestProblem({ code: 'E_URL', detail: '' }).title).toBe('アドレスとして正しくありません')
    expect(noticeText({ code: 'LENGTH_UNVERIFIED', at: 0 }).title).toBe('長さは不明です')
    expect(problemText('HTTP_418', 'zh-CN').title).toBe('服务器拒绝了请求（418）')
    expect(nativeText('run.title', 'zh-CN', { name: 'setup.exe' })).toBe('要运行“setup.exe”吗？')
    expect(problemText('DNS', 'en').title).toBe('The server cannot be found')
  })
})

describe('the source of the window', () => {
  const folder = path.join(root, 'src', 'renderer')
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.tsx?$/.test(file) && !file.startsWith(`i18n${path.sep}`))
    .sort()

  it('has files to look at', () => expect(files.length).toBeGreaterThan(30))

  it.each(files)('%s holds no words for the user', (file) => {
    expect(hardCoded(file, readFileSync(path.join(folder, file), 'utf8'))).toEqual([])
  })

  it('would be found out', () => {
    const found = hardCoded(
      'example.tsx',
      'const a = <p title="Hello" className="x">Words {b ? `Some ${n}` : "more"} {"text"}. {t("a")}</p>; showInfo("Done"); f(`${a}. ${b}`)',
    )
    expect(found).toEqual(['Hello', 'Words', 'Some', 'more', 'text', '.', 'Done', '. '])
  })
})

/** Attributes that are read by people, of elements and of our own components. */
const spoken =
  /^(aria-(label|description|roledescription|valuetext|placeholder)|label|title|alt|placeholder|hint|example|text|choose|heading|description|summary|tooltip)$/i
/** Functions that show what they are given. */
const showing = /^(showInfo|alert|confirm|setSaid)$/
const words = /\p{L}/u
/** Addresses and lists of hosts are examples for every language. */
const example = /^([a-z0-9]+:\/\/\S*|[a-z0-9./:*-]+(, ?[a-z0-9./:*-]*[./][a-z0-9./:*-]*)+)$/
const sayable = (text: string) => words.test(text) && !example.test(text)

/**
 * Words that a user would see and that do not come from the catalogue: text between tags, text in spoken attributes and
 * in the arguments of functions that show messages, and sentences put together with English punctuation.
 */
function hardCoded(file: string, source: string): string[] {
  const tree = ts.createSourceFile(file, source, ts.ScriptTarget.Latest, true, ts.ScriptKind.TSX)
  const found: string[] = []
  const visit = (node: ts.Node): void => {
    if (ts.isJsxText(node) && /[\p{L}.,;!?]/u.test(node.text)) found.push(node.text.trim())
    else if (ts.isJsxAttribute(node)) {
      if (spoken.test(node.name.getText()) && node.initializer !== undefined) found.push(...literals(node.initializer))
    } else if (ts.isJsxExpression(node) && (ts.isJsxElement(node.parent) || ts.isJsxFragment(node.parent))) {
      if (node.expression !== undefined) found.push(...literals(node.expression))
    } else if (ts.isCallExpression(node) && showing.test(node.expression.getText())) {
      found.push(...node.arguments.flatMap(literals))
    } else if (ts.isTemplateMiddle(node) && /^[.,;!?] $/.test(node.text)) found.push(node.text)
    ts.forEachChild(node, visit)
  }
  visit(tree)
  return found
}

/** Literals that an expression can become: through `?:`, `&&`, `??` and parentheses, not into calls. */
function literals(node: ts.Node): string[] {
  if (ts.isStringLiteralLike(node)) return sayable(node.text) ? [node.text] : []
  if (ts.isTemplateExpression(node)) {
    const texts = [node.head.text, ...node.templateSpans.map((span) => span.literal.text)]
    return texts.filter(sayable).map((text) => text.trim())
  }
  if (ts.isJsxExpression(node) || ts.isParenthesizedExpression(node)) {
    return node.expression === undefined ? [] : literals(node.expression)
  }
  if (ts.isConditionalExpression(node)) return [...literals(node.whenTrue), ...literals(node.whenFalse)]
  if (ts.isBinaryExpression(node)) {
    const comparison = /^[!=]==?$|^[<>]/.test(node.operatorToken.getText())
    return comparison ? [] : [...literals(node.left), ...literals(node.right)]
  }
  return []
}
