import { contextBridge, ipcRenderer, webUtils } from 'electron'
import { callNames, eventNames } from '../shared/call-names'
import type { Bridge } from '../shared/contract'

/** The only thing that the window can reach: the contract's names, nothing of Electron. */
const bridge: Bridge = {
  call(name, input) {
    if (!callNames.includes(name)) {
      return Promise.resolve({ ok: false, error: { code: 'E_IPC', detail: 'not a call of the contract' } })
    }
    return ipcRenderer.invoke(`longshore:${name}`, input)
  },
  on(name, listener) {
    if (!eventNames.includes(name)) return () => undefined
    const forward = (_: unknown, payload: unknown) => listener(payload as never)
    ipcRenderer.on(`longshore:${name}`, forward)
    return () => ipcRenderer.off(`longshore:${name}`, forward)
  },
  dropped: (file) => ipcRenderer.invoke('longshore:dropped', webUtils.getPathForFile(file)),
}

contextBridge.exposeInMainWorld('longshore', bridge)
