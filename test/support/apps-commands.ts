/**
 * Reads the commands of the fixture tasks' solutions, and turns them into a page environment's actions by looking up names in what is
 * seen. Needs no Node: pages may bundle it.
 */

export interface Command {
  verb: 'click' | 'hover' | 'type' | 'clear' | 'select' | 'check' | 'uncheck' | 'press' | 'done'
  /** An ARIA role; `field` is any with that name, `summary` a disclosure's. Empty for `done`. */
  role: string
  name: string
  /** Text, option, key or answer. */
  value: string
  /** The first one after this text. */
  after: string
}

const COMMAND = /^(click|hover|type|clear|select|check|uncheck|press) ([a-z]+) "([^"]*)"(?: "([^"]*)")?(?: in "([^"]*)")?$/
const DONE = /^done "([^"]*)"$/
/** Roles of the commands that stand for several of a snapshot's. */
const ANY_ROLE = ['field', 'summary']

/** @throws Error for a command that has a mistake */
export function readCommand(line: string): Command {
  const answer = DONE.exec(line)?.[1]
  if (answer !== undefined) return { verb: 'done', role: '', name: '', value: answer, after: '' }
  const [, verb, role = '', name = '', value = '', after = ''] = COMMAND.exec(line) ?? []
  if (verb === undefined) throw new Error(`Not a command: ${line}`)
  return { verb: verb as Command['verb'], role, name, value, after }
}

/** The reference of an element in a snapshot, or null; `after` as in a command. */
export function refOf(observation: string, role: string, name: string, after = ''): string | null {
  const start = after === '' ? 0 : observation.indexOf(after)
  if (start === -1) return null
  // With the rest of the line that the text stands in: its row may hold the element.
  const lines = observation.slice(observation.lastIndexOf('\n', start) + 1).split('\n')
  const found = lines.find((line) => names(line, role, name))
  return /\[(e\d+)\]/.exec(found ?? '')?.[1] ?? null
}

/** An action as `pageEnvironment` takes it; null where the element is not in the snapshot. */
export function actionOf(line: string, observation: string): string | null {
  const { verb, role, name, value, after } = readCommand(line)
  if (verb === 'done') return `done(${JSON.stringify({ answer: value })})`
  const ref = refOf(observation, role, name, after)
  if (ref === null) return null
  const inputs: Record<Exclude<Command['verb'], 'done'>, [string, object]> = {
    click: ['click', { ref }],
    hover: ['hover', { ref }],
    clear: ['clear', { ref }],
    type: ['type', { ref, text: value }],
    select: ['select', { ref, option: value }],
    check: ['check', { ref, checked: true }],
    uncheck: ['check', { ref, checked: false }],
    press: ['press', { key: value, ref }],
  }
  const [tool, input] = inputs[verb]
  return `${tool}(${JSON.stringify(input)})`
}

function names(line: string, role: string, name: string): boolean {
  if (!/\[e\d+\]/.test(line) || !line.includes(JSON.stringify(name))) return false
  return ANY_ROLE.includes(role) || new RegExp(`(?<![\\w-])${role}(?![\\w-])`).test(line.replace(JSON.stringify(name), ''))
}
