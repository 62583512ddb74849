/** Runs to keep, each database with a name of its own; and other documents of this tab, as a page after a reload is one. */
import { openDB } from 'idb'
import type { Checkpoint } from '../../../../src/core/checkpoint.ts'
import type * as Keeper from '../../../../src/environments/page/run/run-keeper.ts'
import type * as Resume from '../../../../src/environments/page/run/resume-run.ts'
import type * as Store from '../../../../src/environments/page/run/checkpoint-store.ts'

let count = 0

export const uniqueName = (what = 'runs'): string => `${what}-${Date.now().toString(36)}-${count++}`

export function checkpoint(id: string, change: Partial<Checkpoint> & { steps?: number; origin?: string } = {}): Checkpoint {
  const { steps = 1, origin = location.origin, ...rest } = change
  return {
    state: 'deciding',
    mode: 'train',
    trajectory: {
      id,
      goal: 'Send the form',
      plan: 'Fill it, then send it.',
      steps: Array.from({ length: steps }, (_, i) => ({
        observation: `page ${i}`,
        reasoning: 'go on',
        action: `click({"ref":"e${i}"})`,
        metadata: { model: 'm' },
      })),
      outcome: '',
      success: false,
      reward: 0,
      createdAt: '2026-11-20T12:00:00.000Z',
      provenance: { origin, model: 'm', rewardSource: 'agent', pageText: true, source: `${origin}/form` },
      metadata: {},
    },
    observation: 'a page',
    shown: [{ trajectoryId: 't', phase: 'act', step: 0, score: 1.5, scores: { goal: 0.9 } }],
    spent: { calls: 3, usage: { inputTokens: 100, outputTokens: 10, costUSD: 0.01 }, milliseconds: 1200 },
    ...rest,
  }
}

/** What lies in the database, unchecked. */
export async function rows(name: string): Promise<Record<string, unknown>[]> {
  const db = await openDB(name)
  const all = db.objectStoreNames.contains('runs') ? await db.getAll('runs') : []
  db.close()
  return all as Record<string, unknown>[]
}

export async function putRow(name: string, row: object): Promise<void> {
  const db = await openDB(name)
  await db.put('runs', row)
  db.close()
}

export const mark = (): string | null => sessionStorage.getItem('reprise-run')

/** Holds the run as another tab would, until the promise that it is given settles. */
export async function heldElsewhere(id: string, until: Promise<unknown>): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    navigator.locks
      .request(`reprise-run:${id}`, { ifAvailable: true }, (lock) => {
        if (!lock) return reject(new Error('taken'))
        resolve()
        return until
      })
      .catch(reject)
  })
}

/** Whether anybody holds the run. */
export async function isHeld(id: string): Promise<boolean> {
  const { held = [] } = await navigator.locks.query()
  return held.some(({ name }) => name === `reprise-run:${id}`)
}

export interface OtherDocument {
  api: typeof Keeper & typeof Resume & typeof Store
  /** As its page is left. */
  leave(): void
}

/** Another document with modules of its own, in the session storage of this tab. */
export async function openDocument(): Promise<OtherDocument> {
  const frame = document.createElement('iframe')
  const base = '/src/environments/page/run'
  const page = `<script type="module">
    const parts = ['run-keeper', 'resume-run', 'checkpoint-store'].map((part) => import('${base}/' + part + '.ts'))
    Promise.all(parts).then((all) => { window.api = Object.assign({}, ...all); parent.dispatchEvent(new CustomEvent('api', { detail: window })) })
  </script>`
  const ready = new Promise<void>((resolve) => {
    const hear = (event: Event): void => {
      if ((event as CustomEvent<unknown>).detail !== frame.contentWindow) return
      removeEventListener('api', hear)
      resolve()
    }
    addEventListener('api', hear)
  })
  document.body.append(frame)
  const inner = frame.contentDocument
  // Written, so that its address is this page's, which that of a `srcdoc` is not.
  inner?.open()
  inner?.write(page)
  inner?.close()
  await ready
  return { api: (frame.contentWindow as unknown as OtherDocument).api, leave: () => frame.remove() }
}
