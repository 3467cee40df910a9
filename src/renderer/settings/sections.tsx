import {
  Bell,
  Cloud,
  Download,
  Languages,
  Monitor,
  Moon,
  Network,
  Palette,
  Server,
  Settings2,
  Sun,
  Tag,
  Waypoints,
  Wrench,
} from 'lucide-react'
import type { ReactNode } from 'react'
import { languageList, languages, type LanguageSetting } from '../../shared/languages'
import {
  attemptsRange,
  concurrentRange,
  connectionsRange,
  historyDaysRange,
  spaceMarginRange,
  speedLimitRange,
} from '../../shared/limits'
import { whenDoneActions, type WhenDone } from '../../shared/when-done'
import type { Settings } from '../../shared/settings'
import { call } from '../api'
import { categoryName } from '../categoryName'
import { setSettings } from '../store'
import { inAllLanguages, t, type MessageKey } from '../text'
import { Choice } from '../ui/Choice'
import { Select } from '../ui/Select'
import { orShow } from '../windowState'
import { AuthoritySetting } from './AuthoritySetting'
import { CategoriesSetting } from './CategoriesSetting'
import { CertificateSetting } from './CertificateSetting'
import { DefaultFolder } from './DefaultFolder'
import { NumberSetting } from './NumberSetting'
import { ProxySetting } from './ProxySetting'
import { SettingsFile } from './SettingsFile'
import { SlowHours } from './SlowHours'
import { Toggle } from './Toggle'

export interface Section {
  readonly id: string
  readonly title: string
  readonly icon: ReactNode
  readonly items: readonly Item[]
}

/** Every setting has words that people look for it by. */
export type SettingName = MessageKey extends infer K ? (K extends `find.${infer Name}` ? Name : never) : never

export interface Item {
  readonly id: SettingName
  /** What a search finds it by: the words that stand in it, and others that mean it. */
  readonly words: readonly string[]
  readonly node: ReactNode
}

/** Features of their own that stand on the page. */
export interface Features {
  /** The cloud accounts. */
  readonly accounts: ReactNode
  /** What holds for single hosts. */
  readonly rules: ReactNode
}

const kibibyte = 1024
const mebibyte = 1024 * kibibyte

const item = (id: SettingName, node: ReactNode, ...words: string[]): Item => ({
  id,
  words: [...words, inAllLanguages(`find.${id}`)],
  node,
})

/**
 * Everything that can be set, in the order of the page. A new setting is a line here.
 * @param features what is on the page and no part of this one
 */
