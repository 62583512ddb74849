/** What the person chose: world, model, embedder. Kept in this browser, except for the key. */
import { readJson, writeJson } from './local.ts'

export interface Settings {
  /** Seed of the text world. */
  world: number
  model: ModelKind
  remote: RemoteSettings
  embedder: EmbedderKind
}

export type ModelKind = 'embedded' | 'embedded-small' | 'remote'

export interface RemoteSettings {
  /** Name of the model at its provider, e.g. `gpt-5-mini`. */
  name: string
  /** Empty for OpenAI itself, else the address of an OpenAI-compatible server. */
  baseURL: string
}

export type EmbedderKind = 'hash' | 'minilm'

/** What the address may say, see `main.ts`. For tests and for links to one world. */
export interface PageOptions {
  goals: number
  compare: number
  /** Seed of the world. */
  seed: number | undefined
  /** Seed of the embedded model's answers; without it they differ from visit to visit. */
  draw: number | undefined
}

const KEY = 'reprise-playground/settings'
export const DEFAULTS: Settings = { world: 1, model: 'embedded', remote: { name: 'gpt-5-mini', baseURL: '' }, embedder: 'hash' }

export function pageOptions(search: string): PageOptions {
  const given = new URLSearchParams(search)
  return {
    goals: wholeNumber(given.get('goals'), 1, 500) ?? 60,
    compare: wholeNumber(given.get('compare'), 1, 500) ?? 20,
    seed: wholeNumber(given.get('seed'), 0, 1_000_000),
    draw: wholeNumber(given.get('draw'), 0, 1_000_000),
  }
}

/** The last choice; a remote model is never taken up again by itself, since its key is gone and each call costs money. */
export function loadSettings(options: PageOptions): Settings {
  const kept = readJson(KEY) as Partial<Settings> | null
  const remote = kept?.remote
  return {
    world: options.seed ?? wholeNumber(kept?.world, 0, 1_000_000) ?? DEFAULTS.world,
    model: kept?.model === 'embedded-small' ? 'embedded-small' : 'embedded',
    remote: {
      name: typeof remote?.name === 'string' ? remote.name : DEFAULTS.remote.name,
      baseURL: typeof remote?.baseURL === 'string' ? remote.baseURL : DEFAULTS.remote.baseURL,
    },
    embedder: kept?.embedder === 'minilm' ? 'minilm' : 'hash',
  }
}

/** The address of the page for these settings: a world in it is the one that is open, so that a reload finds it again. */
export function addressFor(address: string, { world }: Settings): string {
  const url = new URL(address)
  if (url.searchParams.has('seed')) url.searchParams.set('seed', String(world))
  return url.href
}

export function saveSettings(settings: Settings): void {
  writeJson(KEY, settings)
}

const MEMORY_SUFFIX: Record<ModelKind, string> = { embedded: '', 'embedded-small': '-small', remote: '-remote' }

/** Each world, embedder and kind of model has a memory of its own: mixing them would blur what is learnt. */
export function memoryName({ world, model, embedder }: Settings): string {
  return `playground-world-${world}-${embedder}${MEMORY_SUFFIX[model]}`
}

/** `Embedded model · hash embedder · world 1` */
export function describe({ world, model, remote, embedder }: Settings): string {
  const names = [
    { embedded: 'Embedded model', 'embedded-small': 'Small embedded model', remote: `${remote.name}, remote` }[model],
    embedder === 'hash' ? 'hash embedder' : 'MiniLM embedder',
  ]
  return [...names, `world ${world}`].join(' · ')
}

function wholeNumber(value: unknown, least: number, most: number): number | undefined {
  if (value === null || value === undefined || value === '') return undefined
  const number = Number(value)
  return Number.isInteger(number) && number >= least && number <= most ? number : undefined
}
