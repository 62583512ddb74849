/** Puts tables into a document, each between its two marks, `<!-- table:NAME -->` and `<!-- /table:NAME -->`. */
import { readFileSync, writeFileSync } from 'node:fs'

export function writeTables(file, tables) {
  let text = readFileSync(file, 'utf8')
  for (const [name, table] of Object.entries(tables)) {
    const [start, end] = [`<!-- table:${name} -->`, `<!-- /table:${name} -->`]
    const [from, to] = [text.indexOf(start), text.indexOf(end)]
    if (from < 0 || to < from) throw new Error(`${file} has no place for the table ${name}: ${start} … ${end}`)
    text = `${text.slice(0, from + start.length)}\n\n${table}\n\n${text.slice(to)}`
  }
  writeFileSync(file, text)
  console.log(`${file} is written`)
}
