import { parseXml as parse, XmlElement } from '@rgrove/parse-xml'

/** @returns the outermost element, or `null` when the text is no XML */
export function readXml(text: string): XmlElement | null {
  try {
    return parse(text).root
  } catch {
    return null
  }
}

/** Direct children of a name. */
export function children(element: XmlElement, name: string): XmlElement[] {
  return element.children.filter((node): node is XmlElement => node instanceof XmlElement && node.name === name)
}

/** Text of the first child of a name; `null` when there is none. */
export function childText(element: XmlElement, name: string): string | null {
  return children(element, name)[0]?.text ?? null
}
