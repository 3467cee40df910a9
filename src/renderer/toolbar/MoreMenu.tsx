import { Ellipsis, FileDown, FileSymlink, PackageOpen } from 'lucide-react'
import { useRef, useState } from 'react'
import { call } from '../api'
import { t } from '../text'
import { Button } from '../ui/Button'
import { ContextMenu, type Point } from '../ui/Menu'
import { openFile, orShow } from '../windowState'

const size = 15

/** What is not done every day: files on this computer to go on with. */
export function MoreMenu() {
  const box = useRef<HTMLSpanElement>(null)
  const [at, setAt] = useState<Point | null>(null)
  const open = () => {
    const { left = 0, bottom = 0 } = box.current?.getBoundingClientRect() ?? {}
    setAt({ x: left, y: bottom + 4 })
  }
  const choose = (what: 'bundle' | 'document' | 'partial') =>
    orShow(call('files.choose', { what }).then((file) => (file === null ? undefined : openFile(file, what))))
  return (
    <span ref={box}>
      <Button
        look="quiet"
        className="button-icon"
        label={t('toolbar.more')}
        icon={<Ellipsis size={17} aria-hidden />}
        onPress={open}
      >
        {t('toolbar.more')}
      </Button>
      {at !== null && (
        <ContextMenu
          label={t('toolbar.more')}
          at={at}
          entries={[
            {
              kind: 'item',
              id: 'import',
              label: t('more.import'),
              icon: <PackageOpen size={size} aria-hidden />,
              onPress: () => choose('bundle'),
            },
            {
              kind: 'item',
              id: 'document',
              label: t('more.document'),
              icon: <FileDown size={size} aria-hidden />,
              onPress: () => choose('document'),
            },
            {
              kind: 'item',
              id: 'partial',
              label: t('more.partial'),
              icon: <FileSymlink size={size} aria-hidden />,
              onPress: () => choose('partial'),
            },
          ]}
          onClose={() => setAt(null)}
        />
      )}
    </span>
  )
}
