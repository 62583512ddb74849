import { Extractor, ExtractorConfig } from '@microsoft/api-extractor';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
const root = fileURLToPath(new URL('..', import.meta.url));
const local = !process.argv.includes('--check');
let bad = false;
for (const entry of ['index', 'models']) {
  const t = performance.now();
  const config = ExtractorConfig.prepare({
    packageJsonFullPath: path.join(root, 'package.json'),
    configObjectFullPath: undefined,
    configObject: {
      projectFolder: root,
      mainEntryPointFilePath: path.join(root, `dist/types/${entry}.d.ts`),
      compiler: { overrideTsconfig: { compilerOptions: { target: 'es2023', module: 'esnext', moduleResolution: 'bundler', lib: ['es2023', 'dom', 'dom.iterable'], types: [], skipLibCheck: true, strict: true }, files: [`dist/types/${entry}.d.ts`] } },
      apiReport: { enabled: true, reportFolder: path.join(root, 'docs/api'), reportTempFolder: path.join(root, 'node_modules/.cache/api'), reportFileName: `${entry}.api.md`, includeForgottenExports: true },
      dtsRollup: { enabled: true, untrimmedFilePath: path.join(root, `dist/rollup/${entry}.d.ts`) },
      docModel: { enabled: false },
      tsdocMetadata: { enabled: false },
      newlineKind: 'lf',
      messages: {
        compilerMessageReporting: { default: { logLevel: 'warning' } },
        extractorMessageReporting: { default: { logLevel: 'warning', addToApiReportFile: true }, 'ae-undocumented': { logLevel: 'none' }, 'ae-forgotten-export': { logLevel: 'none' }, 'ae-missing-release-tag': { logLevel: 'none' } },
        tsdocMessageReporting: { default: { logLevel: 'none' } },
      },
    },
  });
  const r = Extractor.invoke(config, { localBuild: local, showVerboseMessages: false, messageCallback: (m) => { if (m.messageId === 'console-compiler-version-notice' || m.messageId === 'console-preamble') m.handled = true; } });
  bad ||= !r.succeeded || (!local && r.apiReportChanged);
  console.log(entry, r.succeeded, r.apiReportChanged, Math.round(performance.now() - t) + ' ms');
}
process.exitCode = bad ? 1 : 0;
