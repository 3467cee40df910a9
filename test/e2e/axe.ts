import axe, { type AxeResults, type RunOptions } from 'axe-core'
import type { Page } from 'playwright-core'

/** All of axe's rules that another colour scheme can change the answer of. */
const aboutColours = ['color-contrast', 'link-in-text-block']

/**
 * What axe finds wrong with the window as it is now, one line each; empty when all is well.
 * @param what by which rules; those about colours take a fraction of the time of all
 */
export async function violations(window: Page, what: 'everything' | 'colours' = 'everything'): Promise<string[]> {
  // Evaluated by the debugger: the page's own policy lets no script in.
  await window.evaluate(axe.source)
  const options: RunOptions = what === 'colours' ? { runOnly: { type: 'rule', values: aboutColours } } : {}
  const found = await window.evaluate(async (options) => {
    const { axe } = globalThis as unknown as { axe: { run(within: string, options: RunOptions): Promise<AxeResults> } }
    return (await axe.run('body', options)).violations.map(({ id, help, nodes }) => ({
      id,
      help,
      nodes: nodes.map(({ html, failureSummary }) => `${html.slice(0, 160)} ${failureSummary ?? ''}`),
    }))
  }, options)
  return found.map(({ id, help, nodes }) => `${id}: ${help}\n  ${nodes.slice(0, 3).join('\n  ')}`)
}
