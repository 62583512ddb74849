/** The learning curve: outcomes, moving share with its 95 % band, floor and ceiling. Drawn by uPlot on a canvas. */
import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import { movingMean, movingShare, type Share } from './stats.ts'
import type { Reference } from './state/reference.ts'

/** Goals that one point of the curve averages over. */
export const WINDOW = 10

export interface CurveData {
  outcomes: readonly boolean[]
  reference: Reference | null
  /** Episodes the axis has room for, at least. */
  room: number
}

export interface Chart {
  draw(data: CurveData): void
  /** Takes over the colours of the page's theme. */
  recolour(): void
}

const HEIGHT = 280
/** Where the dots lie: a little outside of 0 to 100 %. */
const [ABOVE, BELOW] = [1.06, -0.06]

/** @param onPoint hears which episode the pointer is at, from 0; `null` for none. */
export function createChart(host: HTMLElement, onPoint: (index: number | null) => void): Chart {
  let data: CurveData = { outcomes: [], reference: null, room: 60 }
  let plot = build(host, onPoint)
  new ResizeObserver(([entry]) => {
    const width = Math.floor(entry?.contentRect.width ?? 0)
    if (width > 0 && width !== plot.width) plot.setSize({ width, height: HEIGHT })
  }).observe(host)

  const draw = (next: CurveData): void => {
    data = next
    plot.batch(() => {
      plot.setData(columns(data), false)
      plot.setScale('x', { min: 0.5, max: Math.max(data.room, data.outcomes.length) + 0.5 })
    })
  }
  draw(data)
  return {
    draw,
    recolour: () => {
      plot.destroy()
      plot = build(host, onPoint)
      draw(data)
    },
  }
}

/** Rows of the chart: position, high, low, ceiling, floor, share, solved, not solved. The band comes first, so that it covers nothing. */
function columns({ outcomes, reference, room }: CurveData): uPlot.AlignedData {
  const length = Math.max(room, outcomes.length, 1)
  const positions = Array.from({ length }, (_, index) => index + 1)
  const shares: (Share | undefined)[] = movingShare(outcomes, WINDOW)
  const ceiling = movingMean(reference?.ceiling ?? [], WINDOW)
  const row = (value: (index: number) => number | null | undefined): (number | null)[] => positions.map((_, index) => value(index) ?? null)
  return [
    positions,
    row((index) => shares[index]?.high),
    row((index) => shares[index]?.low),
    row((index) => ceiling[index]),
    row(() => reference?.floor),
    row((index) => shares[index]?.rate),
    row((index) => (outcomes[index] === true ? ABOVE : null)),
    row((index) => (outcomes[index] === false ? BELOW : null)),
  ]
}

function build(host: HTMLElement, onPoint: (index: number | null) => void): uPlot {
  const style = getComputedStyle(host)
  const colour = (name: string): string => style.getPropertyValue(`--${name}`).trim()
  const axis = {
    stroke: colour('soft'),
    font: '12px system-ui, sans-serif',
    grid: { stroke: colour('line'), width: 1 },
    ticks: { show: false },
  }
  const line = { points: { show: false } }
  const dots = (fill: string, stroke: string): uPlot.Series => ({
    paths: () => null,
    points: { show: true, size: 6, width: 1.5, fill, stroke },
  })
  const options: uPlot.Options = {
    width: Math.max(200, Math.floor(host.clientWidth)),
    height: HEIGHT,
    padding: [8, 8, 0, 0],
    legend: { show: false },
    cursor: { y: false, points: { show: false }, drag: { x: false, y: false } },
    scales: { x: { time: false, auto: false }, y: { auto: false, range: [-0.11, 1.11] } },
    axes: [
      { ...axis, size: 32, grid: { show: false }, values: (_, ticks) => ticks.map((tick) => (Number.isInteger(tick) ? String(tick) : '')) },
      { ...axis, size: 50, splits: [0, 0.25, 0.5, 0.75, 1], values: (_, ticks) => ticks.map((tick) => `${tick * 100} %`) },
    ],
    series: [
      {},
      { ...line },
      { ...line },
      { ...line, stroke: colour('soft'), width: 1, dash: [6, 4] },
      { ...line, stroke: colour('soft'), width: 1, dash: [2, 3] },
      { ...line, stroke: colour('accent'), width: 2.5 },
      dots(colour('accent'), colour('accent')),
      dots(colour('card'), colour('miss')),
    ],
    bands: [{ series: [1, 2], fill: colour('band') }],
    hooks: { setCursor: [(plot) => onPoint(plot.cursor.idx ?? null)] },
  }
  return new uPlot(options, [[], [], [], [], [], [], [], []], host)
}
