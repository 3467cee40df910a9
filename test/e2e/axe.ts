import axe, { type AxeResults } from 'axe-core'
import type { Page } from 'playwright-core'

/**
 * What axe finds wrong with the window as it is now, one line each; empty when all is well.
 * @param within a selector; the whole window without it
 */
export async function violations(window: Page, within = 'body'): Promise<string[]> {
  // Evaluated by the debugger: the page's own policy lets no script in.
  await window.evaluate(axe.source)
  const found = await window.evaluate(async (selector) => {
    const { axe } = globalThis as unknown as { axe: { run(selector: string): Promise<AxeResults> } }
    return (await axe.run(selector)).violations.map(({ id, help, nodes }) => ({
      id,
      help,
      nodes: nodes.map(({ html, failureSummary }) => `${html.slice(0, 160)} ${failureSummary ?? ''}`),
    }))
  }, within)
  return found.map(({ id, help, nodes }) => `${id}: ${help}\n  ${nodes.slice(0, 3).join('\n  ')}`)
}
