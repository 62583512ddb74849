/** Every word that the dialog and the panel show, in English, to be replaced for other languages. */
import type { Effect } from '../core/environment.ts'
import type { EndReason } from '../core/events.ts'

/** Words of the dialog. `{effect}`, `{scope}` and `{site}` are put in once and never read again. */
export interface Words {
  /** Language of the words, as in `<html lang>`. */
  lang: string
  title: string
  /** What class of effect an action has. */
  effects: Record<Effect, string>
  once: string
  run: string
  refuse: string
  /** Refuse, and end the run. */
  stop: string
  /** What "allow for this run" covers where the request names no scope. */
  runCovers: string
  /** The same where it names one. */
  runCoversScope: string
  /** Above the request's details. */
  details: string
  /** Names of details; one that is not here is shown as it is. */
  facts: Record<string, string>
  thisSite: string
  otherSite: string
  none: string
  /** Of what is so. */
  yes: string
  /** Above the action as the agent wrote it. */
  agentWrote: string
  /** Where something lies above the dialog. */
  covered: string
  /** Who asks. */
  footer: string
}

export const WORDS: Words = {
  lang: 'en',
  title: 'Allow the agent to do this?',
  effects: {
    read: 'Only reads',
    fill: 'Fills something in',
    submit: 'Sends data',
    navigate: 'Leaves this page',
    destructive: 'May be impossible to undo',
    pay: 'May cost money',
  },
  once: 'Allow once',
  run: 'Allow for this run',
  refuse: 'Refuse',
  stop: 'Refuse and stop',
  runCovers: '“Allow for this run” also allows everything else of this kind ({effect}), without asking, until this run ends.',
  runCoversScope: '“Allow for this run” also allows this kind of action ({effect}), without asking, until this run ends, for:',
  details: 'Checked by code. Names in it were written by the page.',
  facts: {
    url: 'Address',
    origin: 'Site',
    method: 'Method',
    fields: 'Fields',
    field: 'Field',
    secret: 'Secret',
    element: 'Element',
    label: 'Label',
    value: 'Value',
    reasons: 'Reasons',
    tool: 'Tool',
    input: 'Input',
    file: 'File',
    path: 'File',
    folder: 'Folder',
    bytesBefore: 'Bytes before',
    bytesAfter: 'Bytes after',
    diff: 'Change',
    page: 'Page',
    opens: 'Leads to',
    submits: 'Sends to',
    form: 'Of the form',
    tag: 'Kind',
    role: 'Role',
    labels: 'Names',
    newWindow: 'In a new window',
    download: 'Downloads a file',
    sensitive: 'Holds',
  },
  thisSite: 'this site',
  otherSite: 'another site',
  none: 'none',
  yes: 'yes',
  agentWrote: 'Written by the agent, not by the page or your browser',
  covered: 'Something lies above this question. The answers are off until it is gone; Escape refuses.',
  footer: 'The agent of {site} asks, not your browser.',
}

/** Words of the panel. `{n}` is a number. */
export interface PanelWords {
  lang: string
  title: string
  stop: string
  stopped: string
  working: string
  thinking: string
  waiting: string
  step: string
  ends: Record<EndReason, string>
  /** In the place of `ends.success` where success is the agent's own word. */
  unconfirmed: string
}

export const PANEL_WORDS: PanelWords = {
  lang: 'en',
  title: 'Agent',
  stop: 'Stop',
  stopped: 'Stopped',
  working: 'Working',
  thinking: 'Thinking',
  waiting: 'Waiting for your answer',
  step: 'Step {n}',
  ends: { success: 'Done', failure: 'Ended without success', 'max-steps': 'Ended: no steps left', rejected: 'Ended: not confirmed' },
  unconfirmed: 'Done, as the agent says',
}

/** Words to replace: each may be left out, in the lists of words too. */
export type Labels<W> = { [K in keyof W]?: W[K] extends string ? string : Partial<W[K]> }

export function replaceWords<W extends Words | PanelWords>(words: W, labels: Labels<W> | undefined): W {
  const given = Object.entries(labels ?? {}).filter(([key, value]) => key in words && value !== undefined)
  const entries = given.map(([key, value]) => {
    const old = words[key as keyof W]
    return [key, typeof old === 'object' && typeof value === 'object' ? { ...old, ...value } : value]
  })
  return { ...words, ...Object.fromEntries(entries) }
}
