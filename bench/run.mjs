/**
 * `npm run bench`: time per decision by part, from the page, beside a brute-force scan in the same run.
 *
 * usage: npm run bench [-- --quick]     --quick leaves out the transformer embedder (22 MB of random weights, made once)
 *        npm run bench -- cold-start    the embedded model from an empty page to its first answer, by runtime
 *        npm run bench -- runtime       the embedded model's runtime by itself, in Node
 *        npm run bench:memory           how fast and how large a memory is
 *        npm run bench:learning         what an agent learns
 *        npm run bench:cascade          what a student with a teacher costs and gains
 */
import path from 'node:path'
import { makeBert } from '../tools/make-bert.mjs'
import { runPage } from './support.mjs'

const asked = process.argv[2]
if (asked === 'cold-start' || asked === 'runtime') {
  process.argv.splice(2, 1) // what remains is meant for it
  await import(`./${asked}/run.mjs`)
} else if (asked === undefined || asked === '--quick') await decisions(asked === '--quick')
else
  throw new Error(
    `There is no bench “${asked}”. There are cold-start and runtime; without a name it times decisions, with --quick fewer of them.`,
  )

function decisions(quick) {
  return runPage('decision', {
    query: { embedders: quick ? 'hash' : 'hash,transformers' },
    files: (folder) => !quick && makeBert(path.join(folder, 'weights/bench/minilm'), { q8: true }),
  })
}