export function settingsSections(settings: Settings, { accounts, rules }: Features): readonly Section[] {
  return [
    {
      id: 'general',
      title: t('settings.general'),
      icon: <Settings2 size={16} aria-hidden />,
      items: general(settings),
    },
    {
      id: 'downloads',
      title: t('settings.downloads'),
      icon: <Download size={16} aria-hidden />,
      items: [
        item('folder', <DefaultFolder path={settings.folder} />, t('settings.folder')),
        item(
          'concurrent',
          <NumberSetting
            name="concurrentDownloads"
            value={settings.concurrentDownloads}
            max={concurrentRange.max}
            label={t('settings.concurrent')}
            hint={t('settings.concurrentHint')}
          />,
          t('settings.concurrent'),
          t('settings.concurrentHint'),
        ),
        item(
          'spaceMargin',
          <NumberSetting
            name="spaceMargin"
            value={settings.spaceMargin}
            unit={mebibyte}
            max={spaceMarginRange.max / mebibyte}
            label={t('settings.spaceMargin')}
            hint={t('settings.spaceMarginHint')}
          />,
          t('settings.spaceMargin'),
          t('settings.spaceMarginHint'),
        ),
        item(
          'historyDays',
          <NumberSetting
            name="historyDays"
            value={settings.historyDays}
            empty
            max={historyDaysRange.max}
            label={t('settings.historyDays')}
            hint={t('settings.historyDaysHint')}
          />,
          t('settings.historyDays'),
          t('settings.historyDaysHint'),
        ),
        item(
          'whenDone',
          <Select<WhenDone>
            label={t('settings.whenDone')}
            value={settings.whenDone}
            options={whenDoneActions.map((each) => ({ value: each, label: t(`whenDone.${each}`) }))}
            hint={t('settings.whenDoneHint')}
            onChange={(whenDone) => orShow(call('settings.set', { whenDone }).then(setSettings))}
          />,
          t('settings.whenDone'),
          ...whenDoneActions.map((each) => t(`whenDone.${each}`)),
        ),
        item(
          'checksumFiles',
          <Toggle
            name="checksumFiles"
            value={settings.checksumFiles}
            label={t('settings.checksumFiles')}
            hint={t('settings.checksumFilesHint')}
          />,
          t('settings.checksumFiles'),
          t('settings.checksumFilesHint'),
        ),
        item(
          'keepServerDate',
          <Toggle
            name="keepServerDate"
            value={settings.keepServerDate}
            label={t('settings.keepServerDate')}
            hint={t('settings.keepServerDateHint')}
          />,
          t('settings.keepServerDate'),
          t('settings.keepServerDateHint'),
        ),
      ],
    },
    {
      id: 'categories',
      title: t('settings.categories'),
      icon: <Tag size={16} aria-hidden />,
      items: [
        item(
          'categories',
          <CategoriesSetting categories={settings.categories} />,
          t('categories.extensions'),
          t('categories.hosts'),
          ...settings.categories.flatMap((category) => [categoryName(category), ...category.hosts]),
        ),
      ],
    },
    {
      id: 'connections',
      title: t('settings.network'),
      icon: <Waypoints size={16} aria-hidden />,
      items: [
        item(
          'speedLimit',
          <NumberSetting
            name="speedLimit"
            value={settings.speedLimit}
            empty
            unit={kibibyte}
            max={speedLimitRange.max / kibibyte}
            label={t('settings.speedLimit')}
            hint={t('settings.speedLimitHint')}
          />,
          t('settings.speedLimit'),
          t('settings.speedLimitHint'),
        ),
        item(
          'slowLimit',
          <NumberSetting
            name="slowLimit"
            value={settings.slowLimit}
            unit={kibibyte}
            max={speedLimitRange.max / kibibyte}
            label={t('settings.slowLimit')}
            hint={t('settings.slowLimitHint')}
          />,
          t('settings.slowLimit'),
          t('settings.slowLimitHint'),
        ),
        item('slowHours', <SlowHours schedule={settings.slowSchedule} />, t('settings.slowHours')),
        item(
          'connections',
          <NumberSetting
            name="connections"
            value={settings.connections}
            max={connectionsRange.max}
            label={t('settings.connections')}
            hint={t('settings.connectionsHint')}
          />,
          t('settings.connections'),
          t('settings.connectionsHint'),
        ),
        item(
          'perHost',
          <NumberSetting
            name="connectionsPerHost"
            value={settings.connectionsPerHost}
            max={connectionsRange.max}
            label={t('settings.connectionsPerHost')}
            hint={t('settings.connectionsPerHostHint')}
          />,
          t('settings.connectionsPerHost'),
          t('settings.connectionsPerHostHint'),
        ),
        item(
          'attempts',
          <NumberSetting
            name="attempts"
            value={settings.attempts}
            max={attemptsRange.max}
            label={t('settings.attempts')}
            hint={t('settings.attemptsHint')}
          />,
          t('settings.attempts'),
          t('settings.attemptsHint'),
        ),
      ],
    },
    {
      id: 'network',
      title: t('settings.way'),
      icon: <Network size={16} aria-hidden />,
      items: [
        item('proxy', <ProxySetting value={settings.proxy} />, t('settings.proxy'), t('settings.proxy.noProxy')),
        item('authority', <AuthoritySetting file={settings.caFile} />, t('settings.authority')),
        item('certificate', <CertificateSetting file={settings.certificateFile} />, t('settings.certificate')),
      ],
    },
    {
      id: 'rules',
      title: t('settings.rules'),
      icon: <Server size={16} aria-hidden />,
      items: [
        item(
          'rules',
          rules,
          t('rules.pattern'),
          t('rules.connections'),
          t('rules.downloads'),
          t('rules.speedLimit'),
          t('rules.attempts'),
          t('rules.proxy'),
          t('rules.headers'),
          t('rules.user'),
        ),
      ],
    },
    {
      id: 'accounts',
      title: t('settings.accounts'),
      icon: <Cloud size={16} aria-hidden />,
      items: [item('accounts', accounts, 'OSS', 'S3')],
    },
    { id: 'notices', title: t('settings.notices'), icon: <Bell size={16} aria-hidden />, items: notices(settings) },
    { id: 'look', title: t('settings.look'), icon: <Palette size={16} aria-hidden />, items: look(settings) },
    {
      id: 'advanced',
      title: t('settings.advanced'),
      icon: <Wrench size={16} aria-hidden />,
      items: [item('file', <SettingsFile />, t('settings.export'), t('settings.import'), t('settings.reset'))],
    },
  ]
}

