/** Writes the API report of each entry to `docs/api/`; with `--check` fails where the committed one is out of date. */
import { Extractor, ExtractorConfig } from '@microsoft/api-extractor'
import { mkdirSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const check = process.argv.includes('--check')
const ENTRIES = {
  index: 'index',
  models: 'presets/models',
  embedded: 'presets/embedded',
  learning: 'presets/learning',
  page: 'presets/page',
  files: 'presets/files',
  ui: 'presets/ui',
  testing: 'testing/index',
}

mkdirSync(path.join(root, 'docs/api'), { recursive: true })
const stale = Object.entries(ENTRIES).filter(([name, file]) => !report(name, file))
if (stale.length) {
  console.error(
    `The API report of ${stale.map(([name]) => name).join(', ')} is out of date: run npm run api, read the difference, commit it.`,
  )
  process.exit(1)
}

function report(name, file) {
  const entry = `dist/types/${file}.d.ts`
  const config = ExtractorConfig.prepare({
    packageJsonFullPath: path.join(root, 'package.json'),
    configObjectFullPath: undefined,
    configObject: options(name, entry),
  })
  const result = Extractor.invoke(config, {
    localBuild: !check,
    showVerboseMessages: false,
    messageCallback: (message) => (message.handled = message.logLevel !== 'error'),
  })
  return result.succeeded && !(check && result.apiReportChanged)
}

function options(name, entry) {
  const quiet = { logLevel: 'none' }
  return {
    projectFolder: root,
    mainEntryPointFilePath: path.join(root, entry),
    newlineKind: 'lf',
    compiler: {
      overrideTsconfig: {
        compilerOptions: {
          target: 'es2023',
          module: 'esnext',
          moduleResolution: 'bundler',
          lib: ['es2023', 'dom', 'dom.iterable'],
          types: [],
          skipLibCheck: true,
          strict: true,
        },
        files: [entry],
      },
    },
    apiReport: {
      enabled: true,
      reportFolder: path.join(root, 'docs/api'),
      reportTempFolder: path.join(root, 'node_modules/.cache/api'),
      reportFileName: `${name}.api.md`,
      includeForgottenExports: true,
    },
    docModel: { enabled: false },
    dtsRollup: { enabled: false },
    tsdocMetadata: { enabled: false },
    messages: {
      compilerMessageReporting: { default: quiet },
      extractorMessageReporting: {
        default: { logLevel: 'warning', addToApiReportFile: true },
        'ae-undocumented': quiet,
        'ae-forgotten-export': quiet,
        'ae-missing-release-tag': quiet,
      },
      tsdocMessageReporting: { default: quiet },
    },
  }
}
