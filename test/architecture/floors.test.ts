/** The house plan of docs/architecture.md: imports go down, never up, never sideways; no file outgrows a reader. */
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'

const GROUND = ['core', 'util', 'security']
const ROOMS = ['embedding', 'llm', 'memory', 'environments']

/** Besides itself, a folder imports the folders listed and nothing else. */
const MAY_IMPORT: Record<string, readonly string[]> = {
  core: [],
  util: ['core'],
  security: ['core', 'util'],
  ...Object.fromEntries(ROOMS.map((room) => [room, GROUND])),
  agent: GROUND,
  learning: [...GROUND, 'agent', 'memory'],
  embedded: [...GROUND, ...ROOMS, 'agent'],
  testing: [...GROUND, 'agent'],
  ui: GROUND,
  presets: [...GROUND, ...ROOMS, 'agent', 'learning', 'embedded', 'testing', 'ui'],
  '': ['presets', 'core', 'security', 'agent', 'memory', 'embedding', 'environments', 'llm', 'util'],
}

/** Packages that may be named outside workers; everything heavy is behind a worker or loaded on demand. */
const PACKAGES: Record<string, readonly string[]> = {
  'zod/mini': ['core', 'util', ...ROOMS, 'agent', 'learning', 'presets', 'embedded', 'testing', 'ui'],
  comlink: ['util'],
  idb: ['memory', 'embedding', 'learning', 'environments'],
  'dom-accessibility-api': ['environments'],
  '@noble/hashes': ['memory', 'embedding'],
  'hnswlib-wasm': ['memory'],
  '@huggingface/transformers': ['util', 'embedding', 'llm', 'embedded'],
  '@mlc-ai/web-llm': ['llm'],
  '@ai-sdk/openai': ['llm'],
  '@ai-sdk/openai-compatible': ['llm'],
  '@ai-sdk/anthropic': ['llm'],
  '@ai-sdk/google': ['llm'],
  '@cfworker/json-schema': ['util'],
}

const MAX_LINES = 300

interface Source {
  file: string
  folder: string
  text: string
  imports: readonly string[]
}

const sourcesOf = (root: string): Source[] =>
  readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts'))
    .map((file) => {
      const text = readFileSync(path.join(root, file), 'utf8')
      return {
        file: path.join(root, file),
        folder: file.includes(path.sep) ? (file.split(path.sep)[0] ?? '') : '',
        text,
        imports: importsOf(text),
      }
    })

/** Every specifier: static and dynamic imports, `import type`, `export from`, and `import('…')` in types. */
function importsOf(text: string): string[] {
  const withoutComments = text.replaceAll(/\/\*[\s\S]*?\*\//g, '').replaceAll(/^\s*\/\/.*$/gm, '')
  return [...withoutComments.matchAll(/(?:\bfrom|\bimport)\s*\(?\s*['"]([^'"\s]+)['"]/g)].map((match) => match[1] ?? '')
}

const sources = sourcesOf('src')

const targetFolder = ({ file }: Source, specifier: string): string => {
  const target = path.relative('src', path.join(path.dirname(file), specifier))
  return target.startsWith('..') ? target : target.includes(path.sep) ? (target.split(path.sep)[0] ?? '') : ''
}

test('the reader of imports sees every kind of import', () => {
  const text = `import a from './a.ts'\nimport type { B } from "./b.ts"\nexport * from './c.ts'\nconst d = await import('./d.ts')\ntype E = import('./e.ts').E\nimport './f.ts'\n// import './no.ts'\n/* from './no.ts' */`
  expect(importsOf(text)).toEqual(['./a.ts', './b.ts', './c.ts', './d.ts', './e.ts', './f.ts'])
})

test('every folder is on the plan', () => {
  expect(sources.map(({ folder }) => folder).filter((folder) => !(folder in MAY_IMPORT))).toEqual([])
})

test('imports go down the house, never up or sideways', () => {
  const broken = sources.flatMap((source) =>
    source.imports
      .filter((specifier) => specifier.startsWith('.'))
      .filter((specifier) => ![source.folder, ...(MAY_IMPORT[source.folder] ?? [])].includes(targetFolder(source, specifier)))
      .map((specifier) => `${source.file} -> ${specifier}`),
  )
  expect(broken).toEqual([])
})

test('the ways of learning do not know one another, and of the memory only what it looks like from outside', () => {
  const broken = sources
    .filter(({ folder }) => folder === 'learning')
    .flatMap((source) =>
      source.imports
        .filter((specifier) => specifier.startsWith('.'))
        .map((specifier) => ({ specifier, target: path.join(path.dirname(source.file), specifier) }))
        .filter(({ specifier, target }) => {
          if (targetFolder(source, specifier) === 'memory')
            return (
              target !== path.join('src', 'memory', 'open-memory.ts') ||
              !source.text.match(new RegExp(`import type \\{[^}]*\\} from '${specifier}'`))
            )
          return targetFolder(source, specifier) === 'learning' && path.dirname(target) !== path.dirname(source.file)
        })
        .map(({ specifier }) => `${source.file} -> ${specifier}`),
    )
  expect(broken).toEqual([])
})

test('packages are named only in the folders that are there to wrap them', () => {
  const strange = sources.flatMap((source) =>
    source.imports
      .filter((specifier) => !specifier.startsWith('.') && !specifier.startsWith('virtual:'))
      .filter(
        (specifier) =>
          !Object.entries(PACKAGES).some(([name, folders]) => `${specifier}/`.startsWith(`${name}/`) && folders.includes(source.folder)),
      )
      .map((specifier) => `${source.file} -> ${specifier}`),
  )
  expect(strange).toEqual([])
})

test('no source file outgrows a reader, and worker shells stay shells', () => {
  const long = sources.filter(({ text }) => text.split('\n').length > MAX_LINES).map(({ file }) => file)
  const fat = sourcesOf('workers')
    .filter(({ text }) => text.split('\n').length > 80)
    .map(({ file }) => file)
  expect([...long, ...fat]).toEqual([])
})

test('every source file says first what it is for', () => {
  const silent = sources.filter(({ text }) => !text.startsWith('/**')).map(({ file }) => file)
  expect(silent).toEqual([])
})

test('only the few files that look at untrusted values without showing them to a model may open them', () => {
  const openers = sources
    .filter(({ text }) => /import \{[^}]*\binspect\b[^}]*\} from '[./]*security\/untrusted\.ts'/.test(text))
    .map(({ file }) => file)
  expect(openers.sort()).toEqual([
    path.join('src', 'agent', 'prompts', 'chat-prompts.ts'), // ids of exemplars, kinds of actions
    path.join('src', 'embedded', 'prompt-format.ts'), // a vocabulary of its own, in which no text can hold a marker
  ])
})
