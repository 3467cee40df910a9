import { mkdir, stat } from 'node:fs/promises'
import path from 'node:path'
import { parseObjectAddress, type ObjectAddress } from '../../shared/cloud-address'
import { RequestFailure } from '../../shared/errors'
import { numberedName, safeFileName } from '../engine/files/filename'

/**
 * Where the objects under a prefix go: the parts of their keys beyond it become folders below one folder, each with a
 * name that is safe here (no key leads out of it). Folders are made at once: an object and a folder of one name (keys
 * `a` and `a/b` may both be there) then get two names.
 */
export class Tree {
  readonly #root: ObjectAddress
  readonly #folder: string
  readonly #made = new Map<string, Promise<string>>()

  /**
   * @param root address of the prefix
   * @param folder absolute path
   * @throws RequestFailure E_URL
   */
  constructor(root: string, folder: string) {
    this.#root = objectOf(root)
    this.#folder = folder
  }

  /**
   * @param address of an object under the root; one that ends in `/` is a folder and nothing else
   * @returns absolute path of the folder for it, which is there then
   * @throws RequestFailure E_URL for an address that is not under the root
   */
  async folderOf(address: string): Promise<string> {
    const { bucket, key } = objectOf(address)
    if (bucket !== this.#root.bucket || !key.startsWith(this.#root.key)) {
      throw new RequestFailure({ code: 'E_URL', field: 'urls', detail: `not under the folder: ${address}` })
    }
    const parts = key.slice(this.#root.key.length).split('/').slice(0, -1)
    return this.#make(parts.filter((part) => part !== ''))
  }

  #make(parts: readonly string[]): Promise<string> {
    const last = parts.at(-1)
    if (last === undefined) return Promise.resolve(this.#folder)
    const name = parts.join('/')
    const made = this.#made.get(name) ?? this.#make(parts.slice(0, -1)).then((parent) => makeFolder(parent, last))
    this.#made.set(name, made)
    return made
  }
}

async function makeFolder(parent: string, part: string): Promise<string> {
  const wanted = safeFileName(part)
  for (let n = 0; ; n++) {
    const folder = path.join(parent, n === 0 ? wanted : numberedName(wanted, n))
    try {
      await mkdir(folder, { recursive: true })
      return folder
    } catch (error) {
      // A file has the name; anything else is no reason to try another one.
      if (!(await stat(folder).catch(() => null))?.isFile()) throw error
    }
  }
}

function objectOf(address: string): ObjectAddress {
  const object = parseObjectAddress(address)
  if (object === null || object === 'bad') {
    throw new RequestFailure({ code: 'E_URL', field: 'urls', detail: `not an object: ${address}` })
  }
  return object
}
