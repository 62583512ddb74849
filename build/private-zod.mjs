/**
 * Vite plugin: gives each bundle a zod of its own.
 *
 * zod keeps its settings and its registry on `globalThis`, shared with the zod of the page that embeds us; importing it would leave a
 * trace there, and a setting of ours would become the host's. In a bundle they are module variables, and `jitless` is on from the
 * start: a strict page reports zod's probe for `new Function` as a violation.
 */
const REWRITES = {
  'core.js': [
    [/globalThis\.__zod_globalConfig\?\./g, 'globalConfig?.'],
    [/\(_a = globalThis\)\.__zod_globalConfig \?\? \(_a\.__zod_globalConfig = \{\}\);/, ''],
    [/export const globalConfig = globalThis\.__zod_globalConfig;/, 'export const globalConfig = { jitless: true };'],
  ],
  'registries.js': [
    [/\(_a = globalThis\)\.__zod_globalRegistry \?\? \(_a\.__zod_globalRegistry = registry\(\)\);/, ''],
    [/export const globalRegistry = globalThis\.__zod_globalRegistry;/, 'export const globalRegistry = /*@__PURE__*/ registry();'],
  ],
}

export function privateZod() {
  return {
    name: 'reprise:private-zod',
    transform: {
      filter: { id: /\/zod\/v4\/core\/(core|registries)\.js$/ },
      handler(code, id) {
        const rewrites = REWRITES[id.split('/').at(-1)]
        const missing = rewrites.find(([pattern]) => !code.match(pattern))
        if (missing) throw new Error(`zod has changed: ${missing[0]} is not in ${id}. Look where it keeps its settings now.`)
        return { code: rewrites.reduce((text, [pattern, replacement]) => text.replace(pattern, replacement), code), map: null }
      },
    },
  }
}
