/**
 * `npm run bench`: time per decision by part, from the page, beside a brute-force scan in the same run.
 *
 * usage: npm run bench [-- --quick]     --quick leaves out the transformer embedder (22 MB of random weights, made once)
 */
import path from 'node:path'
import { makeBert } from '../tools/make-bert.mjs'
import { runPage } from './support.mjs'

const quick = process.argv.includes('--quick')
await runPage('decision', {
  query: { embedders: quick ? 'hash' : 'hash,transformers' },
  files: (folder) => !quick && makeBert(path.join(folder, 'weights/bench/minilm'), { q8: true }),
})