function general(settings: Settings): readonly Item[] {
  const toggle = (name: Parameters<typeof Toggle>[0]['name'] & SettingName, label: string, hint?: string) =>
    item(
      name,
      <Toggle name={name} value={settings[name]} label={label} {...(hint === undefined ? {} : { hint })} />,
      label,
      hint ?? '',
    )
  return [
    toggle('clipboardLinks', t('settings.clipboardLinks'), t('settings.clipboardLinksHint')),
    toggle('lookAtLinks', t('settings.lookAtLinks'), t('settings.lookAtLinksHint')),
    toggle('keepAwake', t('settings.keepAwake')),
    toggle('pauseOnBattery', t('settings.pauseOnBattery')),
    toggle('pauseOnMetered', t('settings.pauseOnMetered'), t('settings.pauseOnMeteredHint')),
    toggle('startAtLogin', t('settings.startAtLogin')),
    toggle('tray', t('settings.tray')),
    ...(settings.tray ? [toggle('closeToTray', t('settings.closeToTray'), t('settings.closeToTrayHint'))] : []),
    ...(settings.tray && settings.closeToTray ? [] : [toggle('askOnClose', t('settings.askOnClose'))]),
  ]
}

function notices({ notifyDone, notifyFailed }: Settings): readonly Item[] {
  const [done, failed] = [t('settings.notifyDone'), t('settings.notifyFailed')]
  return [
    item('notifyDone', <Toggle name="notifyDone" value={notifyDone} label={done} />, done),
    item('notifyFailed', <Toggle name="notifyFailed" value={notifyFailed} label={failed} />, failed),
  ]
}

function look({ appearance, language }: Settings): readonly Item[] {
  return [
    item(
      'appearance',
      <Choice
        label={t('settings.appearance')}
        value={appearance}
        options={[
          { value: 'system', label: t('settings.appearance.system'), icon: <Monitor size={15} aria-hidden /> },
          { value: 'light', label: t('settings.appearance.light'), icon: <Sun size={15} aria-hidden /> },
          { value: 'dark', label: t('settings.appearance.dark'), icon: <Moon size={15} aria-hidden /> },
        ]}
        onChange={(chosen) => orShow(call('settings.set', { appearance: chosen }).then(setSettings))}
      />,
      t('settings.appearance'),
      t('settings.appearance.light'),
      t('settings.appearance.dark'),
    ),
    item(
      'language',
      <Select<LanguageSetting>
        label={t('settings.language')}
        icon={<Languages size={15} aria-hidden />}
        value={language}
        options={[
          { value: 'system', label: t('settings.language.system') },
          ...languageList.map((each) => ({ value: each, label: languages[each].name, lang: each })),
        ]}
        onChange={(chosen) => orShow(call('settings.set', { language: chosen }).then(setSettings))}
      />,
      t('settings.language'),
      ...languageList.map((each) => languages[each].name),
    ),
  ]
}
