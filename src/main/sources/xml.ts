/** An element as OSS and S3 use them: text or children, no attributes. Names are as written, without namespaces. */
export interface XmlElement {
  readonly name: string
  readonly children: readonly XmlElement[]
  /** All text directly inside of it. */
  readonly text: string
}

interface Open {
  readonly name: string
  readonly children: XmlElement[]
  text: string
}

/**
 * Reads a small document. No entities but the five of XML; a document type is refused, so that nothing expands.
 * @returns the outermost element, or `null` when the text is no XML
 */
export async function readXml(text: string): Promise<XmlElement | null> {
  const { SaxesParser } = await import('saxes')
  const outside: Open = { name: '', children: [], text: '' }
  const path: Open[] = [outside]
  const inside = () => path.at(-1) ?? outside
  const parser = new SaxesParser()
  const refuse = (): never => {
    throw new Error('not a document of a store')
  }
  parser.on('error', refuse)
  parser.on('doctype', refuse)
  parser.on('opentag', ({ name }) => {
    const element: Open = { name, children: [], text: '' }
    inside().children.push(element)
    path.push(element)
  })
  parser.on('text', (piece) => (inside().text += piece))
  parser.on('cdata', (piece) => (inside().text += piece))
  parser.on('closetag', () => path.pop())
  try {
    parser.write(text).close()
  } catch {
    return null
  }
  return outside.children[0] ?? null
}

/** Direct children of a name. */
export function children(element: XmlElement, name: string): XmlElement[] {
  return element.children.filter((child) => child.name === name)
}

/** Text of the first child of a name; `null` when there is none. */
export function childText(element: XmlElement, name: string): string | null {
  return element.children.find((child) => child.name === name)?.text ?? null
}
