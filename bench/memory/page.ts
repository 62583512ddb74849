/** The page of the memory benchmark: does one stage for one size, as its address says, and hands over what it measured. */
import { measureFill } from './fill.ts'
import { measureLink } from './link.ts'
import { measureOpening } from './opening.ts'
import { measurePeers } from './peers.ts'
import { measureRam } from './ram.ts'
import { measureRetrieval } from './retrieval.ts'
import type { Host, Results, Stage } from './stages.ts'
import { measureTraining } from './training.ts'

const STAGES: { [S in Stage]: (size: number) => Promise<Results[S]> } = {
  fill: measureFill,
  open: measureOpening,
  retrieve: measureRetrieval,
  ram: measureRam,
  peers: measurePeers,
  link: measureLink,
  training: measureTraining,
}

const asked = new URLSearchParams(location.search)
const measured = await STAGES[asked.get('stage') as Stage](Number(asked.get('size')))
await (globalThis as unknown as Host).benchResult(measured)
document.title = 'finished'
