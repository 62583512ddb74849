import { expect, test } from 'vitest'
import { weightsFetch } from '../../../src/util/transformers/weights-fetch.ts'

const answering = (body: string, type: string, status = 200): typeof fetch =>
  weightsFetch(async () => new Response(body, { status, headers: { 'content-type': type } }))

test('a page in place of a file is a file that is not there', async () => {
  const response = await answering('<!doctype html>', 'text/html; charset=utf-8')('/model.onnx')
  expect(response.status).toBe(404)
  expect(await response.text()).toBe('')
})

test('files and errors pass as they are', async () => {
  const file = await answering('{}', 'application/json')('/config.json')
  expect([file.status, await file.text()]).toEqual([200, '{}'])
  const refused = await answering('<h1>Forbidden</h1>', 'text/html', 403)('/config.json')
  expect([refused.status, await refused.text()]).toEqual([403, '<h1>Forbidden</h1>'])
})

test('a probe for the size of a file is answered without asking, a request for a part of it is not', async () => {
  const asked: unknown[] = []
  const fetching = weightsFetch(async (input) => {
    asked.push(input)
    return new Response('part', { status: 206 })
  })
  expect((await fetching('/a', { headers: { Range: 'bytes=0-0' } })).ok).toBe(true)
  await fetching('/b', { headers: { Range: 'bytes=0-99' } })
  expect(asked).toEqual(['/b'])
})
